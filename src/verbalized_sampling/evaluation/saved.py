"""Replies that exist already, as draws."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DistributionParseError, RefusalError, SettingsError
from ..plans.elicitation import Elicitation
from ..replies.protocol import Reply
from .comparison import Comparison
from .contestants import Contestant
from .draws import Draw
from .measuring import compared
from .metrics.embedders import EmbedderLike, embedder_of

__all__ = ["compare_saved", "read_draws"]


def compare_saved(
    rows: str | Path | Iterable[Mapping[str, Any]],
    *,
    embedder: EmbedderLike | None = None,
    references: Mapping[str, Mapping[str, float] | Collection[str]] | None = None,
) -> Comparison:
    """Compares replies that exist already, and calls no model.

    Args:
        rows: A JSONL file, or mappings. Of each: ``prompt``, ``method`` (the first to come is the baseline) and one
            of ``text`` (an answer), ``reply`` (a raw reply, read here) or ``responses`` (a list of texts, or of
            objects with ``text`` and ``probability``). ``model``, ``tau`` and ``call`` may say more; a row is a
            call of its own if it doesn't.
        embedder: See :func:`embedder_of`.
        references: As in :func:`compare`.

    Raises:
        SettingsError: The file or a row can't be read; the message names the line.
    """
    draws = list(read_draws(rows))
    if not draws:
        raise SettingsError("there are no replies to compare")
    return compared(
        draws,
        _contestants(draws),
        prompts=list(dict.fromkeys(d.prompt for d in draws)),
        embedder=embedder_of(embedder),
        references=references,
    )


def _contestants(draws: Iterable[Draw]) -> list[Contestant]:
    columns = list(dict.fromkeys((d.method, d.model, d.tau) for d in draws))
    models, taus = {c[1] for c in columns}, {c[2] for c in columns}
    baselines: dict[str, str] = {}
    found: list[Contestant] = []
    for method, model, tau in columns:
        label = method + (f" τ={tau:g}" if len(taus) > 1 and tau is not None else "")
        label += f" · {model}" if len(models) > 1 else ""
        found.append(Contestant(label, method, model, tau, Elicitation(), baselines.setdefault(model, label)))
    return found


def read_draws(rows: str | Path | Iterable[Mapping[str, Any]]) -> Iterator[Draw]:
    """The draws in rows, as :func:`compare_saved` takes them."""
    calls: Counter[tuple[Any, ...]] = Counter()
    for where, row in _rows(rows):
        try:
            prompt, method = str(row["prompt"]), str(row.get("method", "replies"))
            model, tau = str(row.get("model") or ""), row.get("tau")
            tau = None if tau is None else float(tau)
            key = (prompt, method, model, tau)
            call = int(row.get("call", calls[key]))
            yield from _draws_of(row, {"prompt": prompt, "method": method, "model": model, "tau": tau, "call": call})
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, SettingsError):
                raise
            what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise SettingsError(f"{where}: {what}; a row needs prompt, method, and text, reply or responses") from error
        calls[key] += 1


def _draws_of(row: Mapping[str, Any], about: dict[str, Any]) -> Iterator[Draw]:
    if isinstance(row.get("reply"), str):
        try:
            found = Elicitation[str]().read(Reply(row["reply"]))
        except RefusalError as error:
            yield Draw(**about, text=error.text, weight=0.0, refused=True)
        except DistributionParseError as error:
            yield Draw(**about, text=error.text, weight=0.0, error=str(error))
        else:
            for c in sorted(found, key=lambda c: c.index):
                repairs = tuple(str(r) for r in c.repairs)
                yield Draw(**about, text=c.text, verbalized=c.verbalized, weight=c.probability, repairs=repairs)
        return
    responses = row["responses"] if "responses" in row else [{**row, "text": row["text"]}]
    if not isinstance(responses, list) or not responses:
        raise ValueError("responses must be a list of texts, or of objects with text and probability")
    for response in responses:
        if isinstance(response, str):
            yield Draw(**about, text=response, weight=1 / len(responses))
            continue
        stated = response.get("probability", response.get("verbalized"))
        stated = None if stated is None else float(stated)
        weight = float(response.get("weight", 1 / len(responses) if stated is None else stated))
        verbalized = stated if stated is not None and 0 <= stated <= 1 else None
        if not isinstance(response["text"], str):
            raise TypeError("text must be a string")
        yield Draw(**about, text=response["text"], verbalized=verbalized, weight=max(0.0, weight))


def _rows(rows: str | Path | Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(rows, str | Path):
        yield from ((f"row {i}", row) for i, row in enumerate(rows, 1))
        return
    path = Path(rows)
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise SettingsError(f"cannot read {path}: {reason}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise SettingsError(f"{path}, line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise SettingsError(f"{path}, line {number} is not an object")
        yield f"{path}, line {number}", row
