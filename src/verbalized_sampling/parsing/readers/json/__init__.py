"""Candidates in JSON, as models write it."""
