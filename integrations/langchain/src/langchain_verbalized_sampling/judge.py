"""A model that chooses among candidates by what a rubric says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import ConfigDict

from verbalized_sampling import Candidate, Distribution
from verbalized_sampling.adapters import PromptSet

from .errors import DistributionOutputParserException, ModelCall
from .model import model_of
from .replies import reply_of
from .selection import Selection

__all__ = ["DistributionJudge"]

_PROMPTS = str(Path(__file__).parent / "prompts")
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)


class DistributionJudge(Selection):
    """Takes the value of the candidate that a model finds best: the last step of a chain, or a ``select=``.

    Args:
        model: A chat model, or its name as ``init_chat_model`` takes it; it may be another than the one that answers.
        rubric: What makes a candidate better, in words.

    Raises:
        DistributionOutputParserException: The model's reply names no candidate.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: Runnable[Any, Any]
    rubric: str

    def __init__(self, model: Runnable[Any, Any] | str, rubric: str, **options: Any) -> None:
        super().__init__(**{"model": model_of(model), "rubric": rubric, **options})

    def choose(self, distribution: Distribution[Any], config: RunnableConfig | None = None) -> Candidate[Any]:
        if len(distribution) < 2:
            return distribution.argmax()
        with ModelCall():
            answer = self.model.invoke(self._messages(distribution), config)
        return _named(distribution, reply_of(answer).text)

    async def achoose(self, distribution: Distribution[Any], config: RunnableConfig | None = None) -> Candidate[Any]:
        if len(distribution) < 2:
            return distribution.argmax()
        with ModelCall():
            answer = await self.model.ainvoke(self._messages(distribution), config)
        return _named(distribution, reply_of(answer).text)

    def _messages(self, distribution: Distribution[Any]) -> list[HumanMessage]:
        texts = [candidate.text for candidate in distribution]
        return [HumanMessage(PromptSet.of(_PROMPTS, "judge").render("judge", candidates=texts, rubric=self.rubric))]


def _named(distribution: Distribution[Any], reply: str) -> Candidate[Any]:
    for number in re.findall(r"\d+", _THOUGHTS.sub("", reply)):
        if 1 <= int(number) <= len(distribution):
            return distribution[int(number) - 1]
    raise DistributionOutputParserException(f"the judge named none of the {len(distribution)} candidates", reply)
