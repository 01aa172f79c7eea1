"""Who may ask."""

from __future__ import annotations

import hmac

import pytest

from verbalized_sampling.hosting import is_loopback

from ...scripted import completion, in_json


def models(served, **headers):
    return served.http.get("/models", headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_with_a_key_nothing_is_answered_without_it(serve, scripted):
    served = serve(f"m@{scripted.url}", client_key="open sesame")
    for headers in ({}, {"authorization": ""}, {"authorization": "Bearer"}, {"authorization": "Bearer open"}):
        response = models(served, **headers)
        assert response.status_code == 401 and response.headers["www-authenticate"] == "Bearer"
        assert response.json()["error"]["code"] == "invalid_api_key" and "sesame" not in response.text
    assert models(served, authorization="Basic open sesame").status_code == 401
    assert models(served, authorization="Bearer open sesame").status_code == 200
    assert models(served, authorization="bearer open sesame", host="my.host.example").status_code == 200
    assert served.ask(n=2).status_code == 401 and not scripted.seen
    assert served.http.get(served.url.removesuffix("/v1") + "/health").json() == {"status": "ok"}


def test_keys_are_compared_in_constant_time(serve, scripted, monkeypatch):
    compared = []

    def compare(a, b):
        compared.append((a, b))
        return a == b

    served = serve(f"m@{scripted.url}", client_key="a key")
    monkeypatch.setattr(hmac, "compare_digest", compare)
    for given in ("a key", "another", "x", "ü" * 1000):
        models(served, authorization=f"Bearer {given}".encode())  # more than ASCII may come
    assert len(compared) == 4
    assert {len(value) for pair in compared for value in pair} == {32}  # not even the length shows


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.9.9.9", "[::1]:8000", "localhost."]
)
def test_without_a_key_this_machine_may_ask(serve, host):
    assert models(serve(lambda messages: "x"), host=host).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7:8000", "[::2]", "localhost@evil", ""]
)
def test_a_name_that_was_made_to_lead_here_gets_nothing(serve, host):
    response = models(serve(lambda messages: "x"), host=host)
    assert response.status_code == (403 if host else 400) or response.json()["error"]["type"] == "permission_error"


def test_no_page_of_another_site_is_let_in(serve, scripted):
    served = serve(f"m@{scripted.url}")
    scripted.plays(in_json(completion("x")))
    wanted = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = served.http.options("/chat/completions", headers=wanted)
    assert not any(name.startswith("access-control") for name in response.headers)


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True)]
    + [(host, False) for host in ("0.0.0.0", "::", "", "192.168.0.2", "my.host", "::ffff:10.0.0.1")],
)
def test_what_only_this_machine_reaches(host, local):
    assert is_loopback(host) is local
