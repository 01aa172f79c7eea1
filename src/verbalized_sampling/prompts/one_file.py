"""A single template of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

__all__ = ["OneFile"]

_LONGEST = 1_000_000  # bytes; a device that never ends is no template


class OneFile(BaseLoader):
    """Loads one file under its absolute path, and again when it changes.

    A pipe can be read once only, so what was read is kept.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not UTF-8 text, or longer than a megabyte.
    """

    def __init__(self, path: Path) -> None:
        self.name = str(path.absolute())
        self._path = path
        self._text, self._changed = _read(path), path.stat().st_mtime_ns

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002
        if template != self.name:
            raise TemplateNotFound(template)
        if not self._is_current():
            self._text, self._changed = _read(self._path), self._path.stat().st_mtime_ns
        return self._text, self.name, self._is_current

    def list_templates(self) -> list[str]:
        return [self.name]

    def _is_current(self) -> bool:
        return not self._path.is_file() or self._path.stat().st_mtime_ns == self._changed


def _read(path: Path) -> str:
    with path.open("rb") as file:
        read = file.read(_LONGEST + 1)
    if len(read) > _LONGEST:
        raise ValueError("it is longer than a megabyte")
    return read.decode("utf-8-sig")
