"""What a JSON value looks like: a candidate, a list of them, a map, pairs."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from ...candidate.asked import Asked
from ...candidate.fields import is_about_prompt, written
from ...language import names
from ...numbers.amounts import WHOLE_IN_PERCENT, is_percentage, is_share, sum_to
from ...numbers.missing import is_missing
from ...numbers.number import Unit, number_in
from .values import JsonArray, JsonObject, Node, breadth_first, is_container

__all__ = [
    "holds_list",
    "is_bare_map",
    "is_distribution",
    "is_fraction",
    "is_keyed_numbers",
    "is_keyed_records",
    "is_map",
    "is_numbered",
    "is_pairs",
    "is_parts",
    "is_record",
    "is_single_maps",
    "is_strings",
    "numbers_beside",
    "pair_in",
    "reasoning_in",
    "record_within",
    "suffix_of",
    "text_of_pair",
]


_FEWEST_OF_RECORD = 2  # of a candidate: its text and its number


def is_record(item: JsonObject, asked: Asked) -> bool:
    """Whether an object looks like a candidate: it has a number beside something, or a text."""
    if asked.probability_in(item) is not None:
        return len(item) > 1
    if asked.fields:
        return not asked.fields.isdisjoint(item)
    if not item.complete and not item:
        return True
    if any(names.is_error(key) or (names.is_wrapper(key) and value in ([], {})) for key, value in item.items()):
        return False  # it says why there are no candidates
    if any(names.text_rank(key) is not None and not is_container(value) for key, value in item.items()):
        return True
    return record_within(item, asked) is not None


def record_within(item: JsonObject, asked: Asked) -> JsonObject | None:
    """The candidate one level further in, if nothing else is held: {"name": "add", "arguments": {"text": …}}."""
    held = [value for value in item.values() if is_container(value)]
    inner = held[0] if len(held) == 1 else None
    if not isinstance(inner, JsonObject) or asked.probability_in(inner) is None or len(inner) < _FEWEST_OF_RECORD:
        return None
    if holds_list(inner, asked):
        return None  # its number is said of the whole
    called = len(item) == 1 or any(names.text_rank(key) is not None or key in asked.fields for key in inner)
    return inner if called else None


def holds_list(item: JsonObject, asked: Asked) -> bool:
    """Whether the candidates are one level further in, though the object has a text of its own."""
    if not any(map(is_container, item.values())):
        return False
    return any(
        isinstance(value, JsonArray) and any(isinstance(part, JsonObject) and is_record(part, asked) for part in value)
        for value in item.values()
    ) or (
        any(names.is_probability(key) and is_container(value) and len(value) > 1 for key, value in item.items())
        or (
            asked.probability_in(item) is None
            and not asked.fields
            and any(names.is_wrapper(key) and is_container(value) and value for key, value in item.items())
            and any(isinstance(value, str) for value in item.values())
        )
    )


def is_strings(node: JsonArray) -> bool:
    """Whether a list holds texts, and maybe an object or a gap among them: ["a", "b"]."""
    texts = sum(isinstance(item, str) for item in node)
    return texts == len(node) > 0 or (
        texts * 2 > len(node) and all(item is None or isinstance(item, str | dict) for item in node)
    )


def is_pairs(node: JsonArray) -> bool:
    """Whether a list holds pairs of a text and its number, most of it at least: [["a", 0.1], ["b", 0.2]]."""
    whole = [item for item in node if not (isinstance(item, JsonArray) and item is node[-1] and not item.complete)]
    pairs = sum(isinstance(item, JsonArray) and pair_in(item) is not None for item in whole)
    if pairs == len(whole):
        return pairs > 0
    if all(isinstance(item, JsonArray) and text_of_pair(item) is not None for item in whole):
        return len(whole) > 1
    return pairs > 1 and pairs * 2 > len(whole) and all(isinstance(item, str | list) for item in whole)


def is_parts(node: JsonArray, asked: Asked) -> bool:
    """Whether a list may hold the parts of a message, which state no numbers: [{"type": "text", …}, …]."""
    return all(
        isinstance(item, JsonObject) and isinstance(item.get("type"), str) and asked.probability_in(item) is None
        for item in node
    )


def is_single_maps(node: JsonArray) -> bool:
    """Whether a list holds an object for each text, with its number: [{"Paris": 0.6}, {"Lyon": 0.4}]."""
    return len(node) > 1 and all(
        isinstance(item, JsonObject) and len(item) == 1 and is_fraction(next(iter(item.values()))) for item in node
    )


def is_fraction(value: Any) -> bool:
    """Whether a value alone can be nothing but a probability."""
    number = number_in(value) if _is_number(value) else None
    if number is None or number.stated is None:
        return False
    return (is_percentage if number.unit is Unit.PERCENT else is_share)(number.stated)


def pair_in(item: JsonArray) -> tuple[str, Any] | None:
    """The text and the number in a list of these two, whichever comes first."""
    if len(item) == 2:
        first, second = item
        if isinstance(first, str) and _is_number(second):
            return first, second
        if isinstance(second, str) and _is_number(first):
            return second, first
    return None


def text_of_pair(item: JsonArray) -> str | None:
    """The text of a pair, also of one whose number is missing: ["a"], ["a", null], ["a", "?"]."""
    if pair := pair_in(item):
        return pair[0]
    text, *number = item or [None]
    if not isinstance(text, str) or len(number) > 1 or not all(n is None or _is_missing(n) for n in number):
        return None
    return str(text)


def _is_missing(value: Any) -> bool:
    return isinstance(value, str) and is_missing(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (
        isinstance(value, str) and len(value) < 12 and (n := number_in(value)) is not None and n.stated is not None
    )


def is_keyed_records(node: JsonObject, asked: Asked) -> bool:
    """Whether an object holds candidates under names: {"response_1": {…}, "response_2": {…}}."""
    values = [value for value in node.values() if isinstance(value, JsonObject)]
    return len(values) > 1 and all(is_record(value, asked) for value in values)


def is_keyed_numbers(node: JsonObject, asked: Asked) -> bool:
    """Whether the keys of an object are the answers: {"Paris": {"probability": 0.6}, "Lyon": {…, "reason": "…"}}."""
    return len(node) > 1 and all(
        isinstance(value, JsonObject) and asked.probability_in(value) is not None and _only_explains(key, value, asked)
        for key, value in node.items()
    )


def _only_explains(key: str, value: JsonObject, asked: Asked) -> bool:
    if len(value) == 1:
        return True
    if asked.fields or suffix_of(key) or names.is_root(key) or names.is_wrapper(key):
        return False
    return all(
        asked.is_probability(name) or names.is_aside(name) or names.is_reasoning(name) or names.is_bookkeeping(name)
        for name in value
    )


def is_map(node: JsonObject) -> bool:
    """Whether an object holds nothing but numbers, most of them stated; a whole may stand beside what was asked."""
    numbers = [value for key, value in node.items() if not (isinstance(value, str) and is_about_prompt(key))]
    return _are_mostly(_is_number, numbers) and (len(numbers) == len(node) or is_distribution(node))


def _are_mostly(fits: Callable[[Any], bool], values: list[Any]) -> bool:
    """Whether values are of one sort; a few may be missing among several."""
    stated = [value for value in values if fits(value)]
    missing = sum(value is None or _is_missing(value) for value in values)
    return bool(stated) and len(stated) + missing == len(values) and (not missing or len(stated) >= max(2, missing))


def is_distribution(node: JsonObject) -> bool:
    """Whether the numbers in an object sum to one, or to a hundred: {"Paris": 0.6, "Lyon": 0.4}."""
    numbers = [n.stated for value in node.values() if (n := number_in(value)) and n.stated is not None]
    if len(numbers) < 2 or min(numbers) < 0:
        return False
    return sum_to(numbers) or (all(n == int(n) for n in numbers) and sum_to(numbers, WHOLE_IN_PERCENT))


def is_bare_map(node: JsonObject) -> bool:
    """Whether an object holds nothing but fractions, under names that set and measure nothing: {"Wyoming": 0.02, …}."""
    return (
        len(node) > 1
        and _are_mostly(is_fraction, list(node.values()))
        and not any(names.is_probability(key) or names.is_bookkeeping(key) or names.is_setting(key) for key in node)
    )


def suffix_of(key: str) -> str:
    """The digits that a key ends with."""
    return key[len(key.rstrip("0123456789")) :]


def is_numbered(node: JsonObject) -> bool:
    """Whether the names in an object count texts and numbers: {"response1": "…", "probability1": 0.1, …}."""
    texts = sum(
        1 for key, v in node.items() if names.text_rank(key) is not None and key[-1:].isdigit() and isinstance(v, str)
    )
    return texts > 1 or (texts == 1 and any(names.is_probability(k) and k[-1:].isdigit() for k in node))


def numbers_beside(root: Node) -> dict[int, Node]:
    """The numbers beside each list of texts, by its id: {"responses": ["a", "b"], "probabilities": [0.1, 0.2]}."""
    found: dict[int, Node] = {}
    for node, _ in breadth_first(root):
        if not isinstance(node, JsonObject):
            continue
        numbers = next((v for key, v in node.items() if is_container(v) and names.are_probabilities(key)), None)
        if numbers and _are_mostly(_is_number, list(numbers.values() if isinstance(numbers, JsonObject) else numbers)):
            others = [value for value in node.values() if value is not numbers and is_container(value)]
            belong = [value for value in others if _are_counterparts(value, numbers)]
            if not belong and len(others) == 1 and _are_too_many(others[0], numbers):
                belong = others
            found.update((id(value), numbers) for value in belong)
    return found


def _are_too_many(texts: Node, numbers: Node) -> bool:
    """Whether numbers go on where the only texts beside them end: the first of them belong to these."""
    return (
        isinstance(texts, JsonArray)
        and isinstance(numbers, JsonArray)
        and all(isinstance(text, str) for text in texts)
        and len(texts) > 1
        and len(numbers) <= 2 * len(texts)
    )


def _are_counterparts(texts: Node, numbers: Node) -> bool:
    """Whether numbers belong to texts one by one."""
    if isinstance(texts, JsonArray):
        return isinstance(numbers, JsonArray) and len(numbers) <= len(texts)
    if not isinstance(numbers, JsonObject) or not all(isinstance(value, str) for value in texts.values()):
        return False
    return any(key in numbers for key in texts)


def reasoning_in(root: Node, taken: Container[int] = ()) -> str | None:
    """What was reasoned before the candidates, under a name that says so.

    Args:
        root: The value.
        taken: The ids of what holds the candidates, whatever it is called.
    """
    for node, _ in breadth_first(root, depth=2):
        if isinstance(node, JsonObject) and not any(names.is_probability(key) for key in node):
            for key, value in node.items():
                if names.is_reasoning(key) and id(value) not in taken and (text := written(value)):
                    return text
    return None
