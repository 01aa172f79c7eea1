"""The same reply gives the same distribution through the core and through LlamaIndex, sync and async."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from llama_index.retrievers.verbalized_sampling import DistributionOutputParser, VerbalizedQueryTransform

from verbalized_sampling import Elicitation, RefusalError, VerbalizedSamplingError, drive

from .support import ScriptedLLM

FOLDER = Path(__file__).parents[2] / "data" / "replies"
REPLIES = {path.stem: json.loads(path.read_text(encoding="utf-8"))["reply"] for path in sorted(FOLDER.rglob("*.json"))}
ASK = Elicitation(template="search_queries", max_extra_calls=0)


@pytest.mark.parametrize("name", REPLIES)
async def test_every_recorded_reply(name: str) -> None:
    text = REPLIES[name]
    expander = VerbalizedQueryTransform(ScriptedLLM(replies=[text]), elicitation=ASK)
    try:
        expected = drive(ASK.plan("q"), lambda _: text)
    except VerbalizedSamplingError as error:
        with pytest.raises(type(error)) as sync:
            expander.distribution("q")
        with pytest.raises(type(error)) as native:
            await expander.adistribution("q")
        assert str(sync.value) == str(native.value) == str(error)
        if not isinstance(error, RefusalError):
            with pytest.raises(type(error)):
                DistributionOutputParser(ASK).parse(text)
    else:
        assert expander.distribution("q") == await expander.adistribution("q") == expected
        parsed = DistributionOutputParser(ASK).parse(text)
        assert parsed.candidates == expected.candidates


def test_there_are_recorded_replies() -> None:
    assert len(REPLIES) > 50
