"""Words and what they tell: everything that depends on a human language."""
