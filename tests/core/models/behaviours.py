"""How endpoints behave, and what is to be made of it."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from email.utils import formatdate
from time import time
from typing import Any

from ...scripted import TWO, Answer, chunk, complaint, completion, in_events, in_json

KEY = "sk-very-secret-0123456789"


@dataclass(frozen=True)
class Case:
    """One behaviour.

    Attributes:
        answer: What the endpoint does.
        words: A pattern in the error's message; None if there is no error.
        status, retry_after, retryable: What the error says.
        refusal: Whether the error is a RefusalError.
        texts: What is read where there is no error; None takes any.
        timeout: Seconds.
        stream: Whether it is about a stream alone (True), about a whole answer alone (False), or both.
    """

    answer: Answer
    words: str | None = None
    status: int | None = 200
    retry_after: float | None = None
    retryable: bool = False
    refusal: bool = False
    texts: tuple[str, ...] = ("a", "b")
    timeout: float = 10
    stream: bool | None = None


def page(body: bytes, status: int = 200, kind: str = "text/html", **headers: str) -> Answer:
    named = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Answer((body,), status, (("content-type", kind), *named))


def packed(body: bytes, encoding: str = "gzip") -> Answer:
    return page(body, kind="application/json", content_encoding=encoding)


def raw(body: bytes, end: str = "close") -> Answer:
    return Answer((body,), 0, (), end)


def shape(value: Any) -> Answer:
    return in_json(value)


def choices(value: Any) -> Answer:
    return in_json(completion() | {"choices": value})


WHOLE = completion()
JSON = json.dumps(WHOLE).encode()
LOGIN = b"<!doctype html>\n<html><head><title>Sign in</title></head><body>" + b"<p>Welcome</p>" * 100
BOMB = gzip.compress(b"\0" * (200 * 2**20), 1)
DEEP = b"[" * 200_000
HALF = TWO[:30]

CASES: dict[str, Case] = {
    # Statuses
    "a bad request": Case(complaint(400, "the model does not exist"), "HTTP 400.*does not exist", 400),
    "a wrong key": Case(complaint(401, f"Incorrect API key provided: {KEY}"), "HTTP 401.*Incorrect API key", 401),
    "no credit": Case(complaint(402, "Insufficient credits"), "HTTP 402.*credits", 402),
    "a forbidden model": Case(complaint(403, "not your model"), "HTTP 403.*not your model", 403),
    "a wrong path": Case(page(b"404 page not found", 404, "text/plain"), "HTTP 404.*page not found", 404),
    "a method that is not allowed": Case(page(b"", 405), "HTTP 405.: Method Not Allowed", 405),
    "a timeout of the server's": Case(complaint(408, "too slow"), "HTTP 408.*too slow", 408, None, True),
    "a conflict": Case(complaint(409, "try again"), "HTTP 409.*try again", 409, None, True),
    "a request that is too large": Case(complaint(413, "too large"), "HTTP 413.*too large", 413),
    "FastAPI's list of what is wrong": Case(
        in_json({"detail": [{"loc": ["body", "n"], "msg": "field required"}]}, 422), "HTTP 422.*field required", 422
    ),
    "a rate limit": Case(complaint(429, "slow down"), "HTTP 429.*slow down", 429, None, True),
    "a rate limit with seconds": Case(complaint(429, "slow", retry_after="120"), "HTTP 429", 429, 120, True),
    "a rate limit with parts of seconds": Case(complaint(429, "slow", retry_after="90.5"), "429", 429, 90.5, True),
    "a rate limit with milliseconds": Case(complaint(429, "s", retry_after_ms="70000"), "429", 429, 70, True),
    "a rate limit with a date": Case(
        complaint(429, "slow", retry_after=formatdate(time() + 3600, usegmt=True)), "429", 429, 3600, True
    ),
    "a rate limit until a date of the past": Case(
        complaint(429, "slow", retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), "429", 429, 0, True
    ),
    "a rate limit with nonsense": Case(complaint(429, "slow", retry_after="soon"), "429", 429, None, True),
    "a rate limit without end": Case(complaint(429, "slow", retry_after="inf"), "429", 429, None, True),
    "a quota that is used up": Case(
        in_json({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}, 429), "quota", 429
    ),
    "a server's error": Case(complaint(500, f"oops {KEY}"), "HTTP 500.*oops", 500, None, True),
    "a proxy's error page": Case(
        page(b"<html><head><title>502 Bad Gateway</title></head>", 502), "HTTP 502.*502 Bad Gateway", 502, None, True
    ),
    "an overload with seconds": Case(complaint(503, "full", retry_after="61"), "HTTP 503.*full", 503, 61, True),
    "a gateway's timeout": Case(complaint(504, "gateway"), "HTTP 504.*gateway", 504, None, True),
    "a server that forbids another try": Case(complaint(500, "no", x_should_retry="false"), "HTTP 500", 500),
    "an error without a body": Case(page(b"", 500), "HTTP 500", 500, None, True),
    "an error page of a megabyte": Case(page(b"word " * 200_000, 500, "text/plain"), "HTTP 500.*word", 500, None, True),
    "an error of many lines": Case(complaint(500, "one\r\ntwo\n\nthree\x1b[31m"), "one two three", 500, None, True),
    "an error that is a bomb": Case(Answer((BOMB,), 500, (("content-encoding", "gzip"),)), "HTTP 500", 500, None, True),
    "an error that never ends": Case(Answer((b'{"error"',), 503, (), "hang"), "HTTP 503", 503, None, True, timeout=15),
    "an error in a list, as of Google's": Case(
        in_json([{"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}}], 400),
        "HTTP 400.*API key not valid",
        400,
    ),
    "an error that is a word": Case(in_json({"error": "model 'x' not found"}, 404), "model 'x' not found", 404),
    "an error that is null": Case(in_json(None, 500), "HTTP 500", 500, None, True),
    "an error that is a number": Case(in_json({"error": {"message": 7}}, 400), "HTTP 400.*7", 400),
    # Redirects
    "a redirect to another host": Case(
        page(b"", 307, location="http://elsewhere.example/v1?token=1"), "redirects to http://elsewhere.example:", 307
    ),
    "a redirect to itself": Case(page(b"", 308, location="/v1/chat/completions"), "HTTP 308.*redirects", 308),
    "a redirect to nowhere": Case(page(b"", 302), "HTTP 302.*redirects", 302),
    # Errors with a status of success
    "an error object": Case(shape({"error": {"message": "no such model"}}), "no such model"),
    "an error object with a code": Case(
        shape({"error": {"message": "rate limited upstream", "code": 429}}), "HTTP 429.*upstream", 429, None, True
    ),
    "an error that is a text": Case(shape({"error": "boom"}), "boom"),
    "an error in a stream": Case(
        in_events(chunk(HALF), {"error": {"message": "the model broke", "code": 502}}),
        "HTTP 502.*the model broke",
        502,
        None,
        True,
        stream=True,
    ),
    # Shapes
    "a login page": Case(page(LOGIN), "web page .*Sign in.*is the address right"),
    "a login page that claims to be JSON": Case(page(LOGIN, kind="application/json"), "web page"),
    "a text": Case(page(b"Ollama is running", kind="text/plain"), "broken JSON.*Ollama is running"),
    "an empty body": Case(page(b""), "empty body"),
    "no content": Case(Answer((), 204, (("content-length", "0"),)), "empty body", 204),
    "JSON that breaks off": Case(page(JSON[:50], kind="application/json"), "broken JSON"),
    "JSON without a bottom": Case(page(DEEP, kind="application/json"), "JSON that is nested too deeply instead"),
    "a list": Case(shape([1]), r"\[1\]"),
    "null": Case(shape(None), "null"),
    "a number": Case(shape(7), "7"),
    "a string": Case(shape("hello"), "hello"),
    "an empty object": Case(shape({}), "no choices"),
    "no choices": Case(choices([]), "no choices"),
    "choices that are null": Case(choices(None), "no choices"),
    "choices that are a map": Case(choices({"0": 1}), "no choices"),
    "a choice that is null": Case(choices([None]), "empty choice"),
    "a choice that is a text": Case(choices(["hi"]), "empty choice"),
    "a choice without a message": Case(choices([{"index": 0}]), "without a message"),
    "a message that is null": Case(choices([{"message": None}]), "without a message"),
    "a content that is a number": Case(shape(completion(7)), "no text"),
    "a content that is a map": Case(shape(completion({"a": 1})), "no text"),
    # What is read all the same
    "a whole answer": Case(shape(WHOLE)),
    "a content of blocks": Case(
        shape(completion([{"type": "thinking", "text": "hm"}, {"type": "text", "text": TWO[:9]}, TWO[9:], None]))
    ),
    "a choice of the older completions": Case(choices([{"text": TWO, "finish_reason": "stop"}])),
    "a usage that is a text": Case(shape(completion(usage="x"))),
    "a usage of texts": Case(shape(completion(usage={"prompt_tokens": "many", "completion_tokens": -1}))),
    "a refusal that is a number": Case(shape(completion(refusal=7))),
    "a reason that is a number": Case(shape(completion(finish_reason=3))),
    "a byte order mark": Case(page(b"\xef\xbb\xbf" + JSON, kind="application/json")),
    "a byte that is no UTF-8": Case(
        page(JSON.replace(b'\\"a\\"', b'\\"a\xff\\"'), kind="application/json"), texts=("a\ufffd", "b")
    ),
    "a packed answer": Case(packed(gzip.compress(JSON))),
    "a deflated answer": Case(packed(zlib.compress(JSON), "deflate")),
    "an answer with cookies": Case(page(JSON, kind="application/json", set_cookie="a=b; Path=/")),
    "an answer in pieces": Case(Answer((JSON[:20], 0.05, JSON[20:]), 200, (("content-type", "application/json"),))),
    # Refusals
    "a refusal": Case(shape(completion(None, refusal="I won't.")), "I won't", refusal=True),
    "a refusal in a block": Case(
        shape(completion([{"type": "refusal", "refusal": "I won't."}])), "I won't", refusal=True
    ),
    "a content filter": Case(shape(completion(None, finish_reason="content_filter")), "filter", refusal=True),
    "a refusal in a stream": Case(
        in_events(chunk(None, refusal="I "), chunk(None, "stop", refusal="won't.")),
        "I won't.",
        refusal=True,
        stream=True,
    ),
    # Bodies
    "a bomb": Case(packed(BOMB), "broken body.*more than 32 MB"),
    "what is not packed as it says": Case(packed(b"no gzip at all"), "broken body"),
    "a packing that breaks off": Case(packed(gzip.compress(JSON)[:40]), "empty body|broken"),
    "a connection that closes at once": Case(raw(b""), "closed the connection before", None, None, True),
    "a connection that closes in the head": Case(
        raw(b"HTTP/1.1 200 OK\r\ncontent-"), "closed the connection before", None, None, True
    ),
    "a connection that closes in the body": Case(
        Answer((JSON[:40],), 200, (("content-length", "9999"),), "close"), "broke off", 200, None, True
    ),
    "a banner of SSH": Case(raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "no proper HTTP.*the port right", None, None, True),
    "noise": Case(raw(bytes(range(256)) * 4), "failed", None, None, True),
    "a head without end": Case(raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000), "failed", None, None, True),
    # Time
    "an endpoint that hangs": Case(Answer((3600.0,)), "no answer within 0.5 seconds", None, None, True, timeout=0.5),
    "an endpoint that hangs in the body": Case(
        Answer((JSON[:40],), 200, (), "hang"), "no answer within 0.5 seconds", None, None, True, timeout=0.5
    ),
    "an endpoint that drips": Case(
        Answer(tuple(p for i in range(40) for p in (JSON[i : i + 1], 0.1)), 200),
        "no answer",
        None,
        None,
        True,
        timeout=1,
    ),
    # Streams
    "a stream": Case(in_events(chunk("", role="assistant"), chunk(TWO), chunk(None, "stop"))),
    "a stream with CRLF": Case(in_events(chunk(TWO), chunk(None, "stop"), line_end="\r\n")),
    "a stream with usage": Case(in_events(chunk(TWO, "stop"), {"choices": [], "usage": WHOLE["usage"]})),
    "a stream with comments and other fields": Case(
        in_events(b": OPENROUTER PROCESSING\n\nevent: message\nid: 1\n", chunk(TWO), chunk(None, "stop"))
    ),
    "a stream without blank lines": Case(
        in_events(*(f"data: {json.dumps(c)}\n".encode() for c in (chunk(TWO), chunk(None, "stop"))))
    ),
    "a stream without its last event": Case(in_events(chunk(TWO), chunk(None, "stop"), done=False)),
    "a stream that closes after its reason": Case(
        in_events(chunk(TWO), chunk(None, "stop"), done=False, end="close"), stream=True
    ),
    "a stream that hangs after its last event": Case(
        in_events(chunk(TWO), chunk(None, "stop"), end="hang"), stream=True
    ),
    "a stream cut within a character": Case(
        in_events(
            b'data: {"choices": [{"delta": {"content": "',
            *(bytes([b]) for b in "é".encode()),
            b'"}}]}\n\n',
            chunk(TWO, "stop"),
        )
    ),
    "a stream with a broken line": Case(
        in_events(chunk(HALF), b'data: {"choices": [{"del\n\n'), "broken event", stream=True
    ),
    "a stream with an event of another shape": Case(in_events(chunk(HALF), [1]), "another shape", stream=True),
    "a stream with a choice that is null": Case(in_events({"choices": [None]}), "empty choice", stream=True),
    "a stream with a delta that is null": Case(
        in_events({"choices": [{"index": 0, "delta": None}]}, chunk(TWO, "stop"))
    ),
    "a stream with calls of tools that are none": Case(
        in_events(
            {"choices": [{"index": 0, "delta": {"tool_calls": [7, {"index": [1], "function": 7}]}}]}, chunk(TWO, "stop")
        )
    ),
    "a stream of nothing": Case(in_events(), "without a reply", stream=True),
    "a stream that closes in the middle": Case(
        in_events(chunk(HALF), done=False, end="close"), "failed", 200, None, True, stream=True
    ),
    "a stream that hangs in the middle": Case(
        in_events(chunk(HALF), done=False, end="hang"), "no answer", None, None, True, timeout=0.5, stream=True
    ),
    "a stream of two choices": Case(
        in_events({"choices": [{"index": 1, "delta": {"content": "other"}}]}, chunk(TWO, "stop"))
    ),
}
