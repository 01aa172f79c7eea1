"""The command ``verbalize``: options in, a distribution in the terminal out."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, get_args

import click
from rich.console import Console

from . import errors
from .api import conversation
from .distribution import Distribution, Select
from .drive import drive
from .elicitation import Elicitation, Format, Variant
from .models import VARIABLE, Options, resolve
from .views import printable, table

__all__ = ["run"]

_EXIT_CODES: dict[type[errors.VerbalizedSamplingError], int] = {
    errors.SettingsError: 2,
    errors.TemplateError: 2,
    errors.ModelError: 3,
    errors.RefusalError: 4,
    errors.DistributionParseError: 5,
}
_INTERRUPTED = 130

_HELP = """Ask a language model for several answers with their probabilities, and see the distribution.

QUERY is read from standard input if it is left out.

Exit codes: 0 done; 2 wrong usage; 3 no model, or it failed; 4 it refused; 5 its reply could not be read;
130 interrupted.
"""


def _words(literal: Any) -> click.Choice[str]:
    return click.Choice(get_args(literal))


@click.command(
    "verbalize", help=_HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.argument("query", required=False)
@click.option("-k", default=5, show_default=True, help="Candidates a call.")
@click.option("--tau", type=float, help="Tail threshold: ask that every probability be below it, such as 0.10.")
@click.option("--variant", type=_words(Variant), default="standard", show_default=True, help="Variant of the method.")
@click.option("--format", type=_words(Format), default="json", show_default=True, help="Form of the reply.")
@click.option("--total", type=int, help="Candidates over all turns.")
@click.option("--words", type=int, help="Target length of a candidate, in words.")
@click.option("--temperature", type=float, help="Sampling temperature of the model.")
@click.option("--seed", type=int, help="Seed of the model, and of --select sample.")
@click.option("--select", type=_words(Select), default="all", show_default=True, help="Print all, or one text.")
@click.option("--model", envvar=VARIABLE, show_envvar=True, help="Path of a GGUF file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--system", help="A system prompt of your own.")
@click.version_option(package_name="verbalized-sampling-core")
def verbalize(
    *,
    query: str | None,
    system: str | None,
    model: str | None,
    temperature: float | None,
    seed: int | None,
    as_json: bool,
    **settings: Any,
) -> None:
    elicitation: Elicitation[str] = Elicitation(**settings)
    plan = elicitation.plan(conversation(_query(query), system))
    with _progress() as on_text:
        options = Options(temperature=temperature, seed=seed, on_text=on_text)
        distribution = drive(plan, resolve(model, options).call)
    _print(distribution, elicitation.select, seed, as_json=as_json)
    _remark(distribution)


def run(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code; an error is one line on standard error."""
    logger, notices = logging.getLogger("verbalized_sampling"), _Notices()
    logger.addHandler(notices)
    try:
        code = verbalize.main(arguments, standalone_mode=False)
    except errors.VerbalizedSamplingError as error:
        _complain(str(error))
        return next(code for kind, code in _EXIT_CODES.items() if isinstance(error, kind))
    except click.ClickException as error:
        _complain(f"{error.format_message().rstrip('.')}. See verbalize --help.")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _complain("interrupted")
        sys.stdout.flush()
        os._exit(_INTERRUPTED)  # an orderly exit waits until a local model has read its prompt
    except BrokenPipeError:  # whoever reads has seen enough; Python would complain once more while closing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    finally:
        logger.removeHandler(notices)
    return int(code or 0)


def _query(query: str | None) -> str:
    if query is not None:
        return query
    if sys.stdin.isatty():
        raise click.UsageError('What should the model answer? For example: verbalize "Tell me a joke"')
    return sys.stdin.read()


@contextmanager
def _progress() -> Iterator[Callable[[str], None] | None]:
    """A line that grows with the reply, on a terminal; nothing where nobody watches."""
    console = _stderr()
    if not console.is_terminal:
        yield None
        return
    written = 0
    with console.status("loading the model") as status:

        def on_text(piece: str) -> None:
            nonlocal written
            written += len(piece)
            status.update(f"the model writes: {written} characters")

        yield on_text


def _print(distribution: Distribution[str], select: Select, seed: int | None, *, as_json: bool) -> None:
    console = Console(highlight=False, soft_wrap=select != "all" or as_json)
    chosen = distribution.select(select, seed=seed)
    if as_json:
        from pydantic_core import to_json

        text = distribution.to_json(indent=2) if isinstance(chosen, list) else to_json(chosen, indent=2).decode()
        console.print(text, markup=False)
    elif isinstance(chosen, list):
        console.print(table(distribution))
    else:
        console.print(printable(chosen.text), markup=False)


def _remark(distribution: Distribution[str]) -> None:
    """One line about what was not as asked for, if anything was."""
    console = _stderr()
    repairs = dict.fromkeys([*distribution.repairs, *(r for c in distribution for r in c.repairs)])
    if repairs and console.is_terminal:
        console.print("the reply was repaired: " + ", ".join(repairs), style="dim", markup=False)


def _complain(message: str) -> None:
    line = " ".join(printable(f"verbalize: {message}").split())
    _stderr().print(line, style="red", markup=False)


def _stderr() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


class _Notices(logging.Handler):
    """What the library has to say, as a dim line on a terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        console = _stderr()
        if console.is_terminal:
            console.print(printable(record.getMessage()), style="dim", markup=False)
