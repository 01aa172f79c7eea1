"""Replies that are still being written: ``scanner.py`` says what a scanner is, ``follow.py`` which one follows."""
