"""The error of a reply that holds no distribution, as LangChain's own handlers know it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from langchain_core.exceptions import OutputParserException

from verbalized_sampling import DistributionParseError, ModelError

__all__ = ["DistributionOutputParserException", "ModelCall", "as_output_parser_exception"]


class DistributionOutputParserException(DistributionParseError, OutputParserException):  # noqa: N818 - as LangChain's
    """No distribution can be read in a reply: the core's error, and the one that LangChain's parsers raise.

    ``observation`` says what is wrong and ``llm_output`` holds the reply, so that an agent or a retry parser can send
    both back to the model.
    """

    def __init__(
        self, reason: str, text: str, position: int = 0, tried: tuple[str, ...] = (), salvaged: Any = None
    ) -> None:
        self.reason, self.text, self.position, self.tried, self.salvaged = reason, text, position, tried, salvaged
        # Not super(): the two bases take other arguments.
        OutputParserException.__init__(self, self, observation=str(self), llm_output=text, send_to_llm=True)
        self.args = (reason, text, position, tried, salvaged)  # this is what pickles


@contextmanager
def as_output_parser_exception(tools: list[str] | None = None) -> Iterator[None]:
    """Raises the core's parse error as the one that LangChain knows too.

    Args:
        tools: Names of the tools that the last reply called; filled meanwhile.
    """
    try:
        yield
    except DistributionOutputParserException:
        raise
    except DistributionParseError as error:
        reason = error.reason
        if tools and not error.text.strip():
            reason = f"the reply calls {' and '.join(tools)} and holds no text: bind no tools to this model"
        known = DistributionOutputParserException(reason, error.text, error.position, error.tried, error.salvaged)
        raise known from error


class ModelCall:
    """Says so where a fake model of a test has no replies left: as a StopIteration it would end a generator instead."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        cause = error.__cause__ if isinstance(error, RuntimeError) else error
        if isinstance(cause, StopIteration | StopAsyncIteration):
            raise ModelError("the model has no replies left: its iterator of messages is exhausted") from error
