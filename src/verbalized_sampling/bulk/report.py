"""What a job has done, at its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ..values.usage import Usage
from .engine.counts import Variety

__all__ = ["Report"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A job as a whole, earlier runs included, unless a line says otherwise.

    Attributes:
        out: The output.
        errors: The file of what gave no answer; None if nothing failed.
        prompts: Prompts whose answers are in the output.
        rows: Answers in the output.
        duplicates: Answers that were left out of it, for they were there before, or nearly so.
        variety: How many answers are different, how evenly they come, and how much is still unseen; those left out
            count as they came.
        failures: Prompts of this run that gave no answer, by what failed.
        usage: Calls that were answered and their tokens, as far as the endpoint counts them.
        replayed: How many of the calls were answered by the journal, or in an earlier run.
        retries: Calls of this run that had to be tried again.
        cost: US dollars; None if the model's price is not known.
        seconds: How long this run took.
        stopped: The ceiling that ended it before all was asked, in words; else None.
    """

    out: Path
    errors: Path | None
    prompts: int
    rows: int
    duplicates: int
    variety: Variety
    failures: Mapping[str, int]
    usage: Usage
    replayed: int
    retries: int
    cost: float | None
    seconds: float
    stopped: str | None = None

    @property
    def distinct(self) -> int:
        """Answers that differ in more than case and white space."""
        return self.variety.distinct

    @property
    def distinct_rate(self) -> float:
        """Their share of all answers; 0 for none."""
        return self.variety.distinct / self.variety.answers if self.variety.answers else 0.0

    def to_json(self) -> str:
        """All of it as JSON."""
        content = asdict(self) | {"out": str(self.out), "errors": self.errors and str(self.errors)}
        return json.dumps(content, ensure_ascii=False)

    def __str__(self) -> str:
        """A few lines for people."""
        variety = self.variety
        lines = [f"{self.rows:,} rows of {self.prompts:,} prompts in {self.out}"]
        if variety.answers:
            left_out = f", {self.duplicates:,} duplicates left out" if self.duplicates else ""
            lines.append(
                f"{variety.distinct:,} of {variety.answers:,} answers are distinct{left_out}; effective size "
                f"{variety.effective_size:,.4g}; unseen mass {variety.unseen_mass or 0:.3f} (Good-Turing)"
            )
        tokens = self.usage.input_tokens + self.usage.output_tokens
        price = "price unknown" if self.cost is None else f"${self.cost:.4g}"
        earlier = f", {self.replayed:,} of them in the journal" if self.replayed else ""
        again = f", {self.retries:,} tried again" if self.retries else ""
        lines.append(f"{self.usage.calls:,} calls{earlier}{again}; {tokens:,} tokens; {price}; {self.seconds:,.1f} s")
        if self.failures:
            kinds = ", ".join(f"{number:,} {kind}" for kind, number in sorted(self.failures.items()))
            lines.append(f"no answer: {kinds}; see {self.errors}")
        if self.stopped:
            lines.append(f"stopped: {self.stopped}; with a higher one it goes on from there")
        return "\n".join(lines)
