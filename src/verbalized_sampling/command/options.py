"""Options that several subcommands share, and what they say about an elicitation."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from ..plans.elicitation import Elicitation, Format, Variant
from ..runs.dial import DIVERSITY, DiversityWord, tau_by
from ..values.distribution import Select
from ..values.weights import Definition
from .texts import well_formed

__all__ = [
    "api_key_option",
    "concurrency_option",
    "diversity_option",
    "elicitation_from",
    "elicitation_options",
    "endpoint_options",
    "max_calls_option",
    "output_options",
    "query_argument",
    "quiet_option",
    "reading_options",
    "system_option",
    "tau_option",
    "template_option",
    "timeout_option",
    "words_of",
]

Command = TypeVar("Command", bound=Callable[..., Any])


def words_of(literal: Any) -> click.Choice[str]:
    """The words of a ``Literal``, to choose from."""
    return click.Choice(get_args(literal))


def _type_of(path: str) -> Any:
    """What ``module:Class`` names, looked up from the current folder on."""
    from pydantic import TypeAdapter
    from pydantic.errors import PydanticUserError

    module, colon, name = path.partition(":")
    if not colon:
        raise click.BadParameter(f"{path!r} is not of the form module:Class")
    folder = str(Path.cwd())
    sys.path.insert(0, folder)
    try:
        found = getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:
        raise click.BadParameter(f"cannot find {path!r}: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(folder)
    try:
        if not inspect.isroutine(found):  # of which pydantic would validate the arguments
            TypeAdapter(found)
            return found
    except PydanticUserError as error:
        raise click.BadParameter(f"{path!r} is no type that pydantic validates: {error.message}") from error
    raise click.BadParameter(f"{path!r} is a function, not a type that pydantic validates")


def _key(_context: click.Context, _parameter: click.Parameter, variable: str | None) -> str | None:
    if variable is None:
        return None
    if key := os.environ.get(variable):
        return key
    raise click.BadParameter(f"the variable {variable!r} is not set, or empty")


def _quieten(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001
    ctx.obj.quiet = value


_CANDIDATE = click.option(
    "--candidate", type=_type_of, metavar="MODULE:CLASS", help="Type of the answers: a pydantic model."
)
_DEFINITION = click.option(
    "--definition",
    type=click.Choice([str(d) for d in Definition]),
    default="explicit",
    show_default=True,
    help="What a probability is said to be.",
)
tau_option = click.option(
    "--tau", type=float, help="Tail threshold: ask that every probability be below it, such as 0.10."
)
template_option = click.option(
    "--template", "-t", help="Wording of your own: a .jinja file, a folder of them, or 'paper'."
)

diversity_option = click.option(
    "--diversity",
    type=words_of(DiversityWord),
    help="A word for --tau: " + ", ".join(f"{word} {tau:g}" for word, tau in DIVERSITY.items()) + ".",
)

_ELICITATION = [
    click.option("-k", default=5, show_default=True, help="Candidates a call."),
    tau_option,
    diversity_option,
    click.option(
        "--variant", type=words_of(Variant), default="standard", show_default=True, help="Method or baseline."
    ),
    click.option("--format", type=words_of(Format), default="json", show_default=True, help="Form of the reply."),
    _DEFINITION,
    click.option("--total", type=int, help="Candidates over all turns."),
    click.option("--words", type=int, help="Target length of a candidate, in words."),
    template_option,
    _CANDIDATE,
]
max_calls_option = click.option(
    "--max-calls", type=click.IntRange(1), help="The most calls; to be said above 1,000 candidates."
)
api_key_option = click.option(
    "--api-key-env",
    "api_key",
    metavar="NAME",
    callback=_key,
    help="Environment variable that holds the key of the model's address.",
)
timeout_option = click.option("--timeout", type=float, help="Limit of a request, in seconds.  [default: 600]")
concurrency_option = click.option(
    "--concurrency", type=click.IntRange(1), default=16, show_default=True, help="Requests at the same time."
)
quiet_option = click.option(
    "--quiet", "-q", is_flag=True, expose_value=False, callback=_quieten, help="On standard error, errors only."
)
_ENDPOINT = [
    click.option(
        "--max-tokens", type=click.IntRange(1), help="Limit of a reply; by default enough for the candidates."
    ),
    api_key_option,
    timeout_option,
    concurrency_option,
]
_OUTPUT = [
    click.option("--select", type=words_of(Select), default="all", show_default=True, help="Print all, or one text."),
    click.option("--pick", is_flag=True, help="Choose one yourself, with the arrow keys."),
    click.option("--seed", type=int, help="Seed of the model, and of --select sample."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
    quiet_option,
]
query_argument = click.argument("query", required=False)


def _system(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:  # noqa: ARG001
    return None if value is None else well_formed(value, "the system prompt")


system_option = click.option("--system", "-s", callback=_system, help="A system prompt of your own.")


def elicitation_options(command: Command) -> Command:
    """Adds what :func:`elicitation_from` takes."""
    return _add(_ELICITATION, command)


def endpoint_options(command: Command) -> Command:
    """Adds ``--max-tokens``, ``--api-key-env`` (given as ``api_key``), ``--timeout`` and ``--concurrency``."""
    return _add(_ENDPOINT, command)


def output_options(command: Command) -> Command:
    """Adds ``--select``, ``--pick``, ``--seed``, ``--json`` and ``--quiet``."""
    return _add(_OUTPUT, command)


def reading_options(command: Command) -> Command:
    """Adds what says how to read a reply: ``--tau``, ``--definition`` and ``--candidate``."""
    return _add([tau_option, _DEFINITION, _CANDIDATE], command)


def elicitation_from(settings: dict[str, Any], **more: Any) -> Elicitation[Any]:
    settings = dict(settings)
    settings["tau"] = tau_by(settings.pop("diversity", None), settings["tau"])
    return Elicitation(**settings, **more)


def _add(options: list[Any], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
