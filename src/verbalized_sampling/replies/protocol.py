"""What crosses the line between the core and whoever calls the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from ..errors import ModelError
from ..values.usage import Usage
from .stopping import stop_of

__all__ = ["Message", "Reply", "Request"]


class Message(TypedDict):
    """A chat message, as OpenAI-compatible endpoints take it: its content is a text, or a list of parts."""

    role: str
    content: Any


@dataclass(frozen=True, slots=True)
class Request:
    """One call that a plan wants made.

    Attributes:
        messages: The whole conversation to send.
        k: How many candidates this call asks for.
        schema: A JSON schema for the reply, for endpoints that can constrain their output; None for tags. It may be
            ignored: the reply is parsed as text in any case.
        max_tokens: A suggested limit: replies are about ``k`` times longer than usual, and default limits cut them.
        local_schema: The same schema for grammar samplers (llama.cpp), which need exact counts and finite choices.
        local_grammar: For tags, what ``local_schema`` is for JSON: a grammar in llama.cpp's GBNF.
        number: Which request of its run this is, from 0: it is sent with ``seed + number``, for the same question with
            the same seed would get the same answer.
    """

    messages: tuple[Message, ...]
    k: int
    schema: dict[str, Any] | None = None
    max_tokens: int | None = None
    local_schema: dict[str, Any] | None = None
    local_grammar: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered.

    Attributes:
        text: The text as it came.
        finish_reason: Why the model stopped, in the endpoint's words; ``"length"`` means that the reply was cut.
        usage: What the call cost, if the endpoint said so.
        refusal: The model's words, if the endpoint marked the answer as a refusal.
        tool_calls: What the model called instead of answering, in the form of OpenAI's API.
    """

    text: str
    finish_reason: str | None = None
    usage: Usage | None = None
    refusal: str | None = None
    tool_calls: tuple[Any, ...] = ()

    @classmethod
    def of(cls, answer: object) -> Reply:
        """``answer`` itself, or a bare text as a reply.

        Raises:
            ModelError: It is neither.
        """
        if isinstance(answer, Reply):
            return answer
        if isinstance(answer, str):
            return cls(answer)
        kind = "None" if answer is None else type(answer).__name__
        raise ModelError(f"the model returned {kind}; it has to return a str or a Reply")

    @property
    def is_cut(self) -> bool:
        """Whether a length limit ended the reply, by any provider's name for it."""
        return stop_of(self.finish_reason) == "cut"

    @property
    def is_blocked(self) -> bool:
        """Whether the model or its provider withheld the reply, or the rest of it, by any provider's name for that."""
        return stop_of(self.finish_reason) == "blocked"
