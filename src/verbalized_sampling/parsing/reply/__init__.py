"""A whole reply: what wraps it, what was only thought, and which of its blocks is the answer."""
