"""Connections that could not be made, or that broke off, in plain words."""

from __future__ import annotations

import os

__all__ = ["in_words"]


def in_words(error: BaseException) -> str:
    """What happened, and what may be wrong, by an error of aiohttp's."""
    import aiohttp  # here, for the words are few, and the client is large

    match error:
        case aiohttp.ClientConnectorDNSError():
            return f"cannot connect: no host is called {error.host!r}"
        case aiohttp.ClientConnectorCertificateError():
            why = getattr(error.certificate_error, "verify_message", "") or error.certificate_error
            return f"cannot connect: its certificate is not trusted ({why}); SSL_CERT_FILE names others to trust"
        case aiohttp.ClientConnectorSSLError():
            return "cannot connect: no TLS is spoken there; should the address begin with http://?"
        case aiohttp.ClientProxyConnectionError():
            return f"cannot connect to the proxy {error.host}:{error.port} ({_said(error)})"
        case aiohttp.ClientConnectorError():
            return f"cannot connect ({_said(error)}): is the server running, and the address right?"
        case aiohttp.ConnectionTimeoutError():
            return "cannot connect: nobody answers there; is the address right?"
        case aiohttp.ServerDisconnectedError():
            return "it closed the connection before it had answered"
        case aiohttp.ClientPayloadError():
            return "its answer broke off"
        case aiohttp.ClientResponseError():
            what = error.message.strip().partition("\n")[0].rstrip(":")
            return f"what answers there speaks no proper HTTP ({what}): are the address and the port right?"
        case aiohttp.ClientOSError():
            return f"the connection broke off ({_said(error)})"
    inner = error.__cause__ or error.__context__
    return str(error) or str(inner or "") or type(inner or error).__name__


def _said(error: OSError) -> str:
    # An error of several tries says which they were, and no reason.
    return os.strerror(error.errno) if error.errno else error.strerror or str(error)
