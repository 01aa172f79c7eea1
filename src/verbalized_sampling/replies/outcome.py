"""What any provider's or framework's answer says: its text, why it ended, whether it was declined, what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..values.usage import Usage
from .protocol import Reply
from .stopping import stop_of

__all__ = ["TOOL_NAME", "piece_from", "reply_from", "tool_text", "usage_from"]

TOOL_NAME = "verbalized_distribution"
"""What the schema is called where a model can be constrained only by calling a tool."""

_REASONS = (
    *("finish_reason", "stop_reason", "done_reason", "stopReason", "finishReason"),
    *("block_reason", "blockReason", "reason"),  # of a prompt's feedback, of incomplete details
)
_INNER = (
    *("message", "delta", "output", "incomplete_details", "incompleteDetails", "prompt_feedback", "promptFeedback"),
    *("response_metadata", "generation_info", "additional_kwargs"),
)
_ANSWERS = ("choices", "candidates")
_TEXTS = ("text", "output_text", None)  # types of blocks with text; those with thoughts have others
_COUNTS = (
    ("prompt_tokens", "completion_tokens"),  # OpenAI and most
    ("input_tokens", "output_tokens"),  # Anthropic, OpenAI's Responses, LangChain
    ("inputTokens", "outputTokens"),  # Bedrock
    ("prompt_token_count", "candidates_token_count"),  # Gemini
    ("promptTokenCount", "candidatesTokenCount"),  # Gemini over HTTP
    ("prompt_eval_count", "eval_count"),  # Ollama
)
_DECLINED = "the model refused"


def reply_from(*places: Any, text: str | None = None) -> Reply:
    """One reading of an answer, whoever gave it; nothing of a wrong shape raises.

    Args:
        places: Where it may be said: the provider's own answer, a framework's message, its metadata; as mappings or as
            objects. An earlier one counts before a later one.
        text: The text, if the framework tells it; else it is taken from the content of the places.

    Returns:
        The reply. ``refusal`` is set where the model or the provider said so; a reason to stop that means as much is
        judged by ``Reply`` itself.
    """
    found = list(_everywhere(places))
    said = _text(found) if text is None else text
    if not said.strip():
        said = "".join(tool_text(call) for place in found for call in _calls(place)) or said
    reason, declined = _reason(found), "".join(_refusals(found)) or None
    if declined is None and stop_of(reason) == "blocked" and not said.strip():
        declined = reason
    return Reply(said, reason, next(filter(None, map(usage_from, found)), None), declined)


def piece_from(place: Any) -> Reply:
    """The same of a piece of a streamed answer, which says as much as it says: only the whole is judged."""
    found = list(_everywhere([place]))
    refusal = "".join(_refusals(found)) or None
    return Reply(_text(found), _reason(found), next(filter(None, map(usage_from, found)), None), refusal)


def tool_text(call: Any) -> str:
    """The arguments of a tool call as text, if they are an answer: the tool is ours, or they hold our list."""
    function = _get(call, "function") or _get(call, "toolUse") or call
    name = _get(function, "name")
    given = next((a for n in ("args", "arguments", "input") if (a := _get(function, n)) is not None), None)
    if not isinstance(given, str):
        if not isinstance(given, Mapping):
            return ""
        given = json.dumps(given, ensure_ascii=False, default=str)
    return given if name == TOOL_NAME or '"responses"' in given else ""


def usage_from(place: Any) -> Usage | None:
    """The tokens that an answer, or its own count of them, says were spent; None if it says nothing."""
    for counts in (_get(place, "usage"), _get(place, "usage_metadata"), _get(place, "usageMetadata"), place):
        if counts is None:
            continue
        for asked, answered in _COUNTS:
            tokens = _count(_get(counts, asked)), _count(_get(counts, answered))
            if any(tokens):
                return Usage(1, *tokens)
    return None


def _everywhere(places: Sequence[Any]) -> Iterator[Any]:
    """The places, and those within them."""
    for place in places:
        if place is None or place == {} or isinstance(place, str | int | float):
            continue
        yield place
        for name in _held(place, _INNER):
            inner = _get(place, name)
            if isinstance(inner, Sequence) and not isinstance(inner, str | bytes):
                yield from _everywhere(inner)  # the items of OpenAI's Responses
            else:
                yield from _everywhere([inner])
        for name in _held(place, _ANSWERS):
            answers = _get(place, name)
            if isinstance(answers, Sequence) and not isinstance(answers, str | bytes) and answers:
                yield from _everywhere(answers[:1])


def _held(place: Any, names: Sequence[str]) -> Sequence[str]:
    """Those names that are worth asking for: of a plain mapping, its keys."""
    return [name for name in names if name in place] if type(place) is dict else names


def _reason(found: Sequence[Any]) -> str | None:
    return next(
        (word for place in found for name in _held(place, _REASONS) if (word := _word(_get(place, name)))), None
    )


def _text(found: Sequence[Any]) -> str:
    for place in found:
        for content in (_get(place, "content"), _get(place, "text")):
            said = "".join(_texts(content))
            if said:
                return said
    return ""


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
        return
    for block in _blocks(content):
        if isinstance(block, str):
            yield block
        elif (_kind(block) in _TEXTS) and not _get(block, "thought") and isinstance(_get(block, "text"), str):
            yield _get(block, "text")


def _blocks(content: Any) -> Sequence[Any]:
    blocks = _get(content, "parts") if not isinstance(content, Sequence) else content  # Gemini's parts
    return blocks if isinstance(blocks, Sequence) and not isinstance(blocks, str | bytes) else ()


def _kind(block: Any) -> Any:
    return _get(block, "type") or _get(block, "block_type")


def _refusals(found: Sequence[Any]) -> Iterator[str]:
    for place in found:
        if words := _word(_get(place, "refusal")):
            yield words
            return
        content = _get(place, "content")
        for block in () if isinstance(content, str) else _blocks(content):
            inner = _get(block, "value") if _kind(block) == "non_standard" else block  # LangChain's wrapping
            if _kind(inner) == "refusal":
                yield _word(_get(inner, "refusal")) or _word(_get(inner, "text")) or _DECLINED
                return


def _calls(place: Any) -> Iterator[Any]:
    for name in ("tool_calls", "invalid_tool_calls"):
        calls = _get(place, name)
        if isinstance(calls, Sequence) and not isinstance(calls, str | bytes):
            yield from calls
            if calls:
                return
    content = _get(place, "content")
    for block in () if isinstance(content, str) else _blocks(content):
        if _kind(block) in ("tool_use", "function_call") or _get(block, "toolUse") or _get(block, "functionCall"):
            yield _get(block, "functionCall") or block
    if _kind(place) == "function_call":
        yield place


def _word(value: Any) -> str | None:
    """A text, or what an enumeration calls its member."""
    if isinstance(value, str) and value:
        return str(getattr(value, "value", value))
    name = getattr(value, "name", None)
    return name if isinstance(name, str) and not isinstance(value, type) else None


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _get(holder: Any, name: str) -> Any:
    if type(holder) is dict or isinstance(holder, Mapping):
        return holder.get(name)
    if holder is None or isinstance(holder, str | type):
        return None
    kind: Any = type(holder)
    if _may_have(kind, name):
        return getattr(holder, name, None)
    held = getattr(holder, "__dict__", None) or {}
    return held[name] if name in held else (getattr(holder, "__pydantic_extra__", None) or {}).get(name)


@lru_cache(maxsize=2048)
def _may_have(kind: type, name: str) -> bool:
    """Whether instances of a class have to be asked for an attribute, because they may compute it.

    Of those that can only hold it, most being pydantic models, a look is enough: asking one of them for what it does
    not have takes longer than all the rest of a reading.
    """
    computing = next((cls for cls in kind.__mro__ if "__getattr__" in vars(cls)), None)
    if computing is not None and computing.__module__ != "pydantic.main":
        return True
    return any(name in vars(cls) or name in vars(cls).get("__slots__", ()) for cls in kind.__mro__)
