"""A search for texts that take more than linear time: random pieces, repeated. Not run by pytest.

    python tests/fuzz/repetitions.py SECONDS [SEED]

Each text is one piece of few signs, again and again, or two or three pieces, one after the other's last time; they
stand between two others. Some hold a number or a word that is another each time. Texts are parsed whole, and streamed
in chunks. Where four times the text takes more than ten times as long, or a text takes more than ten seconds a
megabyte, it is measured again and printed.
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
NUMBERED, WORDED = "\ue000", "\ue001"  # stand for a number and a word that are others each time
SIGNS += [
    *(NUMBERED, WORDED, f"{NUMBERED}. {WORDED} (0.1)\n", f'"{WORDED}": 0.1, ', f"<{WORDED}>", f"</{WORDED}>"),
    *(
        f"{WORDED}: 0.{NUMBERED}\n",
        f"| {WORDED} | 0.{NUMBERED} |\n",
        "User: a\n",
        "Assistant: ",
        "> ",
        "<li>",
        "&quot;",
    ),
]
PARSER: DistributionParser[str] = DistributionParser()
SMALL, TIMES, WORST, LEAST = 8000, 4, 10.0, 0.02  # characters, growth of the text, of the time, seconds that count
SLOWEST = 10.0  # seconds a million characters


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


def again(piece: str, size: int) -> str:
    """A piece until it is as long as asked for; its numbers and words are others each time."""
    length = len(piece) + 3 * piece.count(NUMBERED) + 3 * piece.count(WORDED)
    if length == len(piece):
        return piece * (size // length)
    letters = [chr(97 + i) for i in range(26)]
    words = (letters[i // 676 % 26] + letters[i // 26 % 26] + letters[i % 26] + "q" for i in range(size // length))
    return "".join(piece.replace(NUMBERED, str(1000 + i)).replace(WORDED, word) for i, word in enumerate(words))


def measured(run: Callable[[str], None], make: Callable[[int], str], tries: int) -> tuple[float, float]:
    """How many times as long the longer text takes, and its seconds a million signs: the least of several tries."""
    least = min(seconds(run, make(SMALL)) for _ in range(tries))
    text = make(SMALL * TIMES)
    long = min(seconds(run, text) for _ in range(tries))
    return long / max(least, LEAST / WORST), long / len(text) * 1_000_000


def main() -> None:
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    end = time.monotonic() + float(sys.argv[1])
    tried = found = 0
    while time.monotonic() < end:
        head, tail = ("".join(rng.choices(SIGNS, k=rng.randint(0, 4))) for _ in range(2))
        pieces = ["".join(rng.choices(SIGNS, k=rng.randint(1, 6))) for _ in range(rng.choice((1, 1, 2, 3)))]

        def make(size: int, head: str = head, pieces: list[str] = pieces, tail: str = tail) -> str:
            return head + "".join(again(piece, size // len(pieces)) for piece in pieces) + tail

        for run in (parse, stream):
            tried += 1
            if _is_bad(*measured(run, make, 1)) and _is_bad(*(figures := measured(run, make, 4))):
                found += 1
                print(
                    f"{run.__name__}: {figures[0]:.0f} times, {figures[1]:.1f} s/M: {(head, pieces, tail)!r}",
                    flush=True,
                )
    print(f"{tried} tried, {found} found")


def _is_bad(times: float, slowness: float) -> bool:
    return times > WORST or slowness > SLOWEST


if __name__ == "__main__":
    main()
