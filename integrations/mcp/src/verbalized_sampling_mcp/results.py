"""What the tools return: their schemas are what a client sees of them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from verbalized_sampling import Candidate, Distribution

__all__ = ["Answer", "Drawn", "Measured", "Prompted", "Read", "answers_of", "notes_of"]


class Answer(BaseModel):
    """One answer."""

    text: str
    probability: Annotated[float, Field(description="Its weight; those of a distribution sum to 1.")]
    verbalized: Annotated[float | None, Field(description="What the model said, as a fraction of 1.")]


class Prompted(BaseModel):
    """What to send to a model."""

    messages: list[dict[str, Any]]
    next: Annotated[str, Field(description="What to do with them.")]


class Read(BaseModel):
    """A distribution."""

    answers: list[Answer]
    effective_size: Annotated[float, Field(description="How many equally probable answers it amounts to.")]
    mass: Annotated[float, Field(description="Sum of the probabilities as they were written.")]
    reasoning: str | None
    notes: Annotated[list[str], Field(description="What was not as asked for.")]


class Drawn(BaseModel):
    """What was drawn."""

    texts: list[str]
    answers: list[Answer]
    seed: Annotated[int, Field(description="Draws the same of the same reply.")]
    of: Annotated[int, Field(description="How many answers were in the reply.")]
    notes: list[str]


class Measured(BaseModel):
    """How different texts are."""

    n: int
    semantic_diversity: Annotated[float, Field(description="0 (all the same) to 1 (nothing in common).")]
    vendi_score: Annotated[float, Field(description="1 (all the same) to n.")]
    rouge_l: Annotated[float, Field(description="0 (no words in common) to 1 (all the same).")]
    distinct_n: Annotated[float, Field(description="0 to 1: how little each text repeats itself.")]
    effective_size: Annotated[float, Field(description="1 (all the same) to n.")]
    duplicate_rate: Annotated[float, Field(description="Share of texts that repeat an earlier one.")]
    embedder: Annotated[str, Field(description="What saw the meaning of the texts.")]


def answers_of(candidates: Any) -> list[Answer]:
    return [_answer(candidate) for candidate in candidates]


def _answer(candidate: Candidate[Any]) -> Answer:
    return Answer(text=candidate.text, probability=candidate.probability, verbalized=candidate.verbalized)


def notes_of(distribution: Distribution[Any]) -> list[str]:
    """What was not as asked for, in words."""
    repairs = dict.fromkeys([*distribution.repairs, *(r for c in distribution for r in c.repairs)])
    said = [str(repair).replace("_", " ") for repair in repairs]
    said += [f"dropped as {str(d.reason).replace('_', ' ')}: {d.text[:80]}" for d in distribution.dropped]
    return [*said, "the reply broke off"] if distribution.truncated else said
