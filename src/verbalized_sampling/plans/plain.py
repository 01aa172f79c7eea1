"""A reply in plain words where a list of candidates was asked for."""

from __future__ import annotations

import re
from dataclasses import replace

from ..patterns import regex
from ..replies.protocol import Reply
from ..values.candidate import Candidate
from ..values.distribution import Distribution
from ..values.repairs import Repair
from ..values.usage import Usage
from .planning import read_answer

__all__ = ["plain_answer"]

_PAYLOAD = regex(
    r"""
    \A(?:```\w*\s*)?(?:\{|\[\s*[\[{"'])
    | ["'](?:responses?|probability)["']\s*:
    | <(?:response|probability)\b
    """,
    re.VERBOSE,
)
"""The marks of the format that was asked for: broken off, empty, or echoed from the prompt."""


def plain_answer(reply: Reply) -> Distribution[str]:
    """The reply as the one candidate that it is, and on record as such; empty if it is no answer in plain words.

    For adapters in the place of whatever gives one answer and never fails for its form. A reply that declines in words
    is an answer here: in a conversation about documents "I'm sorry, I can't find that" is one.

    Raises:
        RefusalError: The endpoint marked the reply as declined.
    """
    answer, thoughts = read_answer(reply)
    if not answer or _PAYLOAD.search(answer):
        return Distribution()
    return Distribution(
        (Candidate(answer, 1.0, None, None, answer, 0, (Repair.MISSING_PROBABILITY,)),),
        reasoning=thoughts,
        truncated=reply.is_cut,
        repairs=(Repair.OTHER_FORMAT, Repair.TOO_FEW),
        usage=replace(reply.usage, calls=1) if reply.usage else Usage(calls=1),
    )
