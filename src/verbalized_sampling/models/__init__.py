"""From a name or an object to something a plan can call."""

from .address import Endpoint
from .caller import Caller, Options
from .inventory import Choice, available
from .naming import model_name
from .providers import KEY_VARIABLE, PROVIDERS, stored_keys
from .resolve import VARIABLE, ModelLike, check_name, endpoint_for, resolve

__all__ = [
    "KEY_VARIABLE",
    "PROVIDERS",
    "VARIABLE",
    "Caller",
    "Choice",
    "Endpoint",
    "ModelLike",
    "Options",
    "available",
    "check_name",
    "endpoint_for",
    "model_name",
    "resolve",
    "stored_keys",
]
