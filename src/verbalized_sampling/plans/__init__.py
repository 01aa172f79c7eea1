"""What to send to a model and what to make of its replies, without calling one."""
