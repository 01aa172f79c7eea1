"""The command ``verbalize``: its entry point, which works also where its libraries are missing."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]

_LIBRARIES = ("click", "rich", "platformdirs", "tomlkit", "prompt_toolkit")


def main() -> None:
    try:
        from .command import run

        sys.exit(run())
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        sys.exit('verbalize needs its command-line libraries: pip install "verbalized-sampling-core[cli]"')
    except KeyboardInterrupt:  # while it was being imported
        os._exit(130)
