"""The formats that people use, line by line: ``formats.py`` follows all of them until one has begun."""
