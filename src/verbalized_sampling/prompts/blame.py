"""Whatever goes wrong in a template, as an error that names the template and the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from ..errors import TemplateError

__all__ = ["SUFFIX", "blaming"]

SUFFIX = ".jinja"


@contextmanager
def blaming(name: str, known: Callable[[], list[str]]) -> Iterator[None]:
    """Makes every exception a TemplateError.

    Args:
        name: The template that is read or rendered.
        known: Gives the templates that could have been meant where one is not found.
    """
    try:
        yield
    except TemplateError:
        raise
    except Exception as error:
        where, line = _place(error, name)
        raise TemplateError(f"{where}{f', line {line}' if line else ''}: {_said(error, known)}") from error


def _place(error: Exception, name: str) -> tuple[str, int | None]:
    """The template and the line where it happened."""
    from jinja2 import TemplateError as JinjaError

    is_jinjas = isinstance(error, JinjaError)  # a SyntaxError of Python counts lines of what jinja made
    place = (getattr(error, "name", None) if is_jinjas else None) or name
    line = getattr(error, "lineno", None) if is_jinjas else None
    trace = error.__traceback__
    while trace is not None:  # jinja puts the templates' lines into the traceback
        file = trace.tb_frame.f_code.co_filename
        if not file.endswith(".py") and not file.startswith("<"):
            place, line = file, trace.tb_lineno
        trace = trace.tb_next
    return Path(str(place)).name, line


def _said(error: Exception, known: Callable[[], list[str]]) -> str:
    from jinja2 import TemplateNotFound

    if isinstance(error, TemplateNotFound):
        close = get_close_matches(str(error.name), known(), 1)
        return f"there is no template {error.name!r}" + (f", did you mean {close[0]!r}?" if close else "")
    if isinstance(error, RecursionError):
        return (
            f"it goes too deep: does it include itself? shipped/NAME{SUFFIX} is the project's own template of that name"
        )
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 text ({error.reason} at byte {error.start})"
    if isinstance(error, MemoryError):
        return "it makes more than fits into memory"
    if isinstance(error, TypeError) and "NoneType" in str(error):
        return f"{error} (a setting that was not given is none: test it first, as in {{% if tau %}})"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return " ".join(str(error).split()) or type(error).__name__
