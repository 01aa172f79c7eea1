"""The HTTP client: httpx, on aiohttp's connections where they are installed."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.util import find_spec

import httpx

__all__ = ["make_client"]

_CONNECT = 15.0  # seconds; how long a reply may take is the caller's to say
_CONNECTIONS = 10_000  # no bound: how many calls run at once is the caller's to say, too
_IDLE = 15.0  # seconds


def make_client() -> httpx.AsyncClient:
    """A client that follows no redirect, for a key belongs to its host, and keeps no cookies."""
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    timeout = httpx.Timeout(None, connect=_CONNECT)
    if find_spec("httpx_aiohttp"):
        return httpx.AsyncClient(transport=_aiohttp(), cookies=no_cookies, timeout=timeout)
    limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=None, keepalive_expiry=_IDLE)
    return httpx.AsyncClient(limits=limits, cookies=no_cookies, timeout=timeout)


def _aiohttp() -> httpx.AsyncBaseTransport:
    import aiohttp
    from httpx_aiohttp import AiohttpTransport

    context = httpx.create_ssl_context()

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=0, ssl=context, keepalive_timeout=_IDLE)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=True)

    return AiohttpTransport(verify=context, client=session)
