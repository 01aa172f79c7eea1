"""The marks that models put around their thoughts."""

from __future__ import annotations

import re

from ...patterns import regex

__all__ = ["CLOSING", "OPENING", "may_mark"]

_NAMES = r"(?:seed:)?(?:think|thinking|thought|thoughts|reasoning|analysis|reflection|scratchpad|rationale|planning)"
OPENING = regex(
    rf"<{_NAMES}(?:\s[^<>]{{0,100}})?>|\[THINK\]|◁think▷|<\|START_THINKING\|>|<\|begin_of_thought\|>|<\|channel\|>analysis<\|message\|>"
    rf"|<\|channel>{_NAMES}\b",
    re.IGNORECASE,
)
CLOSING = regex(
    rf"</{_NAMES}\s{{0,3}}>|\[/THINK\]|◁/think▷|<\|END_THINKING\|>|<\|end_of_thought\|>|<channel\|>"
    # (What is called in the commentary is an answer as well as what is said in the final channel.)
    r"|<\|channel\|>(?:final|commentary)[^<>|]{0,100}(?:<\|constrain\|>[^<>|]{0,20})?<\|message\|>",
    re.IGNORECASE,
)
_SQUARE = regex(r"\[/?T", re.IGNORECASE)


def may_mark(text: str) -> bool:
    """Whether a mark may stand in a text; far quicker than to search for one."""
    return "<" in text or "◁" in text or _SQUARE.search(text) is not None
