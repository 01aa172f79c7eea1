"""Replies that need no repair, or one of the common ones: read from the value, column by column, at the speed of C.

What is read here the careful way (``reply/read.py``) reads alike, only slower: in doubt these give up.
"""
