"""Replies to measure with: candidates as models write them, in every form that has a bar."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from typing import Any

__all__ = ["CLEAN", "DAMAGED", "FURTHER", "LISTS", "ODD", "STREAMED", "WORDS", "Pairs", "as_json", "pairs"]

Pairs = list[tuple[str, float]]
WORDS = 60  # of a text
_SIGNS = ("—", "é", "naïve", "“so”", "it’s", "日本", "…")


def pairs(count: int, words: int = WORDS) -> Pairs:
    """Texts with quotes, line feeds and letters beyond ASCII in them, as real replies have, and their numbers."""
    rng = random.Random(count)
    known = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(2000)]
    made: Pairs = []
    for _ in range(count):
        chosen = [word.capitalize() if i == 0 else word for i, word in enumerate(rng.choices(known, k=words))]
        for _ in range(words // 15):
            at = rng.randrange(1, words - 1)
            chosen[at] = rng.choice([f'"{chosen[at]}"', f"{chosen[at]},", rng.choice(_SIGNS), f"{chosen[at]}.\nAnd"])
        made.append((" ".join(chosen) + ".", round(rng.uniform(0.001, 0.1), 3)))
    return made


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _records(pairs: Pairs, text: str = "text", number: str = "probability", scale: float = 1) -> list[dict[str, Any]]:
    return [{text: t, number: p if scale == 1 else max(1, round(p * scale))} for t, p in pairs]


def as_json(pairs: Pairs) -> str:
    return _dumped({"responses": _records(pairs)})


def as_cot(pairs: Pairs) -> str:
    reasoning = 'Each answer takes another side:\nthe first is "plain", the others are not.'
    return _dumped({"reasoning": reasoning, "responses": _records(pairs)})


def with_an_integer(pairs: Pairs) -> str:
    records = _records(pairs)
    records[-1]["probability"] = 0
    return _dumped({"responses": records})


def fenced(pairs: Pairs) -> str:
    return f"Here they are:\n```json\n{as_json(pairs)}\n```\nEnjoy."


def as_tags(pairs: Pairs) -> str:
    return "\n".join(f"<response>\n<text>{t}</text>\n<probability>{p}</probability>\n</response>" for t, p in pairs)


def as_numbered(pairs: Pairs) -> str:
    return "\n".join(f"{i}. {_in_a_line(t)} (p={p})" for i, (t, p) in enumerate(pairs, 1))


def as_bullets(pairs: Pairs) -> str:
    return "\n".join(f"- {_in_a_line(t)} (probability: {p})" for t, p in pairs)


def as_headings(pairs: Pairs) -> str:
    return "\n\n".join(f"### Response {i} (Probability: {p})\n\n{t}" for i, (t, p) in enumerate(pairs, 1))


def as_table(pairs: Pairs) -> str:
    rows = "\n".join(f"| {i} | {_in_a_line(t)} | {p} |" for i, (t, p) in enumerate(pairs, 1))
    return f"| # | Response | Probability |\n|---|---|---|\n{rows}"


def as_yaml(pairs: Pairs) -> str:
    return "responses:\n" + "\n".join(f"  - text: {_dumped(t)}\n    probability: {p}" for t, p in pairs)


def as_toml(pairs: Pairs) -> str:
    return "\n\n".join(f"[[responses]]\ntext = {_dumped(t)}\nprobability = {p}" for t, p in pairs)


def as_dashes(pairs: Pairs) -> str:
    return "\n".join(f"- {_in_a_line(t)} - {max(1, round(p * 100))}%" for t, p in pairs)


def as_percents(pairs: Pairs) -> str:
    return "\n".join(f"{_in_a_line(t)}: {max(1, round(p * 100))}%" for t, p in pairs)


def as_calls_by_keywords(pairs: Pairs) -> str:
    return "[" + ", ".join(f"Candidate(text={t!r}, probability={p})" for t, p in pairs) + "]"


def as_call(pairs: Pairs) -> str:
    return _dumped({"name": "f", "arguments": {"responses": _records(pairs)}})


def as_call_of_a_string(pairs: Pairs) -> str:
    return _dumped({"name": "f", "arguments": as_json(pairs)})


def as_message(pairs: Pairs) -> str:
    call = {"type": "tool_use", "name": "f", "input": {"responses": _records(pairs)}}
    return _dumped([{"type": "text", "text": "Here they are."}, call])


def as_map(pairs: Pairs) -> str:
    return _dumped(dict(pairs))


def as_single_maps(pairs: Pairs) -> str:
    return _dumped([{t: p} for t, p in pairs])


def as_parallel_lists(pairs: Pairs) -> str:
    return _dumped({"texts": [t for t, _ in pairs], "probabilities": [p for _, p in pairs]})


def as_keyed_records(pairs: Pairs) -> str:
    return _dumped({str(i): record for i, record in enumerate(_records(pairs), 1)})


def as_python(pairs: Pairs) -> str:
    return repr(_records(pairs))


def as_string(pairs: Pairs) -> str:
    return _dumped(as_json(pairs))


def _in_a_line(text: str) -> str:
    return text.replace("\n", " ")


CLEAN: dict[str, Callable[[Pairs], str]] = {
    "as asked for": as_json,
    "VS-CoT": as_cot,
    "a bare array": lambda pairs: _dumped(_records(pairs)),
    "`answer` and `confidence`": lambda pairs: _dumped({"responses": _records(pairs, "answer", "confidence")}),
    "one integer": with_an_integer,
    "percents": lambda pairs: _dumped({"responses": _records(pairs, scale=100)}),
    "`12%` in quotes": lambda pairs: _dumped(
        {"responses": [{"text": t, "probability": f"{max(1, round(p * 100))}%"} for t, p in pairs]}
    ),
    "a further field": lambda pairs: _dumped({"responses": [r | {"style": "dry"} for r in _records(pairs)]}),
    "fenced, prose around": fenced,
}


def with_an_odd_one(odd: dict[str, Any]) -> Callable[[Pairs], str]:
    def written(pairs: Pairs) -> str:
        alike = _records(pairs)
        return _dumped({"responses": [*alike[:-2], {"text": "The bridge opens at noon"} | odd, *alike[-2:]]})

    return written


ODD: dict[str, Callable[[Pairs], str]] = {
    "one without a number": with_an_odd_one({}),
    "one with a word for a number": with_an_odd_one({"probability": "high"}),
    "one with a further field": with_an_odd_one({"probability": 0.1, "style": "dry"}),
    "one empty": with_an_odd_one({"probability": 0.1, "text": ""}),
    "one given twice": lambda pairs: as_json([*pairs, pairs[0]]),
    "all begin and end alike": lambda pairs: as_json(
        [(f"Why did the fox say {t} and then go home?", p) for t, p in pairs]
    ),
}
# Good JSON whose candidates are no plain list of records, and what is nearly JSON.
FURTHER: dict[str, Callable[[Pairs], str]] = {
    "a map": as_map,
    "a map under a name": lambda pairs: _dumped({"distribution": dict(pairs)}),
    "maps of one member": as_single_maps,
    "pairs": _dumped,
    "parallel lists": as_parallel_lists,
    "a call of a tool": as_call,
    "a call whose arguments are a string": as_call_of_a_string,
    "JSON in a string": as_string,
    "Python": as_python,
    "calls by keywords": as_calls_by_keywords,
}
DAMAGED: dict[str, Callable[[Pairs], str]] = {
    "trailing commas": lambda pairs: as_json(pairs).replace("}", ",}").replace("]", ",]"),
    "truncated": lambda pairs: as_json(pairs)[:-40],
    "raw line feeds": lambda pairs: as_json(pairs).replace("\\n", "\n"),
    "single quotes": lambda pairs: repr({"responses": _records(pairs)}),
}
LISTS: dict[str, Callable[[Pairs], str]] = {
    "a numbered list": as_numbered,
    "bullets": as_bullets,
    "headings": as_headings,
    "a table": as_table,
    "tags": as_tags,
}
# How each is written, its bar, and of how many words.
STREAMED: dict[str, tuple[Callable[[Pairs], str], str, int]] = {
    "JSON": (as_json, "≤ 2", WORDS),
    "fenced JSON": (fenced, "≤ 2", WORDS),
    "VS-CoT": (as_cot, "≤ 2", WORDS),
    "a bare array": (CLEAN["a bare array"], "≤ 2", WORDS),
    "tags": (as_tags, "≤ 2.5", WORDS),
    "a numbered list": (as_numbered, "≤ 4", WORDS),
    "headings": (as_headings, "≤ 4", WORDS),
    "a table": (as_table, "≤ 4", WORDS),
    "YAML": (as_yaml, "≤ 4", WORDS),
    "TOML": (as_toml, "≤ 4", WORDS),
    "`- x - 30%`": (as_dashes, "≤ 4", WORDS),
    "bare percents": (as_percents, "≤ 4", WORDS),
    "a call of a tool": (as_call, "≤ 4", WORDS),
    "a call whose arguments are a string": (as_call_of_a_string, "≤ 4", WORDS),
    "a call behind a text": (as_message, "≤ 4", WORDS),
    "calls by keywords": (as_calls_by_keywords, "≤ 4", WORDS),
    "a bare map": (as_map, "≤ 4", WORDS),
    "maps of one member": (as_single_maps, "≤ 4", WORDS),
    "pairs": (_dumped, "≤ 4", WORDS),
    "parallel lists": (as_parallel_lists, "≤ 4", WORDS),
    "records under keys that count": (as_keyed_records, "≤ 4", WORDS),
    "Python": (as_python, "≤ 4", WORDS),
    "JSON in a string": (as_string, "≤ 4", WORDS),
}
