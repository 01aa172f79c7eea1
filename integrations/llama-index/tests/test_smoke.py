"""What must work where this package is installed alone: run on its wheel, with pytest and nothing else beside it."""

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

REPLY = '{"responses": [{"text": "tea plant", "probability": 0.3}, {"text": "yerba mate", "probability": 0.1}]}'


class Scripted(CustomLLM):
    @property
    def metadata(self):
        return LLMMetadata()

    def complete(self, prompt, formatted=False, **kwargs):
        return CompletionResponse(text=REPLY)

    def stream_complete(self, prompt, formatted=False, **kwargs):
        yield self.complete(prompt)


class Words(BaseRetriever):
    """Finds the notes that share a word with the query."""

    notes = ("tea plant care", "yerba mate gourd", "coffee grinder")

    def _retrieve(self, query_bundle):
        words = set(query_bundle.query_str.split())
        found = [note for note in self.notes if words & set(note.split())]
        return [NodeWithScore(node=TextNode(text=note, id_=note), score=1.0) for note in found]


def test_the_expanded_queries_find_what_the_original_does_not():
    transform = VerbalizedQueryTransform(Scripted(), k=2)
    found = VerbalizedFusionRetriever([Words()], transform).retrieve("what to drink?")
    assert {node.node_id for node in found} == {"tea plant care", "yerba mate gourd"}
