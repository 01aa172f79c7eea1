"""Simulating dialogues: two speakers, each line drawn from a distribution over what they might say."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from ..api import averbalize, verbalize
from ..errors import SettingsError
from ..models import ModelLike
from ..plans.drive import adrive, drive
from ..plans.elicitation import Elicitation
from ..prompts import PromptSet
from ..replies.protocol import Message
from ..values.distribution import Distribution

__all__ = ["Dialogue", "Line", "Speaker", "asimulate_dialogue", "simulate_dialogue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One side of a dialogue.

    Attributes:
        name: What the speaker is called.
        persona: Who that is and what for, in plain words, for the model.
        model: Who speaks, as in :func:`verbalize`.
        elicitation: How the next line is asked for; ``variant="direct"`` is the baseline that says the typical thing.
        temperature: The model's sampling temperature.
    """

    name: str
    persona: str
    model: ModelLike | None = None
    elicitation: Elicitation[Any] = field(default_factory=Elicitation)
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What was said, and what might have been; the opening was not drawn from anything."""

    speaker: str
    text: str
    distribution: Distribution[Any] | None = None


@dataclass(frozen=True, slots=True)
class Dialogue:
    """The lines in order. As text it is a transcript."""

    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join(f"{line.speaker}: {line.text}" for line in self.lines)

    def messages_for(self, speaker: Speaker, question: str | None = None) -> list[Message]:
        """The dialogue as its speaker saw it, for a model to go on from, or to answer a last question about it.

        Raises:
            TemplateError: The wording can't be rendered.
        """
        instructions = PromptSet.of(None, "dialogue").render("dialogue", who=speaker.name, persona=speaker.persona)
        messages = [Message(role="system", content=instructions)]
        for line in self.lines:
            role = "assistant" if line.speaker == speaker.name else "user"
            messages.append(Message(role=role, content=line.text))
        return [*messages, Message(role="user", content=question)] if question else messages


_Asked = tuple[Speaker, list[Message], int]


def simulate_dialogue(a: Speaker, b: Speaker, turns: int, *, opening: str = "Hello!", seed: int = 0) -> Dialogue:
    """Lets two speakers talk: ``b`` says the opening, then ``a`` and ``b`` take turns.

    Each line is drawn by weight from a distribution over what the speaker might say next, so that a number of
    dialogues is as varied as people's. Source: arXiv 2510.01171, section 6, where donations after such dialogues are
    compared with people's by :func:`ks_distance` and :func:`l1_distance`.

    Args:
        a: Who answers the opening.
        b: Who says it.
        turns: Lines after the opening.
        opening: The first line.
        seed: Of the models and of drawing; another one is another dialogue.

    Raises:
        SettingsError: There are no turns, or the speakers have one name.
        ModelError: A model failed; likewise RefusalError and DistributionParseError.
    """

    def say(asked: _Asked) -> Distribution[Any]:
        speaker, messages, number = asked
        return verbalize(
            messages, model=speaker.model, elicitation=speaker.elicitation, temperature=speaker.temperature, seed=number
        )

    return drive(_lines(a, b, turns, opening, seed), say)


async def asimulate_dialogue(a: Speaker, b: Speaker, turns: int, *, opening: str = "Hello!", seed: int = 0) -> Dialogue:
    """:func:`simulate_dialogue` without blocking the event loop; many run at once with ``asyncio.gather``."""

    async def say(asked: _Asked) -> Distribution[Any]:
        speaker, messages, number = asked
        return await averbalize(
            messages, model=speaker.model, elicitation=speaker.elicitation, temperature=speaker.temperature, seed=number
        )

    return await adrive(_lines(a, b, turns, opening, seed), say)


def _lines(
    a: Speaker, b: Speaker, turns: int, opening: str, seed: int
) -> Generator[_Asked, Distribution[Any], Dialogue]:
    if turns < 1:
        raise SettingsError(f"turns must be at least 1, not {turns}")
    if a.name == b.name:
        raise SettingsError(f"both speakers are called {a.name!r}: nobody could tell them apart")
    dialogue = Dialogue((Line(b.name, opening),))
    for number in range(turns):
        speaker = (a, b)[number % 2]
        said = yield speaker, dialogue.messages_for(speaker), seed + number
        line = said.sample(seed=f"{seed} {number}")
        dialogue = Dialogue((*dialogue.lines, Line(speaker.name, line.text, said)))
    return dialogue
