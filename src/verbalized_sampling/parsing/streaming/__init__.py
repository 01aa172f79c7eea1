"""Replies that are still being written."""
