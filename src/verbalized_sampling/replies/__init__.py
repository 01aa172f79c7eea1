"""What crosses the line to whoever calls the model, and what an answer of any provider says."""
