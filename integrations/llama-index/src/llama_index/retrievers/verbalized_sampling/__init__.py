"""Verbalized Sampling for LlamaIndex: query expansion with weights, and answers sampled from a distribution.

:class:`VerbalizedFusionRetriever` expands a query with one call of an LLM, searches for everything and fuses the
results by weight; :class:`VerbalizedQueryTransform` is its first half, for whatever takes a query transform;
:class:`VerbalizedSynthesizer` does for answers what these do for queries.
"""

from .bundle import WeightedQueryBundle
from .events import VerbalizedDistributionEvent, VerbalizedExpansionEvent
from .fusion import FusionMode
from .output_parser import DistributionOutputParser
from .prompt import VerbalizedPrompt, to_llama_prompt
from .retriever import VerbalizedFusionRetriever
from .synthesizer import VerbalizedSynthesizer
from .tool import verbalized_search_tool
from .transform import VerbalizedQueryTransform

__all__ = [
    "DistributionOutputParser",
    "FusionMode",
    "VerbalizedDistributionEvent",
    "VerbalizedExpansionEvent",
    "VerbalizedFusionRetriever",
    "VerbalizedPrompt",
    "VerbalizedQueryTransform",
    "VerbalizedSynthesizer",
    "WeightedQueryBundle",
    "to_llama_prompt",
    "verbalized_search_tool",
]
