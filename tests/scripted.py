"""An endpoint on loopback that answers as it is told, well or badly, and remembers what it was asked.

In a test it is the fixture ``scripted``. For loads it runs as a process of its own, so that its work doesn't count::

    python tests/scripted.py --delay 0.05     # prints its base URL; ends with its standard input
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

TWO = '{"responses": [{"text": "a", "probability": 0.6}, {"text": "b", "probability": 0.2}]}'


@dataclass(frozen=True)
class Answer:
    """What the endpoint does when it is asked.

    Attributes:
        body: Pieces that are sent one after another; a number waits so many seconds.
        status: The status; 0 sends the pieces alone, with no head before them.
        headers: Further headers. Without a Content-Length of one's own, the body is chunked.
        end: How the body ends: "well", "close" (before its time), "hang".
    """

    body: tuple[bytes | float, ...] = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    end: str = "well"


@dataclass(frozen=True)
class Seen:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


def completion(text: Any = TWO, *, finish_reason: Any = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    usage = {"prompt_tokens": 11, "completion_tokens": 22, "total_tokens": 33} if usage is None else usage
    choice = {"index": 0, "finish_reason": finish_reason, "message": {"role": "assistant", "content": text} | message}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def in_json(value: Any, status: int = 200, *, after: float = 0, **headers: str) -> Answer:
    """``value`` as JSON; headers are named with underscores."""
    named = tuple((name.replace("_", "-"), text) for name, text in headers.items())
    return Answer((after, json.dumps(value).encode()), status, (("content-type", "application/json"), *named))


def complaint(status: int, message: str, **headers: str) -> Answer:
    return in_json({"error": {"message": message, "type": "x", "code": "y", "param": None}}, status, **headers)


def chunk(text: Any = None, finish_reason: Any = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text} | delta, "finish_reason": finish_reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def in_events(*events: Any, done: bool = True, end: str = "well", line_end: str = "\n") -> Answer:
    """Server-sent events; what is no bytes and no waiting time is sent as JSON."""
    pieces = [e if isinstance(e, bytes | float) else f"data: {json.dumps(e)}{line_end * 2}".encode() for e in events]
    pieces += [f"data: [DONE]{line_end * 2}".encode()] if done else []
    return Answer(tuple(pieces), 200, (("content-type", "text/event-stream"),), end)


DEAD = "http://127.0.0.1:9/v1"  # the discard port: nobody answers

FAILURES: dict[str, Answer | None] = {
    "dead port": None,
    "server error": complaint(500, "it broke"),
    "rate limit": complaint(429, "slow down"),
    "prose": in_json(completion("You could ask somebody else.")),
    "refusal in words": in_json(completion("I'm sorry, but I can't help with that.")),
    "marked refusal": in_json(completion(None, refusal="No.")),
    "filtered": in_json(completion("", finish_reason="content_filter")),
    "nothing": in_json(completion("")),
    "html": Answer((b"<html>Bad gateway</html>",), 502, (("content-type", "text/html"),)),
}
"""All the ways in which a model gives no candidates; for None nobody answers, as at :data:`DEAD`."""


@dataclass
class ScriptedEndpoint:
    """The endpoint.

    Attributes:
        answers: What it answers to the next requests for a completion, or functions from their bodies to that; the last
            one again and again.
        models: What it lists.
        embeddings: What it answers to the next requests for embeddings; the last one again and again.
        seen: The requests for a completion.
        connections: How many were opened.
        closed: How many requests were given up by the client before their answer was complete.
    """

    answers: list[Answer | Callable[[Any], Answer]] = field(default_factory=lambda: [in_json(completion())])
    models: Answer = field(default_factory=lambda: in_json({"data": [{"id": "first-model", "object": "model"}]}))
    embeddings: list[Answer] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    closed: int = 0
    url: str = ""
    origin: str = ""

    def plays(self, *answers: Answer | Callable[[Any], Answer]) -> None:
        """Answers with these from now on."""
        self.answers = list(answers)
        self.seen.clear()

    async def serve(self) -> asyncio.Server:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        self.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self.url = self.origin + "/v1"
        return server

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                method, path, headers, body = await _read_request(reader)
                answer = self.models
                if path.endswith("/chat/completions"):
                    self.seen.append(Seen(method, path, headers, body))
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                    answer = answer(body) if callable(answer) else answer
                elif path.endswith("/embeddings"):
                    answer = self.embeddings.pop(0) if len(self.embeddings) > 1 else self.embeddings[0]
                if not await self._send(reader, writer, answer):
                    break
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> bool:
        gone = asyncio.ensure_future(reader.read(1))  # nobody sends more before this is answered
        sent = asyncio.ensure_future(_send(writer, answer))
        await asyncio.wait((gone, sent), return_when=asyncio.FIRST_COMPLETED)
        if not sent.done():
            self.closed += 1
            sent.cancel()
            return False
        gone.cancel()
        await asyncio.wait((gone,))
        return not sent.exception() and answer.end == "well" and bool(answer.status)


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    pieces = list(answer.body)
    if pieces and isinstance(pieces[0], int | float):
        await asyncio.sleep(pieces.pop(0))
    names = {name.lower() for name, _ in answer.headers}
    chunked = bool(answer.status) and "content-length" not in names
    if answer.status:
        whole = all(isinstance(piece, bytes) for piece in pieces) and answer.end == "well"
        if chunked and whole:
            chunked = False
            length = (("content-length", str(sum(map(len, pieces)))),)
        else:
            length = (("transfer-encoding", "chunked"),) if chunked else ()
        reason = HTTPStatus(answer.status).phrase
        lines = [f"HTTP/1.1 {answer.status} {reason}", *(f"{n}: {v}" for n, v in (*answer.headers, *length))]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    for piece in pieces:
        if isinstance(piece, bytes):
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked and piece else piece)
            await writer.drain()
        else:
            await asyncio.sleep(piece)
    if answer.end == "hang":
        await asyncio.sleep(3600)
    if chunked and answer.end == "well":
        writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, str, dict[str, str], Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return method, path, headers, json.loads(body) if body else None


class Running:
    """A scripted endpoint on a thread of its own."""

    def __init__(self) -> None:
        self.endpoint = ScriptedEndpoint()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="scripted")

    def __enter__(self) -> ScriptedEndpoint:
        self._thread.start()
        self._server = self._on_loop(self.endpoint.serve())
        return self.endpoint

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            self._server.close()
            calls = asyncio.all_tasks() - {asyncio.current_task()}
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

        self._on_loop(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _on_loop(self, call: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(10)


async def _main(delay: float) -> None:
    endpoint = ScriptedEndpoint([in_json(completion(), after=delay)])
    server = await endpoint.serve()
    print(endpoint.url, flush=True)
    async with server:
        while (await asyncio.to_thread(sys.stdin.readline)).strip():  # a line asks how many connections were opened
            print(endpoint.connections, len(endpoint.seen), flush=True)
            endpoint.connections, endpoint.seen = 0, []


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--delay", type=float, default=0.0)
    asyncio.run(_main(arguments.parse_args().delay))
