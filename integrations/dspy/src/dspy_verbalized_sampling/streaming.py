"""Candidates one by one, while the reply that holds them is still being written."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, cast

import dspy
from dspy.streaming import StreamListener

from verbalized_sampling import DistributionParser, StreamedCandidate
from verbalized_sampling.adapters import answer_key

from .fields import Fields

__all__ = ["CandidateListener", "CandidateResponse", "Tap"]


@dataclass(frozen=True, slots=True)
class CandidateResponse:
    """A candidate of a reply that goes on, as ``dspy.streamify`` yields it.

    Attributes:
        predict: The predictor that asked for it.
        candidate: Text, value and stated probability; it has no weight yet, that takes the whole reply.
    """

    predict: dspy.Predict
    candidate: StreamedCandidate[Any]


class CandidateListener(StreamListener):  # type: ignore[misc]
    """Asks for the candidates of a verbalized predictor, named by any of its output fields.

    Without one ``streamify`` yields what it yields for a plain program: raw chunks, and the prediction at the end.
    """

    def receive(self, chunk: Any) -> None:  # noqa: ARG002
        """Takes a raw chunk; the candidates in it come by themselves."""
        self.stream_start = True

    def finalize(self) -> None:
        """Has nothing left to give."""


class Tap:
    """Stands in for DSPy's stream during one call: passes everything on, and the candidates that it completes."""

    def __init__(
        self,
        stream: Any,
        predict: dspy.Predict,
        parser: DistributionParser[Any],
        fields: Fields,
        seen: set[Hashable],
    ) -> None:
        self._stream = stream
        self._predict = predict
        self._fields = fields
        self._seen = seen  # in the turns before too
        self._candidates = parser.stream()

    async def send(self, item: Any) -> None:
        """Takes what a model or DSPy itself sends."""
        await self._stream.send(item)
        for candidate in self._candidates.feed(_text(item)):
            value = self._fields.bare(self._fields.complete(dict(candidate.value)))
            whole = replace(candidate, value=value, text=self._fields.text(value), typed=self._fields.typed)
            key = answer_key(cast("Any", whole))
            if key not in self._seen:
                self._seen.add(key)
                await self._stream.send(CandidateResponse(self._predict, whole))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _text(item: Any) -> str:
    try:
        content = item.choices[0].delta.content
    except (AttributeError, IndexError, TypeError):
        return ""
    return content if isinstance(content, str) else ""
