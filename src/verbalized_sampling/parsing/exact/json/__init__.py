"""JSON whose candidates are no records, or stand further in: maps, pairs, calls of a tool, JSON in a string."""
