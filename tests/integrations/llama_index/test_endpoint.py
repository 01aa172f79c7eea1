"""OpenAILike over HTTP against a llama.cpp server: a real client, a real model, real replies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.llms.openai_like import OpenAILike
from llama_index.retrievers.verbalized_sampling import (
    VerbalizedFusionRetriever,
    VerbalizedQueryTransform,
    VerbalizedSynthesizer,
)

from verbalized_sampling import DistributionParseError, Elicitation

from .support import ticking

ASK = Elicitation(k=2, template="search_queries", max_extra_calls=0)


def openai_like(endpoint: Any, **settings: Any) -> OpenAILike:
    return OpenAILike(
        model=endpoint.model,
        api_base=endpoint.base_url,
        api_key=endpoint.api_key,
        is_chat_model=settings.pop("is_chat_model", True),
        context_window=4096,
        timeout=120.0,
        **settings,
    )


@pytest.fixture
def llm(endpoint: Any) -> Iterator[OpenAILike]:
    with httpx.Client() as client:
        yield openai_like(endpoint, max_tokens=300, http_client=client)


@pytest.fixture(scope="module")
def constrained() -> dict[str, Any]:
    """The model is tiny: without a grammar it does not keep to the format."""
    schema = ASK.json_schema(local=True)
    schema["properties"]["responses"]["items"]["properties"]["text"]["maxLength"] = 60
    return {
        "response_format": {"type": "json_schema", "json_schema": {"name": "candidates", "schema": schema}},
        "temperature": 0.7,
        "seed": 5,
    }


def test_a_distribution_over_http(llm: OpenAILike, constrained: dict[str, Any]) -> None:
    expander = VerbalizedQueryTransform(llm, elicitation=ASK, llm_kwargs=constrained)
    distribution = expander.distribution("how do I fix a flat tyre")
    assert len(distribution) + len(distribution.dropped) == 2  # the tiny model may say the same twice
    assert sum(c.probability for c in distribution) == pytest.approx(1)
    assert distribution.usage.calls == 1
    assert distribution.usage.input_tokens > 50
    assert distribution.usage.output_tokens > 10


async def test_retrieval_over_http_does_not_block_the_loop(
    endpoint: Any, constrained: dict[str, Any], index: VectorStoreIndex
) -> None:
    async with httpx.AsyncClient() as client:
        llm = openai_like(endpoint, max_tokens=300, async_http_client=client)
        expander = VerbalizedQueryTransform(llm, elicitation=ASK, llm_kwargs=constrained)
        fusion = VerbalizedFusionRetriever([index.as_retriever(similarity_top_k=5)], expander, similarity_top_k=5)
        start = time.perf_counter()
        async with ticking() as ticker:
            found = [node.node_id for node in await fusion.aretrieve("flat tyre on my bicycle")]
    assert len(found) == 5
    assert ticker.longest < (time.perf_counter() - start) / 3


def test_a_reply_cut_by_the_length_limit_says_so(llm: OpenAILike, constrained: dict[str, Any]) -> None:
    llm.max_tokens = 6
    expander = VerbalizedQueryTransform(llm, elicitation=ASK, llm_kwargs=constrained, on_model_error="raise")
    with pytest.raises(DistributionParseError, match="length limit"):
        expander.run("how do I fix a flat tyre")


def test_the_completions_endpoint_is_asked_where_there_is_no_chat(endpoint: Any, constrained: dict[str, Any]) -> None:
    schema = constrained["response_format"]["json_schema"]["schema"]
    kwargs = {"extra_body": {"json_schema": schema}, "temperature": 0.7}
    with httpx.Client() as client:
        llm = openai_like(endpoint, is_chat_model=False, max_tokens=300, http_client=client)
        expander = VerbalizedQueryTransform(llm, elicitation=ASK, llm_kwargs=kwargs)
        distribution = expander.distribution("how do I fix a flat tyre")
    assert len(distribution) + len(distribution.dropped) == 2  # the tiny model may say the same twice


def test_an_answer_is_sampled_over_http(llm: OpenAILike, constrained: dict[str, Any], index: VectorStoreIndex) -> None:
    synthesizer = VerbalizedSynthesizer(llm, k=2, seed=1, llm_kwargs=constrained)
    nodes = index.as_retriever(similarity_top_k=1).retrieve("flat tyre on my bicycle")
    response = synthesizer.synthesize("how do I fix a flat tyre?", nodes)
    texts = [candidate["text"] for candidate in response.metadata["distribution"]["candidates"]]
    assert str(response) in texts
