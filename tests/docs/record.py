"""Writes into pages what their blocks of code print: ``python -m tests.docs.record docs/tutorial.md``."""

from __future__ import annotations

import sys
from pathlib import Path

from .test_pages import printed_by, said_to_print


def record(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").split("\n")
    said = said_to_print(page)
    printed = [
        (said[block.line], text) for block, text in printed_by(page, {"__name__": page.stem}) if block.line in said
    ]
    for block, text in reversed(printed):
        if "…" not in block.text:
            lines[block.line - 1 : block.line - 1 + block.text.count("\n")] = text.rstrip().split("\n")
    page.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record(Path(name))
