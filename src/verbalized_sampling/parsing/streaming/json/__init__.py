"""JSON that is still being written: ``value.py`` follows it to whatever in it holds the candidates."""
