"""The config of a call reaches everything that is called within, directly and inside a chain."""

from __future__ import annotations

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField, RunnableLambda, RunnablePassthrough
from langchain_core.runnables.config import ensure_config
from langchain_verbalized_sampling import (
    DistributionJudge,
    VerbalizedQueryRetriever,
    VerbalizedSampling,
    VerbalizedSamplingTool,
)

CONFIG = {"configurable": {"tenant": "b", "user": 7}, "tags": ["t"], "metadata": {"m": 1}, "max_concurrency": 2}


class Tenants(BaseRetriever):
    """Searches one tenant's documents."""

    tenant: str = "a"

    def _get_relevant_documents(self, query, *, run_manager):
        return [Document(f"{self.tenant}: {query}", metadata={"tenant": self.tenant})]


def seen_by(model_reply):
    """A model around which a function notes the config that reaches it."""
    seen = []

    def note(messages, config):
        seen.append(config)
        return model_reply

    return RunnableLambda(note), seen


def reaches(config):
    return (
        config["configurable"].get("tenant") == "b"
        and "t" in config["tags"]
        and config["metadata"].get("m") == 1
        and config.get("max_concurrency") == 2
    )


async def test_it_reaches_the_model(three):
    for make in (
        lambda model: VerbalizedSampling(model, k=3),
        lambda model: VerbalizedSampling(model, k=3, calls=2),
        lambda model: VerbalizedSamplingTool(model, k=3),
    ):
        model, seen = seen_by(three)
        runnable = make(model)
        given = {"query": "A name"}
        runnable.invoke(given, CONFIG)
        await runnable.ainvoke(given, CONFIG)
        list(runnable.stream(given, CONFIG))
        runnable.batch([given], CONFIG)
        (RunnablePassthrough() | runnable).invoke(given, CONFIG)
        RunnableLambda(lambda given, runnable=runnable: runnable.invoke(given)).invoke(given, CONFIG)
        assert len(seen) >= 6 and all(map(reaches, seen))


async def test_it_reaches_the_judge(three):
    judge, seen = seen_by("1")
    chain = VerbalizedSampling(RunnableLambda(lambda _: three), k=3) | DistributionJudge(judge, "Short.")
    chain.invoke("A name", CONFIG)
    await chain.ainvoke("A name", CONFIG)
    VerbalizedSampling(RunnableLambda(lambda _: three), k=3, select=DistributionJudge(judge, "x")).invoke("y", CONFIG)
    assert len(seen) == 3 and all(map(reaches, seen))


@pytest.mark.parametrize("inside", [False, True])
async def test_a_tenant_is_searched_by_the_queries_of_its_own(scripted, three, inside):
    tenants = Tenants().configurable_fields(tenant=ConfigurableField(id="tenant"))
    retriever = VerbalizedQueryRetriever(tenants, scripted(three), num_queries=3, k=None)
    runnable = RunnablePassthrough() | retriever if inside else retriever
    for found in (
        runnable.invoke("cats", CONFIG),
        await runnable.ainvoke("cats", CONFIG),
        runnable.batch(["cats"], CONFIG)[0],
    ):
        assert {document.metadata["tenant"] for document in found} == {"b"}
    assert {document.metadata["tenant"] for document in retriever.invoke("cats")} == {"a"}
    assert ensure_config(CONFIG)["configurable"]["tenant"] == "b"
