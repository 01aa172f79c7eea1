"""Verbalized Sampling as a Runnable: a query in, a distribution out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from inspect import signature
from typing import Any, TypeVar, Unpack

from langchain_core.callbacks import AsyncCallbackManagerForChainRun, CallbackManagerForChainRun
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence, RunnableSerializable
from langchain_core.runnables.graph import Graph
from langchain_core.runnables.utils import ConfigurableFieldSpec
from pydantic import ConfigDict, PrivateAttr

from verbalized_sampling import Distribution, Elicitation

from .batch import abatch
from .caller import Caller, Structured
from .conversation import Conversation, Input
from .errors import as_output_parser_exception
from .inputs import joined
from .model import model_of
from .output_parser import VerbalizedSamplingOutputParser
from .prompt import VerbalizedSamplingPrompt
from .run import Run
from .settings import ElicitationFields, ElicitationOptions
from .tracing import record, with_settings

__all__ = ["VerbalizedSampling"]

F = TypeVar("F", bound=Callable[..., Any])


def _inspected(method: F) -> F:
    """Keeps a method's signature on it: LangChain asks for it twice a call, and finding it out takes a while."""
    vars(method)["__signature__"] = signature(method)
    return method


class VerbalizedSampling(ElicitationFields, RunnableSerializable[Any, Distribution[Any]]):
    """Asks a model for several answers with their probabilities, and returns them as a distribution.

    The input is a query (a str, or a dict with the key ``query``) or a conversation that ends with one (messages, a
    prompt's value, or a dict with ``messages``). Keyword arguments of ``invoke`` and whatever is bound go to the model.

    Streams give the distribution over the candidates that are complete so far; the last is the one that ``invoke``
    returns. They are never added up: a later one replaces the earlier.

    Args:
        model: Any chat model, a Runnable around one (``model.bind(temperature=0.9)``, ``model.with_fallbacks(…)``), or
            a name as ``init_chat_model`` takes it (``"openai:gpt-5-mini"``; that needs langchain).
        elicitation: Settings made before; the options replace its fields. Its ``select`` means nothing here: that is
            for the next step, such as :class:`DistributionSampler`.
        structured: Whether to constrain replies by a JSON schema: ``auto`` (where the model takes one), ``never``,
            or ``require``.
        diff: Whether streams give only the candidates that are new, ``list[StreamedCandidate]``. They have no weights
            yet: those take the whole. Where an index starts again at 0, the candidates before it were a draft.
        **options: ``k=5``, ``tau=0.10``, ``variant="cot"``, ``candidate=Person`` …: fields of
            :class:`verbalized_sampling.Elicitation`; all are configurable.

    Raises:
        DistributionOutputParserException: No reply held a candidate, and ``on_empty`` is ``raise``.
        RefusalError: The model declined.
        SettingsError: A setting or the input is unusable.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: Runnable[Any, Any]
    structured: Structured = "auto"
    diff: bool = False

    _caller: Caller | None = PrivateAttr(default=None)

    def __init__(
        self,
        model: Runnable[Any, Any] | str,
        *,
        elicitation: Elicitation[Any] | None = None,
        structured: Structured = "auto",
        diff: bool = False,
        **options: Unpack[ElicitationOptions],
    ) -> None:
        super().__init__(elicitation=elicitation, model=model_of(model), structured=structured, diff=diff, **options)

    @classmethod
    def is_lc_serializable(cls) -> bool:
        return True

    @property
    def InputType(self) -> Any:  # noqa: N802 - LangChain's name
        return self.model.InputType | dict[str, Any]

    @property
    def OutputType(self) -> Any:  # noqa: N802
        return self._parser().OutputType

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        return self.model.config_specs

    def get_graph(self, config: RunnableConfig | None = None) -> Graph:
        steps: RunnableSequence[Any, Any] = RunnableSequence(VerbalizedSamplingPrompt(), self.model, self._parser())
        return steps.get_graph(config)

    # Calls

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Distribution[Any]:  # noqa: A002
        return self._call_with_config(self._invoke, input, with_settings(config, self), **kwargs)

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Distribution[Any]:  # noqa: A002
        return await self._acall_with_config(self._ainvoke, input, with_settings(config, self), **kwargs)

    async def abatch(
        self,
        inputs: list[Any],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Any]:
        return await abatch(partial(self.ainvoke, **kwargs), inputs, config, return_exceptions=return_exceptions)

    def stream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:  # noqa: A002
        yield from self.transform(iter([input]), config, **kwargs)

    async def astream(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:  # noqa: A002
        async def inputs() -> AsyncIterator[Input]:
            yield input

        async for piece in self.atransform(inputs(), config, **kwargs):
            yield piece

    def transform(self, input: Iterator[Any], config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:  # noqa: A002
        yield from self._transform_stream_with_config(input, self._transform, with_settings(config, self), **kwargs)

    async def atransform(
        self,
        input: AsyncIterator[Any],  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        config = with_settings(config, self)
        async for piece in self._atransform_stream_with_config(input, self._atransform, config, **kwargs):
            yield piece

    # Inside the run

    @_inspected
    def _invoke(
        self, given: Input, run_manager: CallbackManagerForChainRun, config: RunnableConfig, **kwargs: Any
    ) -> Distribution[Any]:
        run = self._run(given, run_manager, config, kwargs)
        with as_output_parser_exception(run.tools):
            distribution = run.invoke()
        record(run_manager, distribution)
        return distribution

    @_inspected
    async def _ainvoke(
        self, given: Input, run_manager: AsyncCallbackManagerForChainRun, config: RunnableConfig, **kwargs: Any
    ) -> Distribution[Any]:
        run = self._run(given, run_manager, config, kwargs)
        with as_output_parser_exception(run.tools):
            distribution = await run.ainvoke()
        record(run_manager, distribution)
        return distribution

    def _transform(
        self, given: Iterator[Any], run_manager: CallbackManagerForChainRun, config: RunnableConfig, **kwargs: Any
    ) -> Iterator[Any]:
        run = self._run(joined(given), run_manager, config, kwargs)
        with as_output_parser_exception(run.tools):
            distribution = yield from run.stream()
        record(run_manager, distribution)

    async def _atransform(
        self,
        given: AsyncIterator[Any],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        run = self._run(joined([piece async for piece in given]), run_manager, config, kwargs)
        with as_output_parser_exception(run.tools):
            async for piece in run.astream():
                yield piece
        record(run_manager, run.distribution)

    def _run(self, given: Input, manager: Any, config: RunnableConfig, kwargs: dict[str, Any]) -> Run:
        return Run(self.elicitation, Conversation.of(given), self._calls(), self.diff, manager, config, kwargs)

    def _calls(self) -> Caller:
        caller = self._caller
        # A copy may have another model.
        if caller is None or caller.model is not self.model or caller.structured != self.structured:
            caller = self._caller = Caller(self.model, self.structured)
        return caller

    def _parser(self) -> VerbalizedSamplingOutputParser:
        return VerbalizedSamplingOutputParser(elicitation=self.elicitation, diff=self.diff)
