"""Every example of the README runs, one after another, as a reader would run them."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dspy
import pytest

README = Path(__file__).parents[3] / "integrations" / "dspy" / "README.md"
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
VALUES: dict[str, list[Any]] = {"text": ["one", "two", "moon tides"], "probability": [0.5, 0.3, 0.2]}
VALUES |= {"team": ["billing", "login", "shipping"], "urgent": [True, False, True]}


def answer(messages: list[dict[str, Any]]) -> str:
    """Fills in whatever fields the prompt asks for."""
    system = messages[0]["content"]
    asked = re.findall(r"^- `(\w+)` \(", system, re.MULTILINE)
    items = [{name: VALUES.get(name, VALUES["text"])[n] for name in asked} for n in range(3)]
    fields = re.findall(r"\[\[ ## (\w+) ## \]\]", messages[-1]["content"].rpartition("Respond with")[2])
    filled = {name: json.dumps(items) if name == "candidates" else "well" for name in fields}
    return "\n\n".join(f"[[ ## {name} ## ]]\n{text}" for name, text in filled.items())


@pytest.mark.skipif(find_spec("dspy.lm15") is None, reason="this DSPy has no engines to script")
def test_the_examples_run(scripted: Any, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "__readme__"}
    with dspy.context(lm=scripted(answer)):
        for example in EXAMPLES:
            exec(compile(example, str(README), "exec", dont_inherit=True), namespace)
    printed = capsys.readouterr().out
    assert "drawn: " in printed
    assert "moon tides" in printed
    assert namespace["prediction"].answer in ("one", "two", "moon tides")
    saved = json.loads((tmp_path / "names.json").read_text())
    assert len(saved["predict"]["demos"]) == 2
    assert len(json.loads(saved["predict"]["demos"][0]["candidates"])) == 3
    with dspy.context(lm=scripted(answer)):
        assert namespace["triage"](ticket="?").team == "billing"
        assert namespace["RAG"]()(question="Why?").answer in ("one", "two", "moon tides", "well")


def test_the_examples_are_those_that_are_wanted() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(EXAMPLES) == 11
    for heading in ("A first signature", "Typed outputs", "An existing program", "An optimizer", "search queries"):
        assert heading in text
    assert "`dspy-ai` is today an alias of `dspy`" in text
