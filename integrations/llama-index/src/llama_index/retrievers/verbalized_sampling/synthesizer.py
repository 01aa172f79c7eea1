"""A response synthesizer that samples its answer from a distribution of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self, Unpack, cast

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.base.response.schema import RESPONSE_TYPE
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.indices.prompt_helper import DEFAULT_PADDING, PromptHelper
from llama_index.core.llms import LLM
from llama_index.core.prompts import BasePromptTemplate
from llama_index.core.prompts.default_prompt_selectors import DEFAULT_TEXT_QA_PROMPT_SEL
from llama_index.core.response_synthesizers.base import BaseSynthesizer
from llama_index.core.schema import NodeWithScore
from llama_index.core.types import RESPONSE_TEXT_TYPE

from verbalized_sampling import Candidate, Distribution, Elicitation, ElicitationSettings, SettingsError

from .elicitor import Elicitor

__all__ = ["VerbalizedSynthesizer"]


class VerbalizedSynthesizer(BaseSynthesizer):
    """Asks for several answers with probabilities in one call, and answers with one of them.

    ``response.metadata["distribution"]`` holds all of them, as plain JSON data.
    """

    def __init__(
        self,
        llm: LLM | None = None,
        *,
        elicitation: Elicitation[Any] | None = None,
        text_qa_template: BasePromptTemplate | None = None,
        vs_prompt: BasePromptTemplate | None = None,
        seed: int | None = None,
        llm_kwargs: Mapping[str, Any] | None = None,
        callback_manager: CallbackManager | None = None,
        prompt_helper: PromptHelper | None = None,
        empty_response: str | None = None,
        **settings: Unpack[ElicitationSettings],
    ) -> None:
        """Settings are checked here, before any model is called.

        Args:
            llm: The model; default ``Settings.llm``.
            elicitation: Settings made before; default: five candidates, one call.
            text_qa_template: How context and question are put, with ``{context_str}`` and ``{query_str}``.
            vs_prompt: How the distribution is asked for, with ``{query_str}`` for the above.
            seed: Makes ``select="sample"`` repeatable; different questions draw differently all the same.
            llm_kwargs: Keyword arguments of each call of the model.
            callback_manager: As in any synthesizer.
            prompt_helper: As in any synthesizer.
            empty_response: As in any synthesizer: the answer when nothing was retrieved.
            **settings: Fields of :class:`Elicitation`; ``select`` says which answer it gives: ``sample`` (default),
                ``argmax`` or ``first``.

        Raises:
            SettingsError: A setting is out of its range.
        """
        super().__init__(llm, callback_manager, prompt_helper, empty_response=empty_response)
        wanted = Elicitation.of(elicitation or Elicitation(max_extra_calls=0), **settings)
        if wanted.select == "all":
            raise SettingsError("a response is one answer: select sample, argmax or first; metadata holds them all")
        self._elicitor = Elicitor(self._llm, wanted, vs_prompt, llm_kwargs)
        self._text_qa_template = text_qa_template or DEFAULT_TEXT_QA_PROMPT_SEL
        self._seed = seed

    def get_response(self, query_str: str, text_chunks: Sequence[str], **response_kwargs: Any) -> RESPONSE_TEXT_TYPE:
        question, before = self._question(query_str, text_chunks, response_kwargs)
        return self._selected(query_str, self._elicitor.distribution(question, before))

    async def aget_response(
        self, query_str: str, text_chunks: Sequence[str], **response_kwargs: Any
    ) -> RESPONSE_TEXT_TYPE:
        question, before = self._question(query_str, text_chunks, response_kwargs)
        return self._selected(query_str, await self._elicitor.adistribution(question, before))

    def _question(
        self, query_str: str, text_chunks: Sequence[str], variables: Mapping[str, Any]
    ) -> tuple[str, list[ChatMessage]]:
        """What is asked, and the messages in front of it."""
        template = self._text_qa_template.partial_format(query_str=query_str)
        room = DEFAULT_PADDING + self._elicitor.size(query_str)
        context = self._prompt_helper.truncate(template, ["\n\n".join(text_chunks)], padding=room, llm=self._llm)
        *before, last = template.format_messages(llm=self._llm, context_str="\n\n".join(context), **variables)
        return last.content or "", before

    def _selected(self, query_str: str, distribution: Distribution[Any]) -> _Answer:
        seed = None if self._seed is None else f"{self._seed}\n{query_str}"
        candidate = cast("Candidate[Any]", distribution.select(self._elicitor.elicitation.select, seed=seed))
        return _Answer(candidate.text, distribution)

    def _prepare_response_output(
        self, response_str: RESPONSE_TEXT_TYPE | None, source_nodes: list[NodeWithScore]
    ) -> RESPONSE_TYPE:
        response = super()._prepare_response_output(response_str, source_nodes)
        if isinstance(response_str, _Answer):
            distribution = json.loads(response_str.distribution.to_json())
            response.metadata = {**(response.metadata or {}), "distribution": distribution}
        return response

    def _get_prompts(self) -> dict[str, BasePromptTemplate]:
        return {"text_qa_template": self._text_qa_template, "vs_prompt": self._elicitor.prompt}

    def _update_prompts(self, prompts: dict[str, BasePromptTemplate]) -> None:
        if "text_qa_template" in prompts:
            self._text_qa_template = prompts["text_qa_template"]
        if "vs_prompt" in prompts:
            self._elicitor.prompt = prompts["vs_prompt"]


class _Answer(str):
    """A text that remembers the distribution it was drawn from, on its way through the base class."""

    __slots__ = ("distribution",)
    distribution: Distribution[Any]

    def __new__(cls, text: str, distribution: Distribution[Any]) -> Self:
        answer = super().__new__(cls, text)
        answer.distribution = distribution
        return answer
