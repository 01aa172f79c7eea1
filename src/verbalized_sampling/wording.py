"""Settings and a query as messages: which template says it, and who says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import SettingsError
from .prompts import PromptSet
from .protocol import Message

__all__ = ["Query", "conversation_of", "opening"]

Query = str | Sequence[Message]
"""A query, or a conversation whose last message is the user's query."""


def conversation_of(query: Query) -> list[Message]:
    """``query`` as messages, the last of which is the user's.

    Raises:
        SettingsError: There is no query in it.
    """
    conversation = [Message(role="user", content=query)] if isinstance(query, str) else list(query)
    if not conversation or conversation[-1]["role"] != "user":
        raise SettingsError("a conversation has to end with a user message: the query")
    if not conversation[-1]["content"].strip():
        raise SettingsError("the query is empty: say what the model should answer")
    return conversation


def opening(
    prompts: PromptSet, conversation: list[Message], variant: str, form: str, variables: dict[str, Any]
) -> list[Message]:
    """The conversation with the opening prompt of a variant in it.

    A template that uses the query becomes the user's last message. Any other becomes the system prompt, after those
    that the conversation brings.
    """
    name = prompts.opening(variant, form)
    prompt = prompts.render_for(conversation[-1]["content"], name, **variables)
    if prompts.uses_query(name):
        return [*conversation[:-1], Message(role="user", content=prompt)]
    system = [m["content"] for m in conversation if m["role"] == "system"]
    rest = [m for m in conversation if m["role"] != "system"]
    prompts_of_system = [*system, prompt] if prompt else system
    return [Message(role="system", content="\n\n".join(prompts_of_system)), *rest] if prompts_of_system else rest
