"""What to install where a library is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import SettingsError

__all__ = ["eval_extra"]


@contextmanager
def eval_extra() -> Iterator[None]:
    """Around the import of a library that ``[eval]`` brings.

    Raises:
        SettingsError: It is not installed; the message says what to do.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError(f'this needs {error.name}: pip install "verbalized-sampling-core[eval]"') from error
