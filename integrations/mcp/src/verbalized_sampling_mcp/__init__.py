"""Verbalized Sampling for agents: an MCP server whose tools give the prompt, read the reply and draw from it.

The host's own model writes the reply: the server calls no model, holds no key, and asks nothing of its client.
"""

from importlib.metadata import version

from .server import create_server

__version__ = version("verbalized-sampling-mcp")

__all__ = ["__version__", "create_server"]
