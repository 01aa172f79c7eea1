"""An OpenAI-compatible server in front of any model, where ``n=5`` gives five distinct answers.

Needs the extra ``[serve]``. ``verbalize serve`` runs it; :func:`create_app` makes it as an ASGI application.
"""

from .app import create_app
from .guard import Guard, is_loopback
from .listening import listening

__all__ = ["Guard", "create_app", "is_loopback", "listening"]
