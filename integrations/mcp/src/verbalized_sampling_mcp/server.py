"""The server: its tools, and the prompt that people choose in their client."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.resources import files
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.prompts.base import Message, UserMessage
from mcp_types import ToolAnnotations
from pydantic import Field

from verbalized_sampling import Definition, Distribution, Elicitation, Format, Reply, VerbalizedSamplingError
from verbalized_sampling.evaluation import diversity

from .results import Drawn, Measured, Prompted, Read, answers_of, notes_of

__all__ = ["create_server"]

_PURE = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_DRAWS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
_MOST_DRAWN = 10_000

Query = Annotated[str, Field(description="The question, as the user put it.")]
K = Annotated[int, Field(ge=1, le=100, description="How many answers.")]
Tau = Annotated[
    float | None, Field(description="Above 0 and at most 1: every probability is to be below it. None: all answers.")
]
WrittenReply = Annotated[
    str | dict[str, Any] | list[Any],
    Field(description="The reply with the answers and their probabilities, unchanged."),
]
Stated = Annotated[Definition, Field(description="What the numbers of the reply are.")]


def create_server() -> MCPServer[Any]:
    """The server, to run over any transport: ``create_server().run("stdio")``."""
    server: MCPServer[Any] = MCPServer(
        "verbalized-sampling",
        title="Verbalized Sampling",
        instructions=_wording("instructions"),
        version=version("verbalized-sampling-mcp"),
        log_level="WARNING",
    )
    for tool, hints in (
        (verbalized_prompt, _PURE),
        (read_distribution, _PURE),
        (draw, _DRAWS),
        (measure_diversity, _PURE),
    ):
        name = tool.__name__
        server.add_tool(tool, name, name.replace("_", " ").capitalize(), _wording(name), hints)
    server.prompt("verbalize", "Several answers with their probabilities", _wording("verbalized_prompt"))(verbalize)
    return server


def verbalized_prompt(
    query: Query,
    k: K = 5,
    tau: Tau = None,
    variant: Annotated[Literal["standard", "cot"], Field(description="cot: reason first.")] = "standard",
    words: Annotated[int | None, Field(description="Target length of an answer.")] = None,
    format: Annotated[Format, Field(description="Form of the reply.")] = "json",  # noqa: A002 - as the core calls it
    definition: Stated = Definition.EXPLICIT,
) -> Prompted:
    with _told():
        settings = Elicitation(k=k, tau=tau, variant=variant, words=words, format=format, definition=definition)
        messages = next(settings.plan(query)).messages
    return Prompted(messages=[dict(message) for message in messages], next=_wording("next"))


def read_distribution(
    reply: WrittenReply,
    k: Annotated[int | None, Field(ge=1, description="How many answers were asked for.")] = None,
    tau: Tau = None,
    definition: Stated = Definition.EXPLICIT,
) -> Read:
    distribution = _read(reply, k, tau, definition)
    return Read(
        answers=answers_of(distribution),
        effective_size=distribution.effective_size(),
        mass=distribution.mass,
        reasoning=distribution.reasoning,
        notes=notes_of(distribution),
    )


def draw(
    reply: WrittenReply,
    n: Annotated[int, Field(ge=1, le=_MOST_DRAWN, description="How many to draw.")] = 1,
    seed: Annotated[int | None, Field(description="To draw the same again; leave it out for a fresh draw.")] = None,
    replace: Annotated[bool, Field(description="Whether an answer may be drawn more than once.")] = False,  # noqa: FBT002
    definition: Stated = Definition.EXPLICIT,
) -> Drawn:
    distribution = _read(reply, None, None, definition)
    seed = secrets.randbits(32) if seed is None else seed
    with _told():
        drawn = distribution.sample(n, seed=seed, replace=replace or n == 1)  # one is drawn as everywhere else
    notes = notes_of(distribution)
    return Drawn(texts=[c.text for c in drawn], answers=answers_of(drawn), seed=seed, of=len(distribution), notes=notes)


def measure_diversity(
    texts: Annotated[list[str], Field(description="At least two, of answers to one question.")],
) -> Measured:
    with _told():
        return Measured(**diversity(texts).as_dict())


def verbalize(query: Query, k: str = "5", tau: str = "") -> list[Message]:
    """Arguments of prompts are texts."""
    with _told():
        prompted = verbalized_prompt(query, int(k), float(tau) if tau.strip() else None)
    texts = [str(message["content"]) for message in prompted.messages]
    return [UserMessage("\n\n".join([*texts, prompted.next]))]


def _read(reply: Any, k: int | None, tau: float | None, definition: Definition) -> Distribution[str]:
    text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)
    with _told():
        settings: Elicitation[str] = Elicitation(k=k or 1, tau=tau, definition=definition)
        return settings.read(Reply(text))


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong is told to the model, which may mend it: a reply that can't be read, a number out of range."""
    try:
        yield
    except (VerbalizedSamplingError, ValueError) as error:
        raise ToolError(str(error)) from error


def _wording(name: str) -> str:
    return files(__package__).joinpath("wording", f"{name}.txt").read_text(encoding="utf-8").strip()
