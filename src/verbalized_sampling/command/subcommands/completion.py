"""``verbalize completion``: completion for a shell."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from ..output import Output

__all__ = ["completion"]

_SCRIPTS: dict[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_SCRIPTS)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print what completes the command in a shell.

    For bash: eval "$(verbalize completion bash)"
    """
    output: Output = ctx.obj
    output.write(_SCRIPTS[shell](ctx.find_root().command, {}, "verbalize", "_VERBALIZE_COMPLETE").source())
