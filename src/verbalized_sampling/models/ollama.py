"""Where Ollama listens, and which models a local server has."""

from __future__ import annotations

import json
import threading
from functools import lru_cache

__all__ = ["listed_models", "ollama_url"]

_PORTS = {"http": "80", "https": "443"}
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - listened on, and reached as
_QUICKLY = 0.5  # seconds, for asking whether a local server is there
_LONGEST_LIST = 2**20  # bytes


def ollama_url(host: str) -> str:
    """The API's address by ``OLLAMA_HOST``, which Ollama takes as a host, a port, both, or a URL."""
    host = host.strip().strip("\"'")
    scheme, mark, rest = host.rpartition("://")
    scheme = scheme.lower() if mark else "http"
    place, _, path = rest.partition("/")
    if "@" in place:  # a name and a password, which no address may hold
        return f"{scheme}://{rest}"
    name, port = _host_and_port(place)
    port = port or (_PORTS.get(scheme, "11434") if mark else "11434")
    name = _ANY.get(name, name)
    path = path.strip("/")
    path = path if path == "v1" or path.endswith("/v1") else f"{path}/v1".lstrip("/")
    return f"{scheme}://{f'[{name}]' if ':' in name else name}:{port}/{path}"


def _host_and_port(place: str) -> tuple[str, str]:
    if place.startswith("["):  # an address of IPv6 in brackets, with or without a port
        name, _, port = place[1:].partition("]")
        return name, port.removeprefix(":")
    if place.count(":") > 1:
        return place, ""
    name, _, port = place.partition(":")
    return name, port if port.isdecimal() and int(port) <= 65535 else ""


@lru_cache(maxsize=16)  # once a process
def listed_models(base_url: str) -> tuple[str, ...]:
    """The models that a local server offers; none if there is no server, or something else answers there."""
    found: list[str] = []
    # On a thread, for a limit of the whole time: a server may answer a byte at a time.
    probe = threading.Thread(target=_probe, args=(base_url, found), daemon=True)
    probe.start()
    probe.join(_QUICKLY)
    return tuple(found)


def _probe(base_url: str, found: list[str]) -> None:
    import urllib.request  # here, for it brings an HTTP client

    try:
        with urllib.request.urlopen(f"{base_url}/models", timeout=_QUICKLY) as answer:  # noqa: S310 - made by us
            models = json.loads(answer.read(_LONGEST_LIST))["data"]
        found.extend([str(model["id"]) for model in models or ()])
    except Exception:  # noqa: BLE001, S110 - whatever answers there, it is no model server
        pass
