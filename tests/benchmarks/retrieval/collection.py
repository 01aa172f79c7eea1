"""The test collections: read where they lie, since they are other people's data; absent ones are passed over."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Collection", "Expansion", "Query", "collections"]

FOLDER = Path(os.environ.get("RETRIEVAL_DATA") or Path(__file__).parents[4] / "shared" / "data" / "retrieval")

Expansion = tuple[tuple[str, float], ...]
"""Search queries with the probabilities that a model gave them, in the order in which it wrote them."""


@dataclass(frozen=True)
class Query:
    """One query of a collection.

    Attributes:
        relevant: The identifiers of the documents that answer it.
        good: Expansions by a large model, from the query's text alone.
        tiny: The embedded model's, which drifts.
    """

    id: str
    text: str
    relevant: frozenset[str]
    good: Expansion
    tiny: Expansion


@dataclass(frozen=True)
class Collection:
    """Documents by identifier, and those of the queries that have judgements and expansions."""

    name: str
    documents: dict[str, str]
    queries: tuple[Query, ...]


@cache
def collections() -> tuple[Collection, ...]:
    """Every collection in ``$RETRIEVAL_DATA`` (default: ``../shared/data/retrieval`` beside the repository)."""
    if not (FOLDER / "expansions").is_dir():
        return ()
    names = sorted(path.stem for path in (FOLDER / "expansions").glob("*.json") if "." not in path.stem)
    return tuple(_read(FOLDER, name) for name in names if (FOLDER / name).is_dir())


def _read(folder: Path, name: str) -> Collection:
    relevant: dict[str, set[str]] = {}
    with (folder / name / "judgements.tsv").open(encoding="utf-8") as lines:
        for query, document, grade in csv.reader(lines, delimiter="\t"):
            if int(grade) > 0:
                relevant.setdefault(query, set()).add(document)
    good, tiny = (_expansions(folder / "expansions" / f"{name}{kind}.json") for kind in ("", ".smollm2"))
    queries = (
        Query(key, text, frozenset(relevant[key]), good[key], tiny.get(key, ()))
        for key, text in _texts(folder / name / "queries.jsonl").items()
        if key in relevant and key in good
    )
    return Collection(name, _texts(folder / name / "documents.jsonl"), tuple(queries))


def _texts(path: Path) -> dict[str, str]:
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {line["id"]: line["text"] for line in lines}


def _expansions(path: Path) -> dict[str, Expansion]:
    recorded = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {key: tuple((c["text"], c["probability"]) for c in found) for key, found in recorded.items()}
