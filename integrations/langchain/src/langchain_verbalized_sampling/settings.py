"""The settings of an elicitation as fields of a Runnable, so that they configure, serialise and show in traces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import itemgetter
from typing import Any, Literal, TypedDict

from pydantic import BaseModel, PrivateAttr

from verbalized_sampling import Definition, Elicitation, Format, Variant, Weighting
from verbalized_sampling.adapters import check_keywords

from .candidate_type import candidate_type

__all__ = [
    "ElicitationFields",
    "ElicitationOptions",
    "ReplyFields",
    "ReplyOptions",
    "UntypedOptions",
    "with_candidate_type",
]

_SETTINGS = tuple(field.name for field in fields(Elicitation) if field.name != "select")  # that is for a next step


class ReplyOptions(TypedDict, total=False):
    """Settings that say what a reply looks like; see :class:`verbalized_sampling.Elicitation`."""

    k: int
    tau: float | None
    variant: Variant
    format: Format
    definition: Definition | str
    weighting: Weighting
    words: int | None
    candidate: Any
    name: str | None


class UntypedOptions(TypedDict, total=False):
    """Settings of an elicitation, but for the type of its candidates."""

    k: int
    tau: float | None
    variant: Variant
    format: Format
    definition: Definition | str
    weighting: Weighting
    words: int | None
    name: str | None
    total: int | None
    template: str | None
    max_extra_calls: int
    on_empty: Literal["raise", "return"]


class ElicitationOptions(ReplyOptions, total=False):
    """Those, and the settings that say how often to ask and in which words."""

    total: int | None
    template: str | None
    max_extra_calls: int
    max_calls: int | None
    on_empty: Literal["raise", "return"]


class ReplyFields(BaseModel):
    """What a reply looks like; each field means what it means in :class:`verbalized_sampling.Elicitation`."""

    k: int = 5
    tau: float | None = None
    variant: Variant = "standard"
    format: Format = "json"
    definition: Definition = Definition.EXPLICIT
    weighting: Weighting = "verbalized"
    words: int | None = None
    candidate: Any = None
    _checked: tuple[tuple[Any, ...], Elicitation[Any]] | None = PrivateAttr(None)  # so that a call costs no check

    def __init__(self, *, elicitation: Elicitation[Any] | None = None, **options: Any) -> None:
        check_keywords(type(self).__name__.partition("[")[0], options, type(self).model_fields)
        # The core checks the settings and fills in what is not given, so that all packages say no in the same words.
        given = with_candidate_type({name: options.pop(name) for name in _SETTINGS if name in options})
        whole = Elicitation.of(elicitation, **given)
        own = {name: getattr(whole, name) for name in _own(type(self))[0] if name not in options}
        super().__init__(**own, **options)

    @property
    def elicitation(self) -> Elicitation[Any]:
        """These settings, as the core takes them."""
        names, take = _own(type(self))
        given = take(self.__dict__)
        checked = self._checked
        if checked is None or checked[0] != given:
            checked = self._checked = given, Elicitation(**dict(zip(names, given, strict=True)))
        return checked[1]


class ElicitationFields(ReplyFields):
    """Those, and how often to ask and in which words."""

    total: int | None = None
    template: str | None = None
    max_extra_calls: int = 1
    max_calls: int | None = None
    on_empty: Literal["raise", "return"] = "raise"

    def __init__(self, *, elicitation: Elicitation[Any] | None = None, **options: Any) -> None:
        super().__init__(elicitation=elicitation, **options)
        if self.template is not None:
            self.template = str(self.template)


@cache
def _own(fields: type[ReplyFields]) -> tuple[tuple[str, ...], Callable[[dict[str, Any]], tuple[Any, ...]]]:
    """The names of a class's settings, and what takes their values of an object's fields."""
    names = tuple(name for name in _SETTINGS if name in fields.model_fields)
    return names, itemgetter(*names)


def with_candidate_type(options: dict[str, Any]) -> Any:
    """Options with their candidate as a type that the core takes."""
    return options | {"candidate": candidate_type(options["candidate"])} if options.get("candidate") else options
