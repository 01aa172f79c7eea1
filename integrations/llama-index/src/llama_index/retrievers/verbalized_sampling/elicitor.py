"""An elicitation with a LlamaIndex LLM: what the transform and the synthesizer have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM
from llama_index.core.prompts import BasePromptTemplate

from verbalized_sampling import (
    Distribution,
    DistributionParseError,
    Elicitation,
    Plan,
    RefusalError,
    Reply,
    Request,
    adrive,
    drive,
)
from verbalized_sampling.adapters import plain_answer

from .events import VerbalizedDistributionEvent, dispatcher
from .model import Model
from .prompt import VerbalizedPrompt, chat_message, checked, is_own, opening

__all__ = ["Elicitor"]

_WITHOUT_CANDIDATES = (DistributionParseError, RefusalError)
_CHARACTERS_PER_TOKEN = 3  # English has four; room that is left over costs nothing


class Elicitor:
    """Asks an LLM for distributions, in the words of ``prompt``; follow-ups, if there are any, are the core's.

    Attributes:
        elicitation: What is asked for.
    """

    def __init__(
        self,
        llm: LLM,
        elicitation: Elicitation[Any],
        prompt: BasePromptTemplate | None = None,
        llm_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.elicitation = elicitation
        self._model = Model(llm, llm_kwargs)
        self.prompt = prompt or VerbalizedPrompt(elicitation)

    @property
    def prompt(self) -> BasePromptTemplate:
        return self._prompt

    @prompt.setter
    def prompt(self, prompt: BasePromptTemplate) -> None:
        self._prompt = checked(prompt, self.elicitation)

    def distribution(self, query: str, before: Sequence[ChatMessage] = ()) -> Distribution[Any]:
        """Asks ``query``, after the messages ``before`` it."""
        asking = self._asking(query, before)
        return self._said(query, drive(asking.plan, asking.call))

    async def adistribution(self, query: str, before: Sequence[ChatMessage] = ()) -> Distribution[Any]:
        """:meth:`distribution` without blocking the event loop."""
        asking = self._asking(query, before)
        return self._said(query, await adrive(asking.plan, asking.acall))

    def answers(self, query: str, before: Sequence[ChatMessage] = ()) -> Distribution[Any]:
        """:meth:`distribution`, or a reply in plain words as the one answer that it is."""
        asking = self._asking(query, before)
        try:
            return self._said(query, drive(asking.plan, asking.call))
        except _WITHOUT_CANDIDATES as error:
            return self._said(query, asking.plainly(error))

    async def aanswers(self, query: str, before: Sequence[ChatMessage] = ()) -> Distribution[Any]:
        """:meth:`answers` without blocking the event loop."""
        asking = self._asking(query, before)
        try:
            return self._said(query, await adrive(asking.plan, asking.acall))
        except _WITHOUT_CANDIDATES as error:
            return self._said(query, asking.plainly(error))

    def size(self, query: str) -> int:
        """About how many tokens the prompt takes, with ``query`` in it."""
        messages = self._opening(query)
        return sum(len(message.content or "") for message in messages) // _CHARACTERS_PER_TOKEN

    def _asking(self, query: str, before: Sequence[ChatMessage]) -> _Asking:
        plan = self.elicitation.plan(query)
        own = None if is_own(self.prompt, self.elicitation) else self._opening(query)
        return _Asking(self._model, plan, before, own, takes_plain=self.elicitation.candidate is None)

    def _opening(self, query: str) -> list[ChatMessage]:
        return opening(self.prompt, query, self.elicitation, self._model.llm)

    @staticmethod
    def _said(query: str, distribution: Distribution[Any]) -> Distribution[Any]:
        dispatcher.event(VerbalizedDistributionEvent(query=query, distribution=distribution))
        return distribution


class _Asking:
    """One plan and the conversation that it makes."""

    def __init__(
        self,
        model: Model,
        plan: Plan[Distribution[Any]],
        before: Sequence[ChatMessage],
        opening: Sequence[ChatMessage] | None,  # None: as the plan words it
        *,
        takes_plain: bool,
    ) -> None:
        self.plan = plan
        self._model, self._before, self._opening, self._takes_plain = model, before, opening, takes_plain
        self._reply: Reply | None = None

    def call(self, request: Request) -> Reply:
        self._reply = self._model.call(self._messages(request))
        return self._reply

    async def acall(self, request: Request) -> Reply:
        self._reply = await self._model.acall(self._messages(request))
        return self._reply

    def plainly(self, error: DistributionParseError | RefusalError) -> Distribution[str]:
        """The last reply as one answer; raises the error if it is none."""
        found = plain_answer(self._reply) if self._takes_plain and self._reply else Distribution()
        if not found:
            raise error
        return found

    def _messages(self, request: Request) -> list[ChatMessage]:
        if self._opening is None:
            return [*self._before, *map(chat_message, request.messages)]
        # The query is a single message: whatever the model said, and all that follows it, is of a later turn.
        later = dropwhile(lambda message: message["role"] != "assistant", request.messages)
        return [*self._before, *self._opening, *map(chat_message, later)]
