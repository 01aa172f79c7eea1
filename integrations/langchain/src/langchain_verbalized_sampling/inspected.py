"""Methods that know their signature."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from inspect import Signature, signature
from types import MethodType
from typing import Any

__all__ = ["Inspected"]


class Inspected:
    """A bound method, called like any other, and its signature.

    LangChain asks for the signature of what it runs three times a call. Of a bound method it has to be made each time,
    which took a tenth of all that a call costs beyond the model.

    Args:
        method: The method.
    """

    __slots__ = ("__signature__", "__wrapped__")

    def __init__(self, method: Callable[..., Any]) -> None:
        self.__wrapped__ = method
        self.__signature__ = _signature(method.__func__) if isinstance(method, MethodType) else signature(method)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.__wrapped__(*args, **kwargs)


@lru_cache(maxsize=64)
def _signature(function: Callable[..., Any]) -> Signature:
    _own, *others = signature(function).parameters.values()
    return Signature(others)
