"""From a name or an object to something a plan can call."""

from .caller import Caller, Options
from .inventory import Choice, available
from .resolve import VARIABLE, ModelLike, resolve

__all__ = ["VARIABLE", "Caller", "Choice", "ModelLike", "Options", "available", "resolve"]
