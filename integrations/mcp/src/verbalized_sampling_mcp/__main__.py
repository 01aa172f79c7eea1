"""``python -m verbalized_sampling_mcp`` is the command ``verbalized-sampling-mcp``."""

from .main import main

main()
