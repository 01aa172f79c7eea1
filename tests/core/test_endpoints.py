"""Models by name, over HTTP: a real llama.cpp server, and a scripted one for what goes wrong."""

from __future__ import annotations

import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from verbalized_sampling import ModelError, RefusalError, averbalize, verbalize
from verbalized_sampling.models import KEY_VARIABLE, VARIABLE, Options, resolve
from verbalized_sampling.models.dialect import dialect_of
from verbalized_sampling.models.ollama import listed_models
from verbalized_sampling.models.providers import PROVIDERS, endpoint_of
from verbalized_sampling.models.resolve import _say

TWO = '{"responses": [{"text": "a", "probability": 0.6}, {"text": "b", "probability": 0.2}]}'
KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    dialect_of.cache_clear()
    listed_models.cache_clear()
    _say.cache_clear()
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv(KEY_VARIABLE, KEY)


@pytest.fixture
def server():
    """Answers each POST with the next of its answers: a status and a body, or a text to die after."""
    answers, listings, seen = [], [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, body = answers.pop(0)
            if status == "dies":
                self.send_response(200)
                self.send_header("Content-Length", "100000")
                self.end_headers()
                self.wfile.write(b'{"choices": [')
                self.close_connection = True
                return
            self._send(status, body)

        def do_GET(self):
            self._send(*(listings.pop(0) if listings else (200, {"data": [{"id": "first-model", "object": "model"}]})))

        def _send(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("retry-after-ms", "1")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    http.url, http.answers, http.seen, http.listings = (
        f"http://127.0.0.1:{http.server_port}/v1",
        answers,
        seen,
        listings,
    )
    yield http
    http.shutdown()
    thread.join()
    http.server_close()


def answer(text=TWO, **message):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text} | message}
    usage = {"prompt_tokens": 11, "completion_tokens": 22, "total_tokens": 33}
    return 200, {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }


def complaint(status, message):
    return status, {"error": {"message": message, "type": "x", "code": "y", "param": None}}


def test_a_real_server_answers_with_structured_output(endpoint, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, endpoint.api_key)
    d = verbalize(
        "Name a colour", model=f"{endpoint.model}@{endpoint.base_url}", k=2, max_tokens=400, seed=1, temperature=0.7
    )
    assert len(d) >= 1 and d.usage.output_tokens > 5


async def test_a_real_server_answers_the_async_client_and_lists_its_models(endpoint, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, endpoint.api_key)
    d = await averbalize("Name a colour", model=endpoint.base_url, k=2, max_tokens=400, seed=1, temperature=0.7)
    assert len(d) >= 1


def test_a_real_server_streams(endpoint, monkeypatch):
    from verbalized_sampling import Message, Request

    monkeypatch.setenv(KEY_VARIABLE, endpoint.api_key)
    pieces = []
    caller = resolve(endpoint.base_url, Options(on_text=pieces.append, max_tokens=4, seed=1))
    reply = caller.call(Request((Message(role="user", content="Count to a hundred"),), 1))
    assert len(pieces) > 1 and "".join(pieces) == reply.text and reply.is_cut and reply.usage.output_tokens == 4


def test_a_wrong_key_is_the_endpoints_complaint_and_never_shown(endpoint):
    with pytest.raises(ModelError, match=r"HTTP 401.*[Kk]ey") as caught:
        verbalize("x", model=endpoint.base_url)
    shown = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"
    assert KEY not in shown


def test_schema_settings_and_usage_go_over_the_wire(server):
    server.answers[:] = [answer()]
    d = verbalize("x", model=f"m@{server.url}", k=2, temperature=0.5, seed=3, max_tokens=77)
    (sent,) = server.seen
    assert (sent["model"], sent["temperature"], sent["seed"], sent["max_tokens"]) == ("m", 0.5, 3, 77)
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert (d.usage.input_tokens, d.usage.output_tokens) == (11, 22)


def test_an_endpoint_without_structured_output_is_asked_for_text_and_remembered(server):
    server.answers[:] = [complaint(400, "response_format is not supported"), answer(), answer()]
    for _ in range(2):
        assert len(verbalize("x", model=f"m@{server.url}", k=2)) == 2
    assert ["response_format" in sent for sent in server.seen] == [True, False, False]


def test_a_model_that_names_its_token_limit_otherwise_is_understood(server):
    server.answers[:] = [complaint(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."), answer()]
    verbalize("x", model=f"m@{server.url}", k=2)
    assert "max_completion_tokens" in server.seen[1] and "max_tokens" not in server.seen[1]
    assert "response_format" in server.seen[1]


def test_a_refused_temperature_is_said_at_once(server):
    server.answers[:] = [complaint(400, "Unsupported value: 'temperature' does not support 0.9 with this model.")] * 3
    with pytest.raises(ModelError, match="HTTP 400.*'temperature' does not support"):
        verbalize("x", model=f"m@{server.url}", k=2, temperature=0.9)
    assert len(server.seen) == 1


def test_rate_limits_and_server_errors_are_retried_by_the_client(server):
    server.answers[:] = [complaint(429, "slow down"), complaint(500, "oops"), answer()]
    assert len(verbalize("x", model=f"m@{server.url}", k=2)) == 2


def test_so_they_are_when_it_is_asked_for_its_models(server):
    server.answers[:] = [answer()]
    server.listings[:] = [complaint(429, "slow down"), complaint(503, "loading")]
    assert len(verbalize("x", model=server.url, k=2)) == 2 and not server.listings


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_stays_wrong_is_said_in_the_endpoints_own_words(server, status):
    server.answers[:] = [complaint(status, f"no more of this, {KEY}")] * 5
    with pytest.raises(ModelError, match=rf"HTTP {status}.*no more of this") as caught:
        verbalize("x", model=f"m@{server.url}", k=2)
    assert KEY not in str(caught.value)


def test_a_bad_request_of_another_kind_is_not_tried_for_ever(server):
    server.answers[:] = [complaint(400, "the model does not exist")] * 9
    with pytest.raises(ModelError, match="does not exist"):
        verbalize("x", model=f"m@{server.url}", k=2)
    assert len(server.seen) <= 3


def test_a_server_that_dies_while_it_answers_is_a_model_error(server):
    server.answers[:] = [("dies", None)] * 5
    with pytest.raises(ModelError, match="failed"):
        verbalize("x", model=f"m@{server.url}", k=2)


def test_a_server_that_is_not_there_is_a_model_error():
    with pytest.raises(ModelError, match="m at http://127.0.0.1:9/v1 failed"):
        verbalize("x", model="m@http://127.0.0.1:9/v1")


def test_a_refusal_field_is_a_refusal(server):
    server.answers[:] = [answer(None, refusal="I won't.")]
    with pytest.raises(RefusalError, match="I won't."):
        verbalize("x", model=f"m@{server.url}")


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("openai:gpt-6.1-terra", "https://api.openai.com/v1"),
        ("openrouter:meta/llama", "https://openrouter.ai/api/v1"),
        ("anthropic:claude-sonnet-5-5", "https://api.anthropic.com/v1"),
        ("google:gemini-3.8-flash", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("vllm:qwen", "http://127.0.0.1:8000/v1"),
        ("ollama:llama3.2:1b", "http://127.0.0.1:9/v1"),
    ],
)
def test_providers_are_known_by_name(monkeypatch, name, url):
    for provider in PROVIDERS.values():
        for variable in provider.key_variables:
            monkeypatch.setenv(variable, KEY)
    found = endpoint_of(name)
    assert (found.base_url, found.model) == (url, name.partition(":")[2])
    assert KEY not in repr(found)


def test_a_provider_without_its_key_says_which_variable_to_set(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ModelError, match="set OPENAI_API_KEY"):
        verbalize("x", model="openai:gpt-6.1-terra")


def test_without_a_model_a_key_decides_and_it_is_said_once(server, monkeypatch, caplog):
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    server.answers[:] = [answer(), answer()]
    with caplog.at_level(logging.WARNING, "verbalized_sampling"):
        verbalize("x", k=2)
        verbalize("x", k=2)
    (message,) = caplog.messages
    assert message.startswith(f"answering with gpt-6.1-terra at {server.url}, because OPENAI_API_KEY is set; ")
    assert message.endswith("model= or VERBALIZED_SAMPLING_MODEL chooses another")


def test_without_a_key_a_local_ollama_comes_next(server, monkeypatch, caplog):
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OLLAMA_HOST", server.url.removeprefix("http://").removesuffix("/v1"))
    assert listed_models(server.url) == ("first-model",)
    server.answers[:] = [answer()]
    with caplog.at_level(logging.WARNING, "verbalized_sampling"):
        verbalize("x", k=2)
    assert server.seen[0]["model"] == "first-model" and "Ollama runs here" in caplog.messages[0]


def test_the_variable_comes_before_everything(server, monkeypatch):
    monkeypatch.setenv(VARIABLE, f"chosen@{server.url}")
    server.answers[:] = [answer()]
    verbalize("x", k=2)
    assert server.seen[0]["model"] == "chosen"


def test_a_choice_without_its_client_is_passed_over_and_said(monkeypatch, caplog):
    monkeypatch.setattr(sys.modules[resolve.__module__], "has_client", lambda: False)
    with caplog.at_level(logging.WARNING, "verbalized_sampling"):
        resolve(None, Options())
    assert "passing over gpt-6.1-terra" in caplog.messages[0] and "[openai]" in caplog.messages[0]
