"""Where a server listens."""

from __future__ import annotations

import socket

from ..errors import SettingsError

__all__ = ["listening"]


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one.

    Raises:
        SettingsError: The address is not this machine's, or the port is in use.
    """
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError, OverflowError):
        raise SettingsError(f"{host!r} is no address of this machine: try 127.0.0.1") from None
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = "is in use" if "in use" in str(error) else f"can't be used ({getattr(error, 'strerror', error)})"
        raise SettingsError(f"port {port} of {host} {reason}: choose another, or 0 for any free one") from None
    return listener
