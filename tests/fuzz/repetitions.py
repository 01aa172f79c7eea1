"""A search for texts that take more than linear time: random pieces, repeated. Not run by pytest.

    python tests/fuzz/repetitions.py SECONDS [SEED]

Each text is a piece of few signs, again and again, between two others; parsed whole, and streamed in chunks. Where
four times the text takes more than ten times as long, it is measured again and printed.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

SIGNS = [
    *"{}[]\"':,<>/|#*-_`~\\\n .0123%()=&;“”「…：",
    "\n\n",
    "a",
    "b c",
    "text",
    "probability",
    "p=0.1",
    "- ",
    "1. ",
    "## ",
]
SIGNS += [
    '{"text": "a", "probability": 0.1}',
    "<response>",
    "</response>",
    "<think>",
    "</think>",
    "```",
    "|---|",
    "&amp;",
    "Candidate(text='a', probability=0.1), ",
    "a,0.1\n",
    "[===  ] ",
    "├─ a (0.4)\n",
    "text: a\nprobability: 0.1\n",
    "- text: a\n  probability: 0.1\n",
    "[[a]]\ntext = 'a'\nprobability = 0.1\n",
    '{"arguments": "',
    '{\\"text\\": \\"a\\", \\"probability\\": 0.1}',
    '\\"',
    "\n- a - 3%",
    "\nb: 3%",
]
PARSER: DistributionParser[str] = DistributionParser()
SMALL, TIMES, WORST, LEAST = 8000, 4, 10.0, 0.02  # characters, growth of the text, of the time, seconds that count


def parse(text: str) -> None:
    try:
        PARSER.parse(text)
    except DistributionParseError:
        return


def stream(text: str) -> None:
    fed = PARSER.stream()
    for at in range(0, len(text), 16):
        fed.feed(text[at : at + 16])


def seconds(run: Callable[[str], None], text: str) -> float:
    start = time.process_time()
    run(text)
    return time.process_time() - start


def growth(run: Callable[[str], None], make: Callable[[int], str], tries: int) -> float:
    """How many times as long the longer text takes, the least of several tries."""
    least = min(seconds(run, make(SMALL)) for _ in range(tries))
    long = min(seconds(run, make(SMALL * TIMES)) for _ in range(tries))
    return long / max(least, LEAST / WORST)


def main() -> None:
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    end = time.monotonic() + float(sys.argv[1])
    tried = found = 0
    while time.monotonic() < end:
        head, piece, tail = ("".join(rng.choices(SIGNS, k=rng.randint(*size))) for size in ((0, 4), (1, 6), (0, 4)))

        def make(size: int, head: str = head, piece: str = piece, tail: str = tail) -> str:
            return head + piece * (size // len(piece)) + tail

        for run in (parse, stream):
            tried += 1
            if growth(run, make, 1) > WORST and (times := growth(run, make, 4)) > WORST:
                found += 1
                print(f"{run.__name__}: {times:.0f} times: {(head, piece, tail)!r}", flush=True)
    print(f"{tried} tried, {found} found")


if __name__ == "__main__":
    main()
