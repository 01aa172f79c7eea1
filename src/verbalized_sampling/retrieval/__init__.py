"""Query expansion, and the fusion of what the queries find."""
