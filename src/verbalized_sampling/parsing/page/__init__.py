"""The text of a reply, cut once: lines, fences, openers, backslashes."""
