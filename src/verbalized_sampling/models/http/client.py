"""The HTTP client: a session of aiohttp."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from importlib.metadata import version
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from yarl import URL

__all__ = ["Client"]

_TIMES = aiohttp.ClientTimeout(total=None, sock_connect=15.0)  # seconds; a reply has the caller's limit
_IDLE = 15.0  # seconds
_HEADERS = {
    "Accept": "application/json, text/event-stream;q=0.9, */*;q=0.1",
    "Accept-Encoding": "gzip, deflate",
    "Content-Type": "application/json",
    "User-Agent": f"verbalized-sampling/{version('verbalized-sampling-core')}",
}


class Client:
    """Sends requests over connections that are kept, through the proxies that the environment names.

    It follows no redirect, keeps no cookie and reads no netrc: a key belongs to its host. How many calls run at once
    is the caller's to say, so the connections are not bounded here.
    """

    def __init__(self) -> None:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE)
        self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        self._proxies = getproxies()
        self._places: dict[str, tuple[URL, str | None]] = {}
        self._certificates: asyncio.Task[ssl.SSLContext] | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> aiohttp.ClientResponse:
        """The answer, before its body is read; to be closed by ``close()``.

        Args:
            method: GET or POST.
            url: An address over HTTP.
            headers: Further headers.
            content: The body, in JSON, or None.

        Raises:
            Exception: Whatever aiohttp raises.
        """
        place, proxy = self._place(url)
        return await self._session.request(
            method,
            place,
            headers={**_HEADERS, **headers},
            data=content,
            allow_redirects=False,
            timeout=_TIMES,
            proxy=proxy,
            ssl=await self._context() if place.scheme == "https" else True,
        )

    async def close(self) -> None:
        """Closes all connections."""
        await self._session.close()

    def _place(self, url: str) -> tuple[URL, str | None]:
        """The address, read once, and the proxy on the way to it."""
        if url not in self._places:
            place = URL(url)
            proxy = self._proxies.get(place.scheme) or self._proxies.get("all")
            if proxy is None or proxy_bypass(place.raw_authority):
                self._places[url] = place, None
            else:
                self._places[url] = place, proxy if "://" in proxy else f"http://{proxy}"
        return self._places[url]

    async def _context(self) -> ssl.SSLContext:
        """Made on a thread: reading the certificates takes longer than other calls should wait."""
        if self._certificates is None:
            self._certificates = asyncio.ensure_future(asyncio.to_thread(_trusted))
        try:
            return await asyncio.shield(self._certificates)
        except Exception:
            self._certificates = None  # a file of certificates may be there the next time
            raise


def _trusted() -> ssl.SSLContext:
    """Trusts whom the system trusts, and whom browsers do: some systems bring no certificates."""
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(certifi.where())
    return context
