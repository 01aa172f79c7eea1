"""Options, by the names under which a framework's model takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...errors import SettingsError
from ..caller import Options

__all__ = ["options_for", "refuse_transport"]

_NAMES = {
    "temperature": ("temperature",),
    "max_tokens": ("max_tokens", "max_output_tokens", "max_completion_tokens", "num_predict"),
    "seed": ("seed",),
}


def options_for(model: Any, fields: Iterable[str], options: Options) -> dict[str, Any]:
    """The options that are set, each under the model's own name for it; one that takes no seed goes without.

    Raises:
        SettingsError: The model takes no temperature or no limit of its replies.
    """
    known = frozenset(fields)
    taken: dict[str, Any] = {}
    for option, names in _NAMES.items():
        value = getattr(options, option)
        if value is None:
            continue
        name = next((name for name in names if name in known), None)
        if name is not None:
            taken[name] = value
        elif option != "seed":
            raise SettingsError(f"{type(model).__name__} takes no {option} here: set it on the model itself")
    return taken


def refuse_transport(model: Any, options: Options) -> None:
    """Says that a client which the caller has made is not set up here.

    Raises:
        SettingsError: There is a timeout, a key, or a field of a request.
    """
    for option in ("timeout", "api_key"):
        if getattr(options, option) is not None:
            raise SettingsError(f"{option} goes to a model by name: give it to {type(model).__name__} itself")
    if options.extra:
        names = ", ".join(options.extra)
        raise SettingsError(f"{type(model).__name__} takes no {names} here: set it on the model itself")
