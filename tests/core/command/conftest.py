"""A model on loopback that says what a test tells it to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Scripted(ThreadingHTTPServer):
    """An OpenAI-compatible endpoint with one reply, which it gives at once or never."""

    daemon_threads = True
    reply = "[]"
    finish_reason = "stop"
    hangs = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests, self.keys = [], []
        self.may_end = threading.Event()
        self.name = f"scripted@http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.keys.append(self.headers["Authorization"])
        if self.server.hangs:
            self.server.may_end.wait(60)
            return
        message = {"role": "assistant", "content": self.server.reply}
        choice = {"index": 0, "finish_reason": self.server.finish_reason}
        head = {"id": "1", "created": 1, "model": "scripted"}
        if body.get("stream"):
            chunk = head | {"object": "chat.completion.chunk", "choices": [choice | {"delta": message}]}
            self.answer("text/event-stream", f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n")
        else:
            whole = head | {"object": "chat.completion", "choices": [choice | {"message": message}]}
            self.answer("application/json", json.dumps(whole))

    def answer(self, kind, text):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def scripted():
    server = Scripted()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.may_end.set()
    server.shutdown()
    server.server_close()
