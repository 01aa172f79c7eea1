"""What to ask for a row: one of its fields, or a template over all of them."""

from __future__ import annotations

import os
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SettingsError, TemplateError, VerbalizedSamplingError
from ..plans.wording import Query, conversation_of
from ..prompts.blame import SUFFIX, blaming
from .files.rows import Row, Rows

if TYPE_CHECKING:
    from ..prompts.sandbox import Sandbox

__all__ = ["Prompting"]

_NAME = "prompt template"


class Prompting:
    """Makes the prompt of a row.

    Args:
        column: The field that holds it: a text, or a conversation as a list of messages.
        template: A Jinja template over the row's fields instead, rendered in the project's sandbox, or a path that ends
            in ``.jinja``. All fields together are ``row``, for names that are no identifiers.

    Raises:
        TemplateError: The template is malformed.
        SettingsError: Its file can't be read, or one of the arguments is no text.
    """

    def __init__(self, column: str = "prompt", template: str | os.PathLike[str] | None = None) -> None:
        if not isinstance(column, str):
            raise SettingsError(f"column must be the name of a field, not {column!r}")
        if not isinstance(template, str | os.PathLike | None):
            raise SettingsError(f"prompt_template must be a template or a path, not {template!r}")
        self.column = column
        self.template = None if template is None else _text_of(template)
        if self.template is not None:
            _ = self.variables  # a malformed one is found now

    def of(self, row: Row) -> Query:
        """The prompt of ``row``, never empty.

        Raises:
            SettingsError: The row can't be read, lacks the column, or its prompt is empty or no prompt.
            TemplateError: The template can't be rendered.
        """
        if row.problem:
            raise SettingsError(f"{row.where} {row.problem}")
        prompt: Query = self._rendered(row) if self.template is not None else self._taken(row)
        if isinstance(prompt, str):
            if not prompt.strip():
                raise SettingsError(f"{row.where}: the prompt is empty")
            return prompt
        try:
            conversation_of(prompt)
        except SettingsError as error:
            raise SettingsError(f"{row.where}: {error}") from error
        return prompt

    def check(self, rows: Rows) -> None:
        """Refuses rows of which none of the first can be asked, with what is wrong with the very first.

        Raises:
            SettingsError: See :meth:`of`.
            TemplateError: Likewise; a variable that no row has is named with what may be meant.
        """
        first: VerbalizedSamplingError | None = None
        for row in rows.peeked:
            try:
                self.of(row)
            except VerbalizedSamplingError as error:
                first = first or error
            else:
                return
        names = list(dict.fromkeys(name for row in rows.peeked for name in row.fields))
        if self.template is not None:
            for variable in sorted(self.variables - {"row"} - set(names)):
                raise TemplateError(f"the {_NAME} uses {variable!r}, which no row has{_meant(variable, names)}")
        elif names and self.column not in names:
            raise SettingsError(f"no row of {rows.name} has a column {self.column!r}{_meant(self.column, names)}")
        if first:
            raise type(first)(f"{rows.name}, {first}") from first

    def asked_of(self, row: Row) -> dict[str, Any]:
        """The fields that the prompt is made of."""
        names = {self.column} if self.template is None else self.variables
        return {name: value for name, value in row.fields.items() if name in names or "row" in names}

    @cached_property
    def variables(self) -> set[str]:
        """The names that the template uses."""
        from jinja2 import meta

        with blaming(_NAME, list):
            self._sandbox.get_template(_NAME)
            return meta.find_undeclared_variables(self._sandbox.parse(self.template or ""))

    @cached_property
    def _sandbox(self) -> Sandbox:
        from jinja2 import FunctionLoader

        from ..prompts.sandbox import Sandbox  # here, for it brings jinja

        only = (self.template or "", _NAME, None)  # named like a file, so that errors have their line
        return Sandbox(FunctionLoader(lambda name: only if name == _NAME else None))

    def _rendered(self, row: Row) -> str:
        try:
            with blaming(_NAME, list):
                return self._sandbox.text_of(_NAME, {"row": row.fields, **row.fields})
        except TemplateError as error:
            raise TemplateError(f"{row.where}: {error}") from error

    def _taken(self, row: Row) -> Any:
        prompt = row.fields.get(self.column)
        if prompt is None and self.column in row.fields:
            raise SettingsError(f"{row.where}: {self.column!r} is null")
        if prompt is None:
            names = list(row.fields)
            raise SettingsError(f"{row.where} has no {self.column!r}{_meant(self.column, names)}")
        if not isinstance(prompt, str | list | tuple):
            raise SettingsError(f"{row.where}: {self.column!r} is no text, but {prompt!r}")
        return prompt


def _meant(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, 1)
    if close:
        return f": did you mean {close[0]!r}?"
    shown = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
    return f" (there are {shown})" if names else ""


def _text_of(template: str | os.PathLike[str]) -> str:
    if isinstance(template, str) and not template.endswith(SUFFIX):
        return template
    try:
        return Path(template).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the {_NAME} {os.fspath(template)!r}: {error}") from error
