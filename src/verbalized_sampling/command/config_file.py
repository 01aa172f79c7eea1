"""The command's config file: defaults of options, and keys.

::

    model = "openai:gpt-6.1-terra"     # a default of every subcommand that has the option
    tau = 0.1

    [compare]                       # of one subcommand
    n = 20

    [keys]                          # by provider, or by address
    openai = "sk-…"
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from ..errors import SettingsError
from ..models import VARIABLE

__all__ = ["CONFIG", "KEYS", "ConfigFile", "config_path", "option_of", "write"]

CONFIG = "VERBALIZED_SAMPLING_CONFIG"
KEYS = "keys"
_OWNER_ONLY = 0o600


def config_path() -> Path:
    """Where it is: what the variable names, or where this system keeps such files."""
    if named := os.environ.get(CONFIG):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("verbalized-sampling", appauthor=False) / "config.toml"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What stands in it.

    Attributes:
        path: Where it is.
        content: All of it.
    """

    path: Path
    content: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls) -> ConfigFile:
        """The file; empty if there is none.

        Raises:
            SettingsError: It can't be read, or is no TOML.
        """
        path = config_path()
        try:
            return cls(path, tomllib.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return cls(path)
        except OSError as error:
            raise SettingsError(f"cannot read the config file {path}: {error.strerror}") from error
        except ValueError as error:
            raise SettingsError(f"the config file {path} is no TOML: {error}") from error

    @property
    def keys(self) -> dict[str, str]:
        """Keys by provider or address.

        Raises:
            SettingsError: They are no texts.
        """
        keys = self.content.get(KEYS, {})
        if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
            raise SettingsError(f'[{KEYS}] in {self.path} has to hold texts: provider = "key"')
        return keys

    @property
    def is_open(self) -> bool:
        """Whether other users of the machine can read keys in it."""
        if not self.keys or os.name != "posix":
            return False
        return bool(self.path.stat().st_mode & 0o077)

    def defaults(self, command: click.Command, commands: Iterable[str]) -> dict[str, Any]:
        """Defaults of one subcommand's options, by the names of its parameters.

        Raises:
            SettingsError: A name is no option of it, or of any.
        """
        found: dict[str, Any] = {}
        everywhere = {name: value for name, value in self.content.items() if not isinstance(value, dict)}
        from .subcommands.ask import ask

        for name in everywhere:
            if option_of(ask, name) is None:
                meant = _meant(name, [opt.lstrip("-") for o in ask.params for opt in o.opts])
                raise SettingsError(f"{name!r} in {self.path} is no option of the command{meant}")
        for table in set(self.content) - set(everywhere) - {KEYS, *commands}:
            raise SettingsError(f"[{table}] in {self.path} is no subcommand{_meant(table, [KEYS, *commands])}")
        own = self.content.get(str(command.name), {})
        for name, value in {**everywhere, **own}.items():
            option = option_of(command, name)
            if option is None or option.name is None:
                if name in own:
                    raise SettingsError(f"{name!r} in [{command.name}] of {self.path} is no option of it")
                continue
            if name == "model" and name not in own and os.environ.get(VARIABLE):
                continue  # the variable is nearer
            text = str(value) if option.type is click.STRING and not isinstance(value, str | list) else value
            found[option.name] = [text] if option.multiple and not isinstance(text, list) else text
        return found


def option_of(command: click.Command, name: str) -> click.Option | None:
    """The option that is called ``name``, with or without its dashes."""
    plain = name.lstrip("-").replace("_", "-")
    for option in command.params:
        if isinstance(option, click.Option) and any(opt.lstrip("-") == plain for opt in option.opts):
            return option
    return None


def write(path: Path, text: str) -> None:
    """Puts ``text`` in the file's place, readable for its owner only; the old one stays until the new one is whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".config")  # mode 0600 from the beginning
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(_OWNER_ONLY)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), 1)
    return f", did you mean {close[0]!r}?" if close else ""
