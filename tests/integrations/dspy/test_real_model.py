"""A small model, over HTTP: the whole way from a signature to a saved program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedSampling

# A model this small needs to be held to the format; the schema is what any OpenAI-compatible server takes.
COLOUR = {"type": "string", "maxLength": 12}
ITEM = {"type": "object", "properties": {"colour": COLOUR, "probability": {"enum": [0.1, 0.2, 0.3, 0.4, 0.5]}}}
ITEM |= {"required": ["colour", "probability"], "additionalProperties": False}
LISTING = {"type": "array", "items": ITEM, "minItems": 2, "maxItems": 2}
SCHEMA = {"type": "object", "properties": {"candidates": LISTING}, "required": ["candidates"]}
FORMAT = {"type": "json_schema", "json_schema": {"name": "candidates", "schema": SCHEMA}}

TRAINSET = [dspy.Example(thing=thing).with_inputs("thing") for thing in ("the sky", "grass")]


@pytest.fixture
def lm(endpoint: Any) -> Any:
    return dspy.LM(
        f"openai/{endpoint.model}",
        api_base=endpoint.base_url,
        api_key=endpoint.api_key,
        cache=False,
        temperature=0.0,
        max_tokens=300,
        num_retries=0,
        response_format=FORMAT,
    )


def test_a_program_is_bootstrapped_saved_and_loaded_with_a_real_model(lm: Any, tmp_path: Path) -> None:
    def usable(example: Any, prediction: Any, trace: Any = None) -> bool:
        return bool(len(prediction.distribution)) and bool(prediction.colour.strip())

    program = VerbalizedSampling(
        dspy.Signature("thing -> colour", "Name a colour that the thing can have."), k=2, seed=1
    )
    with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
        optimizer = dspy.BootstrapFewShot(metric=usable, max_bootstrapped_demos=1, max_labeled_demos=0)
        compiled = optimizer.compile(program, trainset=TRAINSET)
        (demo,) = compiled.predict.demos
        assert json.loads(demo.candidates)
        assert len(lm.history) == 1  # one call for all candidates, and no repair
        prediction = compiled(thing="snow")
    assert prediction.colour in prediction.completions.colour
    assert sum(prediction.weights) == pytest.approx(1.0)
    assert prediction.distribution.usage.calls == 1
    assert prediction.distribution.usage.output_tokens > 5

    compiled.save(tmp_path / "program.json")
    assert lm.kwargs["api_key"] not in (tmp_path / "program.json").read_text()
    loaded = VerbalizedSampling(dspy.Signature("thing -> colour"))
    loaded.load(tmp_path / "program.json")
    with dspy.context(lm=lm, adapter=dspy.JSONAdapter()):
        again = loaded(thing="snow")
    sent = [json.dumps(entry["messages"], ensure_ascii=False).encode() for entry in lm.history[-2:]]
    assert sent[0] == sent[1]
    assert again.colour == prediction.colour
