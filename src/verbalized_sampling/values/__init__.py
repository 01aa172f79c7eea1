"""Frozen values, and what can be asked of them: candidates, distributions, their weights, repairs and looks."""
