"""What an integration is built with, beside the package's own names.

Integrations import from ``verbalized_sampling`` and from here, and from nothing deeper: what is listed here keeps its
name and its meaning as they do.
"""

from __future__ import annotations

from .candidate import candidates_of
from .distribution import text_key
from .fusion import RRF_CONSTANT
from .parsing import probability_field
from .parsing.candidate.placeholders import is_placeholder
from .parsing.page.swallowed import may_swallow
from .pooling import pool
from .prompts import PromptSet
from .refusal import looks_like_refusal
from .rounds import Rounds
from .weights import weigh

__all__ = [
    "RRF_CONSTANT",
    "PromptSet",
    "Rounds",
    "candidates_of",
    "is_placeholder",
    "looks_like_refusal",
    "may_swallow",
    "pool",
    "probability_field",
    "text_key",
    "weigh",
]
