"""Verbalized Sampling inside an agent that exists: its final answers are drawn from a distribution."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Literal, NotRequired, TypedDict, cast, get_type_hints

from langchain.agents.middleware import AgentMiddleware, AgentState, ExtendedModelResponse, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from langchain_core.messages.ai import add_usage
from langgraph.errors import GraphBubbleUp
from langgraph.types import Command

from verbalized_sampling import (
    Candidate,
    Distribution,
    DistributionParseError,
    Elicitation,
    RefusalError,
    Reply,
    SettingsError,
    VerbalizedSamplingError,
    adrive,
    drive,
)
from verbalized_sampling.adapters import check_keywords

from .conversation import Conversation
from .errors import as_output_parser_exception
from .model_request import answer_in, asking, without_tools
from .replies import reply_of
from .selection import Selector, achosen, check_selector, chosen
from .settings import with_candidate_type
from .state import distribution_to_state
from .turn import Turn
from .veil import looks_raw

__all__ = ["VerbalizedSamplingMiddleware"]

_log = logging.getLogger(__name__)

Response = ModelResponse[Any] | ExtendedModelResponse[Any]

TOOLS_FIRST = files(__package__).joinpath("prompts/tools_first.jinja").read_text(encoding="utf-8").split("-#}")[1]
"""Without it, a model that is told to reply with JSON and nothing else hardly calls its tools."""


@dataclass(frozen=True)
class _Call:
    """One call of the agent's model; what is hidden is raw, or may yet turn out to be no answer."""

    request: ModelRequest[Any]
    hidden: bool = True


@dataclass(frozen=True)
class _Choice:
    """What a choice among candidates is wanted of."""

    distribution: Distribution[Any]


@dataclass
class _Outcome:
    """What became of a turn."""

    response: Response
    name: str
    distribution: Distribution[Any] | None = None


Flow = Generator[_Call | _Choice, Any, _Outcome]


class VerbalizedSamplingMiddleware(AgentMiddleware[Any, Any, Any]):
    """Lets an agent's model answer with a distribution, and gives the agent one of its candidates.

    The history holds the chosen text only; the distribution stands in the agent's state, and in the message's
    ``response_metadata``, as a plain dict. Where there is nothing to draw from, the agent goes on as it would without:
    turns in which the model calls tools, asks back in plain words or declines, and conversations that end with no
    query, pass as they are. Nothing of a raw reply is streamed; ``stream_mode="custom"`` gives its candidates
    (``{"verbalized_candidate": …}``) as they are completed.

    Args:
        elicitation: Settings made before; the options replace its fields. With ``on_empty="raise"`` an unreadable
            answer is asked for again, and then an error. Default: it passes, in the model's own words.
        select: Which candidate becomes the answer: ``sample``, ``argmax``, ``first``, ``majority``, a function from the
            distribution to one of its candidates, or a :class:`DistributionJudge`. Default: the elicitation's.
        seed: Makes ``sample`` repeatable; it is mixed with the distribution.
        apply_to: ``final`` (every turn that may be the last), or a function of the model request that says whether.
        verbalize: ``within`` asks for the distribution in the turn itself, after saying that tools come first;
            ``after`` lets the turn run as it is and, if it called no tool, asks once more for the distribution; without
            tools, unless the conversation or the settings speak of them, which providers then want to be told of.
        state_key: Where the last answer's distribution stands in the state; turns without one clear it.
        **options: ``k=5``, ``tau=0.10`` …: fields of :class:`verbalized_sampling.Elicitation`. With ``candidate=P`` the
            chosen value also becomes the ``structured_response``; without it, agents with a ``response_format`` pass
            untouched.

    Raises:
        DistributionOutputParserException: In a run: no candidate can be read, and ``on_empty`` is ``raise``.
        SettingsError: A setting is unusable.
        TemplateError: The template cannot be rendered.
    """

    def __init__(
        self,
        *,
        elicitation: Elicitation[Any] | None = None,
        select: Selector | None = None,
        seed: int | str | None = None,
        apply_to: Literal["final"] | Callable[[ModelRequest[Any]], bool] = "final",
        verbalize: Literal["within", "after"] = "within",
        state_key: str = "verbalized_distribution",
        **options: Any,
    ) -> None:
        super().__init__()
        check_keywords(type(self).__name__, options)
        base = elicitation or Elicitation(on_empty="return")
        self.elicitation: Elicitation[Any] = Elicitation.of(base, **with_candidate_type(options))
        self.select: Selector = self.elicitation.select if select is None else select
        if self.select == "all":
            raise SettingsError("an agent gives one answer: select is sample, argmax, first, majority or a function")
        if isinstance(self.select, AgentMiddleware):
            raise SettingsError("HumanChoice is a middleware of its own: put it into the agent's list after this one")
        check_selector(self.select)
        if verbalize not in ("within", "after"):
            raise SettingsError(f"verbalize must be within or after, not {verbalize!r}")
        self.elicitation.plan("?").close()  # a template that cannot be rendered is a mistake: better now than in a run
        self.seed = seed
        self.apply_to = apply_to
        self.verbalize = verbalize
        self.state_key = state_key
        self.state_schema = _state_with(state_key)

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> Response:
        turn = Turn(self.elicitation, request)

        def answer(asked: _Call | _Choice) -> Any:
            if isinstance(asked, _Call):
                return turn.call(handler, asked.request, hidden=asked.hidden)
            return turn.call(lambda d: chosen(self.select, d, self.seed), asked.distribution, hidden=True)

        turn.start()
        try:
            with as_output_parser_exception():
                outcome = drive(self._flow(request), answer)
        except BaseException as error:
            turn.fail(error)
            raise
        turn.end(outcome.name, outcome.distribution)
        return outcome.response

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> Response:
        turn = Turn(self.elicitation, request)

        async def answer(asked: _Call | _Choice) -> Any:
            if isinstance(asked, _Call):
                return await turn.acall(handler, asked.request, hidden=asked.hidden)
            return await turn.acall(lambda d: achosen(self.select, d, self.seed), asked.distribution, hidden=True)

        await turn.astart()
        try:
            with as_output_parser_exception():
                outcome = await adrive(self._flow(request), answer)
        except BaseException as error:
            await turn.afail(error)
            raise
        await turn.aend(outcome.name, outcome.distribution)
        return outcome.response

    # What is asked of the agent's model, and what becomes of its answers

    def _flow(self, request: ModelRequest[Any]) -> Flow:
        typed = self.elicitation.candidate is not None
        skipped = self.apply_to != "final" and not self.apply_to(request)
        if skipped or (request.response_format is not None and not typed):
            return (yield from self._as_ever(request, "skipped"))
        if self.verbalize == "after":
            first: ModelResponse[Any] = yield _Call(request)
            answer = answer_in(first)
            if answer is None or answer.tool_calls:
                return self._passed(request, first, "tools")
            outcome = yield from self._verbalized(without_tools(request.override(response_format=None)), first)
            return outcome or self._passed(request, first, "plain words")
        outcome = yield from self._verbalized(request.override(response_format=None), None)
        if outcome is None or (outcome.distribution is None and request.response_format and outcome.name != "tools"):
            return (yield from self._as_ever(request, "skipped"))
        return outcome

    def _as_ever(self, request: ModelRequest[Any], name: str) -> Flow:
        response: ModelResponse[Any] = yield _Call(request, hidden=False)
        return self._passed(request, response, name)

    def _verbalized(
        self, request: ModelRequest[Any], before: ModelResponse[Any] | None
    ) -> Generator[_Call | _Choice, Any, _Outcome | None]:
        """The turn as a distribution; None if there is nothing to ask.

        Args:
            request: What the agent would send.
            before: What the model answered to that, if it was asked.
        """
        try:
            conversation = Conversation([*self._systems(request), *request.messages])
            plan = self.elicitation.plan(conversation.query)
            asked = next(plan)
            sent = asking(request, conversation, asked)
        except VerbalizedSamplingError as error:
            _log.info("this turn is no query: %s", error)
            return None
        answers: list[AIMessage] = []
        response: ModelResponse[Any] = ModelResponse([])
        try:
            while True:
                try:
                    response = yield _Call(sent)
                except GraphBubbleUp:
                    raise
                except Exception as error:
                    if not answers and before is None:
                        raise
                    _log.warning("a further call failed, what came before is used: %s", error)
                    if not answers:
                        return None
                    plan.throw(error)  # the plan raises it again, with what it has
                answer = answer_in(response)
                if answer is None or (answer.tool_calls and not answers):
                    return None if before else self._passed(request, self._clean(response), "tools")
                answers.append(answer)
                asked = plan.send(reply_of(answer))
                if len(answers) == 1 and self.elicitation.on_empty == "return" and not self._reads(reply_of(answer)):
                    plan.close()  # plain words are an answer: no further call is spent on them
                    distribution = self._nothing_in(reply_of(answer))
                    break
                sent = asking(request, conversation, asked)
        except StopIteration as stop:
            distribution = stop.value
        except RefusalError:
            return None if before else self._passed(request, response, "refused")
        except GraphBubbleUp:
            raise
        except Exception:
            if not answers or not self._reads(reply_of(answers[0])):
                raise
            distribution = self.elicitation.read(reply_of(answers[0]))
        if not distribution:
            return None if before else self._extended(response, "plain words", distribution)
        candidate: Candidate[Any] = yield _Choice(distribution)
        return self._extended(self._chosen(response, answers, candidate, distribution), "drawn", distribution)

    def _systems(self, request: ModelRequest[Any]) -> list[BaseMessage]:
        systems: list[BaseMessage] = [request.system_message] if request.system_message else []
        return (
            [*systems, SystemMessage(TOOLS_FIRST.strip())] if request.tools and self.verbalize == "within" else systems
        )

    def _reads(self, reply: Reply) -> bool:
        if not self.elicitation.asks_for_lists:
            return True
        try:
            self.elicitation.read(reply)
        except DistributionParseError:
            return False
        return True

    def _nothing_in(self, reply: Reply) -> Distribution[Any]:
        once = replace(self.elicitation, max_extra_calls=0, total=None, k=1)
        return drive(once.plan("?"), lambda _: reply)

    def _clean(self, response: ModelResponse[Any]) -> ModelResponse[Any]:
        """A tool turn whose words are a raw distribution, with the most probable of them instead."""
        answer = answer_in(response)
        if answer is None or not looks_raw(str(answer.text)) or not self._reads(reply_of(answer)):
            return response
        said = answer.model_copy(update={"content": self.elicitation.read(reply_of(answer)).argmax().text})
        return ModelResponse([said if m is answer else m for m in response.result], response.structured_response)

    def _chosen(
        self,
        response: ModelResponse[Any],
        answers: Sequence[AIMessage],
        candidate: Candidate[Any],
        distribution: Distribution[Any],
    ) -> ModelResponse[Any]:
        last = answers[-1]
        usage = None
        for answer in answers:
            usage = add_usage(usage, answer.usage_metadata) if usage or answer.usage_metadata else None
        said = AIMessage(
            candidate.text,
            id=last.id,
            name=last.name,
            response_metadata={**last.response_metadata, self.state_key: distribution_to_state(distribution)},
        )
        said.usage_metadata = usage  # unchecked: what a cache of LangChain's says of it holds no tokens
        result: list[BaseMessage] = [said if message is last else message for message in response.result]
        typed = self.elicitation.candidate is not None
        return ModelResponse(result, candidate.value if typed else response.structured_response)

    def _passed(self, request: ModelRequest[Any], response: ModelResponse[Any], name: str) -> _Outcome:
        state: Any = request.state or {}
        if state.get(self.state_key) is None:
            return _Outcome(response, name)
        return _Outcome(ExtendedModelResponse(response, Command(update={self.state_key: None})), name)

    def _extended(self, response: ModelResponse[Any], name: str, distribution: Distribution[Any]) -> _Outcome:
        # Plain, so that any checkpointer can store it.
        state = {self.state_key: distribution_to_state(distribution)}
        return _Outcome(ExtendedModelResponse(response, Command(update=state)), name, distribution)


def _state_with(key: str) -> Any:
    fields = {**get_type_hints(AgentState, include_extras=True), key: NotRequired[dict[str, Any] | None]}
    return cast("Any", TypedDict)("VerbalizedSamplingState", fields)  # the key is known only now
