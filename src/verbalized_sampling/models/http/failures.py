"""What went wrong at an endpoint, as an error of ours: one short line in the endpoint's own words, without the key."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isfinite
from typing import Any
from urllib.parse import urlsplit

from ...entities import without_entities
from ...errors import ModelError
from ..address import Endpoint, host_of
from .body import read_json
from .transport import in_words

__all__ = ["of_error_object", "of_status", "of_transport", "of_wrong_shape"]

_WORDS = 300  # characters of what an endpoint says
_START = 80  # characters of a body that is shown
_RETRYABLE = frozenset({408, 409, 425, 429})  # and server errors
_HOPELESS = frozenset({"insufficient_quota", "billing_hard_limit_reached"})  # HTTP 429, yet waiting does not help
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_TITLE = re.compile(r"<title[^>]*>([^<]{1,1000})", re.IGNORECASE)


def of_status(endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes) -> ModelError:
    """An answer whose status says that it is none."""
    if 300 <= status < 400:
        target = host_of(headers.get("location", ""))
        where = f" to {target}" if target else ""
        words = (
            f"it redirects{where}: redirects are not followed, for a key belongs to its host; give the final address"
        )
        return _error(endpoint, status, words)
    words, codes = _said(body)
    words = _shown(endpoint, words, _WORDS) or _PHRASES.get(status, "it said nothing more")
    if status in (401, 403) and not endpoint.key:
        words += " (no key was sent: pass api_key=, or set VERBALIZED_SAMPLING_API_KEY)"
    if status in (404, 405) and not urlsplit(endpoint.base_url).path:
        words += " (the address mostly ends in /v1)"
    retryable = _is_retryable(status, headers) and not codes & _HOPELESS
    return _error(endpoint, status, words, retryable=retryable, wait=retry_after(headers))


def of_error_object(endpoint: Endpoint, error: Any, status: int) -> ModelError:
    """An error that came with a status of success, or in the middle of a stream."""
    words, codes = _words(error)
    stated = next((int(code) for code in codes if re.fullmatch("[45][0-9][0-9]", code)), None)
    retryable = stated is not None and _is_retryable(stated, {}) and not codes & _HOPELESS
    return _error(endpoint, stated or status, _shown(endpoint, words, _WORDS), retryable=retryable)


def of_wrong_shape(
    endpoint: Endpoint, status: int, body: bytes, what: str = "something else", wanted: str = "a chat completion"
) -> ModelError:
    """A body that is not what was wanted."""
    start = body[:2000].decode("utf-8", "replace").strip()
    if start.startswith("<"):
        title = _shown(endpoint, _title(start), _WORDS)
        named = f" ({title!r})" if title else ""
        words = f"it answered with a web page{named} instead of JSON: is the address right?"
    else:
        beginning = f": {_shown(endpoint, start, _START)!r}" if start else ""
        words = f"it answered with {what} instead of {wanted}{beginning}"
    return _error(endpoint, status, words)


def of_transport(endpoint: Endpoint, error: BaseException, status: int | None = None) -> ModelError:
    """A connection that could not be made, or that broke off: the same may well succeed later."""
    return _error(endpoint, status, in_words(error), retryable=True)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from ``Retry-After-Ms`` or ``Retry-After`` (seconds or a date)."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        return max(0.0, seconds) if isfinite(seconds) else None
    try:
        return max(0.0, parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - time.time())
    except (ValueError, OverflowError, TypeError):
        return None


def _error(
    endpoint: Endpoint, status: int | None, words: str, *, retryable: bool = False, wait: float | None = None
) -> ModelError:
    http = f" (HTTP {status})" if status is not None and status != 200 else ""
    message = endpoint.redacted(f"{endpoint} failed{http}: {words}")
    return ModelError(message, status=status, retry_after=wait, retryable=retryable)


def _shown(endpoint: Endpoint, text: str, most: int) -> str:
    return endpoint.redacted(text)[:most]  # in this order: half a key is half a secret


def _is_retryable(status: int, headers: Mapping[str, str]) -> bool:
    should = headers.get("x-should-retry")  # OpenAI's servers know best
    return should == "true" if should in ("true", "false") else status in _RETRYABLE or status >= 500


def _said(body: bytes) -> tuple[str, frozenset[str]]:
    """The words and the codes in the body of an error, whatever form it has."""
    try:
        value = read_json(body)
    except ValueError:
        text = body[:2000].decode("utf-8", "replace").strip()
        return _title(text) or ("a web page" if text.startswith("<") else text), frozenset()
    if isinstance(value, list) and value:  # Google's
        value = value[0]
    if isinstance(value, Mapping) and value.get("error"):
        return _words(value["error"])
    return _words(value)


def _words(error: Any) -> tuple[str, frozenset[str]]:
    if not isinstance(error, Mapping):
        return str(error), frozenset()
    codes = frozenset(str(error[name]) for name in ("code", "type", "status") if isinstance(error.get(name), str | int))
    for name in ("message", "detail", "msg", "error_description", "error"):
        if words := error.get(name):
            # FastAPI lists what is wrong with each field
            if isinstance(words, list) and isinstance(words[0], Mapping) and "msg" in words[0]:
                words = f"{words[0]['msg']} at {words[0].get('loc')}"
            return str(words), codes
    return str(dict(error)), codes


def _title(page: str) -> str:
    title = _TITLE.search(page)
    return without_entities(title[1]).strip() if title else ""
