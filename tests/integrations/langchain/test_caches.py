"""LangChain's cache of replies: independent calls stay independent, and an agent goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from langchain.agents import create_agent
from langchain_core.caches import InMemoryCache
from langchain_core.globals import set_llm_cache
from langchain_verbalized_sampling import VerbalizedSampling, VerbalizedSamplingMiddleware


@pytest.fixture(autouse=True)
def cache() -> Iterator[None]:
    set_llm_cache(InMemoryCache())
    yield
    set_llm_cache(None)


def test_each_independent_call_has_a_reply_of_its_own(scripted, as_reply):
    model = scripted(*(as_reply((name, 1.0)) for name in ("Ada", "Bo", "Cy")))
    sampling = VerbalizedSampling(model, k=1, calls=3)
    for _ in range(2):
        names = sampling.invoke("A name", {"max_concurrency": 1})
        assert [(name.text, name.count) for name in names] == [("Ada", 1), ("Bo", 1), ("Cy", 1)]
    assert len(model.calls) == 3


async def test_a_cached_reply_is_read_like_any(scripted, three):
    model = scripted(three)
    sampling = VerbalizedSampling(model, k=3)
    first = sampling.invoke("A name")
    assert first == sampling.invoke("A name") == await sampling.ainvoke("A name")
    assert len(model.calls) == 1


@pytest.mark.parametrize("verbalize", ["within", "after"])
def test_an_agent_answers_again(tool_calling, three, verbalize):
    agent = create_agent(
        tool_calling(three), middleware=[VerbalizedSamplingMiddleware(k=3, select="argmax", verbalize=verbalize)]
    )
    for _ in range(2):
        assert agent.invoke({"messages": [("user", "A name")]})["messages"][-1].text == "Ada"
