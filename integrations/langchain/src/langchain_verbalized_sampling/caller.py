"""A model that is constrained to the schema of the reply where it takes one.

LangChain's ``with_structured_output`` gives parsed objects, and loses what was bound; fallbacks, alternatives and
configurable models each hide the models that would have to be constrained. Here each of them is found and constrained
by itself; and one that turns out to take no schema is asked without.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from inspect import signature
from typing import Any, Literal, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase
from langchain_core.runnables.configurable import DynamicRunnable

from verbalized_sampling import SettingsError

from .leaving import aleft
from .no_schema import NO_SCHEMA, says_no_schema, trying_is_no_mistake
from .replies import TOOL_NAME, Answer, cut_off

__all__ = ["Caller", "Structured"]

Structured = Literal["auto", "never", "require"]
"""Whether to constrain replies by a JSON schema: where it works, never, or always."""

Model = Runnable[Any, Any]

_OWN_CONSTRAINTS = ("tools", "response_format", "format", "functions", "output_config")


class Caller:
    """Gives the model for a request: constrained to its schema where it can be.

    Args:
        model: The model, whatever stands around it.
        structured: Whether to constrain it.
    """

    def __init__(self, model: Model, structured: Structured) -> None:
        self.model = model
        self.structured = structured
        self._constrained: dict[str, Model] = {}

    def for_schema(self, schema: dict[str, Any] | None) -> Model:
        """The model to send a request with this schema to.

        Raises:
            SettingsError: A schema is required, and the model takes none.
        """
        if self.structured == "never" or schema is None:
            return self.model
        kind = ",".join(schema["properties"])  # with reasoning or without: nothing else differs between requests
        if kind not in self._constrained:
            self._constrained[kind] = constrained(self.model, schema, required=self.structured == "require")
        return self._constrained[kind]


def constrained(model: Model, schema: dict[str, Any], *, required: bool) -> Model:
    """``model`` with every chat model in it constrained to a schema, what is bound to them kept."""
    if isinstance(model, RunnableBindingBase) and not any(name in model.kwargs for name in _OWN_CONSTRAINTS):
        return model.model_copy(update={"bound": constrained(model.bound, schema, required=required)})
    if isinstance(model, RunnableWithFallbacks):
        first, *others = [constrained(runnable, schema, required=required) for runnable in model.runnables]
        return model.model_copy(update={"runnable": first, "fallbacks": others})
    if isinstance(model, DynamicRunnable) or hasattr(model, "_queued_declarative_operations"):
        return _ConfiguredLater(model, schema, required=required)
    bound = _bound(model, schema) if isinstance(model, BaseChatModel) else None
    if bound is not None:
        return _Constrained(model, bound, required=required)
    if required:
        raise SettingsError(
            f"structured='require', and {type(model).__name__} takes no schema: use a chat model with "
            "with_structured_output(), or structured='auto'"
        )
    return model


def _bound(model: BaseChatModel, schema: dict[str, Any]) -> Model | None:
    profile: Any = getattr(model, "profile", None) or {}
    if profile.get("structured_output") is False and not profile.get("tool_calling"):
        return None
    options: dict[str, Any] = {}
    thinking = getattr(model, "thinking", None) or {}
    if profile.get("structured_output") or thinking.get("type") in ("enabled", "adaptive"):
        # A tool that has to be called is no way for a model that thinks: its client would warn, and not force it.
        options = {"method": "json_schema"} if "method" in signature(model.with_structured_output).parameters else {}
    trying_is_no_mistake()
    try:
        sequence: Any = model.with_structured_output({"title": TOOL_NAME, **schema}, **options)
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        return None
    # Model and parser: the model alone is wanted, because the reply goes through the one parser.
    return sequence.first if isinstance(sequence, RunnableSequence) else None


class _Constrained(Runnable[Any, Any]):
    """One chat model. If it says that it takes no schema, it is asked once more without, and so from then on."""

    def __init__(self, plain: Model, bound: Model, *, required: bool) -> None:
        self.plain = plain
        self.bound = bound
        self.required = required

    @property
    def _is_tried(self) -> bool:
        return self.required or self.plain not in NO_SCHEMA

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        if not self._is_tried:
            return cast("Answer", self.plain.invoke(input, config, **kwargs))
        try:
            return cast("Answer", self.bound.invoke(input, config, **kwargs))
        except Exception as error:
            if (cut := cut_off(error)) is not None:
                return cut
            if not self._may_go_without(error):
                raise
        answer = self.plain.invoke(input, config, **kwargs)
        NO_SCHEMA.add(self.plain)
        return cast("Answer", answer)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        if not self._is_tried:
            return cast("Answer", await self.plain.ainvoke(input, config, **kwargs))
        try:
            return cast("Answer", await self.bound.ainvoke(input, config, **kwargs))
        except Exception as error:
            if (cut := cut_off(error)) is not None:
                return cut
            if not self._may_go_without(error):
                raise
        answer = await self.plain.ainvoke(input, config, **kwargs)
        NO_SCHEMA.add(self.plain)
        return cast("Answer", answer)

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:  # noqa: A002
        is_tried = self._is_tried
        if is_tried:
            started = told = False
            try:
                for chunk in self.bound.stream(input, config, **kwargs):
                    started = True
                    told = told or "finish_reason" in getattr(chunk, "response_metadata", ())
                    yield chunk
            except Exception as error:
                if (cut := cut_off(error)) is not None:
                    if not told:  # chunks are added up, and so would the reasons be
                        yield _rest(cut, started=started)
                    return
                if started or not self._may_go_without(error):
                    raise
            else:
                return
        yield from self.plain.stream(input, config, **kwargs)
        if is_tried:
            NO_SCHEMA.add(self.plain)

    async def astream(
        self,
        input: Any,  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Answer]:
        is_tried = self._is_tried
        if is_tried:
            started = told = False
            try:
                async with aleft(self.bound.astream(input, config, **kwargs)) as chunks:
                    async for chunk in chunks:
                        started = True
                        told = told or "finish_reason" in getattr(chunk, "response_metadata", ())
                        yield chunk
            except Exception as error:
                if (cut := cut_off(error)) is not None:
                    if not told:  # chunks are added up, and so would the reasons be
                        yield _rest(cut, started=started)
                    return
                if started or not self._may_go_without(error):
                    raise
            else:
                return
        async with aleft(self.plain.astream(input, config, **kwargs)) as chunks:
            async for chunk in chunks:
                yield chunk
        if is_tried:
            NO_SCHEMA.add(self.plain)

    def _may_go_without(self, error: Exception) -> bool:
        return not self.required and says_no_schema(error)


def _rest(cut: Any, *, started: bool) -> AIMessageChunk:
    return AIMessageChunk(content="" if started else cut.content, response_metadata=cut.response_metadata)


class _ConfiguredLater(Runnable[Any, Any]):
    """A model that its config decides on: constrained when that is known."""

    def __init__(self, model: Model, schema: dict[str, Any], *, required: bool) -> None:
        self.model = model
        self.schema = schema
        self.required = required
        self._last: tuple[Model, Model] | None = None

    def _decided(self, config: RunnableConfig | None) -> tuple[Model, RunnableConfig | None]:
        if isinstance(self.model, DynamicRunnable):
            model, config = self.model.prepare(config)
        else:  # that of init_chat_model, which has no public way to say which
            model = cast("Any", self.model)._model(config)  # noqa: SLF001
        if self._last is None or self._last[0] is not model:
            self._last = model, constrained(model, self.schema, required=self.required)
        return self._last[1], config

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        model, config = self._decided(config)
        return cast("Answer", model.invoke(input, config, **kwargs))

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        model, config = self._decided(config)
        return cast("Answer", await model.ainvoke(input, config, **kwargs))

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Answer]:  # noqa: A002
        model, config = self._decided(config)
        yield from model.stream(input, config, **kwargs)

    async def astream(
        self,
        input: Any,  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Answer]:
        model, config = self._decided(config)
        async with aleft(model.astream(input, config, **kwargs)) as chunks:
            async for chunk in chunks:
                yield chunk
