"""Every message that the page on troubleshooting quotes is one that comes up, for the reason that it gives."""

from __future__ import annotations

import re
import sys

import pytest

from verbalized_sampling import Distribution, DistributionParser, VerbalizedSamplingError, verbalize
from verbalized_sampling.models import embedded, endpoint

from ..pages import ROOT
from ..scripted import Answer, complaint, completion, in_json

QUOTED = re.findall(r"^### `(.*)`$", (ROOT / "docs" / "troubleshooting.md").read_text(), re.MULTILINE)
ONE = DistributionParser().parse('[{"text": "a", "probability": 1}]')


async def coroutine(messages):
    return ""


def silent(messages):
    return ""


def played(*answer, **settings):
    """What comes of an endpoint that answers so."""

    def ask(scripted, monkeypatch):
        scripted.plays(*answer)
        verbalize("x", model=f"m@{scripted.url}", **settings)

    return ask


def asked(query="x", **settings):
    return lambda scripted, monkeypatch: verbalize(query, **{"model": silent} | settings)


CAUSES = {
    "no model: pass": lambda scripted, monkeypatch: without_any_model(monkeypatch),
    "… needs an API key": asked(model="openai:gpt-6.1-terra"),
    "… failed (HTTP 401)": played(complaint(401, "Incorrect API key provided")),
    "no model is called": asked(model="gpt-6.1-terra"),
    "… failed: cannot connect": asked(model="m@http://127.0.0.1:9/v1"),
    "… failed (HTTP 404)": lambda scripted, monkeypatch: pathless(scripted),
    "… failed: it answered with a web page": played(Answer((b"<title>Sign in</title>",))),
    "… gave no answer within": played(in_json(completion(), after=3.0), timeout=0.2),
    "… failed (HTTP 400)": played(complaint(400, "'temperature' does not support 0.9"), temperature=0.9),
    "cannot read the model file": asked(model="nowhere.gguf"),
    "running a GGUF file needs": lambda scripted, monkeypatch: verbalize("x", model=gguf_without_runtime(monkeypatch)),
    "… needs an HTTP client": lambda scripted, monkeypatch: without_client(scripted, monkeypatch),
    "this model takes no temperature": asked(temperature=0.5),
    "this model is an async function": asked(model=coroutine),
    "no candidates found": played(in_json(completion("I like tea."))),
    "the reply was cut": played(in_json(completion("", finish_reason="length"))),
    "the model refused": played(in_json(completion("I'm sorry, but I can't help with that."))),
    "cannot sample from an empty": lambda scripted, monkeypatch: Distribution(()).sample(),
    "cannot draw": lambda scripted, monkeypatch: ONE.sample(2, replace=False),
    "verbalize() takes no 'n'": asked(n=5),
    "tau must be above 0": asked(tau=5),
    "tau bounds probabilities": asked(tau=0.1, variant="direct"),
    "… candidates take many calls": asked(k=5000),
    "a message of a conversation": asked(["a", "b"]),
    "template … cannot be read": asked(template="papr"),
}


def pathless(scripted):
    scripted.plays(complaint(404, "Not Found"))
    verbalize("x", model=f"m@{scripted.origin}")


def gguf_without_runtime(monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    return str(embedded.shipped_path())


def without_any_model(monkeypatch):
    monkeypatch.setattr(embedded, "shipped_path", lambda: None)
    verbalize("x")


def without_client(scripted, monkeypatch):
    monkeypatch.setattr(endpoint, "find_spec", lambda name: None)
    verbalize("x", model=f"m@{scripted.url}")


@pytest.mark.parametrize("message", QUOTED)
def test_a_quoted_message_comes_up(message, scripted, monkeypatch):
    (cause,) = [cause for start, cause in CAUSES.items() if message.startswith(start)]
    pattern = ".+?".join(re.escape(part) for part in message.split("…"))
    with pytest.raises((VerbalizedSamplingError, ValueError, TypeError), match=f"^{pattern}"):
        cause(scripted, monkeypatch)


def test_every_cause_is_on_the_page():
    assert len(QUOTED) == len(CAUSES)
