"""The command ``verbalized-sampling-mcp``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from . import __version__
from .server import create_server

__all__ = ["main"]

_KEY = "VERBALIZED_SAMPLING_MCP_KEY"


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the server until its client, or Ctrl-C, ends it."""
    parser = argparse.ArgumentParser(
        "verbalized-sampling-mcp",
        description="An MCP server with tools for Verbalized Sampling. It speaks over standard input and output, as a "
        "client starts it; with --http, over streamable HTTP.",
        epilog=f"Clients on other machines have to send the key in {_KEY} as a bearer token.",
    )
    parser.add_argument("--http", action="store_true", help="listen at http://HOST:PORT/mcp")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8001, help="0: any free one (default: %(default)s)")
    parser.add_argument("--version", action="version", version=__version__)
    given = parser.parse_args(arguments)
    try:
        if given.http:
            _serve(parser, given.host, given.port)
        else:
            create_server().run("stdio")
    except KeyboardInterrupt:
        sys.exit(130)


def _serve(parser: argparse.ArgumentParser, host: str, port: int) -> None:
    import uvicorn
    from mcp.server.transport_security import TransportSecuritySettings

    from verbalized_sampling import SettingsError
    from verbalized_sampling.adapters import Guard, is_loopback, listening

    key = os.environ.get(_KEY, "").strip() or None
    if key is None and not is_loopback(host):
        parser.error(f"other machines reach {host}: set a key for clients first, in {_KEY}, or leave out --host")
    # The guard sees to who may ask, for all hosts alike.
    app = create_server().streamable_http_app(
        host=host, transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False)
    )
    try:
        listener = listening(host, port)
    except SettingsError as error:
        parser.error(str(error))
    with listener:
        shown, port = host if ":" not in host else f"[{host}]", listener.getsockname()[1]
        print(f"verbalized-sampling-mcp listens at http://{shown}:{port}/mcp; Ctrl-C ends it", file=sys.stderr)  # noqa: T201
        config = uvicorn.Config(Guard(app, key), log_level="warning", access_log=False, timeout_graceful_shutdown=2)
        uvicorn.Server(config).run(sockets=[listener])
