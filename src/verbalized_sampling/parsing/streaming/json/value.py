"""A JSON value that is still being written, whatever in it holds the candidates."""

from __future__ import annotations

from ...candidate.asked import Asked
from ...candidate.found import Draft
from ..scanner import ValueScanner
from .items import JsonScanner
from .members import MapScanner

__all__ = ["JsonValue"]


class JsonValue:
    """Follows a value to the items of a list, or to the members of a map: whichever of them begins."""

    __slots__ = ("_list", "_map")

    def __init__(self, asked: Asked) -> None:
        self._list = JsonScanner(asked)
        self._map = MapScanner(asked)

    @property
    def settled(self) -> ValueScanner | None:
        """What follows it alone from now on, once that is sure."""
        if self._map.started:
            return self._map
        return self._list if self._map.failed or self._list.single is not None else None

    @property
    def failed(self) -> bool:
        return self._list.failed and self._map.failed

    @property
    def started(self) -> bool:
        return True  # it is there because a value has begun

    @property
    def single(self) -> bool | None:
        return None

    @property
    def rest(self) -> str | None:
        return self._list.rest

    @property
    def wakes(self) -> str:
        return ""

    def scan(self, piece: str) -> list[Draft]:
        """The candidates that end in this piece."""
        drafts = self._map.scan(piece)
        return drafts if self._map.started or self._list.failed else self._list.scan(piece)
