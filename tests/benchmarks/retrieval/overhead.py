"""What a retrieval costs beside its parts, against QueryFusionRetriever, and how often each of them embeds.

Run as ``python -m tests.benchmarks.retrieval.overhead``. The model, the embedding and the searches answer at once;
processor time, the two in turns, the fastest round of each.
"""

from __future__ import annotations

import asyncio
import time
from itertools import product
from typing import Any

from llama_index.core import Settings
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from ...integrations.llama_index.support import ScriptedLLM, reply

TEXTS = [f"search query number {number} about leaves" for number in range(4)]
NODES = [TextNode(id_=str(number), text=f"passage {number}") for number in range(40)]


class Instant(BaseRetriever):
    similarity_top_k = 10

    def __init__(self, embed: BaseEmbedding | None) -> None:
        super().__init__()
        self.embed = embed

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self.embed and query_bundle.embedding is None:
            query_bundle.embedding = self.embed.get_query_embedding(query_bundle.query_str)
        return [NodeWithScore(node=node, score=1 - at / 20) for at, node in enumerate(NODES[:10])]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self.embed and query_bundle.embedding is None:
            query_bundle.embedding = await self.embed.aget_query_embedding(query_bundle.query_str)
        return self._retrieve(query_bundle)


class Counting(BaseEmbedding):
    count: int = 0

    def _get_query_embedding(self, query: str) -> list[float]:
        self.count += 1
        return [float(len(query)), 1.0] * 128

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_query_embedding(text)


def main() -> None:
    print("| retrievers | agreement | sync | async | embedding calls | its |\n| --- | --- | --: | --: | --: | --: |")
    for kinds, agreement in product((["terms"], ["embedding"], ["lists"], ["terms", "embedding"]), (True, False)):
        counts = [Counting(), Counting()]
        theirs, ours = ([Instant(count if kind == "embedding" else None) for kind in kinds] for count in counts)
        Settings.embed_model = counts[1]
        peer = QueryFusionRetriever(
            theirs, ScriptedLLM(replies=["\n".join(TEXTS)]), mode="relative_score", num_queries=5, use_async=False
        )
        transform = VerbalizedQueryTransform(ScriptedLLM(replies=[reply(*((text, 0.25) for text in TEXTS))]), k=4)
        own = VerbalizedFusionRetriever(ours, transform, kinds=kinds, agreement=agreement)
        sync = ratio(lambda peer=peer: peer.retrieve("leaves"), lambda own=own: own.retrieve("leaves"))
        loop = asyncio.new_event_loop()
        native = ratio(
            lambda peer=peer, loop=loop: loop.run_until_complete(peer.aretrieve("leaves")),
            lambda own=own, loop=loop: loop.run_until_complete(own.aretrieve("leaves")),
        )
        loop.close()
        for retriever, count in ((peer, counts[0]), (own, counts[1])):
            count.count = 0
            retriever.retrieve("leaves")
        print(
            f"| {' + '.join(kinds)} | {agreement} | {sync:.2f} | {native:.2f} | {counts[1].count} | {counts[0].count} |"
        )


def ratio(peer: Any, own: Any) -> float:
    fastest = [float("inf")] * 2  # what else the machine does can only add
    for _ in range(60):
        for place, call in enumerate((peer, own)):
            start = time.process_time()
            for _ in range(3):
                call()
            fastest[place] = min(fastest[place], time.process_time() - start)
    return fastest[1] / fastest[0]


if __name__ == "__main__":
    main()
