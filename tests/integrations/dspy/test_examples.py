"""The examples of DSPy run, as their readers would run them, with a model that a test decides."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import dspy

EXAMPLES = Path(__file__).parents[3] / "examples"
TELLS = {"a complaint": "cold", "a question": "when", "praise": "lovely"}


def model(messages: list[dict[str, Any]]) -> str:
    """Writes messages of each kind, and sorts them wrongly until it has seen examples."""
    system, last = messages[0]["content"], messages[-1]["content"]
    if "`candidates`" in system:
        kind = re.findall(r"## kind ## \]\]\n(.+)", last)[0].strip()
        said = last.count('"message"')
        items = [{"message": f"{TELLS[kind]} {n}", "probability": 0.1} for n in range(said, said + 5)]
        return f"[[ ## candidates ## ]]\n{json.dumps(items)}\n\n[[ ## completed ## ]]"
    message = re.findall(r"## message ## \]\]\n(\w+)", last)[-1]
    right = next(kind for kind, word in TELLS.items() if word == message)
    knows = len(messages) > 2 or message == "cold"
    return f"[[ ## kind ## ]]\n{right if knows else 'spam'}\n\n[[ ## completed ## ]]"


def test_a_program_is_trained_and_evaluated_on_what_was_written(scripted: Any, capsys: Any) -> None:
    main = runpy.run_path(str(EXAMPLES / "dspy_diversify.py"))["main"]
    with dspy.context(lm=scripted(model)):
        main()
    printed = capsys.readouterr().out
    assert "30 examples, 6 demos" in printed
    before, after = map(int, re.findall(r"(\d+) %", printed))
    assert before < after == 100
