"""``verbalize config``: keys and defaults in a file."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any

import click

from ...errors import SettingsError
from ...models import PROVIDERS, check_name
from ...plans.elicitation import Elicitation
from ..config_file import KEYS, ConfigFile, config_path, option_of, write
from ..output import Output

__all__ = ["config"]

_SETTINGS = ("k", "tau", "total", "words")  # of an elicitation, whose ranges it knows


@click.group("config", invoke_without_command=True)
@click.pass_context
def config(ctx: click.Context) -> None:
    """Show, set and unset defaults and keys, which stand in a file.

    An option counts before a variable, and a variable before the file. Python does not read it.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(show)


@config.command("show")
@click.pass_obj
def show(output: Output) -> None:
    """Show what is set; keys are not shown."""
    found = ConfigFile.read()
    output.say(str(found.path) if found.content else f"{found.path} is not there yet: verbalize config set model NAME")
    for name, value in found.content.items():
        if name == KEYS:
            continue
        inner = value.items() if isinstance(value, dict) else [(None, value)]
        for option, default in inner:
            output.write(f"{name}{'' if option is None else f'.{option}'} = {default}")
    for owner in found.keys:
        output.write(f"{KEYS}.{owner} is set")
    if found.is_open:
        output.say(f"other users of this machine can read your keys: chmod 600 {found.path}")


@config.command("path")
@click.pass_obj
def path(output: Output) -> None:
    """Print where the file is."""
    output.write(str(config_path()))


@config.command("set")
@click.argument("name")
@click.argument("value")
@click.pass_context
def set_(ctx: click.Context, name: str, value: str) -> None:
    """Set the default of an option: NAME is "model", or "compare.n" for one subcommand."""
    table, _, option_name = name.rpartition(".")
    if KEYS in (table, name):
        raise click.UsageError(f"a key on a command line can be seen by others: verbalize config set-key {option_name}")
    option = _option(ctx, table or "ask", option_name)
    converted = option.type_cast_value(ctx, (value,) if option.multiple else value)
    converted = converted[0] if option.multiple else converted
    if option_name in _SETTINGS:
        Elicitation(**{option_name: converted})
    if "--model" in option.opts:
        check_name(value)
    plain = converted if isinstance(converted, bool | int | float) else value
    _change(lambda document: _table(document, table).__setitem__(option_name, plain))
    ctx.obj.say(f"{name} = {plain}, in {config_path()}")


@config.command("set-key")
@click.argument("owner")
@click.pass_obj
def set_key(output: Output, owner: str) -> None:
    """Store a key; OWNER is a provider, or an address such as https://host/v1.

    It is asked for, or read from standard input, and never shown.
    """
    from ...models import Endpoint, endpoint_for
    from ...models.providers import suggestion

    if "://" in owner:
        endpoint_for(owner, "a key")  # refuses what is no address
    elif owner in PROVIDERS and not PROVIDERS[owner].key_variables:
        raise click.UsageError(f"{owner} takes no key; one that asks for it has an address: http://host:port/v1")
    elif owner not in PROVIDERS:
        meant = suggestion(f"{owner}:").partition(":")[0]
        advice = f"did you mean {meant!r}?" if meant in PROVIDERS else f"there are {', '.join(_with_keys())}"
        raise click.UsageError(f"{owner!r} is neither a provider with keys nor an address: {advice}")
    asked = sys.stdin.isatty()
    key = click.prompt(f"Key of {owner}", hide_input=True, err=True) if asked else sys.stdin.readline()
    if not key.strip():
        raise click.UsageError("the key is empty")
    found = endpoint_for(owner if "://" in owner else f"{owner}:m", key) if owner != "azure" else None
    kept = found.key if isinstance(found, Endpoint) else key.strip()
    _change(lambda document: _table(document, KEYS).__setitem__(owner, kept))
    output.say(f"the key of {owner} is in {config_path()}, which only you can read")


@config.command("unset")
@click.argument("name")
@click.pass_obj
def unset(output: Output, name: str) -> None:
    """Take a default or a key out: "model", "compare.n", "keys.openai"."""
    head, _, rest = name.partition(".")
    found = ConfigFile.read().content
    inside = found.get(head) if rest else found
    if not isinstance(inside, dict) or (rest or name) not in inside:
        raise click.UsageError(f"{name!r} is not set")

    def change(document: MutableMapping[str, Any]) -> None:
        if not rest:
            del document[name]
            return
        del document[head][rest]
        if not document[head]:
            del document[head]

    _change(change)
    output.say(f"{name} is not set any more")


def _option(ctx: click.Context, command_name: str, name: str) -> click.Option:
    group = ctx.find_root().command
    command = group.get_command(ctx, command_name) if isinstance(group, click.Group) else None
    if command is None:
        raise click.UsageError(f"{command_name!r} is no subcommand")
    option = option_of(command, name)
    if option is None or option.is_eager or not option.expose_value:
        from difflib import get_close_matches

        known = [opt.lstrip("-") for o in command.params if isinstance(o, click.Option) for opt in o.opts]
        close = get_close_matches(name, known, 1)
        raise click.UsageError(f"{name!r} is no option{f', did you mean {close[0]!r}?' if close else ''}")
    return option


def _table(document: MutableMapping[str, Any], name: str) -> MutableMapping[str, Any]:
    if not name:
        return document
    import tomlkit

    table: MutableMapping[str, Any] = document.setdefault(name, tomlkit.table())
    return table


def _change(change: Any) -> None:
    """Changes the file, and leaves the comments of its owner where they are.

    Raises:
        SettingsError: It is no TOML, or can't be written.
    """
    import tomlkit

    found = ConfigFile.read()  # refuses what is none
    try:
        document = tomlkit.parse(found.path.read_text(encoding="utf-8") if found.content else "")
        change(document)
        write(found.path, tomlkit.dumps(document))
    except OSError as error:
        raise SettingsError(f"cannot write {found.path}: {error.strerror}") from error


def _with_keys() -> list[str]:
    return [name for name, provider in PROVIDERS.items() if provider.key_variables]
