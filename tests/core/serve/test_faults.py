"""What goes wrong reaches clients in OpenAI's shape, with the right status and without a key."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time

import httpx
import openai
import pytest

from verbalized_sampling.models.dialect import dialect_of
from verbalized_sampling.models.embedded import shipped_path
from verbalized_sampling.serve import create_app
from verbalized_sampling.serve.upstream import Upstream

from ...scripted import Answer, chunk, complaint, completion, in_events, in_json
from .test_requests import listed

KEY = "sk-upstream-0123456789abcdef"


@pytest.fixture(autouse=True)
def fresh():
    dialect_of.cache_clear()


@pytest.fixture
def served(serve, scripted):
    return serve(f"m@{scripted.url}", api_key=KEY)


def fault(response, status):
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert error.keys() >= {"message", "type", "param", "code"} and error["message"]
    assert KEY not in response.text
    return error


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"n": 0}, "n"),
        ({"n": "5"}, "n"),
        ({"n": True}, "n"),
        ({"n": 2.0}, "n"),
        ({"n": 1001}, "n"),
        ({"n": 2, "messages": []}, "messages"),
        ({"n": 2, "messages": "hi"}, "messages"),
        ({"n": 2, "messages": [{"content": "x"}]}, "messages"),
        ({"n": 2, "messages": [{"role": "assistant", "content": "x"}]}, "messages"),
        ({"n": 2, "messages": [{"role": "user", "content": 7}]}, None),
        ({"n": 2, "tau": 2}, "tau"),
        ({"n": 2, "tau": "low"}, "tau"),
        ({"n": 2, "variant": "loud"}, "variant"),
        ({"n": 2, "variant": ["cot"]}, None),
        ({"n": 2, "variant": "multi", "k": "many"}, "k"),
        ({"n": 2, "k": 1}, "k"),
        ({"n": 2, "definition": "vague"}, None),
        ({"n": 2, "temperature": "hot"}, "temperature"),
        ({"n": 2, "max_tokens": "all"}, "max_tokens"),
        ({"n": 2, "max_tokens": -1}, "max_tokens"),
        ({"n": 2, "response_format": "xml"}, "response_format"),
        ({"n": 2, "response_format": {"type": "json_schema"}}, "response_format"),
        ({"n": 2, "stop": 7}, "stop"),
        ({"n": 2, "template": "/etc/passwd"}, None),
    ],
    ids=str,
)
def test_a_wrong_request_is_the_clients_error_before_the_model_is_asked(served, scripted, body, param):
    error = served.ask(**body)
    if "template" in body:  # no setting of ours: it goes on to the model, which may know it
        assert scripted.seen[0].body["template"] == "/etc/passwd"
        return
    assert fault(error, 400)["type"] == "invalid_request_error"
    assert param is None or error.json()["error"]["param"] == param
    assert not scripted.seen


def test_a_body_that_is_no_json_object_is_refused(served, scripted):
    post = served.http.post
    kind = {"content-type": "application/json"}
    for content in (b"", b"{", b"[1]", b"[" * 100_000, b"\xff", b'"x"'):
        fault(post("/chat/completions", content=content, headers=kind), 400)
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):  # what pages of other sites may send
        fault(post("/chat/completions", content=b"{}", headers={"content-type": content_type}), 415)
    fault(served.http.get("/chat/completions"), 405)
    fault(served.http.get("/nothing"), 404)
    assert not scripted.seen


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(
    ("upstream", "status"),
    [(400, 400), (404, 404), (422, 422), (429, 429), (401, 502), (403, 502), (500, 500), (503, 503)],
)
def test_the_models_status_is_passed_on_but_for_our_own_access(served, scripted, n, upstream, status):
    scripted.plays(complaint(upstream, f"no: {KEY}", retry_after_ms="0"))
    response = served.ask(n=n)
    error = fault(response, status)
    assert "no: " in error["message"]
    assert (response.headers.get("x-should-retry") == "false") == (upstream in (401, 403))


def test_how_long_to_wait_is_passed_on(served, scripted):
    scripted.plays(complaint(429, "slow down", retry_after="70"))  # longer than we wait ourselves
    for n in (1, 2):
        assert served.ask(n=n).headers["retry-after"] == "70"


def test_the_words_and_the_code_of_the_model_stay_for_one_answer(served, scripted):
    scripted.plays(
        in_json({"error": {"message": "too long", "code": "context_length_exceeded", "param": "messages"}}, 400)
    )
    with pytest.raises(openai.BadRequestError) as caught:
        served.client().chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    assert caught.value.code == "context_length_exceeded"


def test_a_model_that_is_not_there_is_a_bad_gateway(serve):
    served = serve("m@http://127.0.0.1:9/v1")
    fault(served.ask(), 502)
    fault(served.ask(stream=True), 502)
    fault(served.ask(n=2), 502)


@pytest.mark.parametrize("n", [1, 2])
def test_a_model_that_takes_too_long_is_a_gateway_timeout(serve, scripted, n):
    scripted.plays(in_json(completion(), after=30))
    fault(serve(f"m@{scripted.url}", timeout=0.2).ask(n=n), 504)


def test_a_reply_that_cannot_be_read_is_not_made_an_answer(served, scripted):
    scripted.plays(in_json(completion("Tea is nice, I think.")))
    response = served.ask(n=3)
    assert fault(response, 502)["code"] == "unreadable_reply"
    assert response.headers["x-should-retry"] == "false" and len(scripted.seen) == 2  # it was asked again already


def test_what_was_won_before_an_error_is_in_it(served, scripted):
    scripted.plays(in_json(completion(listed("tea", "mate"))), complaint(400, "enough"))
    assert fault(served.ask(n=4, variant="multi"), 400)["salvaged"] == ["tea", "mate"]


def test_an_error_in_the_middle_of_a_stream_is_its_last_event(served, scripted):
    start = listed("tea", "mate", "malt")[:60]
    scripted.plays(in_events(chunk(start), {"error": {"message": f"overloaded {KEY}", "code": "503"}}, done=False))
    events = served.ask(n=3, stream=True).text.strip().split("\n\n")
    assert '"content":"tea"' in events[0]
    assert "overloaded" in json.loads(events[-1].removeprefix("data: "))["error"]["message"]
    assert KEY not in "".join(events)


def test_an_error_before_the_first_piece_has_a_status_in_streams_too(served, scripted):
    scripted.plays(complaint(429, "slow down", retry_after_ms="0"))
    with pytest.raises(openai.RateLimitError):
        served.client().chat.completions.create(
            model="m", messages=[{"role": "user", "content": "x"}], n=2, stream=True
        )


@pytest.mark.parametrize("cut", range(1, len(KEY), 5))
@pytest.mark.parametrize("n", [1, 2])
def test_the_models_key_never_comes_out_however_it_is_cut(served, scripted, cut, n):
    """Whatever the endpoint does with our key: it sends it back, whole or in pieces."""
    body = json.dumps(completion(listed(f"<{KEY}>", KEY))).encode()
    place = body.index(KEY.encode()) + cut
    scripted.plays(
        Answer((body[:place], 0.02, body[place:]), 200, (("content-type", "application/json"), ("x-request-id", KEY)))
    )
    response = served.ask(n=n)
    assert response.status_code == 200 and KEY not in response.text and KEY not in str(response.headers)
    assert scripted.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert not any(KEY in line for line in served.said)


def test_a_clients_key_goes_no_further(serve, scripted):
    served = serve(f"m@{scripted.url}", client_key="for-clients")
    for n in (1, 2):
        assert served.ask(n=n, headers={"authorization": "Bearer for-clients"}).status_code == 200
    assert [seen.headers.get("authorization") for seen in scripted.seen] == [None, None]


@pytest.mark.parametrize("body", [{}, {"n": 2}, {"n": 2, "stream": True}, {"stream": True}], ids=str)
def test_a_client_that_goes_away_ends_the_call(served, scripted, body):
    scripted.plays(in_json(completion(), after=60))
    with pytest.raises(openai.APITimeoutError):
        served.client(timeout=0.5).chat.completions.create(
            model="m", messages=[{"role": "user", "content": "x"}], **body
        )
    end = time.monotonic() + 10
    while not scripted.closed and time.monotonic() < end:
        time.sleep(0.02)
    assert scripted.closed == 1


def test_many_at_once_are_answered_at_once(serve):
    asked, all_are_here = [], asyncio.Event()

    async def model(messages):
        """Answers nobody until everybody has asked."""
        asked.append(messages)
        if len(asked) == 20:
            all_are_here.set()
        await asyncio.wait_for(all_are_here.wait(), 30)
        return listed("tea", "mate")

    served, answers = serve(model), []
    threads = [threading.Thread(target=lambda: answers.append(served.ask(n=2).status_code)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20


async def test_a_server_whose_model_is_itself_says_so_instead_of_asking_for_ever():
    transport = httpx.ASGITransport(create_app("m@http://localhost:9999/v1"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9999/v1") as client:
        for n in (1, 5):
            body = {"messages": [{"role": "user", "content": "x"}], "n": n}
            assert "is this server itself" in fault(await client.post("/chat/completions", json=body), 508)["message"]


def test_what_was_found_at_the_start_answers_whatever_keys_are_set_later(monkeypatch):
    for name in ("VERBALIZED_SAMPLING_MODEL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys.modules["verbalized_sampling.models.resolve"], "_ollama", lambda: None)
    found = Upstream.of(None, None, None)
    monkeypatch.setenv("OPENAI_API_KEY", "unused")
    assert found.model == shipped_path() and found.endpoint is None
