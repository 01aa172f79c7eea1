"""What a Runnable is given, as messages: read whole, or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, convert_to_messages
from langchain_core.prompt_values import PromptValue

from verbalized_sampling import SettingsError

__all__ = ["joined", "messages_of"]

_QUERIES = ("query", "input", "question")
_HISTORIES = ("chat_history", "history", "messages")


def messages_of(value: Any) -> list[BaseMessage]:
    """The messages that an input means.

    A dict holds the query (``query``, ``input``, ``question``, or whatever the only other key is called) and what was
    said before it (``chat_history``, ``history``, ``messages``, or any key with a list of messages).

    Raises:
        SettingsError: There is no query in it, or something that nothing reads.
    """
    if isinstance(value, str):
        return [HumanMessage(value)]
    if isinstance(value, BaseMessage):
        return [value]
    if isinstance(value, PromptValue):
        return value.to_messages()
    if isinstance(value, Mapping) and not _is_message(value):
        return _of_dict(value)
    if not isinstance(value, Sequence | Mapping):
        raise SettingsError(
            f"the input is a query, messages, a prompt's value or a dict of them, not {type(value).__name__}"
        )
    try:
        return convert_to_messages([dict(value)] if isinstance(value, Mapping) else value)
    except (ValueError, NotImplementedError, TypeError, KeyError) as error:
        raise SettingsError(f"the input cannot be read as messages: {error}") from error


def _of_dict(value: Mapping[str, Any]) -> list[BaseMessage]:
    histories = [key for key, held in value.items() if key in _HISTORIES or _is_history(key, held)]
    others = [key for key in value if key not in histories]
    queries = [key for key in others if key in _QUERIES] or (
        others if len(others) == 1 and _may_be_query(value[others[0]]) else []
    )
    unread = [str(key) for key in others if key not in queries[:1]]
    if unread:
        named = ", ".join(map(repr, unread))
        raise SettingsError(
            f"nothing reads {named} of the input: put it into the query, or a prompt before this step "
            "(prompt | VerbalizedSampling(model)); the query is called 'query', 'input' or 'question', "
            "what was said before it 'chat_history' or 'messages'"
        )
    said = [message for key in histories for message in _history(key, value[key])]
    return said + [message for key in queries for message in messages_of(value[key])]


def _may_be_query(held: Any) -> bool:
    return isinstance(held, str | BaseMessage | PromptValue | Sequence)


def _is_history(key: str, held: Any) -> bool:
    is_list = isinstance(held, Sequence) and not isinstance(held, str)
    return key not in _QUERIES and is_list and all(isinstance(m, BaseMessage) for m in held)


def _history(key: str, held: Any) -> list[BaseMessage]:
    if isinstance(held, str) and key != "messages":
        raise SettingsError(f"{key!r} has to be a list of messages: a text does not say who said what")
    return messages_of(held)


def _is_message(value: Mapping[Any, Any]) -> bool:
    return "content" in value and ("role" in value or "type" in value)


def joined(pieces: Iterable[Any]) -> Any:
    """A streamed input as one: what can be added is added up, dicts key by key; of anything else the last counts."""
    whole: Any = None
    for piece in pieces:
        whole = piece if whole is None else _added(whole, piece)
    return whole


def _added(earlier: Any, later: Any) -> Any:
    if isinstance(earlier, Mapping) and isinstance(later, Mapping):
        return {**earlier, **{key: _added(earlier[key], v) if key in earlier else v for key, v in later.items()}}
    try:
        return earlier + later
    except TypeError:
        return later
