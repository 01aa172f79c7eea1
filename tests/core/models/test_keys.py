"""A key belongs to its host, and names that are nearly right are answered with the right one."""

from __future__ import annotations

import asyncio
import traceback

import pytest

from verbalized_sampling import Elicitation, ModelError, averbalize, drive, stream, verbalize
from verbalized_sampling.evaluation.metrics.embedders import embedder_of
from verbalized_sampling.models import KEY_VARIABLE, Options, resolve
from verbalized_sampling.models.ollama import listed_models, ollama_url
from verbalized_sampling.models.providers import PROVIDERS, endpoint_of

from ...scripted import Answer, Running, complaint, in_json
from .behaviours import KEY, page

VARIABLES = [(provider, name) for provider in PROVIDERS.values() for name in provider.key_variables]


@pytest.fixture(autouse=True)
def all_keys_are_set(monkeypatch):
    for provider, name in VARIABLES:
        monkeypatch.setenv(name, f"key-of-{provider.name}")
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://mine.openai.azure.com/")


def authorisation(scripted):
    return [seen.headers.get("authorization") for seen in scripted.seen]


def test_no_providers_key_goes_to_another_host(scripted):
    verbalize("x", k=2, model=f"m@{scripted.url}")
    assert authorisation(scripted) == [None]


def test_an_address_of_ones_own_gets_the_key_that_is_given_for_it(scripted, monkeypatch):
    verbalize("x", k=2, model=f"m@{scripted.url}", api_key="given")
    monkeypatch.setenv(KEY_VARIABLE, "of the environment")
    verbalize("x", k=2, model=f"m@{scripted.url}")
    verbalize("x", k=2, model=f"m@{scripted.url}", api_key="given")
    assert authorisation(scripted) == ["Bearer given", "Bearer of the environment", "Bearer given"]


@pytest.mark.parametrize(("provider", "variable"), VARIABLES, ids=lambda value: getattr(value, "name", value))
def test_a_providers_key_goes_to_its_host_and_to_no_other(provider, variable, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "for addresses of one's own")
    key = f"key-of-{provider.name}"
    assert endpoint_of(f"{provider.name}:m").key == key
    assert endpoint_of(f"m@{provider.url}").key == key
    assert endpoint_of(f"m@{provider.url}", "given").key == "given"
    host = provider.url.partition("://")[2].partition("/")[0]
    for other in (f"http://{host}/v1", f"https://{host}:444/v1", f"https://{host}.evil.example/v1", "http://any/v1"):
        assert endpoint_of(f"m@{other}").key == "for addresses of one's own"


def test_openais_key_goes_where_openais_address_is_moved(scripted, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", scripted.url)
    verbalize("x", k=2, model="openai:gpt-6.1-terra")
    verbalize("x", k=2, model=f"m@{scripted.url}")
    assert authorisation(scripted) == ["Bearer key-of-openai"] * 2


def test_a_redirect_takes_no_key_elsewhere(scripted):
    with Running() as other:
        for status in (301, 302, 303, 307, 308):
            scripted.plays(Answer((), status, (("location", f"{other.url}/chat/completions"),)))
            with pytest.raises(ModelError, match=f"redirects to {other.origin}"):
                verbalize("x", k=2, model=f"m@{scripted.url}", api_key="secret")
        assert not other.seen and not other.connections


def test_cookies_are_not_kept(scripted):
    scripted.plays(Answer(scripted.answers[0].body, 200, (("set-cookie", "a=b; Path=/"),)))
    for _ in range(2):
        verbalize("x", k=2, model=f"m@{scripted.url.replace('127.0.0.1', 'localhost')}")
    assert [seen.headers.get("cookie") for seen in scripted.seen] == [None, None]


@pytest.mark.parametrize("at", ["m@", ""])
def test_a_password_in_an_address_is_refused_and_not_repeated(at):
    with pytest.raises(ModelError, match="user name or a password") as caught:
        verbalize("x", model=f"{at}http://me:hunter2@127.0.0.1:1/v1")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["http://me:hunter2@host:port/v1", "m@htp://me:hunter2@host", "http://me:hunter2@[::1/v1"]
)
def test_a_wrong_address_does_not_repeat_a_password(name):
    with pytest.raises(ModelError, match="is no address") as caught:
        verbalize("x", model=name)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["me:hunter2@host:1", "http://me:hunter2@host", "me@host"])
def test_a_password_in_ollamas_host_is_refused_and_not_repeated(host, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", host)
    with pytest.raises(ModelError, match="user name or a password") as caught:
        endpoint_of("ollama:llama3.2")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("key", ["none", "EMPTY", "unused", "lm-studio", "abc"])
def test_a_key_that_is_a_placeholder_takes_no_words_out_of_messages(scripted, key):
    scripted.plays(complaint(400, f"there is {key} here"))
    with pytest.raises(ModelError, match=f"there is {key} here"):
        verbalize("x", k=2, model=f"m@{scripted.url}", api_key=key)


def test_a_key_that_cannot_be_sent_is_not_shown():
    for key in ("sk-…", "sk-a\nb", "sk-\x00"):
        with pytest.raises(ModelError, match="copied whole") as caught:
            verbalize("x", model="m@http://127.0.0.1:1/v1", api_key=key)
        assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("opnai:gpt-6.1-terra", "openai:gpt-6.1-terra"),
        ("OpenAl:gpt-5", "openai:gpt-5"),
        ("olama:llama3.2", "ollama:llama3.2"),
        ("openai", "openai:gpt-6.1-terra"),
        ("gpt-6.1-terra", "openai:gpt-6.1-terra"),
        ("claude-sonnet-5-5", "anthropic:claude-sonnet-5-5"),
        ("gemini-3.8-flash", "google:gemini-3.8-flash"),
        ("m@localhost:8000/v1", "m@http://localhost:8000/v1"),
        ("localhost:8000/v1", "http://localhost:8000/v1"),
        ("grok:grok-4", "xai:grok-4"),
        ("grok-4", "xai:grok-4"),
        ("mistral-medium-latest", "mistral:mistral-medium-latest"),
        ("deepseek-flash", "deepseek:deepseek-flash"),
        ("gorq:llama", "groq:llama"),
        ("mistrall:mistral-medium-latest", "mistral:mistral-medium-latest"),
        ("deepsek:deepseek-flash", "deepseek:deepseek-flash"),
        ("togheter:openai/gpt-oss-20b", "together:openai/gpt-oss-20b"),
        ("firework:x", "fireworks:x"),
        ("azur:mine", "azure:mine"),
        ("opnai", "openai:gpt-6.1-terra"),
    ],
)
def test_a_wrong_name_gets_a_suggestion(name, meant):
    with pytest.raises(ModelError) as caught:
        verbalize("x", model=name)
    assert f"did you mean {meant!r}?" in str(caught.value)


def test_a_name_that_is_like_none_gets_no_suggestion():
    for name in ("nope", "mymodel", "nope:small"):
        with pytest.raises(ModelError) as caught:
            verbalize("x", model=name)
        assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", ".", "/", "nothing", "x" * 10_000, "a\0b", "~nobody/x", "m@", "local:"])
def test_a_name_of_nothing_is_an_error_of_one_line(name):
    with pytest.raises(ModelError) as caught:
        verbalize("x", model=name)
    assert len(str(caught.value)) <= 500 and str(caught.value).isprintable()


@pytest.mark.parametrize(
    "url", ["ftp://host/v1", "htp://host", "http://", "https:///v1", "http://host:port/v1", "http://[::1/v1", "ws://h"]
)
def test_a_wrong_address_says_how_one_is_written(url):
    for name in (url, f"m@{url}"):
        with pytest.raises(ModelError, match="is no address: write http://host:port/v1"):
            verbalize("x", model=name)


def test_an_address_may_be_named_in_capitals_and_a_model_may_hold_an_at_sign():
    assert endpoint_of("OpenAI:gpt-5").base_url == "https://api.openai.com/v1"
    assert endpoint_of("m@HTTP://host/v1/").model == "m"
    assert endpoint_of("@cf/meta/llama@http://host/v1").model == "@cf/meta/llama"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("127.0.0.1", "http://127.0.0.1:11434/v1"),
        ("localhost", "http://localhost:11434/v1"),
        (":11434", "http://127.0.0.1:11434/v1"),
        (":1234", "http://127.0.0.1:1234/v1"),
        ("0.0.0.0:1234", "http://127.0.0.1:1234/v1"),
        ("host:1234", "http://host:1234/v1"),
        ("host:1234/", "http://host:1234/v1"),
        ("host:1234/v1", "http://host:1234/v1"),
        ("host/path", "http://host:11434/path/v1"),
        ("http://host", "http://host:80/v1"),
        ("http://host:1234", "http://host:1234/v1"),
        ("http://host:1234/", "http://host:1234/v1"),
        ("http://host:1234/v1/", "http://host:1234/v1"),
        ("https://host", "https://host:443/v1"),
        ("HTTPS://host/path/", "https://host:443/path/v1"),
        ("[::1]", "http://[::1]:11434/v1"),
        ("[::]:1234", "http://[::1]:1234/v1"),
        ("::1", "http://[::1]:11434/v1"),
        ("host:66000", "http://host:11434/v1"),
        (' "host:1234" ', "http://host:1234/v1"),
    ],
)
def test_ollamas_host_is_read_in_all_of_its_forms(host, url, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert ollama_url(host) == endpoint_of("ollama:llama3.2").base_url == url


@pytest.mark.parametrize(
    "answer",
    [
        Answer((b"SSH-2.0-OpenSSH_9.6\r\n",), 0, (), "hang"),
        Answer((), 0, (), "hang"),
        Answer(tuple(piece for _ in range(100) for piece in (b" ", 0.1)), 200),
        Answer((b"[1]",)),
        Answer((b'{"data": 7}',)),
        Answer((b'{"data": [{"id"',)),
        Answer((b"[" * 100_000,)),
        Answer((b"\xff" * 100,), 0, (), "close"),
        Answer((b"<html>",), 500),
    ],
)
def test_whatever_answers_in_ollamas_place_costs_half_a_second_once(answer, scripted):
    import time

    scripted.models = answer
    listed_models.cache_clear()
    started = time.monotonic()
    assert listed_models(scripted.url) == ()
    assert time.monotonic() - started < 5
    connections = scripted.connections
    assert listed_models(scripted.url) == () and scripted.connections == connections


def told(error, seen=None):
    """Everything that an error and those that it hangs together with say, the values of their frames included."""
    seen = set() if seen is None else seen
    if error is None or id(error) in seen:
        return ""
    seen.add(id(error))
    said = "".join(traceback.TracebackException.from_exception(error).format()) + repr(error) + repr(error.args)
    return said + repr(vars(error)) + told(error.__context__, seen) + told(error.__cause__, seen)


@pytest.mark.parametrize(
    "answer",
    [
        complaint(401, "wrong key " + KEY),
        complaint(500, KEY),
        Answer((b"",), 0, (), "close"),
        in_json([1]),
        page(b"<html>" + KEY.encode()),
        Answer((b"SSH-2.0-OpenSSH_9.6\r\n",), 0, (), "close"),
        Answer((b"{}",), 200, (("content-length", "-5"),), "close"),
    ],
    ids=["401", "500", "closed", "wrong shape", "a page", "a banner", "a broken head"],
)
def test_the_key_is_in_no_error_and_in_none_that_hangs_on_it(scripted, answer, monkeypatch):
    scripted.plays(answer)
    scripted.models, scripted.embeddings = answer, [answer]  # each is asked over HTTP as well
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    for ask in (
        verbalize,
        lambda *a, **o: asyncio.run(averbalize(*a, **o)),
        lambda *a, **o: list(stream(*a, **o)),
        lambda _, model, **o: embedder_of(model)(["a"]),
    ):
        for model in (f"m@{scripted.url}", scripted.url):
            with pytest.raises(ModelError) as caught:
                ask("x", model=model, k=2, timeout=10)
            assert KEY not in told(caught.value)
    with pytest.raises(ModelError) as caught:
        verbalize("x", k=2, model="m@http://127.0.0.1:9/v1", timeout=1)
    assert KEY not in told(caught.value)


@pytest.mark.parametrize(
    "answer",
    [complaint(401, "no"), in_json([1]), Answer((b"SSH-2.0-OpenSSH_9.6\r\n",), 0, (), "close")],
    ids=["401", "wrong shape", "a banner"],
)
def test_the_key_is_in_no_variable_of_the_frames_that_error_trackers_send_along(scripted, answer, monkeypatch):
    scripted.plays(answer)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    for ask in (verbalize, lambda *a, **o: asyncio.run(averbalize(*a, **o)), lambda *a, **o: list(stream(*a, **o))):
        with pytest.raises(ModelError) as caught:
            ask("x", k=2, model=f"m@{scripted.url}", timeout=10)
        frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
        ours = [frame for frame in frames if frame.f_globals["__name__"].startswith("verbalized_sampling.")]
        assert any(frame.f_globals["__name__"] == "verbalized_sampling.models.http.exchange" for frame in ours)
        assert KEY not in repr([frame.f_locals for frame in ours])


@pytest.mark.parametrize(
    "around",
    [
        lambda words: complaint(400, words),
        lambda words: in_json({"error": {"message": words}}),
        lambda words: page(words.encode(), 500, "text/plain"),
        lambda words: page(b"<title>" + words.encode()),
        lambda words: page(words.encode(), kind="application/json"),
    ],
    ids=["an error", "an error object", "a text", "a title", "a beginning"],
)
def test_a_message_that_is_cut_within_the_key_shows_no_half_of_it(scripted, around):
    for before in range(0, 520, len(KEY) // 2):
        scripted.plays(around("." * before + KEY + "." * 500))
        with pytest.raises(ModelError) as caught:
            drive(Elicitation(k=2).plan("x"), resolve(f"m@{scripted.url}", Options(api_key=KEY, retries=0)).call)
        assert KEY[: len(KEY) // 4] not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://mine.openai.azure.com/", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.openai.azure.com/openai/v1/", "https://mine.openai.azure.com/openai/v1"),
        ("https://mine.services.ai.azure.com", "https://mine.services.ai.azure.com/openai/v1"),
    ],
)
def test_azures_address_is_each_customers_own(written, url, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", written)
    assert endpoint_of("azure:my-deployment").base_url == url
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT")
    with pytest.raises(ModelError, match="set AZURE_OPENAI_ENDPOINT"):
        endpoint_of("azure:my-deployment")


def test_a_key_without_a_model_that_everybody_has_decides_nothing(monkeypatch):
    from verbalized_sampling.models import endpoint_for

    for _, name in VARIABLES:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key")
    assert endpoint_for(None) is None
    monkeypatch.setenv("GROQ_API_KEY", "key")
    assert endpoint_for(None).base_url == "https://api.groq.com/openai/v1"


def test_stored_keys_belong_to_their_hosts_and_variables_count_before_a_providers(monkeypatch):
    from verbalized_sampling.models import stored_keys

    monkeypatch.setenv(KEY_VARIABLE, "for any address")
    with stored_keys({"openai": "stored", "groq": "stored too", "https://mine.example/v1": "mine"}):
        assert endpoint_of("openai:m").key == "key-of-openai"
        monkeypatch.delenv("GROQ_API_KEY")
        assert endpoint_of("groq:m").key == endpoint_of("m@https://api.groq.com/openai/v1").key == "stored too"
        assert endpoint_of("m@https://mine.example/other").key == "mine"
        for other in ("http://mine.example", "https://mine.example:444", "https://mine.example.evil.example"):
            assert endpoint_of(f"m@{other}").key == "for any address"
    with pytest.raises(ModelError, match="set GROQ_API_KEY"):
        endpoint_of("groq:m")
