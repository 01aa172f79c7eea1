"""The command ``verbalize``: its entry point, which works also where its libraries are missing."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main() -> None:
    try:
        from .command import run

        sys.exit(run())
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        sys.exit('verbalize needs its command-line libraries: pip install "verbalized-sampling-core[cli]"')
    except KeyboardInterrupt:  # while it was being imported
        os._exit(130)
