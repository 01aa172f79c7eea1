"""Which predictors steer a program: what comes next is up to their outputs, as with an agent's choice of a tool."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Literal, get_args, get_origin

import dspy
from pydantic import BaseModel

__all__ = ["steers"]

_TOOL = re.compile(r"(?:^|_)tools?(?:_|$)")
_STEP = re.compile(r"(?:^|_)(?:action|step|route|intent)(?:_|$)")
_FLAG = re.compile(r"(?:is_|should_)?(?:finish(?:ed)?|done|stop|continue|terminate)")
_END = frozenset({"finish", "submit", "final_answer"})
_CODE = frozenset({"code", "generated_code"})


def steers(signature: Any) -> bool:
    """Whether a program goes by the outputs rather than giving them out.

    That is so for tool calls, for what is named a tool, a choice of the next step, a flag that ends a loop, and for
    code to run. A draw among such outputs is a draw among runs: one that ends at once, though improbable, ends them.
    """
    outputs = {name: field.annotation for name, field in signature.output_fields.items()}
    return any(_steers(name.casefold(), kind) for name, kind in outputs.items())


def _steers(name: str, kind: Any) -> bool:
    if kind is bool:
        return _FLAG.fullmatch(name) is not None
    if dspy.ToolCalls in _parts(kind):
        return True
    members = {str(member).casefold() for member in _members(kind)}
    if _TOOL.search(name) or name in _CODE or (members and (_STEP.search(name) or members & _END)):
        return True
    models = (part for part in _parts(kind) if isinstance(part, type) and issubclass(part, BaseModel))
    return any(_TOOL.search(field) for model in models for field in model.model_fields)


def _members(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(member.value for member in kind)
    return tuple(member for part in get_args(kind) for member in _members(part))


def _parts(kind: Any) -> set[Any]:
    """The types that a type is made of, itself among them."""
    if get_origin(kind) is Literal:
        return set()
    return {kind}.union(*map(_parts, get_args(kind))) if get_args(kind) else {kind}
