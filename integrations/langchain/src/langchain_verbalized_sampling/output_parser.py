"""An output parser for chains that exist already: ``prompt | model | VerbalizedSamplingOutputParser()``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Unpack

from langchain_core.messages import BaseMessage
from langchain_core.output_parsers import BaseTransformOutputParser
from langchain_core.outputs import Generation

from verbalized_sampling import Distribution, DistributionParseError, Elicitation, Reply

from .errors import as_output_parser_exception
from .replies import reply_of
from .reply_stream import ReplyStream
from .settings import ReplyFields, ReplyOptions

__all__ = ["VerbalizedSamplingOutputParser"]


class VerbalizedSamplingOutputParser(ReplyFields, BaseTransformOutputParser[Distribution[Any]]):
    """Reads a model's reply as a distribution over candidates.

    ``invoke`` and ``stream``, sync and async, agree on every reply: the last distribution that is streamed is the one
    that ``invoke`` returns, and where one raises, so does the other.

    Args:
        elicitation: Settings made before; the options replace its fields.
        diff: Whether streams give the candidates that are new (``list[StreamedCandidate]``) instead of the
            distribution so far. They have no weights yet: those take the whole.
        **options: ``k=5``, ``tau=0.10``, ``candidate=Person`` …: fields of :class:`verbalized_sampling.Elicitation`.

    Raises:
        DistributionOutputParserException: The reply holds no candidate.
        RefusalError: The model declined, in words or by the endpoint's mark.
    """

    diff: bool = False

    def __init__(
        self,
        *,
        elicitation: Elicitation[Any] | None = None,
        diff: bool = False,
        **options: Unpack[ReplyOptions],
    ) -> None:
        super().__init__(elicitation=elicitation, diff=diff, **options)

    @classmethod
    def is_lc_serializable(cls) -> bool:
        return True

    @property
    def OutputType(self) -> Any:  # noqa: N802 - LangChain's name
        return Distribution[str if self.candidate is None else self.candidate]  # type: ignore[misc]

    @property
    def _type(self) -> str:
        return "verbalized_sampling"

    def get_format_instructions(self) -> str:
        """What to put into a prompt so that the model answers with a distribution."""
        return self.elicitation.format_instructions()

    def parse(self, text: str) -> Distribution[Any]:
        return self._read(Reply(text))

    async def aparse(self, text: str) -> Distribution[Any]:
        return self.parse(text)

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Distribution[Any]:
        """The distribution in the first generation; if ``partial``, an empty one where there is nothing yet."""
        reply = reply_of(result[0])
        if not partial:
            return self._read(reply)
        try:
            return self.elicitation.read(reply)
        except DistributionParseError:
            return Distribution()

    async def aparse_result(self, result: list[Generation], *, partial: bool = False) -> Distribution[Any]:
        # On the event loop: handing it to a thread costs more than parsing.
        return self.parse_result(result, partial=partial)

    def _read(self, reply: Reply) -> Distribution[Any]:
        with as_output_parser_exception():
            return self.elicitation.read(reply)

    def _transform(self, input: Iterator[str | BaseMessage]) -> Iterator[Any]:  # noqa: A002 - LangChain's name
        reading = ReplyStream(self.elicitation, diff=self.diff)
        for chunk in input:
            if (piece := reading.feed(chunk)) is not None:
                yield piece
        with as_output_parser_exception():
            last = reading.close()
        if last is not None:
            yield last

    async def _atransform(self, input: AsyncIterator[str | BaseMessage]) -> AsyncIterator[Any]:  # noqa: A002
        reading = ReplyStream(self.elicitation, diff=self.diff)
        async for chunk in input:
            if (piece := reading.feed(chunk)) is not None:
                yield piece
        with as_output_parser_exception():
            last = reading.close()
        if last is not None:
            yield last
