"""From a name or an object to something a plan can call."""

from .caller import Caller, Options
from .inventory import Choice, available
from .naming import model_name
from .providers import KEY_VARIABLE
from .resolve import VARIABLE, ModelLike, resolve

__all__ = [
    "KEY_VARIABLE",
    "VARIABLE",
    "Caller",
    "Choice",
    "ModelLike",
    "Options",
    "available",
    "model_name",
    "resolve",
]
