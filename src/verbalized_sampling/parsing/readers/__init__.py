"""One reader a format; none of them imports another."""
