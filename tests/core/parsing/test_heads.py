"""A number that stands in the head of an item, in whatever form, is read and stands in no text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import DistributionParser

PARSER: DistributionParser[str] = DistributionParser()
PERCENTS = ((12, "The ferry is late"), (34, "Nobody wins the vote"), (7, "Lanterns over the bay"))
# Where the number may stand: as many words before and behind it as heads have.
HEADS = (
    "{i}. {text} {number}",
    "{i}) {text} {number}",
    "- {text} {number}",
    "• {text} {number}",
    "* **{text}** {number}",
    "{i}. **{text} {number}**",
    "{i}. **{text}** {number}",
    "{i}. {number} {text}",
    "**{text}** {number}",
    "**{text} {number}**",
    "### {text} {number}",
    "### {i}. {text} {number}",
    "Response {i} {number}: {text}",
    "**Response {i} {number}:** {text}",
    "**Response {i}** {number}: {text}",
    "### Response {i} {number}\n{text}",
    "Scenario {i} {number}: {text}",
    "Plan {letter} {number}: {text}",
    "**Option {letter} {number}**\n{text}",
    "├─ {text} {number}",
    "({i}) {text} {number}",
)
NUMBERS = (
    "({percent}%)",
    "[{percent}%]",
    "({fraction})",
    "[{fraction}]",
    "(p={fraction})",
    "(p = {fraction})",
    "(P: {fraction})",
    "(prob: {fraction})",
    "(probability: {fraction})",
    "(Probability: {percent}%)",
    "(probability {fraction})",
    "({percent}% probability)",
    "(~{percent}%)",
    "(≈ {fraction})",
    "(estimated probability: {fraction})",
    "(confidence: {fraction})",
    "(概率：{fraction})",
    "（確率：{percent}％）",
    "(Wahrscheinlichkeit: {percent} %)",
    "*({percent}%)*",
    "**({fraction})**",
    "`{percent}%`",
    "(likely, ~{percent}%)",
    r"(${percent}\%$)",
    "(\u2066{fraction}\u2069)",
)
ANY_NUMBER = re.compile(r"[\d%％]")


def written(head: str, number: str) -> str:
    items = []
    for i, (percent, text) in enumerate(PERCENTS, 1):
        said = number.format(percent=percent, fraction=f"{percent / 100:.2f}")
        items.append(head.format(i=i, letter="ABC"[i - 1], text=text, number=said))
    return "\n\n".join(items)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("number", NUMBERS)
def test_no_text_holds_its_own_number(head: str, number: str) -> None:
    candidates = sorted(PARSER.parse(written(head, number)), key=lambda c: c.index)
    assert [c.verbalized for c in candidates] == [percent / 100 for percent, _ in PERCENTS]
    for candidate, (_, text) in zip(candidates, PERCENTS, strict=True):
        assert text in candidate.text
        assert not ANY_NUMBER.search(candidate.text)


TEXTS = st.from_regex(r"[A-Z][a-z]{2,8}( [a-z]{2,8}){1,5}", fullmatch=True)


@given(
    st.lists(st.tuples(st.integers(1, 60), TEXTS), min_size=2, max_size=6, unique_by=lambda pair: pair[1]),
    st.sampled_from(HEADS[:6]),
    st.sampled_from(NUMBERS[:10]),
)
def test_an_item_is_its_text_and_its_number(pairs: list[tuple[int, str]], head: str, number: str) -> None:
    lines = [
        head.format(i=i, text=text, number=number.format(percent=percent, fraction=f"{percent / 100:.2f}"))
        for i, (percent, text) in enumerate(pairs, 1)
    ]
    read = sorted(PARSER.parse("\n".join(lines)), key=lambda c: c.index)
    assert [(c.text.strip("*"), c.verbalized) for c in read] == [(text, percent / 100) for percent, text in pairs]
