"""What every recorded reply gives, one line a reply, to be compared before and after a change of the parser.

    python tests/core/parsing/readings.py > before.txt     (change the parser)
    python tests/core/parsing/readings.py | diff before.txt -

The data cases state candidates; this shows also what was dropped, why, and every repair. Not run by pytest.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

REPLIES = Path(__file__).parents[2] / "data" / "replies"
OUTPUTS = Path(__file__).parents[4] / "shared" / "data" / "outputs"


def replies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Name, text and settings of each reply, in the order of the names, wherever the files lie."""
    for path in sorted(REPLIES.rglob("*.json"), key=lambda path: path.stem):
        case = json.loads(path.read_text(encoding="utf-8"))
        yield path.stem, case["reply"], case.get("settings", {})
    for path in sorted(OUTPUTS.glob("*.txt")):
        yield path.stem, path.read_text(encoding="utf-8"), {}


def reading(text: str, settings: dict[str, Any]) -> dict[str, Any]:
    """All that the parser says of a reply."""
    try:
        found = DistributionParser(**settings).parse(text)
    except DistributionParseError as error:
        return {"error": error.reason, "position": error.position}
    return {
        "candidates": [
            [c.text, c.verbalized, c.stated, [*c.repairs]] for c in sorted(found, key=lambda candidate: candidate.index)
        ],
        "truncated": found.truncated,
        "repairs": [*found.repairs],
        "dropped": [[d.position, d.reason, d.text] for d in found.dropped],
        "reasoning": found.reasoning,
    }


def main() -> None:
    for name, text, settings in replies():
        sys.stdout.write(f"{name} {json.dumps(reading(text, settings))}\n")


if __name__ == "__main__":
    main()
