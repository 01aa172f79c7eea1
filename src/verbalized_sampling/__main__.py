"""``python -m verbalized_sampling`` is the command ``verbalize``."""

from .cli import main

main()
