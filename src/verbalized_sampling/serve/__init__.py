"""An OpenAI-compatible server in front of any model, where ``n=5`` gives five distinct answers.

Needs the extra ``[serve]``. ``verbalize serve`` runs it; :func:`create_app` makes it as an ASGI application.
"""

from .app import create_app

__all__ = ["create_app"]
