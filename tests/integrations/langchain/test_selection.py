"""The selection steps: one word each, repeatable, and each returns values."""

from __future__ import annotations

import pickle

import pytest
from langchain_core.load import dumpd
from langchain_verbalized_sampling import DistributionArgmax, DistributionSampler, DistributionTop

from verbalized_sampling import DistributionParser, EmptyDistributionError, SettingsError


@pytest.fixture
def names(three):
    return DistributionParser().parse(three)


async def test_one_is_a_value_and_n_is_a_list(names):
    assert DistributionArgmax().invoke(names) == "Ada"
    assert await DistributionArgmax().ainvoke(names) == "Ada"
    assert DistributionTop(2).invoke(names) == ["Ada", "Bo"]
    assert DistributionSampler(seed=1).invoke(names) in ("Ada", "Bo", "Cy")
    assert len(DistributionSampler(1, seed=1).invoke(names)) == 1
    assert sorted(DistributionSampler(3, seed=1, replace=False).invoke(names)) == ["Ada", "Bo", "Cy"]
    assert list(DistributionTop(1).stream(names)) == [["Ada"]]


async def test_a_seed_draws_the_same_again_and_not_the_same_rank_from_each(names):
    sampler = DistributionSampler(seed=7)
    assert sampler.invoke(names) == sampler.invoke(names) == await sampler.ainvoke(names)
    others = [names.map(lambda text, i=i: f"{text} {i}") for i in range(40)]
    first = sampler.batch(others)
    assert first == sampler.batch(others)
    assert {text.split()[0] for text in first} == {"Ada", "Bo", "Cy"}
    assert DistributionSampler(seed=8).batch(others) != first


def test_without_a_seed_each_draw_is_fresh(names):
    assert len({DistributionSampler().invoke(names) for _ in range(200)}) == 3


def test_what_is_no_distribution_or_empty_is_refused(names):
    with pytest.raises(SettingsError, match="diff=True"):
        DistributionSampler().invoke(["Ada"])
    with pytest.raises(EmptyDistributionError):
        DistributionArgmax().invoke(names.filter(lambda c: False))


def test_they_pickle_and_serialise():
    for step in (DistributionSampler(2, seed=3), DistributionArgmax(), DistributionTop(4)):
        assert pickle.loads(pickle.dumps(step)) == step
        assert dumpd(step)["type"] == "constructor"
