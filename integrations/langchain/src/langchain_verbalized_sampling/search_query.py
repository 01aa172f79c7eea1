"""What a retriever is asked, and what its sampler says to that: a question, and a distribution over search queries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseLanguageModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import Runnable

from verbalized_sampling import Candidate, Distribution, DistributionParseError, Elicitation, SettingsError

from .inputs import messages_of
from .replies import reply_of
from .runnable import VerbalizedSampling
from .veil import looks_raw

__all__ = ["distribution_of", "is_model", "question_of"]

_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


def question_of(asked: Any) -> str:
    """What is searched for: the last thing that a person said."""
    if isinstance(asked, str):
        return asked
    said = [message for message in messages_of(asked) if isinstance(message, HumanMessage)]
    if not said:
        raise SettingsError("there is no human message to search for")
    return str(said[-1].text)


def distribution_of(said: Any) -> Distribution[Any]:
    """What a sampler gave, as a distribution: texts without probabilities, or lines of one, weigh alike."""
    if isinstance(said, Distribution):
        return said
    if isinstance(said, AIMessage | str):
        reply = reply_of(said)
        try:
            return Elicitation().read(reply)
        except DistributionParseError:
            if looks_raw(reply.text) or not (queries := _queries_in(reply.text)):
                raise
            return _alike(queries)  # a line each, as for MultiQueryRetriever
    if isinstance(said, Sequence) and all(isinstance(text, str) for text in said):
        return _alike(said)
    raise SettingsError(f"a sampler gives a Distribution, texts or a text, not {type(said).__name__}")


def _alike(queries: Sequence[str]) -> Distribution[str]:
    texts = [text for text in queries if text.strip()]
    return Distribution(tuple(Candidate(t, 1 / len(texts), None, None, t, at) for at, t in enumerate(texts)))


def _queries_in(text: str) -> list[str]:
    lines = [_MARK.sub("", line).strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.endswith(":")]


def is_model(runnable: Any) -> bool:
    """Whether a Runnable is a model, whatever is bound around it."""
    while not isinstance(runnable, BaseLanguageModel | VerbalizedSampling):
        for wrapper in ("bound", "runnable", "default"):
            if isinstance(inner := getattr(runnable, wrapper, None), Runnable):
                runnable = inner
                break
        else:
            return False
    return isinstance(runnable, BaseLanguageModel)
