"""What a candidate is: its fields, its type, and the way from drafts to a distribution."""
