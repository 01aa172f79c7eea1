"""The label that all candidates of a list begin with: "Outcome: Home win", its probability below."""

from __future__ import annotations

from collections.abc import Sequence

from ...patterns import regex
from ..language.names import is_root
from ..language.words import LETTER
from .found import Draft

__all__ = ["has_label", "strip_common_label"]

_LABELLED = regex(
    rf"[*_]{{0,3}}(?P<word>[^\W\d_]{LETTER}{{2,20}}(?: {LETTER}{{1,20}})?)[*_]{{0,3}} ?"
    r"[:：][*_]{0,3}[ \t]+(?P<said>\S[^\n]*)(?P<more>\n|\Z)"
)
_FEWEST_LABELLED = 2


def has_label(text: str) -> bool:
    """Whether a text of one line begins with a word and a colon, which may be the label of all."""
    match = _LABELLED.match(text)
    return match is not None and (not match["more"] or is_root(match["word"]))


def strip_common_label(drafts: Sequence[Draft]) -> None:
    """Takes a label off the texts that all of them begin with; longer texts may begin alike, as letters do.

    There only a word that candidates are called by is a label: "Scenario: …".
    """
    found = [_LABELLED.match(draft.text) for draft in drafts]
    labelled = [match for match in found if match is not None]
    if len(labelled) < max(_FEWEST_LABELLED, len(drafts)) or len({match["word"].casefold() for match in labelled}) > 1:
        return
    if any(match["more"] for match in labelled) and not is_root(labelled[0]["word"]):
        return
    for draft, match in zip(drafts, labelled, strict=True):
        draft.text = draft.text[match.start("said") :]
