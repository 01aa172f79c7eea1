"""Whatever the ways that need no care read, the careful way reads alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, ConfigDict

from verbalized_sampling.parsing import DistributionParser
from verbalized_sampling.parsing.candidate.typed import typed
from verbalized_sampling.values.distribution import Distribution

from .writers import PAIRS, Pairs, as_json, as_toml, as_yaml, chatty, fenced

REPLIES = [
    json.loads(p.read_text(encoding="utf-8"))["reply"]
    for p in (Path(__file__).parents[2] / "data" / "replies").rglob("*.json")
]
OUTPUTS = [p.read_text(encoding="utf-8") for p in (Path(__file__).parents[4] / "shared/data/outputs").glob("*.txt")]


class Idea(BaseModel):
    idea: str
    cost: int = 0


@dataclass
class Title:
    title: str


PARSERS: list[DistributionParser[Any]] = [
    DistributionParser(),
    DistributionParser(tau=0.3),
    DistributionParser(definition="percentage"),  # type: ignore[arg-type]
    DistributionParser(definition="nll"),  # type: ignore[arg-type]
    DistributionParser(candidate=Idea),
    DistributionParser(candidate=Title),
    DistributionParser(candidate=str),
    DistributionParser(candidate=int),
]


def said(distribution: Distribution[Any]) -> dict[str, Any]:
    return {
        "candidates": [(c, c.fields) for c in sorted(distribution, key=lambda c: c.index)],
        "reasoning": distribution.reasoning,
        "truncated": distribution.truncated,
        "repairs": sorted(distribution.repairs),
        "dropped": distribution.dropped,
    }


def check(reply: str, parser: DistributionParser[Any]) -> bool:
    """Whether a reply is read exactly; if so, the careful way must read the same."""
    exact = parser._exactly(reply)
    if exact is not None:
        assert said(exact) == said(parser._read(reply)), reply
    return exact is not None


WORDS = st.sampled_from(
    [
        "Rain again",
        "so",
        "...",
        "12",
        "0.5",
        "",
        " ",
        "{",
        "it's",
        'a "b", c',
        "<x>",
        "User: x",
        "\\frac",
        "a\tb",
        "a\nb",
    ]
)
TEXTS = st.one_of(WORDS, st.lists(WORDS, min_size=2, max_size=4).map(" ".join))
NUMBERS = st.one_of(
    st.sampled_from([0, 1, 0.0, 1.0, 0.25, 12, 40, 5.58, -1, 99, True, None, "12%", "0.2", "high", "1 in 8", 1e400])
)
KEYS = st.sampled_from(
    [
        *("text", "answer", "idea", "title", "plan", "reasoning", "id", "rank", "style", "cost", "probability"),
        *("confidence", "prob (%)", "percentage", "option", "value", "text1", "p1", "responses", "why", "é"),
    ]
)
SIDES = st.one_of(TEXTS, NUMBERS, st.lists(TEXTS, max_size=2), st.dictionaries(KEYS, TEXTS, max_size=2))


@st.composite
def values(draw: st.DrawFn) -> Any:
    """Lists of records, mostly alike, in and under all that models put around them."""
    text, number = (
        draw(st.sampled_from(["text", "answer", "joke"])),
        draw(st.sampled_from(["probability", "p", "score"])),
    )
    further = draw(st.dictionaries(KEYS, st.just(None), max_size=2))
    records = []
    for _ in range(draw(st.integers(1, 4))):
        record = {text: draw(TEXTS), number: draw(NUMBERS), **{key: draw(SIDES) for key in further}}
        oddity = draw(st.integers(0, 9))
        if oddity == 0:
            record.pop(draw(st.sampled_from(sorted(record))))
        elif oddity == 1:
            record[draw(KEYS)] = draw(SIDES)
        records.append(record)
    if draw(st.booleans()):
        return records
    wrapper = draw(st.sampled_from(["responses", "candidates", "my_list", "drafts", "alternatives", "text"]))
    before = draw(st.dictionaries(KEYS, SIDES, max_size=2))
    return {**before, wrapper: records}


def lines(value: Any) -> str:
    return "\n".join(map(json.dumps, value)) if isinstance(value, list) else json.dumps(value)


WRITE: list[Callable[[Any], str]] = [
    json.dumps,
    lambda value: json.dumps(value, ensure_ascii=False, indent=1),
    lines,
    lambda value: json.dumps(value).replace("}", ",}"),
    lambda value: json.dumps(value, ensure_ascii=False).replace("\\n", "\n"),
    repr,
]
AROUND: list[Callable[[str], str]] = [
    lambda reply: reply,
    fenced,
    chatty,
    lambda reply: f"<think>Or {{}}?</think>\n{reply}",
    lambda reply: reply + "<|im_end|>",
    lambda reply: reply[:-9],
    lambda reply: f"See [1] and ```x```\n{reply}\n\nUser: more",
]


@given(values(), st.sampled_from(WRITE), st.sampled_from(AROUND), st.sampled_from(PARSERS))
def test_values_are_read_alike(
    value: Any, write: Callable[[Any], str], around: Callable[[str], str], parser: DistributionParser[Any]
) -> None:
    check(around(write(value)), parser)


@pytest.mark.parametrize("parser", PARSERS[:3])
def test_recorded_replies_are_read_alike(parser: DistributionParser[Any]) -> None:
    assert sum(check(reply, parser) for reply in (*REPLIES, *OUTPUTS)) >= 10


def records(pairs: Pairs, text: str = "text", number: str = "probability", scale: float = 1) -> list[dict[str, Any]]:
    return [{text: t, number: round(p * scale) if scale > 1 else p} for t, p in pairs]


EXACT: list[Callable[[Pairs], str]] = [
    as_json,
    lambda pairs: json.dumps({"reasoning": "Well,\nso.", "responses": records(pairs)}),
    lambda pairs: json.dumps(records(pairs)),
    lambda pairs: json.dumps({"answers": records(pairs, "answer", "confidence")}),
    lambda pairs: json.dumps({"responses": records(pairs, scale=100)}),
    lambda pairs: json.dumps([{**record, "style": "dry", "cost": 3} for record in records(pairs)]),
    lambda pairs: "\n".join(map(json.dumps, records(pairs))),
]


@given(PAIRS, st.sampled_from(EXACT), st.sampled_from(AROUND[:5]))
def test_what_needs_no_care_gets_none(
    pairs: Pairs, write: Callable[[Pairs], str], around: Callable[[str], str]
) -> None:
    assert check(around(write(pairs)), PARSERS[0])


ODD: list[dict[str, Any]] = [
    {"text": "The bridge opens at noon"},
    {"text": "The bridge opens at noon", "probability": None},
    {"text": "The bridge opens at noon", "probability": "0.05"},
    {"text": "The bridge opens at noon", "probability": "5%"},
    {"text": "The bridge opens at noon", "probability": "high"},
    {"text": "The bridge opens at noon", "probability": 0.1, "style": "dry"},
    {"text": "", "probability": 0.1},
    {"text": "...", "probability": 0.1},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
@given(pairs=PAIRS, place=st.integers(0, 3))
def test_a_record_unlike_the_others_takes_no_care_of_them(odd: dict[str, Any], pairs: Pairs, place: int) -> None:
    alike = records(pairs)
    place = max(1, min(place, len(alike)))
    assert check(json.dumps({"responses": [*alike[:place], odd, *alike[place:]]}), PARSERS[0])
    repeated = [*alike[:place], alike[0], *alike[place:], {"text": "At noon", "probability": 0.2}]
    assert check(json.dumps({"responses": repeated}), PARSERS[0])


@given(st.lists(st.tuples(st.sampled_from(["", "...", "text", "ok"]), st.integers(1, 9)), min_size=1, max_size=3))
def test_typed_candidates_need_none_either(ideas: list[tuple[str, int]]) -> None:
    reply = json.dumps(
        {"responses": [{"idea": f"{i}{t}", "cost": c, "probability": 0.2} for i, (t, c) in enumerate(ideas)]}
    )
    assert check(reply, PARSERS[4])


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    idea: str
    tags: tuple[str, ...] = ()


class Checked(BaseModel):
    """Whatever a text or a number may be turned into."""

    idea: Annotated[str, AfterValidator(str.strip)]
    since: date | None = None
    ratio: Decimal = Decimal(0)
    tags: set[str] = set()
    default: float | str = 0.0
    kind: Literal["a", 1] = "a"


FIELDS = st.fixed_dictionaries(
    {"idea": st.sampled_from(["a", " b", "c"])},
    optional={
        "since": st.sampled_from(["2026-01-02", 0, None, "x"]),
        "ratio": st.sampled_from(["0.5", 1, 0.5]),
        "tags": st.sampled_from([[], ["a"], "a"]),
        "default": st.sampled_from([1, 0.5, "2", True]),
        "kind": st.sampled_from(["a", 1, True, 1.0]),
        "cost": st.sampled_from([1, "2", 3.0, 3.5, True, None]),
    },
)


@given(
    st.lists(FIELDS, min_size=1, max_size=3),
    st.sampled_from([Idea, Strict, Checked, dict[str, Any], dict[str, int | str]]),
)
def test_many_typed_candidates_are_validated_as_each_is(items: list[dict[str, Any]], candidate: Any) -> None:
    at_once = typed(candidate).read_all(items)
    each = [typed(candidate).read("", item) for item in items]
    assert at_once is None or list(zip(*at_once, strict=True)) == each


TAILS = st.sampled_from(
    [
        *(" (p=0.{})", " (p = .{})", " (Probability: 0.{})", " (confidence: {}%)", " (chance: {}.5 %)"),
        *(" (0.{})", ": 0.{}", " - {}%", ": {}%", " – {}.5%"),
    ]
)
OTHERS = st.sampled_from(["Chance: high", "In 1999 (so)", "Text: a", "Option 2: b", "I. b", "Probability 0.3 of c"])
LINES = st.lists(
    st.one_of(TEXTS, st.text("ab 1.:,;-()pP=\"'%“”é—", min_size=1, max_size=30), OTHERS),
    min_size=2,
    max_size=5,
    unique=True,
)
OPENERS = st.sampled_from(["{}. ", "{}) ", "- ", "• ", "* ", ""])
BETWEEN = st.sampled_from(["\n", "\n\n"])
BEHIND = st.sampled_from(["", "\n", "\n\nMore?"])


@given(LINES, st.lists(st.integers(1, 99), min_size=5), TAILS, OPENERS, BETWEEN, BEHIND, st.sampled_from(PARSERS[:4]))
def test_lists_are_read_alike(
    texts: list[str],
    numbers: list[int],
    tail: str,
    opener: str,
    between: str,
    behind: str,
    parser: DistributionParser[Any],
) -> None:
    items = [
        opener.format(i) + text + tail.format(number)
        for i, (text, number) in enumerate(zip(texts, numbers, strict=False), 1)
    ]
    check(between.join(items) + behind, parser)


@given(PAIRS.filter(lambda pairs: len(pairs) > 2), st.sampled_from(["{}. ", "{}) ", "- "]))
def test_a_uniform_list_needs_no_care(pairs: Pairs, opener: str) -> None:
    reply = "\n".join(f"{opener.format(i)}{text} (p={p})" for i, (text, p) in enumerate(pairs, 1))
    assert check(reply, PARSERS[0])


@given(
    st.lists(st.integers(1, 99), min_size=3), st.sampled_from(["{}. ", "- ", ""]), st.sampled_from([": ", " - ", " – "])
)
def test_a_uniform_list_of_percents_needs_no_care(numbers: list[int], opener: str, between: str) -> None:
    lines = [f"{opener.format(i)}Rain{' and wind' * i}{between}{number}%" for i, number in enumerate(numbers, 1)]
    assert check("\n".join(lines), PARSERS[0])


@given(LINES, st.lists(st.integers(1, 99), min_size=5), st.sampled_from(["text", "answer", "reason"]))
def test_records_are_read_alike(texts: list[str], numbers: list[int], key: str) -> None:
    items = [(json.dumps(text, ensure_ascii=False), f"0.{n}") for text, n in zip(texts, numbers, strict=False)]
    check("responses:\n" + "\n".join(f"- {key}: {text}\n  probability: {n}" for text, n in items), PARSERS[0])
    check("\n\n".join(f"[[responses]]\n{key} = {text}\nprobability = {n}" for text, n in items), PARSERS[0])


@given(st.lists(st.integers(1, 99), min_size=3), st.sampled_from([as_yaml, as_toml]))
def test_uniform_records_need_no_care(numbers: list[int], write: Callable[[Pairs], str]) -> None:
    assert check(write([(f'"Rain"{" and wind" * i}\nor sun', n / 100) for i, n in enumerate(numbers)]), PARSERS[0])


SENTENCES = st.sampled_from(
    [
        *(
            "Rain falls on the hills.",
            "So it goes",
            "I saw Plan B.",
            "Text: rain",
            "Note: these probabilities are rough.",
        ),
        *(
            "Let me know if you want more options!",
            "Final choice: rain.",
            "In 1999 (so) it rained.",
            "Chance: high",
            "A",
        ),
        *(
            "chance",
            "Response two",
            "Option c",
            "Is it?",
            "She said: go.",
            "Total",
            "日本で雨。",
            "It rained, probability",
            "X. y",
        ),
        *(
            "Dear Sam,",
            "Why: it rains.",
            "“So.”",
            "Hope this helps!",
            "These responses vary.",
            "The (0.3) end.",
            "P = 0.2",
        ),
    ]
)
BODIES = st.lists(
    st.lists(SENTENCES, min_size=1, max_size=3).map("\n".join), min_size=4, max_size=6, unique_by=str.casefold
)
HEADS = st.sampled_from(
    [
        *(
            "### Response {} (Probability: 0.{})",
            "## Idea {} — {}%",
            "**Option {} (p = 0.{})**",
            "Answer {} (confidence: {}%):",
        ),
        *("### Slogan {} [chance: 0.{}]", "# Draft {}: 0.{}"),
    ]
)


@given(
    BODIES, st.lists(st.integers(1, 99), min_size=6), HEADS, BETWEEN, BETWEEN, BEHIND, st.just(0) | st.integers(0, 60)
)
def test_paragraphs_under_heads_are_read_alike(
    bodies: list[str], numbers: list[int], head: str, below: str, between: str, behind: str, cut: int
) -> None:
    items = [
        head.format(i, number) + below + body for i, (body, number) in enumerate(zip(bodies, numbers, strict=False), 1)
    ]
    reply = between.join(items) + behind
    check(reply[: len(reply) - cut], PARSERS[0])


@given(st.lists(st.integers(1, 99), min_size=4, max_size=6), st.integers(0, 20))
def test_paragraphs_of_words_under_heads_need_no_care_even_if_the_last_is_cut(numbers: list[int], cut: int) -> None:
    words = ["Rain", "Snow", "Fog", "Hail", "Sun", "Wind"]
    items = [
        f"### Response {i} (Probability: 0.{n})\n\n{w} falls.\nAnd it stays."
        for i, (n, w) in enumerate(zip(numbers, words, strict=False), 1)
    ]
    reply = "\n\n".join(items)
    assert check(reply[: len(reply) - cut], PARSERS[0])


CELLS = st.one_of(TEXTS.filter(lambda text: "\n" not in text and "|" not in text), SENTENCES)
COLUMNS = st.lists(
    st.sampled_from(["#", "Response", "Probability", "p (%)", "Why", "Plan", "Cost", "Title", "", "Confidence"]),
    min_size=2,
    max_size=4,
)


@given(COLUMNS, st.data(), BEHIND)
def test_tables_are_read_alike(header: list[str], data: st.DataObject, behind: str) -> None:
    number = st.sampled_from(["0.1", "12%", "40", "1", "high", "~0.3", "0.25", ""])
    cell = st.one_of(CELLS, number)
    rows = data.draw(st.lists(st.lists(cell, min_size=len(header), max_size=len(header)), min_size=3, max_size=5))
    lines = [header, ["---"] * len(header), *rows]
    check("\n".join("| " + " | ".join(line) + " |" for line in lines) + behind, PARSERS[0])


@given(st.lists(st.integers(1, 99), min_size=3, max_size=6, unique=True))
def test_a_table_of_plain_cells_needs_no_care(numbers: list[int]) -> None:
    rows = "\n".join(f"| {i} | Rain falls {n} times | 0.{n} |" for i, n in enumerate(numbers, 1))
    assert check(f"| # | Response | Probability |\n|---|---|---|\n{rows}", PARSERS[0])
