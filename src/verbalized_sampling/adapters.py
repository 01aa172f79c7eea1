"""What an integration is built with, beside the package's own names.

Integrations import from ``verbalized_sampling`` and from here, and from nothing deeper: what is listed here keeps its
name and its meaning as they do.
"""

from __future__ import annotations

from .errors import salvage
from .hosting import Guard, is_loopback, listening
from .parsing import probability_field
from .parsing.candidate.placeholders import is_placeholder
from .parsing.page.swallowed import may_swallow
from .plans.drive import Ended, adrive_stream, drive_stream
from .plans.elicitation import check_keywords
from .plans.growth import GrowingReply, Growth
from .plans.independent import averaged
from .plans.plain import plain_answer
from .plans.rounds import Rounds
from .plans.schema_type import schema_type
from .prompts import PromptSet
from .replies.outcome import TOOL_NAME, reply_from, tool_text, usage_from
from .replies.refusal import looks_like_refusal
from .replies.stopping import stop_of
from .retrieval.expansion import ExpandedQuery, QueryExpansion, WeightedQuery, merged
from .retrieval.fusion import FIRST_PAGE, FusionMode, RankedList, fuse
from .retrieval.searches import Fused, Kind, Retrieval, Search, Searcher
from .retrieval.vectors import Embedded, Vectors
from .values.columns import candidates_of
from .values.pooling import pool
from .values.sameness import answer_key, are_distinct, text_key
from .values.seeding import mixed_seed
from .values.weights import weigh

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
    "averaged",
    "candidates_of",
    "check_keywords",
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
    "salvage",
    "schema_type",
    "stop_of",
    "text_key",
    "tool_text",
    "usage_from",
    "weigh",
]
