"""Draws what one model says when it is asked twenty times, and when it is asked for a distribution.

python docs/assets/picture.py --ask    # asks the embedded model again, keeps its answers, and draws
python docs/assets/picture.py          # draws what is kept in distribution.json
"""

from __future__ import annotations

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

from verbalized_sampling import verbalize

HERE = Path(__file__).parent
QUESTION = "Name a US state. Only give its name."
ROWS, LONGEST = 8, 22


def ask() -> dict[str, Any]:
    """Twenty direct answers, and four distributions of five: as many answers, in a fifth of the calls."""
    direct = verbalize(QUESTION, variant="direct", k=20, words=5, seed=0)
    verbalized = verbalize(QUESTION, k=5, calls=4, words=3, seed=0)
    return {
        "question": QUESTION,
        "model": "SmolLM2-135M-Instruct, the embedded model",
        "direct": [[c.text, c.probability] for c in direct],
        "verbalized": [[c.text, c.probability] for c in verbalized],
    }


def draw(data: dict[str, Any]) -> str:
    """Both as bars, on a ground of their own so that dark pages show them too."""
    panels = [
        panel(20, "Asked 20 times for an answer", data["direct"], "#b0561f"),
        panel(400, "Asked 4 times for 5 answers with probabilities", data["verbalized"], "#3f51b5"),
    ]
    height = 96 + 26 * ROWS
    title = f"“{escape(data['question'])}” — {escape(data['model'])}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 {height}" font-family="system-ui, sans-serif" '
        f'font-size="13" role="img"><title>{title}</title><rect width="780" height="{height}" rx="8" fill="#fdfdfb"/>'
        f'<text x="20" y="30" font-size="14" font-weight="600" fill="#222">{title}</text>{"".join(panels)}</svg>\n'
    )


def panel(x: int, title: str, answers: list[list[Any]], colour: str) -> str:
    rows, widest = [], max(share for _, share in answers)
    for at, (text, share) in enumerate(answers[:ROWS]):
        y = 74 + 26 * at
        short = text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
        rows.append(
            f'<text x="{x + 150}" y="{y + 13}" text-anchor="end" fill="#222">{escape(short)}</text>'
            f'<rect x="{x + 158}" y="{y}" width="{share / widest * 150:.1f}" height="17" fill="{colour}"/>'
            f'<text x="{x + 164 + share / widest * 150:.1f}" y="{y + 13}" fill="#555">{share:.2f}</text>'
        )
    more = len(answers) - ROWS
    rest = f"and {more} more" if more > 0 else ""
    return (
        f'<text x="{x}" y="56" fill="#222">{title}</text>{"".join(rows)}'
        f'<text x="{x + 150}" y="{74 + 26 * ROWS + 10}" text-anchor="end" fill="#777">{rest}</text>'
    )


if __name__ == "__main__":
    kept = HERE / "distribution.json"
    if "--ask" in sys.argv:
        kept.write_text(json.dumps(ask(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (HERE / "distribution.svg").write_text(draw(json.loads(kept.read_text(encoding="utf-8"))), encoding="utf-8")
