"""Verbalized Sampling inside an agent that exists: its final answers are drawn from a distribution."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator, Sequence
from typing import Any, Literal, NotRequired, TypedDict, Unpack, cast, get_type_hints

from langchain.agents.middleware import AgentMiddleware, AgentState, ExtendedModelResponse, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from langchain_core.messages.ai import add_usage
from langgraph.types import Command

from verbalized_sampling import (
    Candidate,
    Distribution,
    Elicitation,
    ElicitationSettings,
    RefusalError,
    Request,
    SettingsError,
    adrive,
    drive,
)

from .conversation import Conversation
from .errors import as_output_parser_exception
from .replies import reply_of
from .selection import mixed

__all__ = ["VerbalizedSamplingMiddleware"]

Response = ModelResponse[Any] | ExtendedModelResponse[Any]
Flow = Generator[ModelRequest[Any], ModelResponse[Any], Response]


class VerbalizedSamplingMiddleware(AgentMiddleware[Any, Any, Any]):
    """Lets an agent's model answer with a distribution, and gives the agent one of its candidates.

    The history holds the chosen text only; the distribution stands in the agent's state as a plain dict. Turns in
    which the model calls tools, and agents with a ``response_format``, pass untouched. A refusal passes as the model
    worded it. Nothing of the raw reply is streamed.

    Args:
        elicitation: Settings made before; the options replace its fields. Where no candidate can be read,
            ``on_empty="return"`` lets the model's own words pass; the default raises.
        seed: Makes ``sample`` repeatable; it is mixed with the distribution.
        apply_to: ``final`` (every turn that may be the last), or a function of the model request that says whether.
        state_key: Where the last answer's distribution stands in the state.
        **options: ``k=5``, ``tau=0.10`` …: fields of :class:`verbalized_sampling.Elicitation`. Its ``select`` says
            which candidate becomes the answer: ``sample``, ``argmax`` or ``first``.

    Raises:
        DistributionOutputParserException: In a run: no candidate can be read, and ``on_empty`` is ``raise``.
    """

    def __init__(
        self,
        *,
        elicitation: Elicitation[Any] | None = None,
        seed: int | str | None = None,
        apply_to: Literal["final"] | Callable[[ModelRequest[Any]], bool] = "final",
        state_key: str = "verbalized_distribution",
        **options: Unpack[ElicitationSettings],
    ) -> None:
        super().__init__()
        self.elicitation: Elicitation[Any] = Elicitation.of(elicitation, **options)
        if self.elicitation.select == "all":
            raise SettingsError("an agent gives one answer: select is sample, argmax or first")
        self.seed = seed
        self.apply_to = apply_to
        self.state_key = state_key
        self.state_schema = _state_with(state_key)

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> Response:
        with as_output_parser_exception():
            return drive(self._flow(request), handler)

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> Response:
        with as_output_parser_exception():
            return await adrive(self._flow(request), handler)

    def _flow(self, request: ModelRequest[Any]) -> Flow:
        """What is asked of the agent's model, and what becomes of its answers."""
        if request.response_format is not None or (self.apply_to != "final" and not self.apply_to(request)):
            return (yield request)
        system = [request.system_message] if request.system_message else []
        conversation = Conversation([*system, *request.messages])
        plan = self.elicitation.plan(conversation.query)
        answers: list[AIMessage] = []
        response: ModelResponse[Any] = ModelResponse([])
        try:
            asked = next(plan)
            while True:
                response = yield _sent(request, conversation, asked)
                answer = _answer(response)
                if answer is None or (answer.tool_calls and not answers):
                    return response
                answers.append(answer)
                asked = plan.send(reply_of(answer))
        except StopIteration as stop:
            distribution: Distribution[Any] = stop.value
        except RefusalError:
            return response
        if not distribution:
            return self._extended(response, distribution)
        chosen: Any = distribution.select(self.elicitation.select, seed=mixed(self.seed, distribution))
        return self._extended(_chosen(response, answers, chosen), distribution)

    def _extended(self, response: ModelResponse[Any], distribution: Distribution[Any]) -> Response:
        # Plain, so that any checkpointer can store it.
        state = {self.state_key: json.loads(distribution.to_json())}
        return ExtendedModelResponse(response, Command(update=state))


def _sent(request: ModelRequest[Any], conversation: Conversation, asked: Request) -> ModelRequest[Any]:
    messages: list[Any] = conversation.messages(asked)
    system = messages.pop(0) if isinstance(messages[0], SystemMessage) else None
    # On a copy of the model: a config would be lost when tools are bound to it.
    quiet = request.model.model_copy(update={"tags": [*(request.model.tags or []), "nostream"]})
    return request.override(model=quiet, system_message=system, messages=messages)


def _answer(response: ModelResponse[Any]) -> AIMessage | None:
    return next((message for message in reversed(response.result) if isinstance(message, AIMessage)), None)


def _chosen(
    response: ModelResponse[Any], answers: Sequence[AIMessage], candidate: Candidate[Any]
) -> ModelResponse[Any]:
    last = answers[-1]
    usage = None
    for answer in answers:
        usage = add_usage(usage, answer.usage_metadata) if usage or answer.usage_metadata else None
    said = AIMessage(
        candidate.text,
        id=last.id,
        name=last.name,
        response_metadata=last.response_metadata,
        usage_metadata=usage,
    )
    result: list[BaseMessage] = [said if message is last else message for message in response.result]
    return ModelResponse(result, response.structured_response)


def _state_with(key: str) -> Any:
    fields = {**get_type_hints(AgentState, include_extras=True), key: NotRequired[dict[str, Any]]}
    return cast("Any", TypedDict)("VerbalizedSamplingState", fields)  # the key is known only now
