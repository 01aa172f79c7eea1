"""Numbers as models write them, and what says that one is a probability."""
