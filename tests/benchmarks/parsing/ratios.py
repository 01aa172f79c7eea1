"""Every bar of the parser as a ratio within one run: ``python tests/benchmarks/parsing/ratios.py [--write]``.

All of it takes minutes; ``--only streaming`` measures the rows of that kind, ``--only YAML`` those that name it. With
``--write`` the table goes to RESULTS.md. The parser is compared with the fastest library that does a part of
its work, on the same text, best of several runs.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import string
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import ijson
from long_texts import LONG
from pydantic_core import from_json
from replies import CLEAN, DAMAGED, FURTHER, LISTS, ODD, STREAMED, WORDS, Pairs, as_json, pairs

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

PARSER: DistributionParser[str] = DistributionParser()
CHUNK = 8
KB = 1000
Row = tuple[str, str, Callable[[], str]]
"""What is measured, its bar, and what measures the figures."""


def best(function: Callable[[], object], runs: int = 15) -> float:
    """Seconds of processor time that the fastest run took: other processes don't count."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def streaming(text: str, *, closing: bool = True) -> Callable[[], int]:
    chunks = [text[i : i + CHUNK] for i in range(0, len(text), CHUNK)]

    def run() -> int:
        stream = PARSER.stream()
        given = sum(len(stream.feed(chunk)) for chunk in chunks)
        if closing:
            assert len(stream.close()) >= given
        return given

    return run


def pushing(text: str) -> Callable[[], int]:
    """ijson's push parser on the same chunks: items as they are complete, and nothing else."""
    chunks = [text[i : i + CHUNK].encode() for i in range(0, len(text), CHUNK)]

    def run() -> int:
        items = ijson.sendable_list()
        parser = ijson.items_coro(items, "responses.item", use_float=True)
        count = 0
        for chunk in chunks:
            parser.send(chunk)
            count += len(items)
            del items[:]
        parser.close()
        return count

    return run


def repeated(piece: str) -> Callable[[int], str]:
    """Whole pieces only: one that is cut may be read otherwise, and the sizes would not compare."""
    return lambda size: piece * (size // len(piece))


def varied(piece: str) -> Callable[[int], str]:
    """Hardly a line twice, so that nothing can be remembered."""

    def make(size: int) -> str:
        rng, pieces, length = random.Random(0), [], 0
        while length < size:
            word = "".join(rng.choices(string.ascii_lowercase, k=3))
            pieces.append(piece.format(word=word, number=rng.randrange(1000), at=len(pieces) % 900))
            length += len(pieces[-1])
        return "".join(pieces)[:size]

    return make


HOSTILE: dict[str, Callable[[int], str]] = {
    "random bytes": lambda size: random.Random(0).randbytes(size).decode("latin1"),
    "random ASCII": lambda size: "".join(random.Random(0).choices(string.printable, k=size)),
    "open brackets": repeated("["),
    "open braces": repeated('{"a":'),
    "quotes": repeated('"'),
    "braces and quotes": repeated('{"'),
    "backslashes": repeated("\\"),
    "unclosed tags": repeated("<response>"),
    "unclosed texts": repeated("<text>"),
    "angle brackets": repeated("<"),
    "entities": lambda size: f"<response><text>{'&amp;' * (size // 5)}</text><probability>0.1</probability></response>",
    "one long string": lambda size: f'{{"responses":[{{"text":"{"a" * size}","probability":0.1}}]}}',
    "unescaped quotes": lambda size: '{"responses":[{"text":"' + 'a "b" ' * (size // 6),
    "line feeds": repeated("\n"),
    "open thoughts": repeated("<think>"),
    "numbers": repeated("0.1 "),
    "dense: label and number": repeated("p=0.1\n"),
    "dense: numbered list": repeated("1. a (p=0.1)\n"),
    "dense: bulleted list": repeated("- x: 0.2\n"),
    "dense: headings": repeated("## 1\n**Probability: 0.1**\n"),
    "dense: rows": repeated("| a | 0.1 |\n"),
    "dense: table": lambda size: "| text | p |\n|---|---|\n" + repeated("| a | 0.1 |\n")(size - 22),
    "dense: labels": repeated("text: a\nprobability: 0.1\n"),
    "dense: YAML": repeated("- text: a\n  probability: 0.1\n"),
    "dense: tags": repeated("<response><text>a</text><probability>0.1</probability></response>\n"),
    "dense: tags never closed": repeated("<response>\n<text>a\n<probability>0.1\n"),
    "dense: JSON lines": repeated('{"text":"a","p":0.1}\n'),
    "dense: numbered list, no line twice": varied("{at}. {word} (p=0.{number})\n"),
    "dense: bulleted list, no line twice": varied("- {word}: 0.{number}\n"),
}


def memory_of(run: Callable[[], object]) -> int:
    """Bytes at the peak of a run that were not there before it."""
    run()
    gc.collect()
    tracemalloc.start()
    kept = run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


def clean_rows() -> Iterator[Row]:
    some = pairs(500)
    base_text = as_json(some)
    base = best(lambda: from_json(base_text), 40)

    def figures(write: Callable[[Pairs], str]) -> str:
        text = write(some)
        assert len(PARSER.parse(text)) >= 500
        own, every = best(lambda: PARSER.parse(text)), best(lambda: list(PARSER.parse(text)))
        return f"{own / base:.1f} / {every / base:.1f}"

    for name, write in CLEAN.items():
        yield (
            f"500 × 60 words, {name}, × `from_json`: parsed / every candidate read",
            "≤ 3 / ≤ 4.2" if name == "as asked for" else "≤ 5",
            partial(figures, write),
        )
    for name, write in ODD.items():
        yield f"500 × 60 words, {name}, × `from_json`: parsed / every candidate read", "–", partial(figures, write)
    for name, write in FURTHER.items():
        yield f"500 × 60 words, {name}, × `from_json`: parsed / every candidate read", "≤ 5", partial(figures, write)
    yield from typed_rows(some, base_text)
    five = CLEAN["VS-CoT"](pairs(5))
    yield (
        "five candidates of VS-CoT, whole parse",
        "≤ 40 µs",
        lambda: f"{best(lambda: PARSER.parse(five), 400) * 1e6:.0f} µs",
    )


def typed_rows(some: Pairs, text: str) -> Iterator[Row]:
    from langchain_core.output_parsers import PydanticOutputParser
    from pydantic import BaseModel

    class Answer(BaseModel):
        text: str

    class Item(BaseModel):
        text: str
        probability: float

    class Items(BaseModel):
        responses: list[Item]

    parser: DistributionParser[Answer] = DistributionParser(candidate=Answer)
    assert len(parser.parse(text)) == len(some)

    def by_pydantic() -> str:
        base = best(lambda: Items.model_validate_json(text))
        return f"{best(lambda: parser.parse(text)) / base:.1f}"

    def by_langchain() -> str:
        theirs = best(lambda: PydanticOutputParser(pydantic_object=Items).parse(text))
        return f"{best(lambda: PARSER.parse(text)) / theirs:.2f}"

    yield "the same typed (`candidate=Model`), × pydantic's own validation of the list", "≤ 3", by_pydantic
    yield "as asked for, × LangChain's PydanticOutputParser", "< 1", by_langchain


def damaged_rows() -> Iterator[Row]:
    some = pairs(50)
    text = as_json(some)
    base = best(lambda: json.loads(text), 200)

    def figures(write: Callable[[Pairs], str]) -> str:
        broken = write(some)
        assert len(PARSER.parse(broken)) >= 49
        return f"{best(lambda: PARSER.parse(broken), 60) / base:.1f}"

    for name, write in DAMAGED.items():
        yield f"{name}, 50 candidates, × `json.loads` of the clean text", "≤ 6", partial(figures, write)


def list_rows() -> Iterator[Row]:
    some = pairs(500)
    text = as_json(some)
    base = best(lambda: from_json(text), 40)

    def figures(write: Callable[[Pairs], str]) -> str:
        listed = write(some)
        assert len(PARSER.parse(listed)) == 500
        return f"{best(lambda: PARSER.parse(listed), 5) / base:.0f}"

    def of_100_kb(listed: str, count: int) -> str:
        own = best(lambda: PARSER.parse(listed), 5)
        peak = (memory_of(lambda: PARSER.parse(listed)) - 2 * len(listed)) / count
        return f"{own * 1000:.0f} ms; {peak:.0f}"

    for name, write in LISTS.items():
        yield f"500 × 60 words, {name}, × `from_json` of the same as JSON", "≤ 25", partial(figures, write)
    for name, write in LISTS.items():
        listed = write(pairs(800, 18))[: 100 * KB]
        listed = listed[: listed.rindex("\n" if name != "tags" else "<response>")]
        count = len(PARSER.parse(listed))
        yield (
            f"100 KB, {name} of {count} candidates of 18 words; peak bytes a candidate beside the text",
            "≤ 30 ms; ≤ 400",
            partial(of_100_kb, listed, count),
        )


def streaming_rows() -> Iterator[Row]:
    def figures(write: Callable[[Pairs], str], words: int) -> str:
        large, small = pairs(500, words), pairs(50, words)
        base = best(pushing(as_json(large)), 7)
        run, feed = streaming(write(large)), streaming(write(large), closing=False)
        given = run()
        fed, own = best(feed, 5), best(run, 5)
        growth = own / best(streaming(write(small)), 7)
        return f"{fed / base:.1f} / {own / base:.1f}, {given}, {growth:.1f}"

    for name, (write, bar, words) in STREAMED.items():
        what = name if words == WORDS else f"{name} of {words} words"
        yield (
            f"streaming {what} in 8-character chunks, × ijson: fed / closed, too; given early; time(500) / time(50)",
            f"{bar}, ≥ 498, ≤ 13",
            partial(figures, write, words),
        )


def hostile_rows() -> Iterator[Row]:
    def figures(make: Callable[[int], str]) -> str:
        small, large = make(100 * KB), make(1000 * KB)
        one, ten = best(lambda: attempt(small), 3), best(lambda: attempt(large), 3)
        tracemalloc.start()
        attempt(large)
        memory = tracemalloc.get_traced_memory()[1] / len(large)
        tracemalloc.stop()
        return f"{one * 1000:.0f} ms, {ten / one:.1f}, {memory:.1f} ×"

    for name, make in (HOSTILE | LONG).items():
        yield (
            f"{name}: 100 KB; time(1 MB) / time(100 KB); memory × text",
            "≤ 100 ms, ≤ 13, ≤ 20",
            partial(figures, make),
        )
    text = HOSTILE["one long string"](10_000 * KB)
    yield "one string of 10 MB", "–", lambda: f"{best(lambda: attempt(text), 3) * 1000:.0f} ms"


def attempt(text: str) -> None:
    try:
        PARSER.parse(text)
    except DistributionParseError:
        return


KINDS = {
    "clean": clean_rows,
    "damaged": damaged_rows,
    "list": list_rows,
    "streaming": streaming_rows,
    "hostile": hostile_rows,
}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--only", default="", help=f"{', '.join(KINDS)}, or a word of the rows to measure")
    asked = arguments.parse_args()
    write, only = asked.write and not asked.only, asked.only
    lines = ["| what | bar | measured |", "|---|---|---|"]
    for kind, rows in KINDS.items():
        if only in KINDS and only != kind:
            continue
        for what, bar, figures in rows():
            if only in KINDS or only in what:
                lines.append(f"| {what} | {bar} | {figures()} |")
                print(lines[-1], flush=True)
    if write:
        path = Path(__file__).with_name("RESULTS.md")  # what is said around the table stays
        before, _, rest = path.read_text(encoding="utf-8").partition(lines[0])
        after = rest.partition("\n\n")[2]
        path.write_text(before + "\n".join(lines) + "\n\n" + after, encoding="utf-8")


if __name__ == "__main__":
    main()
