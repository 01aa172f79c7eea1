"""What was not as asked for in a reply, and what was made of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

__all__ = ["NOTES", "Repair", "unique"]


class Repair(StrEnum):
    """A deviation from a clean reply; its docstring line says what was done about it.

    A repair stands on the candidate it concerns, or on the distribution if it concerns the whole reply.
    """

    # Probabilities
    MISSING_PROBABILITY = "missing_probability"
    """No number was stated: the candidate weighs the mean of those that have one."""
    UNIFORM_WEIGHTS = "uniform_weights"
    """No candidate has a usable number, or all are zero: every candidate weighs the same."""
    OUT_OF_RANGE = "out_of_range"
    """The number fits neither a fraction nor a percentage (5.58): ``verbalized`` is None."""
    NOT_A_NUMBER = "not_a_number"
    """Something else stood in the number's place ("high", NaN): ``verbalized`` and ``stated`` are None."""
    NUMBER_FORMAT = "number_format"
    """The number was written in another way than asked for ("≈ 0.3", "1 in 8", "0,12"): it was read."""
    PERCENT = "percent"
    """The numbers are percentages though fractions were asked for: ``verbalized`` is a hundredth of ``stated``."""
    UNLABELLED = "unlabelled"
    """Nothing in the reply calls these numbers probabilities: no word, no percent sign, no sum. They were taken as such
    by their place in a list or a map, which may be one of anything ("accuracy: 0.91")."""
    RATING = "rating"
    """The number rates or weighs the candidate ("score": 8 of 10) and is no share: ``verbalized`` is its part of their
    sum."""
    ABOVE_TAU = "above_tau"
    """The number is not below the tail threshold that was asked for. The candidate stays."""

    # Around the candidates
    FENCE = "fence"
    """The payload stood in a Markdown code fence, which was taken off."""
    PROSE = "prose"
    """Other text stood before, between or after the candidates and was left out."""
    THINKING = "thinking"
    """The reply opened with its thoughts (``<think>``); nothing in them counts as a candidate."""
    SEVERAL_BLOCKS = "several_blocks"
    """More than one block holds candidates: the last complete one is the answer, the others were drafts."""
    EXAMPLE = "example"
    """A candidate was only an example of the format or an echo of the prompt: it was dropped."""
    REPEATED = "repeated"
    """A closing remark repeats candidates (a "final choice"): it was left out."""
    OTHER_FORMAT = "other_format"
    """The reply is a list, a table or YAML instead of JSON or tags, or (for adapters that take that) an answer in plain
    words: it was read as such."""
    OTHER_SHAPE = "other_shape"
    """The JSON has another shape than asked for (a bare list, JSON lines, a map, pairs): it was read as such."""
    OTHER_KEYS = "other_keys"
    """The fields go by other names than asked for ("answer", "confidence"): they were read by their meaning."""
    DOUBLE_ENCODED = "double_encoded"
    """JSON stood inside a JSON string: it was read."""

    # Syntax
    COMMAS = "commas"
    """A comma was missing, or one too many."""
    COMMENTS = "comments"
    """Comments stood in the JSON: they were skipped."""
    QUOTES = "quotes"
    """Strings or keys were in single, typographic, triple or no quotes, or Python literals were used."""
    UNESCAPED = "unescaped"
    """A character that needs escaping was not escaped: a quote or a line feed in JSON, ``&`` or ``<`` in tags."""
    UNCLOSED = "unclosed"
    """A bracket, brace or tag was not closed although the reply goes on: its end was inferred."""
    UNOPENED = "unopened"
    """The reply begins amid its first candidate, as one does that goes on with a given beginning: that was inferred."""
    EXTRA_TAGS = "extra_tags"
    """Tags of other names than asked for, or attributes, were read by their meaning, or left out."""
    SURROGATES = "surrogates"
    """Half a character (a lone surrogate) was replaced by U+FFFD, so that the text can be encoded."""

    # Pieces that are no candidates
    EMPTY_TEXT = "empty_text"
    """A candidate without text: it was dropped."""
    CUT_OFF = "cut_off"
    """The reply broke off inside this candidate. It was dropped, or, in a list, kept with this mark."""
    UNREADABLE = "unreadable"
    """The syntax of a candidate is beyond repair: it was dropped, and reading went on behind it."""
    INVALID = "invalid"
    """The candidate does not validate as the type that was asked for: it was dropped."""

    # Several calls
    DUPLICATE = "duplicate"
    """The same answer stood there before, in this reply or an earlier turn: it was dropped, the first one kept."""
    MERGED = "merged"
    """Candidates that count as the same were merged into this one; their weights add up."""
    UNREADABLE_REPLY = "unreadable_reply"
    """A reply held no candidate: the model was asked again, or the turn was given up."""
    FAILED_CALL = "failed_call"
    """One of several calls, or an extra one, failed: the others make the distribution; the logger has the error."""
    TOO_FEW = "too_few"
    """Fewer candidates came back than were asked for, also after the calls that were allowed."""


NOTES = frozenset({Repair.ABOVE_TAU, Repair.DUPLICATE, Repair.TOO_FEW})
"""Repairs that say something about the answer and nothing about its form: ``strict`` lets them pass."""


def unique(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Each repair once, in order of first appearance."""
    return tuple(dict.fromkeys(repairs))
