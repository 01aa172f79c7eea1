"""Calling a model: constrained to the schema of the reply where that is possible, for plain text elsewhere."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any, Literal, Self, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase

from verbalized_sampling import SettingsError

from .replies import TOOL_NAME, Answer, cut_off

__all__ = ["Caller", "Structured", "constrained"]

Structured = Literal["auto", "never", "require"]
"""Whether to constrain replies by a JSON schema: where it works, never, or always."""

Model = Runnable[Any, Any]

_log = logging.getLogger(__name__)
_OWN_CONSTRAINTS = ("tools", "response_format", "format", "functions")


class Caller:
    """Calls one model with messages and, where it can, the schema of the reply.

    A constrained call that fails is made once more without the constraint (unless that is required): endpoints differ
    in what they accept, and the reply is read as text in any case. After that worked, it is not tried again.
    """

    def __init__(self, model: Model, structured: Structured) -> None:
        self.model = model
        self.structured = structured
        self._constrained: dict[str, Model | None] = {}
        self._gave_up = False

    def __reduce__(self) -> tuple[type[Self], tuple[Model, Structured]]:
        return type(self), (self.model, self.structured)  # what was learnt can be learnt again

    def invoke(self, messages: Sequence[BaseMessage], schema: Any, config: RunnableConfig, **kwargs: Any) -> Answer:
        if (model := self._model(schema)) is not None:
            try:
                return cast("Answer", model.invoke(messages, config, **kwargs))
            except Exception as error:
                if (cut := cut_off(error)) is not None:
                    return cut
                if not self._may_go_without(error):
                    raise
        answer = self.model.invoke(messages, config, **kwargs)
        self._gave_up = self._gave_up or model is not None
        return cast("Answer", answer)

    async def ainvoke(
        self, messages: Sequence[BaseMessage], schema: Any, config: RunnableConfig, **kwargs: Any
    ) -> Answer:
        if (model := self._model(schema)) is not None:
            try:
                return cast("Answer", await model.ainvoke(messages, config, **kwargs))
            except Exception as error:
                if (cut := cut_off(error)) is not None:
                    return cut
                if not self._may_go_without(error):
                    raise
        answer = await self.model.ainvoke(messages, config, **kwargs)
        self._gave_up = self._gave_up or model is not None
        return cast("Answer", answer)

    def stream(
        self, messages: Sequence[BaseMessage], schema: Any, config: RunnableConfig, **kwargs: Any
    ) -> Iterator[Answer]:
        if (model := self._model(schema)) is not None:
            started = False
            try:
                for chunk in model.stream(messages, config, **kwargs):
                    started = True
                    yield chunk
            except Exception as error:
                if (cut := cut_off(error)) is not None:
                    yield AIMessageChunk(
                        content="" if started else cut.content, response_metadata=cut.response_metadata
                    )
                    return
                if started or not self._may_go_without(error):
                    raise
            else:
                return
        yield from self.model.stream(messages, config, **kwargs)
        self._gave_up = self._gave_up or model is not None

    async def astream(
        self, messages: Sequence[BaseMessage], schema: Any, config: RunnableConfig, **kwargs: Any
    ) -> AsyncIterator[Answer]:
        if (model := self._model(schema)) is not None:
            started = False
            try:
                async for chunk in model.astream(messages, config, **kwargs):
                    started = True
                    yield chunk
            except Exception as error:
                if (cut := cut_off(error)) is not None:
                    yield AIMessageChunk(
                        content="" if started else cut.content, response_metadata=cut.response_metadata
                    )
                    return
                if started or not self._may_go_without(error):
                    raise
            else:
                return
        async for chunk in self.model.astream(messages, config, **kwargs):
            yield chunk
        self._gave_up = self._gave_up or model is not None

    def _model(self, schema: dict[str, Any] | None) -> Model | None:
        if self.structured == "never" or self._gave_up or schema is None:
            return None
        kind = ",".join(schema["properties"])  # with reasoning or without: nothing else differs between requests
        if kind not in self._constrained:
            self._constrained[kind] = constrained(self.model, schema)
        model = self._constrained[kind]
        if model is None and self.structured == "require":
            raise SettingsError(
                f"structured='require', and {type(self.model).__name__} takes no schema: use a chat model with "
                "with_structured_output(), or structured='auto'"
            )
        return model

    def _may_go_without(self, error: Exception) -> bool:
        _log.info("the model did not take the schema: %s", error)
        return self.structured != "require"


def constrained(model: Model, schema: dict[str, Any]) -> Model | None:
    """The same model constrained to a schema, what was bound to it kept; None if it can't be."""
    if isinstance(model, RunnableBindingBase):
        if any(name in model.kwargs for name in _OWN_CONSTRAINTS):
            return None
        inner = constrained(model.bound, schema)
        return model.model_copy(update={"bound": inner}) if inner is not None else None
    if isinstance(model, RunnableWithFallbacks):
        first, *others = [constrained(runnable, schema) for runnable in model.runnables]
        if first is None or None in others:
            return None
        return model.model_copy(update={"runnable": first, "fallbacks": others})
    if not isinstance(model, BaseChatModel):
        return None
    profile: Any = getattr(model, "profile", None) or {}
    if profile.get("structured_output") is False and not profile.get("tool_calling"):
        return None
    try:
        sequence: Any = model.with_structured_output({"title": TOOL_NAME, **schema})
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        return None
    # Model and parser: the model alone is wanted, because the reply goes through the one parser.
    return sequence.first if isinstance(sequence, RunnableSequence) else None
