"""A retriever as a tool for agents and workflows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import MetadataMode, NodeWithScore
from llama_index.core.tools import FunctionTool

from verbalized_sampling.adapters import PromptSet

__all__ = ["verbalized_search_tool"]

_PROMPTS = Path(__file__).parent / "prompts"


def verbalized_search_tool(
    retriever: BaseRetriever, *, name: str = "search", description: str | None = None
) -> FunctionTool:
    """A tool with one argument, ``query``, that answers with numbered passages.

    LlamaIndex's own ``RetrieverTool`` searches for ``"query is …"``: the argument's name becomes part of the query.

    Args:
        retriever: What is searched: a :class:`VerbalizedFusionRetriever`, or any other.
        name: What the agent calls it.
        description: What tells the agent when to use it.

    Returns:
        A tool whose output holds the passages as ``content`` and the nodes as ``raw_output``.
    """

    def search(query: str) -> list[NodeWithScore]:
        return retriever.retrieve(query)

    async def asearch(query: str) -> list[NodeWithScore]:
        return await retriever.aretrieve(query)

    async def arendered(nodes: Sequence[NodeWithScore]) -> str:
        return _rendered(nodes)

    return FunctionTool.from_defaults(
        fn=search,
        async_fn=asearch,
        name=name,
        description=description or _render("search_tool"),
        callback=_rendered,
        async_callback=arendered,
    )


def _rendered(nodes: Sequence[NodeWithScore]) -> str:
    return _render("search_results", passages=[node.get_content(MetadataMode.LLM) for node in nodes])


def _render(name: str, **variables: object) -> str:
    return PromptSet.of(_PROMPTS, name).render(name, **variables)
