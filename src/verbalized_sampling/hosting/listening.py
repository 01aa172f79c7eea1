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
    if not 0 <= port <= 65535:
        raise SettingsError(f"{port} is no port: they go from 0 to 65535")
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError):
        raise SettingsError(f"{host!r} is no address of this machine: try 127.0.0.1") from None
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = "is in use" if "in use" in str(error) else f"can't be used ({error.strerror})"
        raise SettingsError(f"port {port} of {host} {reason}: choose another, or 0 for any free one") from None
    return listener
