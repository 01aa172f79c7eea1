"""Chat completions over HTTP: one client and one event loop for all calls, and errors that are ours."""

from . import failures
from .background import calls_here, is_here, submit
from .chat import ask, first_model
from .exchange import post, within

__all__ = ["ask", "calls_here", "failures", "first_model", "is_here", "post", "submit", "within"]
