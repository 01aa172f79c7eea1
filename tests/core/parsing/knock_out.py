"""Which predicates of the parser no data case needs: ``python tests/core/parsing/knock_out.py [name ...]``.

Each function that answers yes or no is forced to say no, and to say yes, whatever it is asked. Some case in
tests/data/replies must then be read otherwise, or be streamed less well; where none is, the predicate lacks a case, or
the parser can do without it. Prints those, and ends with 1 if there are any. It takes minutes; pytest doesn't run it.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import FunctionType
from typing import Any

from verbalized_sampling import parsing
from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

REPLIES = Path(__file__).parents[2] / "data" / "replies"
CASES = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(REPLIES.rglob("*.json"))]
MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(parsing.__path__, "verbalized_sampling.parsing.")
]
STREAMED = (  # rooms whose predicates a stream asks
    *("streaming", "language.counting", "page.swallowed", "numbers.running_scale", "candidate.common_label"),
    "readers.lists.edges",
)
LONGEST = 5  # seconds for a reply: a predicate that is forced may let a loop run on

# Where one answer only costs time, because what follows reads alike what was passed over, or finds nothing in it.
ONLY_FASTER = {
    ("numbers.amounts.are_fractions", False),
    ("numbers.labelled.Labels.head_in", True),
    ("numbers.number.states_several", True),
    ("numbers.spelt.spells", True),
    ("page.swallowed.may_swallow", True),
    ("parser._repeats", True),
    ("readers.lists.counts.counts", True),
    ("readers.lists.frames.Frames.__bool__", True),
    ("streaming.json.items.JsonScanner.started", False),  # (nobody asks it: it is there because a value has begun)
}


def predicates() -> Iterator[tuple[str, FunctionType]]:
    """The name of each predicate, and the function."""
    for module in MODULES:
        room = module.__name__.removeprefix("verbalized_sampling.parsing.")
        for name, value in vars(module).items():
            if getattr(value, "__module__", "") != module.__name__:
                continue
            if inspect.isclass(value) and not getattr(value, "_is_protocol", False):
                members = {f"{room}.{name}.{inner}": member for inner, member in vars(value).items()}
            else:
                members = {f"{room}.{name}": value}
            for full, member in members.items():
                if (function := answering(member)) is not None:
                    yield full, function


def answering(value: Any) -> FunctionType | None:
    """The function behind something, if it says yes or no."""
    value = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    function = inspect.unwrap(value) if callable(value) else None
    return function if inspect.isfunction(function) and function.__annotations__.get("return") == "bool" else None


def no(*_: Any, **__: Any) -> bool:
    return False


def yes(*_: Any, **__: Any) -> bool:
    return True


def forget() -> None:
    """Empties what functions remember."""
    for module in MODULES:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def as_expected(case: dict[str, Any]) -> bool:
    """Whether a case is read as it says."""
    parser = DistributionParser(**case.get("settings", {}))
    try:
        found = parser.parse(case["reply"])
    except DistributionParseError:
        return case["candidates"] is None
    if case["candidates"] is None:
        return False
    read = [[c.text, c.verbalized] for c in sorted(found, key=lambda c: c.index)]
    said = {
        "truncated": found.truncated,
        "repairs": sorted(found.repairs),
        "dropped": [[d.position, d.reason] for d in found.dropped],
        "reasoning": found.reasoning,
        "fields": [dict(c.fields) for c in sorted(found, key=lambda c: c.index)],
    }
    expected = {"truncated": False} | {key: case[key] for key in said if key in case}
    if "repairs" in expected:
        expected["repairs"] = sorted(expected["repairs"])
    return read == case["candidates"] and all(said[key] == value for key, value in expected.items())


def streamed(case: dict[str, Any]) -> tuple[int, bool]:
    """How many candidates a stream gave before its end, and whether they did not hold."""
    stream = DistributionParser(**case.get("settings", {})).stream()
    count = sum(len(stream.feed(case["reply"][at : at + 7])) for at in range(0, len(case["reply"]), 7))
    with suppress(DistributionParseError):
        stream.close()
    return count, stream.superseded


def stop(*_: Any) -> None:
    raise TimeoutError


def fails(case: dict[str, Any], as_before: tuple[int, bool], *, in_stream: bool) -> bool:
    signal.setitimer(signal.ITIMER_REAL, LONGEST)
    try:
        return not as_expected(case) or (in_stream and streamed(case) != as_before)
    except Exception:  # noqa: BLE001  # an error is a failure, too
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(names: list[str]) -> int:
    signal.signal(signal.SIGALRM, stop)
    before = [streamed(case) for case in CASES]
    order = list(range(len(CASES)))  # what failed last is tried first: neighbours in the code fail in the same cases
    unproven = 0
    for name, function in predicates():
        if names and not any(part in name for part in names):
            continue
        own = function.__code__
        for answer in (no, yes):
            # What the exact way refuses, the careful way reads alike.
            if (name, answer is yes) in ONLY_FASTER or (answer is no and name.startswith("exact.")):
                continue
            function.__code__ = answer.__code__  # whoever holds the function, calls this
            forget()
            found = next((i for i in order if fails(CASES[i], before[i], in_stream=name.startswith(STREAMED))), None)
            function.__code__ = own
            if found is None:
                unproven += 1
                sys.stdout.write(f"{name}: no case fails if it always says {answer.__name__}\n")
                sys.stdout.flush()
            else:
                order.remove(found)
                order.insert(0, found)
    forget()
    return int(unproven > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
