"""Chat completions over HTTP: one client and one event loop for all calls, and errors that are ours."""

from .background import submit
from .chat import ask, first_model

__all__ = ["ask", "first_model", "submit"]
