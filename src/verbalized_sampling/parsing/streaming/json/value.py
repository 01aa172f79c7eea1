"""A JSON value that is still being written, whatever in it holds the candidates."""

from __future__ import annotations

from ...candidate.asked import Asked
from ...candidate.found import Draft
from ..scanner import ValueScanner
from .items import JsonScanner
from .members import MapScanner
from .pairs import PairScanner

__all__ = ["JsonValue"]


class JsonValue:
    """Follows a value to the objects of a list, the members of a map, or pairs: whichever of them begins."""

    __slots__ = ("_objects", "_others")

    def __init__(self, asked: Asked) -> None:
        self._objects = JsonScanner(asked)
        self._others: list[ValueScanner] = [MapScanner(asked), PairScanner(asked)]

    @property
    def settled(self) -> ValueScanner | None:
        """What follows it alone from now on, once that is sure."""
        if self._others and self._others[0].started:
            return self._others[0]
        objects = self._objects
        return objects if not self._others or (objects.single is not None and not objects.failed) else None

    @property
    def failed(self) -> bool:
        return self._objects.failed and not self._others

    @property
    def started(self) -> bool:
        return True  # it is there because a value has begun

    @property
    def single(self) -> bool | None:
        return None

    @property
    def rest(self) -> str | None:
        return self._objects.rest

    @property
    def wakes(self) -> str:
        return ""

    def scan(self, piece: str) -> list[Draft]:
        """The candidates that end in this piece."""
        for scanner in self._others:
            drafts = scanner.scan(piece)
            if scanner.started:
                self._others = [scanner]
                return drafts
        self._others = [scanner for scanner in self._others if not scanner.failed]
        return [] if self._objects.failed else self._objects.scan(piece)
