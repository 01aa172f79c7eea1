"""Templates by name, rendered."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ..errors import TemplateError

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

__all__ = ["PromptSet"]

_SHIPPED = Path(__file__).parent
_SUFFIX = ".jinja"


class PromptSet:
    """The project's templates, or some of them replaced by others.

    Templates see ``k``, ``tau``, ``format``, ``definition``, ``words``, ``query`` and the filters ``decimal`` and
    ``percent``. They are sandboxed, an undefined name is an error, and values are inserted as they are: a query is
    data, whatever braces it holds.
    """

    def __init__(self, loader: BaseLoader) -> None:
        self._environment = _environment(loader)

    @classmethod
    def of(cls, template: str | Path | None, entry: str) -> Self:
        """The set that a ``template`` setting names.

        Args:
            template: None (the project's own), ``"paper"`` (the method's published wording), a folder whose
                templates replace those of the same name, or a file that replaces the opening prompt.
            entry: Name of the opening prompt, which a file stands in for: the variant.

        Raises:
            TemplateError: There is no such folder or file.
        """
        return cls._of(str(template) if template is not None else None, entry)

    @classmethod
    @lru_cache(maxsize=32)  # compiled templates live in the environment
    def _of(cls, template: str | None, entry: str) -> Self:
        from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader

        shipped = FileSystemLoader(_SHIPPED)
        if template is None:
            return cls(shipped)
        named = _SHIPPED / template
        path = named if template.isidentifier() and named.is_dir() else Path(template)
        if path.is_dir():
            return cls(ChoiceLoader([FileSystemLoader(path), shipped]))
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(
                f"template {template!r} cannot be read ({error}): name a .jinja file, a folder of them, or 'paper'"
            ) from error
        return cls(ChoiceLoader([DictLoader({entry + _SUFFIX: text}), shipped]))

    def render(self, name: str, **variables: Any) -> str:
        """The prompt ``name`` with its variables filled in.

        Raises:
            TemplateError: There is no such template, its syntax is wrong, or it uses an undefined name; the message
                names the template and the line.
        """
        from jinja2 import TemplateError as JinjaError

        try:
            return self._environment.get_template(name + _SUFFIX).render(variables).strip()
        except JinjaError as error:
            raise TemplateError(_located(error, name + _SUFFIX)) from error

    def uses_query(self, name: str) -> bool:
        """Whether the prompt holds the query itself; otherwise it is a system prompt and the query follows it."""
        from jinja2 import TemplateError as JinjaError
        from jinja2 import meta

        try:
            pending, seen = [name + _SUFFIX], set[str]()
            while pending:
                current = pending.pop()
                seen.add(current)
                source, _, _ = self._environment.loader.get_source(self._environment, current)  # type: ignore[union-attr]
                tree = self._environment.parse(source, filename=current)
                if "query" in meta.find_undeclared_variables(tree):
                    return True
                pending += [n for n in meta.find_referenced_templates(tree) if n and n not in seen]
        except JinjaError as error:
            raise TemplateError(_located(error, current)) from error
        return False


def _environment(loader: BaseLoader) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=loader, undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["decimal"] = _decimal
    environment.filters["percent"] = lambda share: f"{share * 100:.10g} %"
    return environment


def _decimal(number: float) -> str:
    """At least two decimals, as people write a threshold: 0.10, 0.05, 0.001."""
    shortest = f"{number:.10f}".rstrip("0")
    whole, _, decimals = shortest.partition(".")
    return f"{whole}.{decimals:0<2}"


def _located(error: Exception, name: str) -> str:
    line = getattr(error, "lineno", None)
    if line is None:  # an error while rendering: jinja puts template lines into the traceback
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename.endswith(_SUFFIX) or "<template>" in trace.tb_frame.f_code.co_filename:
                line, name = trace.tb_lineno, trace.tb_frame.f_globals.get("name") or name
            trace = trace.tb_next
    where = f"{getattr(error, 'name', None) or name}, line {line}" if line else name
    return f"{where}: {error.message if hasattr(error, 'message') and error.message else error}"
