"""What an integration is built with, beside the package's own names.

Integrations import from ``verbalized_sampling`` and from here, and from nothing deeper: what is listed here keeps its
name and its meaning as they do.
"""

from __future__ import annotations

from .columns import candidates_of
from .drive import Ended, adrive_stream, drive_stream
from .expansion import ExpandedQuery, QueryExpansion, WeightedQuery, merged
from .fusion import FIRST_PAGE, FusionMode, RankedList, fuse
from .growth import GrowingReply, Growth
from .hosting import Guard, is_loopback, listening
from .outcome import TOOL_NAME, reply_from, tool_text, usage_from
from .parsing import probability_field
from .parsing.candidate.placeholders import is_placeholder
from .parsing.page.swallowed import may_swallow
from .plain import plain_answer
from .pooling import pool
from .prompts import PromptSet
from .refusal import looks_like_refusal
from .retrieval import Fused, Kind, Retrieval, Search, Searcher
from .rounds import Rounds
from .sameness import answer_key, are_distinct, text_key
from .schema_type import schema_type
from .seeding import mixed_seed
from .stopping import stop_of
from .vectors import Embedded, Vectors
from .weights import weigh

__all__ = [
    "FIRST_PAGE",
    "TOOL_NAME",
    "Embedded",
    "Ended",
    "ExpandedQuery",
    "Fused",
    "FusionMode",
    "GrowingReply",
    "Growth",
    "Guard",
    "Kind",
    "PromptSet",
    "QueryExpansion",
    "RankedList",
    "Retrieval",
    "Rounds",
    "Search",
    "Searcher",
    "Vectors",
    "WeightedQuery",
    "adrive_stream",
    "answer_key",
    "are_distinct",
    "candidates_of",
    "drive_stream",
    "fuse",
    "is_loopback",
    "is_placeholder",
    "listening",
    "looks_like_refusal",
    "may_swallow",
    "merged",
    "mixed_seed",
    "plain_answer",
    "pool",
    "probability_field",
    "reply_from",
    "schema_type",
    "stop_of",
    "text_key",
    "tool_text",
    "usage_from",
    "weigh",
]
