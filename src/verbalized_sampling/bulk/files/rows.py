"""Rows that come in: from a file of JSON lines, CSV or Parquet, or from any iterable."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Self

from ...errors import SettingsError
from .parquet import parquet_length, parquet_rows

__all__ = ["Row", "Rows", "RowsLike"]

RowsLike = str | os.PathLike[str] | Iterable[Mapping[str, Any] | str]
"""A path (.jsonl, .ndjson, .csv, .tsv, .parquet), or rows: mappings, or bare texts that are prompts."""

PEEKED = 1000  # rows that are looked at before anything is asked
_LONGEST_FIELD = 2**31 - 1  # characters of a field in CSV; the module's own limit is 131,072


@dataclass(frozen=True, slots=True)
class Row:
    """One row, or a line that is none.

    Attributes:
        where: What to call it in a message: ``line 7``, ``row 7``; counted from 1.
        fields: What it holds; of a bare text, that as ``prompt``.
        problem: Why it can't be read; else None.
        raw: The line as it stands, of one that can't be read.
    """

    where: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None
    raw: str = ""

    @property
    def id(self) -> str | int | None:
        """Its own ``id``, if it has one that can be one."""
        own = self.fields.get("id")
        return own if isinstance(own, str | int) and own != "" else None


@dataclass(slots=True)
class Rows:
    """Rows to go through once.

    Attributes:
        name: What to call them in a message.
        path: The file they come from, or None.
        total: How many; None if nobody knows before the end.
        peeked: The first of them, which :meth:`__iter__` gives again.
    """

    name: str
    path: Path | None
    total: int | None
    peeked: list[Row]
    _rest: Iterator[Row]

    @classmethod
    def of(cls, rows: RowsLike) -> Self:
        """Opens rows and looks at the first of them.

        Raises:
            SettingsError: There is no such file, it has another suffix, or it holds no row.
        """
        path = Path(rows) if isinstance(rows, str | os.PathLike) else None
        if path is not None:
            name, (total, found) = path.name, _in_file(path)
        elif isinstance(rows, Iterable) and not isinstance(rows, Mapping | bytes):
            name, total, found = "the input", len(rows) if isinstance(rows, Sized) else None, _in_memory(rows)
        else:
            raise SettingsError(f"rows are a path, or an iterable of mappings or texts, not {type(rows).__name__}")
        try:
            peeked = list(islice(found, PEEKED))
        except OSError as error:
            raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error
        if not peeked:
            raise SettingsError(f"{name} holds no rows")
        if len(peeked) < PEEKED:
            total = len(peeked)
        return cls(name, path, total, peeked, found)

    def __iter__(self) -> Iterator[Row]:
        return chain(self.peeked, self._rest)


def _in_memory(rows: Iterable[Any]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        yield _row(f"row {number}", row)


def _row(where: str, value: Any) -> Row:
    if isinstance(value, str):
        return Row(where, {"prompt": value})
    if isinstance(value, Mapping):
        if all(isinstance(name, str) for name in value):
            return Row(where, value)
        return Row(where, {}, "has a field whose name is no text", repr(value))
    return Row(where, {}, f"is {_kind(value)}, not an object with fields", repr(value))


def _kind(value: Any) -> str:
    return {list: "a list", type(None): "null", bool: "true or false"}.get(
        type(value), "a number" if isinstance(value, int | float) else type(value).__name__
    )


def _in_file(path: Path) -> tuple[int | None, Iterator[Row]]:
    readers = {
        ".jsonl": _json_lines, ".ndjson": _json_lines, ".csv": _csv, ".tsv": _csv, ".parquet": _parquet,
    }  # fmt: skip
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise SettingsError(f"cannot tell what {path.name} holds: its name has to end in {', '.join(readers)}")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror or error}") from error
    return (parquet_length(path) if reader is _parquet else None), reader(path)


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _json_line(f"line {number}", line)


def _json_line(where: str, line: bytes) -> Row:
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        return Row(where, {}, f"is not UTF-8 text (byte {error.start + 1})", line.decode(errors="replace").strip())
    try:
        value = json.loads(text, parse_constant=lambda _: None)  # NaN is no JSON, and says that there is nothing
    except json.JSONDecodeError as error:
        return Row(where, {}, f"is not JSON: {error.msg} at column {error.colno}", text)
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets within brackets
        return Row(where, {}, "is not JSON that can be read", text)
    found = _row(where, value)
    return found if found.problem is None else Row(where, {}, found.problem, text)


def _csv(path: Path) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lines = csv.reader(file, "excel-tab" if path.suffix.lower() == ".tsv" else "excel")
        names = next(lines, [])
        while True:
            where = f"line {lines.line_num + 1}"
            try:
                values = next(lines, None)
            except csv.Error as error:
                yield Row(where, {}, f"is not CSV: {error}")
                continue
            if values is None:
                return
            if values:
                yield _csv_row(where, names, values)


def _csv_row(where: str, names: list[str], values: list[str]) -> Row:
    raw = ",".join(values)
    try:
        raw.encode()
    except UnicodeEncodeError:
        return Row(where, {}, "is not UTF-8 text", raw.encode(errors="surrogateescape").decode(errors="replace"))
    if len(values) > len(names):
        return Row(where, {}, f"has {len(values)} fields, and the head {len(names)}", raw)
    return Row(where, dict(zip(names, values, strict=False)))


def _parquet(path: Path) -> Iterator[Row]:
    for number, fields in enumerate(parquet_rows(path), 1):
        yield Row(f"row {number}", fields)
