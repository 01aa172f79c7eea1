"""Copies of programs with some of their parts replaced, wherever these are held."""

from __future__ import annotations

import copy
from typing import Any

import dspy

__all__ = ["copied"]


def copied(value: Any, memo: dict[int, Any]) -> Any:
    """A deep copy as DSPy's ``deepcopy`` makes it, with callbacks.

    Args:
        value: A module.
        memo: What stands for an object in the copy, by its ``id``, as for ``copy.deepcopy``. It is added to, so that
            parts which several copies share stay shared.
    """
    made = _copied(value, memo)
    if isinstance(value, dspy.Module):
        for _, module in value.named_sub_modules(dspy.Module):
            if (copy_ := memo.get(id(module))) is not None:
                copy_.callbacks = module.callbacks  # a deep copy leaves them behind
    return made


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    if id(value) in memo:
        return memo[id(value)]
    attempt = dict(memo)
    try:
        made = copy.deepcopy(value, attempt)
    except Exception:  # noqa: BLE001 - whatever a part raises that can't be copied (locks, clients)
        return _part_by_part(value, memo)
    memo.update(attempt)
    return made


def _part_by_part(value: Any, memo: dict[int, Any]) -> Any:
    kind: Any = type(value)
    if isinstance(value, dspy.Module):
        made = memo[id(value)] = kind.__new__(kind)  # before its parts, which may hold it
        for name, part in vars(value).items():
            setattr(made, name, _copied(part, memo))
        return made
    if kind is dict:
        made = {key: _copied(part, memo) for key, part in value.items()}
    elif kind in (list, tuple, set):
        made = kind(_copied(part, memo) for part in value)
    else:
        try:
            made = copy.copy(value)
        except Exception:  # noqa: BLE001
            made = value
    memo[id(value)] = made
    return made
