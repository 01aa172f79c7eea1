"""What is taken from inside DSPy stands in one file, and is what it is taken for in the DSPy that is installed."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import dspy
import dspy_verbalized_sampling
import pytest
from dspy_verbalized_sampling import VerbalizedPredict, internals

PACKAGE = Path(dspy_verbalized_sampling.__file__).parent
DOCUMENTED = {"dspy", "dspy.adapters", "dspy.streaming", "dspy.utils.callback", "dspy.utils.exceptions"}
FILES = sorted(path for path in PACKAGE.glob("*.py") if path.name != "internals.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_other_file_reaches_inside(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 0}
    assert {name for name in imported if name and name.startswith("dspy")} <= DOCUMENTED
    everything = "".join(each.read_text() for each in FILES)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            own = (f"def {node.attr}(", f"self.{node.attr} =", f"self.{node.attr}:", f"    {node.attr}:")
            assert any(each in everything for each in own), f"{node.attr} is DSPy's"


def test_nothing_is_patched_or_passed_off_as_something_else() -> None:
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {each.attr for each in targets if isinstance(each, ast.Attribute)}
                assert names.isdisjoint({"__class__", "parse", "format", "__call__", "acall", "forward"}), path.name
            if isinstance(node, ast.Attribute):
                assert node.attr != "__module__", path.name
            if isinstance(node, ast.FunctionDef):
                assert node.name not in {"__eq__", "__hash__", "__instancecheck__", "__subclasscheck__"}, path.name


def test_each_thing_that_is_taken_is_there() -> None:
    prediction = dspy.Prediction.from_completions([{"answer": "a"}, {"answer": "b"}], signature="signature")
    assert isinstance(prediction.completions, internals.Completions)
    assert prediction.completions.signature == "signature"
    assert vars(prediction)["_completions"] is prediction.completions
    assert vars(prediction)["_store"] == {"answer": "a"}
    assert vars(prediction)["_lm_usage"] is prediction.get_lm_usage() is None
    names = list(inspect.signature(dspy.Adapter._call_preprocess).parameters)
    assert names[:3] == ["self", "lm", "lm_kwargs"]
    assert {"add_usage"} <= set(dir(internals.UsageTracker))
    for name in ("trace", "callbacks", "send_stream", "stream_listeners", "caller_predict", "usage_tracker"):
        assert name in dspy.settings.config, name


def test_what_predict_traces_and_tells_is_found(dummy: Any) -> None:
    items = [{"answer": "red", "probability": 0.5}, {"answer": "blue", "probability": 0.3}]
    seen: list[Any] = []

    class Watching(dspy.ChatAdapter):
        def format(self, *args: Any, **kwargs: Any) -> Any:
            seen.append(internals.calling_predictor())
            return super().format(*args, **kwargs)

    predict = VerbalizedPredict("question -> answer")
    with dspy.context(lm=dummy(items), adapter=Watching(), trace=[]):
        prediction = predict(question="?")
        ((traced, inputs, outputs),) = dspy.settings.trace
    assert seen == [predict]
    assert (traced, inputs) == (predict, {"question": "?"})
    assert outputs.answer == prediction.answer
    assert "candidates" in outputs and "candidates" not in prediction
