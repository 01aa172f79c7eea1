"""What went wrong, in the shape that clients of OpenAI's API read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import JSONResponse

from ..errors import (
    DistributionParseError,
    ModelError,
    RefusalError,
    SettingsError,
    TemplateError,
    VerbalizedSamplingError,
)

__all__ = ["Fault", "fault_of"]

_KINDS = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_OF_THE_CLIENT = (400, 404, 408, 409, 413, 415, 422, 429)
_OF_THIS_SERVER = (401, 402, 403)  # its key, its credit: no client can mend them
_NAME = re.compile(r"(?:k|n|tau|diversity|variant|words|definition|temperature|seed|max_tokens)\b")


@dataclass(eq=False)
class Fault(Exception):  # noqa: N818 - it is what an error looks like from outside
    """An error with a status.

    Attributes:
        status: HTTP status.
        message: What to do, in one line.
        param: The field of the request that is wrong, if one is.
        code: A word for programs.
        headers: Further headers.
        salvaged: Answers that came before it went wrong.
    """

    status: int
    message: str
    param: str | None = None
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    salvaged: list[str] = field(default_factory=list)

    def content(self) -> dict[str, Any]:
        """The body."""
        kind = _KINDS.get(self.status, "invalid_request_error" if self.status < 500 else "server_error")
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": error | ({"salvaged": self.salvaged} if self.salvaged else {})}

    def response(self) -> JSONResponse:
        return JSONResponse(self.content(), self.status, self.headers)


def fault_of(error: BaseException) -> Fault:
    """What a client is told of an error; one of no class that is known is a bug, and its words stay here."""
    fault = _fault_of(error)
    if won := getattr(error, "salvaged", None):
        fault.salvaged = [getattr(one, "text", one) for one in won]
    return fault


def _fault_of(error: BaseException) -> Fault:
    match error:
        case Fault():
            return error
        case SettingsError():
            name = _NAME.match(str(error))
            return Fault(400, str(error), name[0] if name else None)
        case ModelError():
            return _of_model(error)
        case RefusalError():
            return Fault(422, str(error), code="refusal")
        case DistributionParseError():
            return Fault(502, str(error), code="unreadable_reply", headers=_not_again())
        case TemplateError() | VerbalizedSamplingError():
            return Fault(500, str(error), headers=_not_again())
    return Fault(500, f"unexpected {type(error).__name__} (a bug: the server's own output says more)")


def _of_model(error: ModelError) -> Fault:
    message, status = str(error), error.status
    if status in _OF_THIS_SERVER:
        return Fault(
            502, f"the server's own access to its model failed: {message}", code="upstream", headers=_not_again()
        )
    if status in _OF_THE_CLIENT or (status is not None and status >= 500):
        again = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:g}"}
        code = "context_length_exceeded" if "context" in message and status == 400 else "upstream"
        return Fault(status, message, code=code, headers=again)
    if "no answer within" in message:
        return Fault(504, message, code="upstream_timeout")
    return Fault(502, message, code="upstream")


def _not_again() -> dict[str, str]:
    """OpenAI's clients try a server's errors again, unless they are told not to."""
    return {"x-should-retry": "false"}
