"""What a template may do: read plain values, and work for a bounded time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .bounds import MOST, bounded, check_length, foresee

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Template
    from jinja2.compiler import Frame
    from jinja2.runtime import Context

__all__ = ["Sandbox"]

_rounds: ContextVar[Iterator[int]] = ContextVar("rounds")


class _Counting(CodeGenerator):
    """Compiles every loop into one whose rounds are counted: loops within loops multiply."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - jinja's name
        for loop in node.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        super().visit_Template(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802
        self.write("environment.filters['joined']((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which a template sees its variables and nothing of Python.

    Attributes that lead inside an object, calls that change one, and undefined names are errors; so are more than
    100,000 rounds of its loops, macros and includes, and texts of more than 10 million characters, by whatever
    lengthens them. Values are inserted as they are, without HTML escapes.
    """

    code_generator_class = _Counting
    intercepted_binops = frozenset(("*", "**", "+"))

    def __init__(self, loader: BaseLoader) -> None:
        super().__init__(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        del self.globals["lipsum"]
        self.filters |= {"decimal": _decimal, "json": _json, "percent": _percent, "joined": _joined}
        self.filters = {name: bounded(name, each) for name, each in self.filters.items()} | {"counted": _counted}

    def text_of(self, name: str, variables: dict[str, Any]) -> str:
        """The template ``name`` with its variables filled in; what goes wrong is raised as it is."""
        token = _rounds.set(count())
        try:
            return self.get_template(name).render(variables).strip()
        finally:
            _rounds.reset(token)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "+":
            return _checked(super().call_binop(context, operator, left, right))
        if operator == "**":
            too_much = isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > MOST
        else:
            too_much = any(hasattr(a, "__len__") and len(a) * b > MOST for a, b in ((left, right), (right, left)))
        if too_much:
            raise SecurityError(f"a template may not make anything longer than {MOST:,} with {operator}")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, function: Any, *args: Any, **keywords: Any) -> Any:
        _go_round()
        method = getattr(function, "__wrapped__", function)  # jinja wraps ``format``
        if (subject := getattr(method, "__self__", None)) is not None:
            foresee(method.__name__, subject, args, keywords)
        return super().call(context, function, *args, **keywords)

    def get_template(self, *args: Any, **keywords: Any) -> Template:
        _go_round()  # a template may include itself, twice
        return super().get_template(*args, **keywords)

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """What a template, a macro or a block gives: jinja calls it so."""
        made, length = [], 0
        for piece in pieces:
            length += len(piece)
            check_length(length)
            made.append(piece)
        return "".join(made)


def _checked(made: Any) -> Any:
    if isinstance(made, str):
        check_length(len(made))
    return made


def _joined(parts: Iterable[Any]) -> str:
    return "".join(map(str, parts))


def _counted(iterable: Iterable[Any]) -> Iterator[Any]:
    for item in iterable:
        _go_round()
        yield item


def _go_round() -> None:
    rounds = _rounds.get(None)  # none while templates are only checked
    if rounds is not None and next(rounds) >= MOST:
        raise SecurityError(f"loops, macros and includes of a template may go round at most {MOST:,} times")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # jinja's own tojson escapes for HTML


def _percent(share: float) -> str:
    return f"{share * 100:.10g} %"


def _decimal(number: float) -> str:
    """At least two decimals, as people write a threshold: 0.10, 0.05, 0.001."""
    shortest = f"{number:.10f}".rstrip("0")
    whole, _, decimals = shortest.partition(".")
    return f"{whole}.{decimals:0<2}"
