"""Templates by name, rendered."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from ..errors import TemplateError

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

__all__ = ["PromptSet"]

_SHIPPED = Path(__file__).parent
_SUFFIX = ".jinja"


class PromptSet:
    """The project's templates, or some of them replaced by others.

    Templates see ``k``, ``tau``, ``format``, ``definition``, ``words``, ``schema`` (of a typed candidate, or None),
    ``probability`` (the name of its field), ``query``, all of them once more in ``wanted``, and the filters
    ``decimal`` (0.10), ``percent`` and ``json``. They are sandboxed, an undefined name is an error, and values are
    inserted as they are: a query is data, whatever braces it holds.
    """

    def __init__(self, loader: BaseLoader, *, is_shipped: bool = False) -> None:
        self._environment = _environment(loader)
        self._is_shipped = is_shipped  # no template of it changes, or draws at random
        self._sources: dict[str, tuple[str | None, Callable[[], bool] | None]] = {}
        self._references = lru_cache(maxsize=64)(self._parsed)  # parsing takes ten times as long as rendering
        self._settled = lru_cache(maxsize=64)(self._rendered)  # which takes longer than all else before a call

    @classmethod
    def of(cls, template: str | Path | None, entry: str) -> Self:
        """The set that a ``template`` setting names.

        Args:
            template: None (the project's own), a shipped name (``"paper"``: the method's published wording;
                ``"search_queries"``: query expansion), a folder whose templates replace those of the same name,
                or a file that replaces the opening prompt.
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
            return cls(shipped, is_shipped=True)
        path = _shipped(template) or Path(template).expanduser()
        is_shipped = path.is_relative_to(_SHIPPED)
        if path.is_dir():
            return cls(ChoiceLoader([FileSystemLoader(path), shipped]), is_shipped=is_shipped)
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TemplateError(
                f"template {template!r} cannot be read ({error}): "
                "name a .jinja file, a folder of them, 'paper' or 'search_queries'"
            ) from error
        return cls(ChoiceLoader([DictLoader({entry + _SUFFIX: text}), shipped]), is_shipped=is_shipped)

    def opening(self, variant: str, form: str) -> str:
        """Name of the first prompt of a variant: the one for this form of reply (``standard.tags``) if there is one."""
        specific = f"{variant}.{form}"
        return specific if self._source(specific) is not None else variant

    def render(self, name: str, **variables: Any) -> str:
        """The prompt ``name`` with its variables filled in.

        Raises:
            TemplateError: There is no such template, its syntax is wrong, or it uses an undefined name; the message
                names the template and the line.
        """
        from jinja2 import TemplateError as JinjaError

        try:
            return self._environment.get_template(name + _SUFFIX).render(variables, wanted=variables).strip()
        except JinjaError as error:
            raise TemplateError(_located(error, name + _SUFFIX)) from error

    def render_for(self, query: str, name: str, **settings: Any) -> str:
        """The prompt ``name`` for a query; a shipped one that does not hold the query is rendered once.

        Args:
            query: The query.
            name: Which prompt.
            settings: Its other variables, plain JSON values.
        """
        if self._is_shipped and not self.uses_query(name):
            return self._settled(name, json.dumps(settings))
        return self.render(name, query=query, **settings)

    def _rendered(self, name: str, settings: str) -> str:
        return self.render(name, **json.loads(settings))

    def uses_query(self, name: str) -> bool:
        """Whether the prompt holds the query itself; otherwise it is a system prompt and the query follows it."""
        pending, seen = [name], {name}
        while pending:
            current = pending.pop()
            has_query, included = self._references(current, self._source(current) or "")
            if has_query:
                return True
            pending += included - seen
            seen |= included
        return False

    def _parsed(self, name: str, source: str) -> tuple[bool, frozenset[str]]:
        """Whether a template by itself uses the query, and the templates that it includes."""
        from jinja2 import TemplateSyntaxError, meta

        try:
            tree = self._environment.parse(source, filename=name + _SUFFIX)
        except TemplateSyntaxError as error:
            raise TemplateError(_located(error, name + _SUFFIX)) from error
        included = frozenset(n.removesuffix(_SUFFIX) for n in meta.find_referenced_templates(tree) if n)
        return "query" in meta.find_undeclared_variables(tree), included

    def _source(self, name: str) -> str | None:
        from jinja2 import TemplateNotFound

        if name in self._sources:
            source, is_current = self._sources[name]
            if self._is_shipped or (is_current and is_current()):  # as jinja does: a changed file is read again
                return source
        loader = cast("BaseLoader", self._environment.loader)
        try:
            source, _, is_current = loader.get_source(self._environment, name + _SUFFIX)
        except TemplateNotFound:
            source = is_current = None
        self._sources[name] = (source, is_current)
        return source


def _shipped(name: str) -> Path | None:
    if not name.isidentifier():
        return None
    return next((path for path in (_SHIPPED / name, _SHIPPED / (name + _SUFFIX)) if path.exists()), None)


def _environment(loader: BaseLoader) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["decimal"] = _decimal
    environment.filters["json"] = _json
    environment.filters["percent"] = lambda share: f"{share * 100:.10g} %"
    return environment


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)  # jinja's own tojson escapes for HTML


def _decimal(number: float) -> str:
    """At least two decimals, as people write a threshold: 0.10, 0.05, 0.001."""
    shortest = f"{number:.10f}".rstrip("0")
    whole, _, decimals = shortest.partition(".")
    return f"{whole}.{decimals:0<2}"


def _located(error: Exception, name: str) -> str:
    """What jinja says, after the template and the line where it happened."""
    name = getattr(error, "name", None) or name
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:  # an error while rendering: jinja puts the templates' lines into the traceback
        code = trace.tb_frame.f_code
        if code.co_filename.endswith(_SUFFIX) or code.co_filename == "<template>":
            line = trace.tb_lineno
            name = Path(code.co_filename).name if code.co_filename.endswith(_SUFFIX) else name
        trace = trace.tb_next
    return f"{name}, line {line}: {error}" if line else f"{name}: {error}"
