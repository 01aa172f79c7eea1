"""The bars of the parser as pytest benchmarks: ``pytest tests/benchmarks --benchmark-only``."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from verbalized_sampling.parsing import DistributionParser

pytest.importorskip("ijson", reason="the group bench is not installed")
_SPEC = spec_from_file_location("ratios", Path(__file__).with_name("ratios.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
ratios = module_from_spec(_SPEC)
sys.path.insert(0, str(Path(__file__).parent))  # for what it imports from beside it
_SPEC.loader.exec_module(ratios)
PARSER: DistributionParser[str] = DistributionParser()
replies = sys.modules["replies"]
FORMS = {**replies.CLEAN, **replies.LISTS}


@pytest.mark.benchmark(group="clean")
@pytest.mark.parametrize("name", FORMS)
def test_clean(benchmark: Any, name: str) -> None:
    assert len(benchmark(PARSER.parse, FORMS[name](replies.pairs(500)))) == 500


@pytest.mark.benchmark(group="damaged")
@pytest.mark.parametrize("name", replies.DAMAGED)
def test_damaged(benchmark: Any, name: str) -> None:
    assert len(benchmark(PARSER.parse, replies.DAMAGED[name](replies.pairs(50)))) >= 49


@pytest.mark.benchmark(group="streaming")
@pytest.mark.parametrize("name", replies.STREAMED)
def test_streaming(benchmark: Any, name: str) -> None:
    benchmark(ratios.streaming(replies.STREAMED[name][0](replies.pairs(500))))


@pytest.mark.benchmark(group="hostile")
@pytest.mark.parametrize("name", ratios.HOSTILE)
def test_hostile(benchmark: Any, name: str) -> None:
    benchmark(ratios.attempt, ratios.HOSTILE[name](100_000))
