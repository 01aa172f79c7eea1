"""One run of the command: which subcommand is meant, and how it ends."""

from __future__ import annotations

import logging
import os
import re
import signal
import sys
from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from .. import errors
from .output import Output

__all__ = ["run"]

# Each is a module of this package, with a click command of the same name in it, imported when it is wanted.
_COMMANDS = ("ask", "compare", "bulk", "parse", "prompt", "models", "serve", "config", "completion")
_WITHOUT_CONFIG = ("config", "completion")  # they work also where the file is broken

_EXIT_CODES: dict[type[errors.VerbalizedSamplingError], int] = {
    errors.SettingsError: 2,
    errors.TemplateError: 2,
    errors.ModelError: 3,
    errors.RefusalError: 4,
    errors.DistributionParseError: 5,
    errors.JobError: 6,
}
_FAILED, _INTERRUPTED = 1, 130
_DEBUG = "VERBALIZED_SAMPLING_DEBUG"


class _Commands(click.Group):
    """A group that takes what is no subcommand as a query."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".subcommands.{cmd_name}", __package__), cmd_name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and ctx.resilient_parsing:  # a shell asks what may come first
            return super().parse_args(ctx, args)
        if args and args[0] in ("--help", "-h", "--version", *_COMMANDS):
            return super().parse_args(ctx, args)
        if args and args[0][:1] != "-" and (close := get_close_matches(args[0], _COMMANDS, 1, 0.75)):
            raise click.UsageError(
                f"{args[0]!r} is no command, did you mean {close[0]!r}? To send it to a model: verbalize ask {args[0]}",
                ctx,
            )
        return super().parse_args(ctx, ["ask", *args])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if command and name and name not in _WITHOUT_CONFIG and not ctx.resilient_parsing:
            self._configure(ctx, name, command)
        if command and isinstance(ctx.obj, Output):
            ctx.obj.options = {p.name: max(p.opts, key=len) for p in command.params if p.name and p.opts[0][0] == "-"}
        return name, command, rest

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Subcommands, and the options of the query that may stand in their place."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-") and (ask := self.get_command(ctx, "ask")):
            found += ask.shell_complete(click.Context(ask, ctx, "ask", resilient_parsing=True), incomplete)
        return found

    @staticmethod
    def _configure(ctx: click.Context, name: str, command: click.Command) -> None:
        from ..models import stored_keys
        from .config_file import ConfigFile

        found = ConfigFile.read()
        if not found.content:
            return
        ctx.with_resource(stored_keys(found.keys))
        ctx.default_map = {name: found.defaults(command, _COMMANDS)}
        if found.is_open and isinstance(ctx.obj, Output):
            ctx.obj.say(f"other users of this machine can read your keys: chmod 600 {found.path}")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if ask := self.get_command(ctx, "ask"):
            ask.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    options_metavar="[OPTIONS]",
    subcommand_metavar="[QUERY] | COMMAND",
)
@click.version_option(package_name="verbalized-sampling-core")
def verbalize() -> None:
    """Ask a language model for several answers with their probabilities, and see the distribution.

    QUERY is read from standard input if it is left out.

    Exit codes: 0 done; 1 the output could not be written, or a bar of --fail-under was missed; 2 wrong usage;
    3 no model, or it failed; 4 it refused; 5 its reply could not be read; 6 a job can't go on; 130 interrupted.
    """


def run(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code; an error is one line on standard error."""
    output = Output()
    logger, notices = logging.getLogger("verbalized_sampling"), _Notices(output)
    logger.addHandler(notices)
    try:
        if sys.stdout is None:
            raise OSError("there is no standard output")  # noqa: TRY301
        code = verbalize.main(arguments, prog_name="verbalize", standalone_mode=False, obj=output)
        sys.stdout.flush()
    except errors.VerbalizedSamplingError as error:
        output.complain(_in_options(str(error), output.options))
        return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), _FAILED)
    except click.ClickException as error:
        path = error.ctx.command_path.removesuffix(" ask") if isinstance(error, click.UsageError) and error.ctx else ""
        message = error.format_message().rstrip(".")
        output.complain(f"{message}{'' if message.endswith('?') else '.'} See {path or 'verbalize'} --help.")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _end_at_once(output)
    except (BrokenPipeError, SystemExit):  # whoever reads has seen enough; click makes an exit of it
        _forget_output()
        return 0
    except OSError as error:
        _forget_output()
        output.complain(f"{error.strerror or error}{f': {error.filename!r}' if error.filename else ''}")
        return _FAILED
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        output.complain(f"unexpected {type(error).__name__}: {error} (a bug; {_DEBUG}=1 shows where)")
        return _FAILED
    finally:
        logger.removeHandler(notices)
    return int(code or 0)


def _end_at_once(output: Output) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output.complain("interrupted")
    try:
        sys.stdout.flush()
    finally:
        os._exit(_INTERRUPTED)  # an orderly exit waits until a local model has read its prompt


def _forget_output() -> None:
    """Python would write what is left once more while closing, and complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):
        return  # it has no file


def _in_options(message: str, options: dict[str, str]) -> str:
    """What the library says of its parameters (``max_tokens``, ``tau=``), in the command's own words."""
    options = options | ({"api_key": options["api_key_env"]} if "api_key_env" in options else {})
    for name, option in options.items():
        message = re.sub(rf"(?<![\w-]){name}=(?=\w)", option + " ", message)
        message = re.sub(rf"(?<![\w-]){name}(=|{'' if '_' in name else '(?!)'})(?!\w)", option, message)
    return message


class _Notices(logging.Handler):
    """What the library has to say, such as which model answers."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        self._output.say(_in_options(record.getMessage(), self._output.options))
