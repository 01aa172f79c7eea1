"""A thousand different questions from fifty topics, with a kill in the middle.

    python examples/bulk_questions.py

The model is scripted, so that no key is needed and what it knows is known: forty questions a topic. Asked for one, it
says one of the three most typical; asked for a distribution, it says any of them, and the same ones again and again.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from verbalized_sampling.bulk import Report, bulk

TOPICS = [f"{field} of {what}" for field in ("history", "craft", "science", "economics", "future") for what in (
    "bread", "bridges", "tea", "clocks", "maps", "glass", "paper", "salt", "silk", "steam",
)]  # fmt: skip
KNOWN, TYPICAL = 40, 3


async def model(messages: list[Any], seed: int) -> str:
    """Says something about a topic after a moment, as a model would."""
    topic = next(message["content"] for message in messages if message["role"] == "user")
    rng = random.Random(f"{topic} {seed}")
    await asyncio.sleep(0.01)
    if "probability" not in str(messages):
        return f"{topic} What is question {rng.randrange(TYPICAL)}?"
    asked = rng.sample(range(KNOWN), 5)
    responses = [{"text": f"{topic} What is question {i}?", "probability": 0.05} for i in asked]
    return json.dumps({"responses": responses})


def questions(out: Path, **settings: Any) -> Report:
    rows = [{"id": i, "topic": topic} for i, topic in enumerate(TOPICS)]
    template = "Ask a question about the {{ topic }}."
    return bulk(rows, out, prompt_template=template, model=model, seed=1, concurrency=8, **settings)


def diverse(out: Path) -> Report:
    """Rounds of VS-Multi for each topic until there are twenty questions; the same question stands there once."""
    return questions(out, variant="multi", k=5, unseen=0.0, total=20, max_rounds=30, dedupe=1)


def killed_in_the_middle(out: Path) -> int:
    """Runs the job in a process that is killed once it has written 300 rows; how many there are then."""
    process = subprocess.Popen([sys.executable, __file__, out])  # noqa: S603 - this very file
    while process.poll() is None and rows_in(out) < 300:
        time.sleep(0.01)
    process.kill()
    process.wait()
    return rows_in(out)


def rows_in(out: Path) -> int:
    return out.read_bytes().count(b"\n") if out.exists() else 0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "questions.jsonl"
        print(f"killed after {killed_in_the_middle(out)} rows; the same call goes on:\n")
        report = diverse(out)
        print(report)
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        assert len({row["text"] for row in rows}) == len(rows) == report.rows >= 1000
        assert {row["id"] for row in rows} == set(range(50))

        direct = questions(Path(folder) / "direct.jsonl", variant="direct", k=20)
        print(f"\nasked directly: {direct.distinct} of {direct.variety.answers} are distinct")
        assert direct.distinct == TYPICAL * len(TOPICS)
        print(f"distinct rate of what the model said: {report.distinct_rate:.0%}, against {direct.distinct_rate:.0%}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        diverse(Path(sys.argv[1]))
    else:
        main()
