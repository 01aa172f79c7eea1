"""Candidates in tags: <response><text>…</text><probability>…</probability></response>, and relatives."""
