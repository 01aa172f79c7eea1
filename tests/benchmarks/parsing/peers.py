"""What other parsers read of the project's own data cases: ``python tests/benchmarks/parsing/peers.py [--write]``.

A reply counts as read if texts and numbers are those that a careful person takes, in their order; as silently wrong
if something else is returned without an error. Each peer gets the texts as they are, and what it returns is looked
through generously: a list under any key, any of the usual names, percentages scaled where it says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from verbalized_sampling.parsing import DistributionParser

REPLIES = Path(__file__).parents[2] / "data" / "replies"
Found = list[tuple[str, float | None]]
TEXT = ("text", "response", "answer", "content", "idea")
NUMBER = ("probability", "confidence", "p", "likelihood", "prob")


def candidates(value: Any) -> Found:
    """What a parsed value says."""
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list)]
        value = lists[0] if lists else [value]
    found: Found = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            text = next((item[key] for key in TEXT if key in item), None)
            number = next((item[key] for key in NUMBER if key in item), None)
            if text is not None:
                found.append((str(text), float(number) if isinstance(number, int | float) else None))
    return found


def ours(text: str) -> Found:
    return [(c.text, c.verbalized) for c in sorted(DistributionParser().parse(text), key=lambda c: c.index)]


def peers() -> dict[str, Callable[[str], Found]]:
    """The parsers that are installed."""
    found: dict[str, Callable[[str], Found]] = {
        "verbalized_sampling": ours,
        "json.loads": lambda text: candidates(json.loads(text)),
        "pydantic_core partial": lambda text: candidates(from_json(text, allow_partial="trailing-strings")),
    }
    if find_spec("json_repair"):
        import json_repair

        found["json_repair"] = lambda text: candidates(json_repair.loads(text))
    if find_spec("fast_json_repair"):
        import fast_json_repair

        found["fast_json_repair"] = lambda text: candidates(fast_json_repair.loads(text))
    if find_spec("langchain_core"):
        from langchain_core.output_parsers import JsonOutputParser, XMLOutputParser

        found["LangChain JsonOutputParser"] = lambda text: candidates(JsonOutputParser().parse(text))
        found["LangChain XMLOutputParser"] = lambda text: tagged(XMLOutputParser(parser="xml").parse(text))
    if find_spec("dspy"):
        import dspy

        class Replies(dspy.Signature):
            query: str = dspy.InputField()
            responses: list[dict[str, Any]] = dspy.OutputField()

        adapter = dspy.JSONAdapter()
        found["DSPy JSONAdapter"] = lambda text: candidates(adapter.parse(Replies, text))
    return found


def tagged(value: Any) -> Found:
    """What LangChain's XML parser makes of one or several elements."""
    found: Found = []
    for elements in value.values() if isinstance(value, dict) else ():
        for element in elements if isinstance(elements, list) else ():
            flat: dict[str, Any] = {}
            for part in element.get("response", element) if isinstance(element, dict) else ():
                flat.update(part if isinstance(part, dict) else {})
            if "text" in flat:
                found.append((flat["text"], float(flat.get("probability") or "nan")))
    return found


def score(read: Callable[[str], Found], cases: list[dict[str, Any]]) -> tuple[int, int]:
    """How many replies are read right, and how many wrong without an error."""
    right = wrong = 0
    for case in cases:
        expected = [tuple(pair) for pair in case["candidates"] or []]
        try:
            found: list[Any] | None = list(read(case["reply"]))
        except Exception:  # noqa: BLE001 - a peer may raise anything; that is no silent error
            found = None
        if (found or []) == expected:
            right += 1
        elif found is not None:
            wrong += 1
    return right, wrong


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true")
    write = arguments.parse_args().write
    cases = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(REPLIES.rglob("*.json"))]
    cases = [case for case in cases if "settings" not in case]
    lines = [f"| of {len(cases)} own data cases | right | silently wrong |", "|---|---|---|"]
    for name, read in peers().items():
        right, wrong = score(read, cases)
        lines.append(f"| {name} | {right} | {wrong} |")
        print(lines[-1], flush=True)
    if write:
        path = Path(__file__).with_name("RESULTS.md")
        kept = path.read_text(encoding="utf-8").partition("## Peers")[0].rstrip() if path.exists() else ""
        note = "One run of `peers.py`. The cases are the project's own, so the first line says little; the others do."
        path.write_text(f"{kept}\n\n## Peers\n\n{note}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
