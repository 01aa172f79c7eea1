"""Every error the library raises, and whose fault it is.

::

    VerbalizedSamplingError
    ├── SettingsError (ValueError)           the caller's: a setting out of range, an empty query
    ├── TemplateError                        the template's: unknown name, undefined variable, bad syntax
    ├── ModelError                           the model's: not there, not reachable, it broke off
    ├── RefusalError                         the model's: it declined to answer
    ├── DistributionParseError (ValueError)  the reply's: no candidate can be read in it
    ├── EmptyDistributionError (ValueError)  the caller's: drew from a distribution without candidates
    └── JobError                             the job's: it can't go on; what was answered is kept

Errors that end a run keep what was already won in ``salvaged``, so that nothing is lost. So do those of other classes
(a client's timeout, what a function of the caller's raised, an interrupt): :func:`salvage` hangs it on them, with a
note that the traceback shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

__all__ = [
    "DistributionParseError",
    "EmptyDistributionError",
    "JobError",
    "ModelError",
    "RefusalError",
    "SettingsError",
    "TemplateError",
    "VerbalizedSamplingError",
    "is_bug",
    "salvage",
]

_BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, NotImplementedError, TypeError)
_NOTE = "What was read before this error is in its attribute `salvaged`."
_LONGEST_MESSAGE = 500  # characters
_EXCERPT = 60  # characters of the reply shown in a message


class VerbalizedSamplingError(Exception):
    """Base of every error raised by this library.

    Attributes:
        salvaged: The distribution over what was read before it, or None.
    """

    salvaged: Any = None  # a Distribution: naming its class here would close a circle


class SettingsError(VerbalizedSamplingError, ValueError):
    """A setting or a query that cannot work; raised before any model is called."""


class TemplateError(VerbalizedSamplingError):
    """A prompt template that is missing, malformed, or uses an undefined variable."""


class ModelError(VerbalizedSamplingError):
    """The model could not be reached, could not be loaded, or failed while answering.

    Its message is one line of at most 500 characters, however much an endpoint had to say.

    Attributes:
        status: The HTTP status that the endpoint answered with, or None.
        retry_after: Seconds after which the endpoint asks to be tried again, or None.
        retryable: Whether the same request may succeed later: after a rate limit, a timeout, a server's error.
        salvaged: Candidates of earlier turns, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        retryable: bool = False,
        salvaged: Any = None,
    ) -> None:
        super().__init__(_one_line(message))
        self.status = status
        self.retry_after = retry_after
        self.retryable = retryable
        self.salvaged = salvaged


class EmptyDistributionError(VerbalizedSamplingError, ValueError):
    """A candidate was asked of a distribution that holds none."""


class JobError(VerbalizedSamplingError):
    """A job of many calls that can't go on: its journal is in use, the disk is full, the endpoint is dead.

    What was answered is in the journal; the same job, started again, goes on from there.

    Attributes:
        report: What bulk generation had done until then, or None.
    """

    report: Any = None


class RefusalError(VerbalizedSamplingError):
    """The model declined to answer.

    Attributes:
        text: The model's own words.
        salvaged: Candidates of earlier turns, or None.
    """

    def __init__(self, text: str, salvaged: Any = None) -> None:
        super().__init__(text, salvaged)
        self.text = text
        self.salvaged = salvaged

    def __str__(self) -> str:
        return f"the model refused: {_excerpt(self.text, 0)!r}. Rephrase the query or choose another model."


class DistributionParseError(VerbalizedSamplingError, ValueError):
    """No distribution can be read in a reply (or, with ``strict=True``, not without a repair).

    Attributes:
        reason: What is wrong, in one clause.
        text: The whole reply.
        position: Offset in ``text`` (characters, from 0) where reading failed.
        tried: The formats that were tried, in order.
        salvaged: What could be read all the same, or None.
    """

    def __init__(
        self,
        reason: str,
        text: str,
        position: int = 0,
        tried: tuple[str, ...] = (),
        salvaged: Any = None,
    ) -> None:
        super().__init__(reason, text, position, tried, salvaged)  # as args: this is what pickles
        self.reason = reason
        self.text = text
        self.position = position
        self.tried = tried
        self.salvaged = salvaged

    @property
    def line(self) -> int:
        """Line of ``position``, from 1."""
        return self.text.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """Column of ``position`` in its line, from 1."""
        return self.position - (self.text.rfind("\n", 0, self.position) + 1) + 1

    @property
    def excerpt(self) -> str:
        """At most 60 characters of the reply, from ``position`` on."""
        return _excerpt(self.text, self.position)

    def __str__(self) -> str:
        if not self.text:
            return self.reason if "empty" in self.reason else f"{self.reason} (the reply is empty)"
        where = f"line {self.line}, column {self.column}: {self.excerpt!r}"
        tried = f"; tried {', '.join(self.tried)}" if self.tried else ""
        return f"{self.reason} ({where}{tried})"


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _LONGEST_MESSAGE]).split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def salvage(error: BaseException, won: Sequence[Any]) -> None:
    """Puts the distribution ``won``, unless it is empty, on an error of any class as its ``salvaged``."""
    if not won:
        return
    with suppress(AttributeError, TypeError):  # of a class that takes no attributes
        error.salvaged = won  # type: ignore[attr-defined]
        if _NOTE not in getattr(error, "__notes__", ()):
            error.add_note(_NOTE)


def is_bug(error: BaseException) -> bool:
    """Whether an error says that code is wrong rather than that a call failed."""
    return isinstance(error, _BUGS)


def _excerpt(text: str, position: int) -> str:
    piece = text[position : position + _EXCERPT]
    return piece + "…" if position + _EXCERPT < len(text) else piece
