"""How often each answer of a job came, and what that says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from hashlib import blake2b

from .journal import Journal

__all__ = ["Counts", "Variety"]


@dataclass(frozen=True, slots=True)
class Variety:
    """What the answers of a whole job have in common.

    Attributes:
        answers: All of them, duplicates included.
        distinct: Those that differ in more than case and white space.
        effective_size: exp(entropy): how many equally frequent answers would be as varied; 0 for none.
        unseen_mass: The Good-Turing estimate of how probable it is that the next answer is a new one: the share of
            answers that came once. None for no answers. It takes answers for draws that don't depend on each other.
    """

    answers: int
    distinct: int
    effective_size: float
    unseen_mass: float | None


class Counts:
    """Counts answers in the journal, so that memory does not grow with them.

    Args:
        journal: The job's.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.distinct = sum(journal.frequencies().values())

    def add(self, key: str, times: int = 1) -> bool:
        """Counts an answer by what makes it the same as another, as of the journal's next commit; whether it is new."""
        digest = blake2b(key.encode(errors="surrogatepass"), digest_size=8).digest()
        is_new = self._journal.count_text(int.from_bytes(digest, signed=True), times)
        self.distinct += is_new
        return is_new

    def variety(self) -> Variety:
        """What they say."""
        frequencies = self._journal.frequencies()
        answers = sum(count * texts for count, texts in frequencies.items())
        if not answers:
            return Variety(0, 0, 0.0, None)
        shares = [(count / answers, texts) for count, texts in sorted(frequencies.items())]
        entropy = math.fsum(-texts * share * math.log(share) for share, texts in shares)
        unseen = frequencies.get(1, 0) / answers
        return Variety(answers, sum(frequencies.values()), math.exp(entropy), unseen)
