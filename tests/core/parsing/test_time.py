"""Reading takes time in proportion to the text, also where a text is long in one place only."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

PARSER: DistributionParser[str] = DistributionParser()
SIZE = 48_000
LIMIT = 1.0  # seconds; what grows with the square takes three to sixty of them, the others a tenth
BLANKS = " " * SIZE
NUMBERS = "\n1. a (p=0.2)\n2. b (p=0.1)\n"


def times(piece: str) -> str:
    return piece * (SIZE // len(piece))


def keyed(piece: str) -> str:
    """Pieces that hold their number, no two alike."""
    return "".join(piece.format(i) for i in range(SIZE // len(piece)))


def lettered(piece: str) -> str:
    """Pieces that hold a word of their own."""
    words = (f"{chr(97 + i // 676 % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i % 26)}q" for i in range(SIZE // len(piece)))
    return "".join(piece.format(word) for word in words)


TEXTS = {
    "blanks in the line below a table's header": f"| a | probability |\n> {BLANKS}x|\n| b | 0.5 |",
    "blanks behind dashes": f"| a | probability |\n---{BLANKS}x|\n| b | 0.5 |",
    "digits in a table's header": f"| {'1' * SIZE}x | probability |\n|---|---|\n| b | 0.5 |",
    "blanks behind a word that may count": f"Response{BLANKS}!{NUMBERS}",
    "blanks behind a word that counts": f"Response 1{BLANKS}x{NUMBERS}",
    "blanks in a YAML value": f"- text: x{BLANKS}y\n  probability: 0.5\n",
    "blanks behind a fence": f'x\n```{BLANKS}!\n{{"responses": []',
    "blanks in brackets": f"1. a ({BLANKS}x p=0.1 y{NUMBERS}",
    "labels without a number": "x\n" + times("Probability:\n"),
    "labels above their number": "x\n" + times("Probability:\n0.5\n"),
    "paragraphs behind the last number": "1. a (p=0.5)\n\n" + times("a\n\n"),
    "titles behind the last number": "1. a (p=0.5)\n\n" + times("**T**\n\n"),
    "remarks before the last number": "1. a\n\n" + times("These options sum to x.\n\n") + "These options: p=0.5",
    "words that count, each another": lettered("{0} 1: x\n{0} 2: y\n") + NUMBERS,
    "objects beside numbers": '{"probabilities": {'
    + keyed('"{}": 0.1, ')
    + '"x": 0.1}, '
    + keyed('"{}": {{"a": "b"}}, ')
    + "}",
    "texts numbered by their keys": "{" + keyed('"text{}": "a", ') + '"x": 1}',
    "counts without a text": '{"responses": [{' + keyed('"k{}": 1, ') + '"probability": 0.5}]}',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_text_takes_longer_than_its_length_allows(text: str):
    start = time.perf_counter()
    with suppress(DistributionParseError):
        PARSER.parse(text)
    assert time.perf_counter() - start < LIMIT


@pytest.mark.parametrize("piece", ['"b": {}, ', "{}, "], ids=["objects without a list", "a list under another name"])
def test_no_stream_takes_longer_than_its_length_allows(piece: str):
    text = '{"a": [{}, ' + times(piece) * 4
    stream = PARSER.stream()
    start = time.perf_counter()
    for at in range(0, len(text), 4):
        stream.feed(text[at : at + 4])
    assert time.perf_counter() - start < LIMIT
