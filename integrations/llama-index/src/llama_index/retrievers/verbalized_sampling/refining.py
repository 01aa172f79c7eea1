"""The questions that an answer takes: one if the context fits the model's window, else one for each part of it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.indices.prompt_helper import DEFAULT_PADDING, PromptHelper
from llama_index.core.llms import LLM
from llama_index.core.prompts import BasePromptTemplate

from verbalized_sampling import Candidate, Distribution, DistributionParseError, Repair

__all__ = ["Answer", "Question", "Refining"]

_log = logging.getLogger(__name__)

_ANSWER = 500  # tokens, at most, that an answer of an earlier part takes, as in LlamaIndex's Refine

Question = tuple[str, list[ChatMessage]]
"""What is asked, and the messages in front of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The candidate that is the answer so far, and the distribution that it was chosen from."""

    candidate: Candidate[Any]
    distribution: Distribution[Any]


@dataclass(frozen=True, slots=True)
class Refining:
    """Answers from the first part of a context, and refines the answer by each further one, as LlamaIndex's compact.

    Attributes:
        first: The prompt for the first part, with ``{context_str}`` and ``{query_str}``.
        further: The prompt for the others, with ``{context_msg}``, ``{query_str}`` and ``{existing_answer}``.
        room: Tokens that the instructions take beside these prompts.
        select: Chooses an answer of a distribution, at the step that is counted from 0.
    """

    llm: LLM
    prompt_helper: PromptHelper
    first: BasePromptTemplate
    further: BasePromptTemplate
    room: int
    select: Callable[[Distribution[Any], int], Candidate[Any]]

    def plan(
        self, query: str, texts: Sequence[str], variables: Mapping[str, Any], existing: str | None = None
    ) -> Generator[Question, Distribution[Any], Answer]:
        """Yields questions and is sent what was answered to each. A reply that can't be read costs its part alone.

        Args:
            query: What the user asks.
            texts: The context.
            variables: Of the prompts, beside their own.
            existing: An answer to start from.
        """
        parts = deque(self._parts(query, texts, refines=existing is not None))
        answer: Answer | None = None
        step = 0
        while parts or answer is None:
            template = self._template(query, answer.candidate.text if answer else existing)
            # The answer so far may be longer than there was room for.
            fitting = self.prompt_helper.repack(template, [parts.popleft()], padding=self._padding, llm=self.llm)
            part = fitting[0] if fitting else ""
            parts.extendleft(reversed(fitting[1:]))
            try:
                found = yield self._question(template, part, variables)
            except DistributionParseError as error:
                if answer is None:
                    raise
                _log.warning("a part of the context did not refine the answer: %s", error)
                repairs = (*answer.distribution.repairs, Repair.UNREADABLE_REPLY)
                answer = replace(answer, distribution=replace(answer.distribution, repairs=repairs))
            else:
                answer = Answer(self.select(found, step), found)
            step += 1
        return answer

    @property
    def _padding(self) -> int:
        return DEFAULT_PADDING + self.room

    def _parts(self, query: str, texts: Sequence[str], *, refines: bool) -> list[str]:
        prompts = [self._template(query, "" if refining else None) for refining in (refines, True)]
        parts = self._packed(prompts[0], texts, self._padding)
        if len(parts) > 1 or refines:
            sizes = [self._size(prompt) for prompt in prompts]
            smaller = prompts[sizes.index(min(sizes))]
            parts = self._packed(smaller, texts, self._padding + min(_ANSWER, min(sizes) // 4))
        return parts or [""]

    def _packed(self, prompt: BasePromptTemplate, texts: Sequence[str], padding: int) -> list[str]:
        return self.prompt_helper.repack(prompt, texts, padding=padding, llm=self.llm)

    def _size(self, prompt: BasePromptTemplate) -> int:
        splitter = self.prompt_helper.get_text_splitter_given_prompt(prompt, padding=self._padding, llm=self.llm)
        return splitter.chunk_size

    def _template(self, query: str, existing: str | None) -> BasePromptTemplate:
        if existing is None:
            return self.first.partial_format(query_str=query)
        return self.further.partial_format(query_str=query, existing_answer=existing)

    def _question(self, template: BasePromptTemplate, part: str, variables: Mapping[str, Any]) -> Question:
        # Both names: which of the two prompts it is, is all that tells them apart.
        *before, last = template.format_messages(llm=self.llm, context_str=part, context_msg=part, **variables)
        return last.content or "", before
