"""Chat completions over HTTP: one client and one event loop for all calls, and errors that are ours."""

from . import failures
from .background import submit
from .chat import ask, first_model
from .exchange import post, within

__all__ = ["ask", "failures", "first_model", "post", "submit", "within"]
