"""A response synthesizer that samples its answer from a distribution of answers."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, Unpack, cast

from llama_index.core.base.response.schema import RESPONSE_TYPE
from llama_index.core.bridge.pydantic import BaseModel
from llama_index.core.callbacks.base import CallbackManager
from llama_index.core.indices.prompt_helper import PromptHelper
from llama_index.core.llms import LLM
from llama_index.core.llms.structured_llm import StructuredLLM
from llama_index.core.prompts import BasePromptTemplate
from llama_index.core.prompts.default_prompt_selectors import DEFAULT_REFINE_PROMPT_SEL, DEFAULT_TEXT_QA_PROMPT_SEL
from llama_index.core.response_synthesizers.base import BaseSynthesizer
from llama_index.core.schema import NodeWithScore
from llama_index.core.settings import Settings
from llama_index.core.types import RESPONSE_TEXT_TYPE

from verbalized_sampling import Candidate, Distribution, Elicitation, ElicitationSettings, SettingsError, adrive, drive
from verbalized_sampling.adapters import mixed_seed

from .elicitor import Elicitor
from .refining import Answer, Question, Refining

__all__ = ["VerbalizedSynthesizer"]

_given: ContextVar[tuple[object, Answer] | None] = ContextVar("verbalized_sampling_answer", default=None)
"""What was answered with last, and the whole of it: LlamaIndex's base class passes on the first alone."""


class VerbalizedSynthesizer(BaseSynthesizer):
    """Asks for several answers with probabilities in one call, and answers with one of them.

    ``response.metadata["distribution"]`` holds all of them, as plain JSON data, beside the metadata of the nodes. A
    context that is too long for one call is refined over, part by part, as LlamaIndex's compact mode does; each part
    refines the answer that was chosen before it, and the distribution is that of the last part. A reply in plain words
    is the one candidate, with a repair on record, unless an ``output_cls`` was asked for.
    """

    def __init__(
        self,
        llm: LLM | None = None,
        *,
        elicitation: Elicitation[Any] | None = None,
        output_cls: type[BaseModel] | None = None,
        streaming: bool = False,
        text_qa_template: BasePromptTemplate | None = None,
        refine_template: BasePromptTemplate | None = None,
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
            llm: The model; default ``Settings.llm``. Of ``llm.as_structured_llm(Cls)`` it takes both parts.
            elicitation: Settings made before; default: five candidates, one call.
            output_cls: A pydantic model that each answer is validated as; the response is a ``PydanticResponse``.
            streaming: Whether the response is a stream. One answer is chosen when all are there, so it begins then.
            text_qa_template: How context and question are put, with ``{context_str}`` and ``{query_str}``.
            refine_template: How further context is put, with ``{context_msg}``, ``{query_str}`` and
                ``{existing_answer}``.
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
        llm = llm or Settings.llm
        if isinstance(llm, StructuredLLM):
            output_cls = output_cls or llm.output_cls
            llm = llm.llm
        if output_cls is not None and settings.setdefault("candidate", output_cls) is not output_cls:
            raise SettingsError("output_cls and candidate are two words for the type of an answer: give one")
        wanted = Elicitation.of(elicitation or Elicitation(max_extra_calls=0), **settings)
        if wanted.select == "all":
            raise SettingsError("a response is one answer: select sample, argmax or first; metadata holds them all")
        is_model = isinstance(wanted.candidate, type) and issubclass(wanted.candidate, BaseModel)
        super().__init__(
            llm,
            callback_manager,
            prompt_helper,
            streaming=streaming,
            output_cls=wanted.candidate if is_model else None,
            empty_response=empty_response,
        )
        self._elicitor = Elicitor(self._llm, wanted, vs_prompt, llm_kwargs)
        self._text_qa_template = text_qa_template or DEFAULT_TEXT_QA_PROMPT_SEL
        self._refine_template = refine_template or DEFAULT_REFINE_PROMPT_SEL
        self._seed = seed

    def get_response(
        self, query_str: str, text_chunks: Sequence[str], prev_response: str | None = None, **response_kwargs: Any
    ) -> RESPONSE_TEXT_TYPE:
        """One answer: a text, a model if there is an ``output_cls``, or the pieces of the text.

        Raises:
            DistributionParseError: The reply holds no answer.
            RefusalError: The endpoint marked the reply as declined.
        """
        plan = self._refining(query_str).plan(query_str, text_chunks, response_kwargs, prev_response)

        def ask(question: Question) -> Distribution[Any]:
            return self._elicitor.answers(*question)

        answer = drive(plan, ask)
        return self._remembered(_pieces(answer) if self._streaming else self._whole(answer), answer)

    async def aget_response(
        self, query_str: str, text_chunks: Sequence[str], prev_response: str | None = None, **response_kwargs: Any
    ) -> RESPONSE_TEXT_TYPE:
        """:meth:`get_response` without blocking the event loop."""
        plan = self._refining(query_str).plan(query_str, text_chunks, response_kwargs, prev_response)

        async def ask(question: Question) -> Distribution[Any]:
            return await self._elicitor.aanswers(*question)

        answer = await adrive(plan, ask)
        return self._remembered(_apieces(answer) if self._streaming else self._whole(answer), answer)

    def _refining(self, query: str) -> Refining:
        def selected(distribution: Distribution[Any], step: int) -> Candidate[Any]:
            seed = mixed_seed(self._seed, query, step)
            return cast("Candidate[Any]", distribution.select(self._elicitor.elicitation.select, seed=seed))

        return Refining(
            self._llm,
            self._prompt_helper,
            self._text_qa_template,
            self._refine_template,
            self._elicitor.size(query),
            selected,
        )

    def _whole(self, answer: Answer) -> str | BaseModel:
        return answer.candidate.text if self._output_cls is None else cast("BaseModel", answer.candidate.value)

    @staticmethod
    def _remembered(response: RESPONSE_TEXT_TYPE, answer: Answer) -> RESPONSE_TEXT_TYPE:
        _given.set((response, answer))
        return response

    def _prepare_response_output(
        self, response_str: RESPONSE_TEXT_TYPE | None, source_nodes: list[NodeWithScore]
    ) -> RESPONSE_TYPE:
        response = super()._prepare_response_output(response_str, source_nodes)
        given = _given.get()
        if given is not None and given[0] is response_str:
            _given.set(None)
            distribution = json.loads(given[1].distribution.to_json())
            response.metadata = {**(response.metadata or {}), "distribution": distribution}
        return response

    def _get_prompts(self) -> dict[str, BasePromptTemplate]:
        return {
            "text_qa_template": self._text_qa_template,
            "refine_template": self._refine_template,
            "vs_prompt": self._elicitor.prompt,
        }

    def _update_prompts(self, prompts: dict[str, BasePromptTemplate]) -> None:
        self._text_qa_template = prompts.get("text_qa_template", self._text_qa_template)
        self._refine_template = prompts.get("refine_template", self._refine_template)
        if "vs_prompt" in prompts:
            self._elicitor.prompt = prompts["vs_prompt"]


def _pieces(answer: Answer) -> Generator[str, None, None]:
    yield from _words(answer)


async def _apieces(answer: Answer) -> AsyncGenerator[str, None]:
    for word in _words(answer):
        yield word


def _words(answer: Answer) -> list[str]:
    """The text in pieces, as whoever shows a stream expects; nothing is lost between them."""
    return re.findall(r"\s*\S+\s*", answer.candidate.text) or [answer.candidate.text]
