"""The command ``verbalize``: options in, a distribution in the terminal out."""

from .run import run

__all__ = ["run"]
