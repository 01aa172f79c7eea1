"""Numbers as models write them, and how to tell that one is a probability."""
