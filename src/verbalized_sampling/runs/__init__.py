"""Questions put to a model: how many runs, what they make together, and what streams meanwhile."""
