"""Verbalized Sampling as a Runnable: a query in, a distribution out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack, cast, overload

from langchain_core.callbacks import AsyncCallbackManagerForChainRun, CallbackManagerForChainRun
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence, RunnableSerializable
from langchain_core.runnables.config import var_child_runnable_config
from langchain_core.runnables.graph import Graph
from langchain_core.runnables.utils import ConfigurableFieldSpec
from pydantic import ConfigDict, Field, PrivateAttr

from verbalized_sampling import Distribution, DistributionParseError, Elicitation, RefusalError
from verbalized_sampling.adapters import averaged, salvage

from .batch import abatch
from .caller import Caller, Structured
from .conversation import Conversation, Input
from .errors import as_output_parser_exception
from .inputs import joined
from .inspected import Inspected
from .leaving import aleft
from .model import model_of
from .output_parser import VerbalizedSamplingOutputParser
from .prompt import VerbalizedSamplingPrompt
from .run import Run
from .selection import Selector, achosen, check_selector, chosen
from .settings import ElicitationFields, ElicitationOptions, UntypedOptions
from .tracing import numbered, record, with_settings

if TYPE_CHECKING:
    from .judge import DistributionJudge
    from .selection import DistributionArgmax, DistributionMajority, DistributionSampler, DistributionTop

__all__ = ["VerbalizedSampling"]

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    T = TypeVarWithDefault("T", default=str)
else:
    T = TypeVar("T")

U = TypeVar("U")


class VerbalizedSampling(ElicitationFields, RunnableSerializable[Any, Distribution[T]], Generic[T]):
    """Asks a model for several answers with their probabilities, and returns them as a distribution.

    The input is a query (a str, or a dict with the key ``query``) or a conversation that ends with one (messages, a
    prompt's value, or a dict with ``messages``). Keyword arguments of ``invoke`` and whatever is bound go to the model.

    Streams give the distribution over the candidates that are complete so far; the last is the one that ``invoke``
    returns. They are never added up: a later one replaces the earlier.

    Args:
        model: Any chat model, a Runnable around one (``model.bind(temperature=0.9)``, ``model.with_fallbacks(…)``), or
            a name as ``init_chat_model`` takes it (``"openai:gpt-6.1-terra"``; that needs langchain).
        elicitation: Settings made before; the options replace its fields. Its ``select`` means nothing here.
        calls: Independent calls, made at the same time; their distributions are averaged, and the same answer adds up
            (``Candidate.count``).
        select: What to give in place of the distribution: the value (for ``all``, the list of values) that a word, a
            function or a :class:`DistributionJudge` takes of it. ``calls=10, select="majority"`` is self-consistency.
            A step of its own (``| DistributionMajority()``) does the same and tells type checkers.
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
    calls: int = Field(default=1, ge=1)
    select: Any = None

    _caller: Caller | None = PrivateAttr(default=None)

    @overload
    def __init__(
        self: VerbalizedSampling[U],
        model: Runnable[Any, Any] | str,
        *,
        elicitation: Elicitation[Any] | None = None,
        structured: Structured = "auto",
        diff: bool = False,
        calls: int = 1,
        select: Selector | None = None,
        candidate: type[U],
        **options: Unpack[UntypedOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: VerbalizedSampling[U],
        model: Runnable[Any, Any] | str,
        *,
        elicitation: Elicitation[U],
        structured: Structured = "auto",
        diff: bool = False,
        calls: int = 1,
        select: Selector | None = None,
        **options: Unpack[UntypedOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        model: Runnable[Any, Any] | str,
        *,
        structured: Structured = "auto",
        diff: bool = False,
        calls: int = 1,
        select: Selector | None = None,
        **options: Unpack[UntypedOptions],
    ) -> None: ...
    @overload
    def __init__(
        self: VerbalizedSampling[Any],
        model: Runnable[Any, Any] | str,
        *,
        elicitation: Elicitation[Any] | None = None,
        structured: Structured = "auto",
        diff: bool = False,
        calls: int = 1,
        select: Selector | None = None,
        **options: Unpack[ElicitationOptions],
    ) -> None: ...
    def __init__(
        self,
        model: Runnable[Any, Any] | str,
        *,
        elicitation: Elicitation[Any] | None = None,
        structured: Structured = "auto",
        diff: bool = False,
        calls: int = 1,
        select: Selector | None = None,
        **options: Any,
    ) -> None:
        if select is not None:
            check_selector(select)
        if options.get("candidate") is None and (types := type(self).__pydantic_generic_metadata__["args"]):
            options["candidate"] = None if types[0] is str else types[0]  # VerbalizedSampling[Joke](model)
        whole = {"structured": structured, "diff": diff, "calls": calls, "select": select}
        super().__init__(elicitation=elicitation, model=model_of(model), **whole, **options)

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

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __or__(self, other: DistributionSampler[int] | DistributionTop) -> RunnableSerializable[Any, list[T]]: ...
        @overload
        def __or__(
            self, other: DistributionSampler[None] | DistributionArgmax | DistributionMajority | DistributionJudge
        ) -> RunnableSerializable[Any, T]: ...
        @overload
        def __or__(self, other: Any) -> RunnableSerializable[Any, Any]: ...
        def __or__(self, other: Any) -> Any: ...

    # Calls

    def invoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Distribution[T]:  # noqa: A002
        return self._call_with_config(Inspected(self._invoke), input, with_settings(config, self), **kwargs)

    async def ainvoke(self, input: Input, config: RunnableConfig | None = None, **kwargs: Any) -> Distribution[T]:  # noqa: A002
        return await self._acall_with_config(Inspected(self._ainvoke), input, with_settings(config, self), **kwargs)

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

        async with aleft(self.atransform(inputs(), config, **kwargs)) as pieces:
            async for piece in pieces:
                yield piece

    def transform(self, input: Iterator[Any], config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:  # noqa: A002
        yield from self._transform_stream_with_config(input, self._transform, with_settings(config, self), **kwargs)

    async def atransform(
        self,
        input: AsyncIterator[Any],  # noqa: A002
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[Any, None]:
        run: Any = self._atransform_stream_with_config(input, self._atransform, with_settings(config, self), **kwargs)
        async with aleft(run) as pieces:
            async for piece in pieces:
                yield piece

    # Inside the run

    def _invoke(self, given: Input, run_manager: CallbackManagerForChainRun, **kwargs: Any) -> Any:
        config = _of_children()
        if self.calls > 1:
            once = self.model_copy(update={"calls": 1, "select": None})
            configs = numbered(config, self.calls)
            distribution = _averaged(once.batch([given] * self.calls, configs, return_exceptions=True, **kwargs))
        else:
            run = self._run(given, config, kwargs)
            with as_output_parser_exception(run.tools):
                distribution = run.invoke()
        record(run_manager, distribution)
        return distribution if self.select is None else _values(chosen(self.select, distribution, None, config))

    async def _ainvoke(self, given: Input, run_manager: AsyncCallbackManagerForChainRun, **kwargs: Any) -> Any:
        config = _of_children()
        if self.calls > 1:
            once = self.model_copy(update={"calls": 1, "select": None})
            configs = numbered(config, self.calls)
            distribution = _averaged(await once.abatch([given] * self.calls, configs, return_exceptions=True, **kwargs))
        else:
            run = self._run(given, config, kwargs)
            with as_output_parser_exception(run.tools):
                distribution = await run.ainvoke()
        record(run_manager, distribution)
        return distribution if self.select is None else _values(await achosen(self.select, distribution, None, config))

    def _transform(
        self, given: Iterator[Any], run_manager: CallbackManagerForChainRun, config: RunnableConfig, **kwargs: Any
    ) -> Iterator[Any]:
        if self._gives_one_piece:
            yield self._invoke(joined(given), run_manager, **kwargs)
            return
        run = self._run(joined(given), config, kwargs)
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
        whole = joined([piece async for piece in given])
        if self._gives_one_piece:
            yield await self._ainvoke(whole, run_manager, **kwargs)
            return
        run = self._run(whole, config, kwargs)
        with as_output_parser_exception(run.tools):
            async with aleft(run.astream()) as pieces:
                async for piece in pieces:
                    yield piece
        record(run_manager, run.distribution)

    @property
    def _gives_one_piece(self) -> bool:
        """Whether there is nothing to give before the end."""
        return self.calls > 1 or self.select is not None

    def _run(self, given: Input, config: RunnableConfig, kwargs: dict[str, Any]) -> Run:
        return Run(self.elicitation, Conversation.of(given), self._calls(), self.diff, config, kwargs)

    def _calls(self) -> Caller:
        caller = self._caller
        # A copy may have another model.
        if caller is None or caller.model is not self.model or caller.structured != self.structured:
            caller = self._caller = Caller(self.model, self.structured)
        return caller

    def _parser(self) -> VerbalizedSamplingOutputParser:
        return VerbalizedSamplingOutputParser(elicitation=self.elicitation, diff=self.diff)


def _of_children() -> RunnableConfig:
    """The config of this run's children, which LangChain keeps in the context; as an argument it would be made anew."""
    return cast("RunnableConfig", var_child_runnable_config.get())


def _averaged(outcomes: list[Any]) -> Distribution[Any]:
    """The average of independent calls; one that was declined, or can't be read, is left out.

    Any other error is raised, with what the other calls gave on it: whether to go on without is for the retries and
    fallbacks around the model to say.
    """
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    ends = next((error for error in errors if not isinstance(error, DistributionParseError | RefusalError)), None)
    if ends is None:
        return averaged(outcomes)
    own = [won for error in errors if (won := getattr(error, "salvaged", None))]
    salvage(ends, Distribution.mixture([*(one for one in outcomes if not isinstance(one, Exception)), *own]))
    raise ends


def _values(taken: Any) -> Any:
    return [candidate.value for candidate in taken] if isinstance(taken, list) else taken.value
