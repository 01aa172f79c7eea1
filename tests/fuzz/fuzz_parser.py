"""Coverage-guided fuzzing of the parser (atheris). Not run by pytest.

    uv run --with atheris python tests/fuzz/fuzz_parser.py -runs=1000000 -max_len=40 /tmp/corpus

Every input is a text and a way to cut it. What must hold: nothing is raised but DistributionParseError; every text
can be encoded; weights sum to 1; what the exact way reads the careful way reads alike; the stream's close equals the
parse; and what a stream gave before is among the
final candidates, unless it says that it was superseded, and then the distribution carries a repair.
A finding becomes a file in tests/data/replies, in the folder of the room where the rule lies.
"""

from __future__ import annotations

import math
import sys

import atheris

# Coverage of the readers guides; to instrument words, numbers and pages too would only slow them down, sixfold.
PLAIN = [
    f"verbalized_sampling.parsing.{name}"
    for name in (
        *("language", "numbers", "page", "parser", "readers.json.reader", "streaming.stream"),
        *("candidate.assemble", "candidate.columns", "candidate.placeholders"),
    )
]
with atheris.instrument_imports(include=["verbalized_sampling.parsing"], exclude=PLAIN):
    from verbalized_sampling.errors import DistributionParseError
    from verbalized_sampling.parsing import DistributionParser

PIECES = [
    *(
        '{"responses": [',
        '{"text": "',
        '"text"',
        '"probability": ',
        '", "probability": 0.1}',
        "]}",
        "}, {",
        "'",
        '"',
        "\\",
    ),
    *("```json\n", "```", "<think>", "</think>", "<response>", "</response>", "<text>", "</text>", "<probability>"),
    *(
        "</probability>",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "<response probability='0.2'>",
        "0.1",
        "12%",
        "1 in 8",
        "NaN",
        "5.58",
    ),
    *(
        "\n",
        "\n\n",
        "1. ",
        "2. ",
        "- ",
        "## ",
        "**",
        "(p=0.2)",
        "Probability: 0.3",
        "Response 1: ",
        "Text: ",
        " | ",
        "|---|",
    ),
    *(
        "text: |\n  ",
        "probability: ",
        ": ",
        "# ",
        "概率：",
        "０．２",
        "---\n",
        "Final choice: ",
        "...",
        "<",
        ">",
        "\ud800",
        "a",
        "b c",
    ),
    *(
        "- text: a\n  probability: 0.1\n",
        "[[responses]]\ntext = 'a'\nprobability = 0.1\n",
        '{"arguments": "',
        '\\"',
        "b: 3%\n",
    ),
    *(
        "sixty percent",
        "a 60% chance of ",
        " and ",
        "No. 1: ",
        "yes 0.7, no 0.3",
        "百分之",
        '"text": "a", "probability": 0.1\n',
    ),
]
PARSERS = [DistributionParser(), DistributionParser(definition="nll"), DistributionParser(candidate=int, tau=0.1)]


def text_of(data: atheris.FuzzedDataProvider) -> str:
    """Half of the inputs are made of the pieces that replies are made of, the others are any text."""
    if data.ConsumeBool():
        return data.ConsumeUnicode(data.remaining_bytes())
    parts: list[str] = []
    while data.remaining_bytes() > 1:
        choice = data.ConsumeIntInRange(0, len(PIECES))
        parts.append(PIECES[choice] if choice < len(PIECES) else data.ConsumeUnicode(4))
    return "".join(parts)


def check(text: str, parser: DistributionParser, size: int) -> None:
    """Raises if one of the laws does not hold for a text."""
    try:
        whole = parser.parse(text)
    except DistributionParseError as error:
        str(error).encode()
        whole = None
    exact = parser._exactly(text)
    if exact is not None:
        careful = parser._read(text)
        assert list(exact) == list(careful), "the exact way reads otherwise"
        assert (sorted(exact.repairs), exact.dropped) == (sorted(careful.repairs), careful.dropped)
        assert (exact.truncated, exact.reasoning) == (careful.truncated, careful.reasoning)
    stream = parser.stream()
    given = [candidate for at in range(0, len(text), size) for candidate in stream.feed(text[at : at + size])]
    try:
        closed = stream.close()
    except DistributionParseError:
        closed = None
    assert closed == whole, "close() is not parse()"
    if whole is None:
        assert not given or stream.superseded
        return
    assert math.isclose(math.fsum(c.probability for c in whole), 1.0)
    repr(whole).encode()
    for candidate in whole:
        candidate.text.encode()
        assert candidate.verbalized is None or 0.0 <= candidate.verbalized <= 1.0
        assert candidate.stated is None or math.isfinite(candidate.stated)
    assert not stream.superseded or whole.repairs or any(c.repairs for c in whole), "superseded, and nothing says why"


def test_one_input(raw: bytes) -> None:
    data = atheris.FuzzedDataProvider(raw)
    parser = PARSERS[min(data.ConsumeIntInRange(0, 7), len(PARSERS) - 1)] if data.ConsumeBool() else PARSERS[0]
    size = data.ConsumeIntInRange(1, 40)
    text = text_of(data)
    try:
        check(text, parser, size)
    except Exception:
        print(repr((text, parser, size)), file=sys.stderr)
        raise


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
