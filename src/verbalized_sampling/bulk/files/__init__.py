"""Files in and out: rows that come in, the output beside its journal, batch files."""
