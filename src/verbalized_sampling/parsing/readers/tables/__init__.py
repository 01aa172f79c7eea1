"""Candidates in tables, whatever the order of their columns."""
