"""One run of the command: which subcommand is meant, and how it ends."""

from __future__ import annotations

import logging
import os
import sys

import click

from .. import errors
from ..views import printable
from .ask import ask
from .completion import completion
from .models import models
from .output import complain, stderr
from .parse import parse
from .prompt import prompt

__all__ = ["run"]

_EXIT_CODES: dict[type[errors.VerbalizedSamplingError], int] = {
    errors.SettingsError: 2,
    errors.TemplateError: 2,
    errors.ModelError: 3,
    errors.RefusalError: 4,
    errors.DistributionParseError: 5,
    errors.JobError: 6,
}
_INTERRUPTED = 130


class _WithDefault(click.Group):
    """A group that takes what is no subcommand as a query."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "-h", "--version", *self.commands}
        return super().parse_args(ctx, args if args and args[0] in own else ["ask", *args])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        ask.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(
    cls=_WithDefault,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[OPTIONS]",
    subcommand_metavar="[QUERY] | COMMAND",
)
@click.version_option(package_name="verbalized-sampling-core")
def verbalize() -> None:
    """Ask a language model for several answers with their probabilities, and see the distribution.

    QUERY is read from standard input if it is left out.

    Exit codes: 0 done; 2 wrong usage; 3 no model, or it failed; 4 it refused; 5 its reply could not be read;
    6 a job stopped before its end; 130 interrupted.
    """


for command in (ask, parse, prompt, models, completion):
    verbalize.add_command(command)


def run(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code; an error is one line on standard error."""
    logger, notices = logging.getLogger("verbalized_sampling"), _Notices()
    logger.addHandler(notices)
    try:
        code = verbalize.main(arguments, prog_name="verbalize", standalone_mode=False)
    except errors.VerbalizedSamplingError as error:
        complain(str(error))
        return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), 1)
    except click.ClickException as error:
        complain(f"{error.format_message().rstrip('.')}. See verbalize --help.")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        sys.stdout.flush()
        os._exit(_INTERRUPTED)  # an orderly exit waits until a local model has read its prompt
    except BrokenPipeError:  # whoever reads has seen enough; Python would complain once more while closing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    finally:
        logger.removeHandler(notices)
    return int(code or 0)


class _Notices(logging.Handler):
    """What the library has to say, as a dim line on a terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        console = stderr()
        if console.is_terminal:
            console.print(printable(record.getMessage()), style="dim", markup=False)
