"""Templates by name, rendered."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from ..errors import TemplateError
from .blame import SUFFIX, blaming

if TYPE_CHECKING:
    from jinja2 import BaseLoader

__all__ = ["PromptSet"]

_SHIPPED = Path(__file__).parent
_NAMED = ("paper", "search_queries")


class PromptSet:
    """The project's templates, or some of them replaced by others.

    Templates see ``k``, ``tau``, ``format``, ``definition``, ``words``, ``schema`` (of a typed candidate, or None),
    ``probability`` (the name of its field), ``query``, all of them once more in ``wanted``, and the filters
    ``decimal`` (0.10), ``percent`` and ``json``. They are sandboxed (:class:`~.sandbox.Sandbox`), an undefined name
    is an error, and values are inserted as they are: a query is data, whatever braces it holds.
    ``shipped/standard.jinja`` is the project's own ``standard.jinja``, also where another one replaces it.

    Args:
        own: Loads what replaces the project's templates; None for nothing.
        is_shipped: No template of it changes, or draws at random.
        names: Prompts whose templates go by another name.
    """

    def __init__(
        self, own: BaseLoader | None = None, *, is_shipped: bool = False, names: dict[str, str] | None = None
    ) -> None:
        from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

        from .sandbox import Sandbox  # here, for it brings jinja

        shipped = FileSystemLoader(_SHIPPED)
        self._environment = Sandbox(
            ChoiceLoader([*([own] if own else ()), shipped, PrefixLoader({"shipped": shipped})])
        )
        self._is_shipped = is_shipped
        self._names = names or {}
        self._sources: dict[str, tuple[str | None, Callable[[], bool] | None]] = {}
        self._references = lru_cache(maxsize=64)(self._parsed)  # parsing takes ten times as long as rendering
        self._uses_query = lru_cache(maxsize=64)(self._found_in) if is_shipped else self._found_in
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
            TemplateError: There is no such folder or file, the folder holds no template, or one is malformed.
        """
        return cls._of(str(template) if template is not None else None, entry)

    @classmethod
    @lru_cache(maxsize=32)  # compiled templates live in the environment
    def _of(cls, template: str | None, entry: str) -> Self:
        if template is None:
            return cls(is_shipped=True)
        path = _shipped(template) or Path(template).expanduser()
        is_shipped = path.is_relative_to(_SHIPPED)
        return cls._of_folder(path, is_shipped) if path.is_dir() else cls._of_file(path, template, entry, is_shipped)

    @classmethod
    def _of_folder(cls, path: Path, is_shipped: bool) -> Self:
        from jinja2 import FileSystemLoader

        prompts = cls(FileSystemLoader(path), is_shipped=is_shipped)
        names = sorted(file.stem for file in path.glob("*" + SUFFIX) if file.is_file())
        if not names:
            raise TemplateError(f"the folder {str(path)!r} holds no template: their names end in {SUFFIX}")
        for name in names:  # what is malformed must not come up only after the first call was paid
            prompts._compile(name)
        return prompts

    @classmethod
    def _of_file(cls, path: Path, template: str, entry: str, is_shipped: bool) -> Self:
        from .one_file import OneFile

        try:
            file = OneFile(path)
        except UnicodeDecodeError as error:
            raise TemplateError(
                f"template {template!r} is not UTF-8 text: {error.reason} at byte {error.start}"
            ) from error
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or error
            close = get_close_matches(template, _NAMED, 1)
            hint = (
                f"did you mean {close[0]!r}?"
                if close
                else f"name a .jinja file, a folder of them, {' or '.join(map(repr, _NAMED))}"
            )
            raise TemplateError(f"template {template!r} cannot be read ({said}): {hint}") from error
        prompts = cls(file, is_shipped=is_shipped, names={entry: file.name})
        prompts._compile(entry)
        return prompts

    def opening(self, variant: str, form: str) -> str:
        """Name of the first prompt of a variant: the one for this form of reply (``standard.tags``) if there is one."""
        specific = f"{variant}.{form}"
        return specific if variant not in self._names and self._source(specific) is not None else variant

    def render(self, name: str, **variables: Any) -> str:
        """The prompt ``name`` with its variables filled in.

        Raises:
            TemplateError: There is no such template, its syntax is wrong, it uses an undefined name, or anything else
                went wrong in it; the message names the template and the line.
        """
        with self._blaming(name):
            return self._environment.text_of(self._file(name), variables | {"wanted": variables})

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
        return self._uses_query(name)

    def _found_in(self, name: str) -> bool:
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
        from jinja2 import meta, nodes

        with self._blaming(name):
            tree = self._environment.parse(source, filename=self._file(name))
            included = frozenset(n.removesuffix(SUFFIX) for n in meta.find_referenced_templates(tree) if n)
            named = "query" in meta.find_undeclared_variables(tree)
            return named or any(map(_reads_query, tree.find_all((nodes.Getattr, nodes.Getitem)))), included

    def _source(self, name: str) -> str | None:
        from jinja2 import TemplateNotFound

        if name in self._sources:
            source, is_current = self._sources[name]
            if self._is_shipped or (is_current and is_current()):  # as jinja does: a changed file is read again
                return source
        loader = cast("BaseLoader", self._environment.loader)
        with self._blaming(name):
            try:
                source, _, is_current = loader.get_source(self._environment, self._file(name))
            except TemplateNotFound:
                source = is_current = None
        self._sources[name] = (source, is_current)
        return source

    def _compile(self, name: str) -> None:
        with self._blaming(name):
            self._environment.get_template(self._file(name))

    def _file(self, name: str) -> str:
        return self._names.get(name) or name + SUFFIX

    def _blaming(self, name: str) -> AbstractContextManager[None]:
        return blaming(self._file(name), lambda: self._environment.list_templates([SUFFIX[1:]]))


def _reads_query(node: Any) -> bool:
    """Whether it is ``wanted.query``, or the same of what a macro calls otherwise."""
    return "query" in (getattr(node, "attr", None), getattr(getattr(node, "arg", None), "value", None))


def _shipped(name: str) -> Path | None:
    if not name.isidentifier():
        return None
    return next((path for path in (_SHIPPED / name, _SHIPPED / (name + SUFFIX)) if path.exists()), None)
