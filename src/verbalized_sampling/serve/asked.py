"""What a request asks for: how many answers, by which settings, and what goes on to the model as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Annotated, Any, Self

from ..errors import SettingsError
from ..models import Options
from ..plans.elicitation import Elicitation
from ..plans.schema_type import schema_type
from ..runs.dial import tau_by
from .conversation import Conversation
from .faults import Fault

__all__ = ["HEADER", "SETTINGS", "Asked"]

HEADER = "x-verbalized-"
SETTINGS: Mapping[str, type] = {
    "tau": float,
    "diversity": str,
    "variant": str,
    "k": int,
    "words": int,
    "definition": str,
}
"""What a client may set, as a field of the body or as a header (``X-Verbalized-Tau``), and how a header is read."""

# Answered for here, or of no meaning for a reply that holds several answers.
_OURS = frozenset(
    {"messages", "model", "n", "stream", "stream_options", "temperature", "seed", "stop", "response_format"}
    | {"max_tokens", "max_completion_tokens", "logprobs", "top_logprobs", *SETTINGS}
)
_MOST = 1000  # answers to one request
_PER_CANDIDATE = 50  # tokens, beside a text: its number, and the JSON around both


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request for a chat completion.

    Attributes:
        body: The request as it came, without our settings.
        n: How many answers are wanted.
        passes: Whether it goes on as it is: it wants one answer and sets nothing of ours, or it forces a tool.
        elicitation: What to ask of the model otherwise.
        options: How to call it.
        stream: Whether the answer is to come in pieces.
        include_usage: Whether the pieces end with what it cost.
        stop: Texts that end an answer.
        is_typed: Whether an answer is JSON.
    """

    body: dict[str, Any]
    n: int
    passes: bool
    elicitation: Elicitation[Any]
    options: Options
    stream: bool
    include_usage: bool
    stop: tuple[str, ...]
    is_typed: bool

    @classmethod
    def of(cls, body: Any, headers: Mapping[str, str], base: Elicitation[Any], *, draws: bool) -> Self:
        """The request in ``body``.

        Args:
            body: JSON, as it came.
            headers: The request's headers.
            base: The server's own settings; the client's replace its fields.
            draws: Whether a request for one answer is answered with one drawn of several, too.

        Raises:
            Fault: Something in it can't be.
            SettingsError: A setting is out of its range.
        """
        if not isinstance(body, dict):
            raise Fault(400, "the body has to be a JSON object")
        n = body.get("n")
        n = 1 if n is None else n
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            raise Fault(400, f"n has to be a whole number of at least 1, not {n!r}", "n")
        if n > _MOST:
            raise Fault(400, f"n can be at most {_MOST}, not {n}", "n")
        settings = _settings(body, headers)
        forced = _forces_a_tool(body)
        stream_options = body.get("stream_options")
        candidate = _candidate(body.get("response_format"))
        settings |= {} if candidate is None else {"candidate": candidate}
        asked = cls(
            body={name: value for name, value in body.items() if name not in SETTINGS},
            n=n,
            passes=forced or (n == 1 and not draws and settings.keys() <= {"candidate"}),
            elicitation=base,
            options=Options(),
            stream=bool(body.get("stream")),
            include_usage=isinstance(stream_options, Mapping) and bool(stream_options.get("include_usage")),
            stop=_stop(body.get("stop")),
            is_typed=candidate is not None,
        )
        if asked.passes:
            return asked
        elicitation = _elicitation(base, n, settings)
        return replace(asked, elicitation=elicitation, options=_options(body, elicitation.k))

    def conversation(self) -> Conversation:
        """Its messages.

        Raises:
            Fault: They are none.
        """
        return Conversation(self.body.get("messages"))


def _settings(body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    found = {name: body[name] for name in SETTINGS if body.get(name) is not None}
    for name, kind in SETTINGS.items():
        if name in found or (text := headers.get(HEADER + name)) is None:
            continue
        try:
            found[name] = kind(text)
        except ValueError:
            raise Fault(400, f"the header {HEADER}{name} has to be a number, not {text[:60]!r}", name) from None
    return found


def _elicitation(base: Elicitation[Any], n: int, settings: dict[str, Any]) -> Elicitation[Any]:
    if (word := settings.pop("diversity", None)) is not None:
        settings["tau"] = tau_by(word, settings.get("tau"))
    wanted = base.k if n == 1 else n
    if settings.get("variant", base.variant) == "multi":  # half of them at first, the others once those are there
        settings = {"k": ceil(wanted / 2), "total": wanted, **settings}
    else:
        settings = {"k": wanted, **settings}
        if isinstance(settings["k"], int) and settings["k"] < n:
            raise Fault(
                400, f"k, how many candidates are asked for, has to be at least n={n}, not {settings['k']}", "k"
            )
    try:
        return Elicitation.of(base, **settings)
    except (TypeError, ValueError) as error:
        raise error if isinstance(error, SettingsError) else SettingsError(str(error)) from error


def _options(body: Mapping[str, Any], k: int) -> Options:
    limit = body.get("max_completion_tokens") or body.get("max_tokens")  # a client means one answer by it
    if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0:
        limit = k * (limit + _PER_CANDIDATE)
    return Options(
        temperature=body.get("temperature"),
        seed=body.get("seed"),
        max_tokens=limit,
        extra={name: value for name, value in body.items() if name not in _OURS and value is not None},
    )


def _stop(wanted: Any) -> tuple[str, ...]:
    stop = [wanted] if isinstance(wanted, str) else [] if wanted is None else wanted
    if not isinstance(stop, list) or not all(isinstance(text, str) for text in stop):
        raise Fault(400, "stop has to be a text, or a list of texts", "stop")
    return tuple(filter(None, stop))


def _forces_a_tool(body: Mapping[str, Any]) -> bool:
    choice = body.get("tool_choice") or body.get("function_call")
    return choice == "required" or isinstance(choice, Mapping)


def _candidate(wanted: Any) -> Any:
    """The type of the answers; None for texts.

    Raises:
        Fault: The response format is none.
    """
    from pydantic import WithJsonSchema

    kind = wanted.get("type") if isinstance(wanted, Mapping) else wanted
    if kind in (None, "text"):
        return None
    if kind == "json_object":
        return dict[str, Any]
    inner: Any = wanted.get("json_schema") if kind == "json_schema" else None
    schema = inner.get("schema") if isinstance(inner, Mapping) else None
    if not isinstance(schema, Mapping):
        raise Fault(
            400, "response_format has to be of type text, json_object, or json_schema with a schema", "response_format"
        )
    try:
        return Annotated[
            schema_type(schema, str(inner.get("name", "Answer"))), WithJsonSchema(json.loads(json.dumps(schema)))
        ]
    except (TypeError, ValueError, RecursionError) as error:
        raise Fault(400, f"the schema in response_format can't be used: {error}", "response_format") from error
