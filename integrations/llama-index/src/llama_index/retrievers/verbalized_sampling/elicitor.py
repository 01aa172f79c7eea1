"""An elicitation with a LlamaIndex LLM: what the transform and the synthesizer have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import dropwhile
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.llms import LLM
from llama_index.core.prompts import BasePromptTemplate

from verbalized_sampling import Distribution, Elicitation, Request, adrive, drive

from .events import VerbalizedDistributionEvent, dispatcher
from .model import Model
from .prompt import VerbalizedPrompt, chat_message, checked, opening

__all__ = ["Elicitor"]

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
        plan, start = self.elicitation.plan(query), self._start(query, before)
        return self._said(query, drive(plan, lambda request: self._model.call(_conversation(start, request))))

    async def adistribution(self, query: str, before: Sequence[ChatMessage] = ()) -> Distribution[Any]:
        """:meth:`distribution` without blocking the event loop."""
        plan, start = self.elicitation.plan(query), self._start(query, before)
        return self._said(query, await adrive(plan, lambda request: self._model.acall(_conversation(start, request))))

    def size(self, query: str) -> int:
        """About how many tokens the prompt takes, with ``query`` in it."""
        messages = opening(self.prompt, query, self.elicitation, self._model.llm)
        return sum(len(message.content or "") for message in messages) // _CHARACTERS_PER_TOKEN

    def _start(self, query: str, before: Sequence[ChatMessage]) -> list[ChatMessage]:
        return [*before, *opening(self.prompt, query, self.elicitation, self._model.llm)]

    @staticmethod
    def _said(query: str, distribution: Distribution[Any]) -> Distribution[Any]:
        dispatcher.event(VerbalizedDistributionEvent(query=query, distribution=distribution))
        return distribution


def _conversation(start: list[ChatMessage], request: Request) -> list[ChatMessage]:
    # The query is a single message: whatever the model said, and all that follows it, is of a later turn.
    later = dropwhile(lambda message: message["role"] != "assistant", request.messages)
    return [*start, *map(chat_message, later)]
