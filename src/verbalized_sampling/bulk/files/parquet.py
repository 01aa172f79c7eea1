"""Parquet in and out, by pyarrow, which is imported only here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from ...errors import JobError, SettingsError

__all__ = ["export_parquet", "has_parquet", "parquet_length", "parquet_rows"]

_BATCH = 10_000  # rows in memory at once


def has_parquet() -> None:
    """Looks for pyarrow before anything is asked.

    Raises:
        SettingsError: It is not installed.
    """
    with _extra():
        import pyarrow.parquet  # noqa: F401


def parquet_length(path: Path) -> int:
    """How many rows a file holds.

    Raises:
        SettingsError: It can't be read.
    """
    with _extra(), _reading(path):
        import pyarrow.parquet

        with pyarrow.parquet.ParquetFile(path) as file:
            return int(file.metadata.num_rows)


def parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file, a batch at a time; dates, decimals and bytes as JSON can hold them.

    Raises:
        SettingsError: It can't be read.
    """
    with _extra(), _reading(path):
        import pyarrow.parquet

        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                yield from map(_plain, batch.to_pylist())


def export_parquet(lines: Path, target: Path) -> None:
    """Writes a file of JSON lines as Parquet; the old one stands until the new one is whole.

    A column's type is what holds all of its values; where nothing does, each value is JSON in a text.

    Raises:
        JobError: The file can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names: dict[str, None] = {}
    types: dict[str, Any] = {}
    for rows in _batches(lines):
        for name in dict.fromkeys(name for row in rows for name in row):
            names[name] = None
            found = _type_of([row.get(name) for row in rows])
            types[name] = _common(types.get(name, pa.null()), found)
    schema = pa.schema([(name, types[name] or pa.string()) for name in names])
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with pq.ParquetWriter(unfinished, schema) as writer:
            for rows in _batches(lines):
                columns = {
                    name: pa.array([_value(row.get(name), types[name]) for row in rows], schema.field(name).type)
                    for name in names
                }
                writer.write_table(pa.table(columns, schema))
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise JobError(f"cannot write {target}: {error.strerror or error}; all rows are in {lines}") from error


def _type_of(values: list[Any]) -> Any:
    import pyarrow as pa

    try:
        return pa.array(values).type  # pa.infer_type takes what can't be converted afterwards
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return None


def _common(a: Any, b: Any) -> Any:
    import pyarrow as pa

    if a is None or b is None:
        return None
    try:
        schemas = [pa.schema([("column", one)]) for one in (a, b)]
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def _value(value: Any, kind: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if kind is None and value is not None else value


def _batches(lines: Path) -> Iterator[list[dict[str, Any]]]:
    with lines.open("rb") as file:
        while batch := [json.loads(line) for line in islice(file, _BATCH)]:
            yield batch


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    from pydantic_core import to_jsonable_python

    plain: dict[str, Any] = to_jsonable_python(row, bytes_mode="base64", inf_nan_mode="constants", fallback=str)
    return plain


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise SettingsError('Parquet needs pyarrow: pip install "verbalized-sampling-core[bulk]"') from error


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        said = " ".join(str(error).split())[:200]
        raise SettingsError(f"cannot read {path} as Parquet: {said}") from error
