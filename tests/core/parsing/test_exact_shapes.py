"""Texts and numbers that are no list of records are read alike by both ways: maps, pairs, calls, JSON in strings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling.parsing import DistributionParser

from .test_exact import AROUND, KEYS, NUMBERS, PARSERS, SIDES, TEXTS, WRITE, check, values
from .test_laws import read, streamed
from .writers import (
    PAIRS,
    Pairs,
    as_call,
    as_calls_by_keywords,
    as_envelope,
    as_keyed_records,
    as_list_of_a_call,
    as_map,
    as_map_below_a_name,
    as_message,
    as_pairs,
    as_pairs_turned,
    as_parallel_lists,
    as_parallel_lists_turned,
    as_repr,
    as_single_maps,
    as_string,
    as_string_call,
    as_string_of_a_list,
)

SHARES = st.sampled_from([0, 1, 0.5, 0.25, 0.25, 0.1, 0.02, 40, 60, 5.58])
MARKED = st.sampled_from(
    ["<think>", "</think> so", "User: x", "<|im_end|>", "a (p=0.1)", "1. b: 0.2", "Tea\n2. Milk", "{x}"]
)
SAID = st.one_of(TEXTS, MARKED, KEYS, st.text("ab \"':,{[é\\\n", max_size=12), st.integers(60, 260).map("ab ".__mul__))
HOLDERS = st.sampled_from(
    ["responses", "candidates", "distribution", "probabilities", "texts", "my_list", "drafts", "data"]
)


@st.composite
def pairings(draw: st.DrawFn) -> Any:
    """Texts and their numbers without records, in and under all that models put around them."""
    texts = draw(st.lists(SAID, min_size=1, max_size=4, unique=True))
    number = draw(st.sampled_from([SHARES, SHARES, NUMBERS]))
    numbers = [draw(number) for _ in texts]
    pairs = list(zip(texts, numbers, strict=True))
    beside = draw(st.dictionaries(KEYS, SIDES, max_size=2))
    shape = draw(st.integers(0, 3))
    if shape == 0:
        held: Any = dict(pairs)
    elif shape == 1:
        turned = draw(st.booleans())
        held = [[p, t] if turned else [t, p] for t, p in pairs]
    elif shape == 2:
        held = [{t: p} for t, p in pairs]
    else:
        names = [draw(HOLDERS), draw(st.sampled_from(["probabilities", "scores", "p"]))]
        lists = [texts, numbers[: draw(st.integers(1, 4))]] if draw(st.booleans()) else [texts, numbers]
        both = list(zip(names, lists, strict=True))
        return {**beside, **dict(both if draw(st.booleans()) else both[::-1])}
    return held if draw(st.booleans()) else {**beside, draw(HOLDERS): held}


AROUND_KEYS = st.sampled_from(
    [
        "arguments",
        "input",
        "function",
        "message",
        "content",
        "choices",
        "tool_calls",
        "text",
        "args2",
        "reasoning",
        "data",
    ]
)


@st.composite
def wrapped(draw: st.DrawFn) -> Any:
    """A value in the objects and lists of an answer's envelope, maybe in a string."""
    value = draw(st.one_of(values(), pairings()))
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.integers(0, 4))
        if way == 0:
            value = [value]
        elif way == 1:
            value = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
        if way != 0:
            items = [*draw(st.dictionaries(KEYS, SIDES, max_size=1)).items(), (draw(AROUND_KEYS), value)]
            name = draw(st.sampled_from(["name", "role", "type", "id"]))
            items.insert(
                draw(st.integers(0, len(items))), (name, draw(st.sampled_from(["f", "assistant", "x y z 12345678"])))
            )
            value = dict(items)
    return json.dumps(value) if draw(st.integers(0, 5)) == 0 else value


@st.composite
def keyed(draw: st.DrawFn) -> Any:
    """Records under keys that may count them."""
    value = draw(values())
    lists = [part for part in (value.values() if isinstance(value, dict) else [value]) if isinstance(part, list)]
    key = draw(st.sampled_from(["{}", "response_{}", "a{}", "p{}", "reason {}", "b"]))
    beside = draw(st.dictionaries(KEYS, SIDES, max_size=1)) if draw(st.integers(0, 3)) == 0 else {}
    return {**beside, **{key.format(i): record for i, record in enumerate(lists[-1])}}


@st.composite
def messages(draw: st.DrawFn) -> Any:
    """What a message says, and what it calls a tool with."""
    value = draw(st.one_of(values(), pairings()))
    said = [{"type": "text", "text": draw(SAID)} for _ in range(draw(st.integers(0, 2)))]
    if draw(st.booleans()):
        value = {"type": "tool_use", "name": "f", "input": value}
    elif isinstance(value, list):
        return said + value
    return [*said, value, *(said[:1] if draw(st.integers(0, 3)) == 0 else [])]


@given(st.one_of(keyed(), messages()), st.sampled_from(WRITE), st.sampled_from(AROUND), st.sampled_from(PARSERS))
def test_records_under_keys_and_messages_are_read_alike(
    value: Any, write: Callable[[Any], str], around: Callable[[str], str], parser: DistributionParser[Any]
) -> None:
    check(around(write(value)), parser)


@given(
    st.one_of(pairings(), keyed(), messages(), wrapped()),
    st.sampled_from(WRITE),
    st.sampled_from(AROUND),
    st.lists(st.integers(0, 3000), max_size=30),
)
def test_what_is_given_early_holds(
    value: Any, write: Callable[[Any], str], around: Callable[[str], str], cuts: list[int]
) -> None:
    reply = around(write(value))
    given, closed, superseded = streamed(reply, cuts)
    assert closed == read(reply)
    assert not superseded or closed is None or closed.repairs
    final = {c.index: c for c in closed or ()}
    same = [final.get(c.index) for c in given]
    assert superseded or [(c.text, c.verbalized, c.repairs) for c in given] == [
        (c.text, c.verbalized, c.repairs) for c in same if c
    ]


@given(pairings(), st.sampled_from(WRITE), st.sampled_from(AROUND), st.sampled_from(PARSERS))
def test_texts_with_numbers_are_read_alike(
    value: Any, write: Callable[[Any], str], around: Callable[[str], str], parser: DistributionParser[Any]
) -> None:
    check(around(write(value)), parser)


@given(wrapped(), st.sampled_from(WRITE), st.sampled_from(AROUND), st.sampled_from(PARSERS))
def test_what_stands_further_in_is_read_alike(
    value: Any, write: Callable[[Any], str], around: Callable[[str], str], parser: DistributionParser[Any]
) -> None:
    check(around(write(value)), parser)


EXACT = [as_map, as_map_below_a_name, as_pairs, as_pairs_turned, as_single_maps, as_parallel_lists]
EXACT += [as_parallel_lists_turned]
EXACT += [
    as_keyed_records,
    as_message,
    as_call,
    as_list_of_a_call,
    as_string_call,
    as_envelope,
    as_string,
    as_string_of_a_list,
    as_repr,
]


@pytest.mark.parametrize("write", EXACT)
@given(pairs=PAIRS)
def test_what_needs_no_care_gets_none(write: Callable[[Pairs], str], pairs: Pairs) -> None:
    total = sum(number for _, number in pairs)
    assert check(write([(text, round(number / total, 3)) for text, number in pairs]), PARSERS[0])


CALLS = st.sampled_from(["Item({k}={t}, {n}={p})", "Item({n}={p}, {k}={t})", "a.Item({k}={t}, {n}={p},)"])
NAMES = st.tuples(st.sampled_from(["text", "answer", "reason", "p"]), st.sampled_from(["probability", "p", "cost"]))


def apostrophes(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'"


@given(
    st.lists(SAID, min_size=2, max_size=4),
    st.lists(st.sampled_from([0.5, 0.25, 0.0, 1.0, 0.02]), min_size=4, max_size=4),
    st.sampled_from([repr, json.dumps, apostrophes]),
    CALLS,
    NAMES,
    st.sampled_from([", ", ",\n  ", "\n"]),
    st.sampled_from(AROUND),
)
def test_calls_by_keywords_are_read_alike(
    texts: list[str],
    numbers: list[float],
    quote: Callable[[str], str],
    call: str,
    names: tuple[str, str],
    between: str,
    around: Callable[[str], str],
) -> None:
    key, number = names
    calls = [call.format(k=key, n=number, t=quote(t), p=p) for t, p in zip(texts, numbers, strict=False)]
    check(around(f"[{between.join(calls)}]"), PARSERS[0])


@given(PAIRS)
def test_plain_calls_by_keywords_need_no_care(pairs: Pairs) -> None:
    assert check(as_calls_by_keywords(pairs), PARSERS[0])


@pytest.mark.parametrize("quoted", ["it\\'s so", 'it\\\'s \\"so\\"', "so\\n it goes"])
def test_escapes_in_single_quotes_are_read_alike(quoted: str) -> None:
    check(
        f"{{'responses': [{{'text': '{quoted}', 'probability': 0.5}}, {{'text': 'b', 'probability': 0.2}}]}}",
        PARSERS[0],
    )
