"""The templates of the report and its pictures: everything that is inserted is escaped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...values.looks.printable import printable

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["render"]


def render(name: str, **variables: Any) -> str:
    """A template, filled in."""
    return _environment().get_template(name).render(**variables)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = _number
    environment.filters["signed"] = lambda value: ("+" if value > 0 else "") + _number(value)
    environment.filters["shown"] = lambda text: printable(str(text)).encode(errors="replace").decode()
    return environment


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
