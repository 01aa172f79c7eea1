"""Candidates that stand in an object under their texts, or under names that count them."""

from __future__ import annotations

from ....values.candidate import Dropped
from ....values.repairs import Repair
from ...candidate.fields import is_about_prompt, text_of
from ...language import names
from ...numbers.number import number_in
from .collector import Collector
from .shapes import is_keyed_numbers, is_keyed_records, is_numbered, suffix_of
from .values import JsonObject, Node

__all__ = ["collect_mapping"]


def collect_mapping(collector: Collector, holder: JsonObject, numbers: Node | None) -> None:
    """Adds the candidates of an object whose members they are, with the numbers beside it if they stand there."""
    if not holder.complete:
        collector.block.complete = False
    if isinstance(numbers, JsonObject):
        for key, value in holder.items():
            collector.member(value, number_in(numbers.get(key)), holder)
        for key, number in numbers.items():
            if key not in holder:
                collector.note_odd(numbers, Repair.EMPTY_TEXT, f"{key}: {number}")
    elif is_keyed_numbers(holder, collector.asked):
        for key, value in holder.items():
            name = collector.asked.probability_in(value) or ""
            collector.add(key, number_in(value[name]), value, {k: v for k, v in value.items() if k != name}, name="")
    elif is_keyed_records(holder, collector.asked):
        _keyed(collector, holder)
    elif is_numbered(holder):
        _numbered(collector, holder)
    else:
        for key, value in holder.items():
            if not (isinstance(value, str) and is_about_prompt(key)):
                collector.member(key, number_in(value), holder)
        for key, value, start in holder.again or ():
            collector.odd.append(Dropped(f"{key}: {value}", start, Repair.DUPLICATE))
        return
    collector.left += [(value, (key,)) for key, value, _ in holder.again or ()]


def _keyed(collector: Collector, holder: JsonObject) -> None:
    """Adds the candidates under names that count them; one may be only a text: {"response_1": {…}, "response_2": …}."""
    kinds = {_kind_of(key) for key, value in holder.items() if isinstance(value, JsonObject)}
    for key, value in holder.items():
        if isinstance(value, JsonObject):
            collector.record(value)
        elif isinstance(value, str) and suffix_of(key) and _kind_of(key) in kinds:
            collector.member(value, None, holder)
        else:
            collector.left.append((value, (key,)))


def _numbered(collector: Collector, holder: JsonObject) -> None:
    """Adds the candidates whose texts and numbers are counted: {"response1": "…", "probability1": 0.1, …}."""
    numbered = [(suffix_of(key), value) for key, value in holder.items() if names.is_probability(key)]
    partners = dict(reversed(numbered))  # of two the first
    for key, value in holder.items():
        if names.is_probability(key):
            continue
        suffix = suffix_of(key)
        text = text_of(value)[0] if isinstance(value, JsonObject) and suffix else value
        if names.text_rank(key) is not None and isinstance(text, str):
            collector.member(text, number_in(partners.get(suffix)), holder)
        else:
            collector.left.append((value, (key,)))


def _kind_of(key: str) -> str:
    return key[: len(key) - len(suffix_of(key))]
