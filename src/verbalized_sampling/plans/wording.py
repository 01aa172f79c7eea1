"""Settings and a query as messages: which template says it, and who says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..errors import SettingsError
from ..prompts import PromptSet
from ..replies.protocol import Message

__all__ = ["Query", "conversation_of", "opening", "text_in"]

Query = str | Sequence[Mapping[str, Any]]
"""A query, or a conversation whose last message is the user's query, as OpenAI-compatible endpoints take it."""

_LONGEST = 60  # characters of a wrong value that a message shows
_SHAPE = '{"role": "user", "content": "…"}'


def conversation_of(query: Query) -> list[Message]:
    """``query`` as messages, the last of which is the user's; a message's content is a text or a list of parts.

    Raises:
        SettingsError: There is no query in it, or it has another shape.
    """
    if isinstance(query, str):
        conversation = [Message(role="user", content=query)]
    elif isinstance(query, Sequence) and not isinstance(query, bytes | bytearray):
        conversation = [_message(message) for message in query]
    else:
        kind = "None" if query is None else type(query).__name__
        raise SettingsError(f"the query must be a text, or a conversation as a list of messages, not {kind}")
    if not conversation or conversation[-1]["role"] != "user":
        raise SettingsError("a conversation has to end with a user message: the query")
    content = conversation[-1]["content"]
    if not text_in(content).strip() and (isinstance(content, str) or all(part["type"] == "text" for part in content)):
        raise SettingsError("the query is empty: say what the model should answer")
    return conversation


def text_in(content: Any) -> str:
    """The text of a message's content: itself, or that of its parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if part["type"] == "text")


def _message(message: Any) -> Message:
    if isinstance(message, str):
        raise SettingsError(f"a message of a conversation looks like {_SHAPE}; for several queries, make several calls")
    if not isinstance(message, Mapping) or not isinstance(message.get("role"), str):
        raise SettingsError(f"a message of a conversation looks like {_SHAPE}, not {_short(message)}")
    content = message.get("content")
    if content is None and message["role"] == "assistant":  # it called a tool
        content = ""
    is_parts = isinstance(content, Sequence) and all(map(_is_part, content))
    if not isinstance(content, str) and not is_parts:
        raise SettingsError(
            "the content of a message is a text, or a list of parts that say their type, such as "
            f'{{"type": "text", "text": "…"}}, not {_short(content)}'
        )
    # What is as it should be is handed back itself: adapters know their messages again by that.
    return cast("Message", message if content is message.get("content") else {**message, "content": content})


def _is_part(part: Any) -> bool:
    if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
        return False
    return part["type"] != "text" or isinstance(part.get("text"), str)


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def opening(
    prompts: PromptSet, conversation: list[Message], variant: str, form: str, variables: dict[str, Any]
) -> list[Message]:
    """The conversation with the opening prompt of a variant in it.

    A template that uses the query becomes the user's last message. Any other becomes the system prompt, after those
    that the conversation brings.
    """
    name = prompts.opening(variant, form)
    query = conversation[-1]
    prompt = prompts.render_for(text_in(query["content"]), name, **variables)
    if prompts.uses_query(name):
        return [*conversation[:-1], cast("Message", {**query, "content": _with_text(query["content"], prompt)})]
    system = [text_in(m["content"]) for m in conversation if m["role"] == "system"]
    rest = [m for m in conversation if m["role"] != "system"]
    prompts_of_system = [*system, prompt] if prompt else system
    return [Message(role="system", content="\n\n".join(prompts_of_system)), *rest] if prompts_of_system else rest


def _with_text(content: Any, text: str) -> Any:
    """The content with another text; its images and other parts stay."""
    if isinstance(content, str):
        return text
    return [{"type": "text", "text": text}, *(part for part in content if part["type"] != "text")]
