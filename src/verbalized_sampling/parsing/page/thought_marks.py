"""The marks that models put around their thoughts."""

from __future__ import annotations

import re

from ...patterns import regex

__all__ = ["CLOSING", "OPENING"]

_NAMES = r"(?:seed:)?(?:think|thinking|thought|thoughts|reasoning|analysis|reflection|scratchpad|rationale|planning)"
OPENING = regex(
    rf"<{_NAMES}(?:\s[^<>]{{0,100}})?>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|channel\|>analysis<\|message\|>"
    rf"|<\|channel>{_NAMES}\b",
    re.IGNORECASE,
)
CLOSING = regex(
    rf"</{_NAMES}\s{{0,3}}>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|channel\|>final<\|message\|>|<channel\|>",
    re.IGNORECASE,
)
