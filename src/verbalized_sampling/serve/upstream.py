"""The model that a server stands in front of."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from ..models import VARIABLE, Endpoint, ModelLike, Options, endpoint_for, resolve
from ..models.embedded import shipped_path
from ..runs.question import name_of
from .faults import Fault

__all__ = ["Upstream"]

_LOOPBACK = {"127.0.0.1", "::1", "0.0.0.0", "localhost"}  # noqa: S104 - a name that leads here too


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """A model, or an address with several.

    Attributes:
        model: What answers.
        name: What it is called.
        endpoint: Where it answers, if it is behind OpenAI's API: then what passes goes there as it is.
        is_open: Whether clients choose the model: the server was given an address and no name.
        timeout: Seconds that a request may take, or None.
    """

    model: ModelLike | None
    name: str
    endpoint: Endpoint | None
    is_open: bool
    timeout: float | None

    @classmethod
    def of(cls, model: ModelLike | None, api_key: str | None, timeout: float | None) -> Self:
        """Finds ``model`` and sees that it can be used; one in a file is loaded.

        Raises:
            ModelError: There is no such model here.
        """
        endpoint = endpoint_for(model, api_key)
        options = Options(timeout=timeout) if endpoint else Options()
        resolve(model if endpoint is None else endpoint, options)
        # What was found stays: a key that is set later, perhaps for this very server, leads nowhere else.
        written = model or os.environ.get(VARIABLE) or (None if endpoint else shipped_path())
        is_open = endpoint is not None and (
            not isinstance(written, str | Endpoint)
            or endpoint.model is None
            or (isinstance(written, str) and written.endswith(":"))
        )
        return cls(
            model=written if endpoint is None else endpoint,
            name=_name(written) if endpoint is None else endpoint.model or "default",
            endpoint=endpoint,
            is_open=is_open,
            timeout=timeout,
        )

    def chosen(self, body: Mapping[str, Any]) -> Upstream:
        """The model for a request: the client's choice where there is one, else the server's."""
        wanted = body.get("model")
        if not (self.is_open and self.endpoint and isinstance(wanted, str) and wanted):
            return self
        endpoint = replace(self.endpoint, model=wanted)
        return replace(self, endpoint=endpoint, model=endpoint, name=wanted)

    def check_is_not(self, host: str, port: int | None) -> None:
        """Sees that the model is not the server at ``host`` and ``port``, which would ask itself for ever.

        Raises:
            Fault: It is.
        """
        if self.endpoint is None:
            return
        address = urlsplit(self.endpoint.base_url)
        if address.port == port and address.hostname in (_LOOPBACK if host in _LOOPBACK else {host}):
            raise Fault(508, f"{self} is this server itself: give it another model", code="loop")

    def __str__(self) -> str:
        if self.endpoint is None:
            return self.name
        return f"any model at {self.endpoint.base_url}" if self.is_open else str(self.endpoint)


def _name(model: ModelLike | None) -> str:
    if model is None:
        path = shipped_path()
        return path.stem if path else "embedded"
    return Path(model).stem if isinstance(model, str | os.PathLike) else name_of(model) or "model"
