"""Real replies, read as a careful reader did. They are others' texts, and so not in the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

OUTPUTS = Path(__file__).parents[4] / "shared" / "data" / "outputs"
INDEX = OUTPUTS / "index.jsonl"
CASES = [json.loads(line) for line in INDEX.read_text(encoding="utf-8").splitlines()] if INDEX.exists() else []

pytestmark = pytest.mark.skipif(not CASES, reason="the collected replies are not here")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_real_reply_is_read_as_a_careful_reader_did(case: dict[str, Any]) -> None:
    text = (OUTPUTS / f"{case['id']}.txt").read_text(encoding="utf-8")
    try:
        found = sorted(DistributionParser().parse(text), key=lambda c: c.index)
    except DistributionParseError:
        found = []
    assert len(found) == len(case["expected"])
    for candidate, expected in zip(found, case["expected"], strict=True):
        prefixes = [expected["text_prefix"].strip(), expected.get("alt_text_prefix", expected["text_prefix"]).strip()]
        assert candidate.text.startswith(tuple(prefixes))
        assert expected.get("must_contain", "") in candidate.text
        assert candidate.verbalized == pytest.approx(expected["probability"])
