"""Candidates in lists: numbered, bulleted, under headings, line by line."""
