"""A server on loopback, as ``verbalize serve`` runs it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import httpx
import openai
import uvicorn

from verbalized_sampling.serve import create_app


class Served:
    """A running server.

    Attributes:
        url: Its base URL.
        said: What it said of its requests.
    """

    def __init__(self, url, said):
        self.url, self.said = url, said
        self.http = httpx.Client(base_url=url, timeout=60)

    def client(self, api_key="unused", kind=openai.OpenAI, **options):
        return kind(base_url=self.url, api_key=api_key, max_retries=0, **options)

    def ask(self, query="Name a drink", headers=None, **body):
        """The response to a request for a completion, whatever its status."""
        body = {"model": "m", "messages": [{"role": "user", "content": query}]} | body
        return self.http.post("/chat/completions", json=body, headers=headers)


@contextmanager
def running(model=None, **settings):
    said = []
    config = uvicorn.Config(create_app(model, say=said.append, **settings), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        served = Served(f"http://127.0.0.1:{port}/v1", said)
        with served.http:
            yield served
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
