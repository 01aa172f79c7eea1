"""From texts to vectors: what is installed, or what the caller brings."""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import SettingsError
from ..extras import eval_extra

if TYPE_CHECKING:
    import numpy as np

    from ...models.address import Endpoint

__all__ = ["Embedder", "EmbedderLike", "embedder_of"]

_log = logging.getLogger("verbalized_sampling")

EmbedderLike = Any
"""None, a function from texts to vectors, embeddings of LangChain or LlamaIndex, or ``"openai:…"``."""

_BATCH = 256  # texts a request
_TIMEOUT = 120.0  # seconds
_DIMENSIONS = 2048  # of hashed words: enough that two of them seldom meet
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")  # a CJK character is a word of its own
_LATIN_END = 0x250


@dataclass(frozen=True, slots=True)
class Embedder:
    """A function from n texts to an n × d array, and its name, which belongs to every number made with it."""

    name: str
    embed: Callable[[list[str]], Any]

    def __call__(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One vector a text.

        Raises:
            SettingsError: What came back are not as many finite vectors of one length.
        """
        with eval_extra():
            import numpy as np
        try:
            vectors = np.asarray(self.embed(list(texts)), dtype=float)
        except ValueError as error:  # ragged, or no numbers
            raise SettingsError(f"the embedder {self.name} has to return one vector a text: {error}") from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise SettingsError(
                f"the embedder {self.name} has to return {len(texts)} finite vectors, not {vectors.shape}"
            )
        return vectors

    def remembering(self, texts: Iterable[str]) -> Embedder:
        """An embedder of the same name that knows these texts, each embedded once, and no others."""
        different = list(dict.fromkeys(texts))
        known = dict(zip(different, self(different), strict=True)) if different else {}
        return Embedder(self.name, lambda batch: [known[text] for text in batch])


def embedder_of(embedder: EmbedderLike | None = None) -> Embedder:
    """The embedder that is meant.

    Args:
        embedder: None: WordLlama if it is installed (256 dimensions, offline, made for English), else hashed words.
            ``"words"``: hashed words, in any language. ``"openai:text-embedding-3-small"``: an endpoint, by the
            names that models have. A function from a list of texts to as many vectors. Embeddings of LangChain or
            LlamaIndex. An :class:`Embedder`.

    Raises:
        SettingsError: It is none of these.
    """
    if isinstance(embedder, Embedder):
        return embedder
    if embedder is None:
        return _wordllama() or _WORDS
    if embedder == "words":
        return _WORDS
    if isinstance(embedder, str):
        return _endpoint(embedder)
    for method in ("embed_documents", "get_text_embedding_batch"):  # LangChain's, LlamaIndex's
        if callable(function := getattr(embedder, method, None)):
            return Embedder(_name(embedder), function)
    if callable(embedder):
        return Embedder(_name(embedder), embedder)
    raise SettingsError(
        f"cannot use {type(embedder).__name__} as an embedder: give a function from texts to vectors, embeddings of "
        "LangChain or LlamaIndex, or a name such as openai:text-embedding-3-small"
    )


def _name(embedder: Any) -> str:
    for attribute in ("model", "model_name", "__name__"):
        if isinstance(name := getattr(embedder, attribute, None), str) and name:
            return name
    return type(embedder).__name__


@lru_cache(maxsize=1)
def _wordllama() -> Embedder | None:
    """WordLlama's own weights and tokenizer, read from its package; it looks for them elsewhere itself."""
    if not all(find_spec(name) for name in ("wordllama", "safetensors", "tokenizers")):
        return None
    folders = [Path(folder) for folder in getattr(find_spec("wordllama"), "submodule_search_locations", None) or ()]
    weights = next((w for folder in folders for w in folder.glob("weights/l2_supercat_256.safetensors")), None)
    settings = next((t for folder in folders for t in folder.glob("tokenizers/l2_supercat*.json")), None)
    if weights is None or settings is None:
        return None
    with eval_extra():
        import numpy as np
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer
    (table,) = load_file(weights).values()
    tokenizer = Tokenizer.from_str(settings.read_text(encoding="utf-8"))

    def embed(texts: list[str]) -> Any:
        if not _mostly_latin(texts):
            _warn_of_scripts()
        rows = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
        return [table[ids].mean(axis=0, dtype=np.float32) if ids else np.zeros(table.shape[1]) for ids in rows]

    return Embedder("wordllama l2_supercat_256", embed)


def _mostly_latin(texts: Sequence[str]) -> bool:
    letters = [ord(character) < _LATIN_END for text in texts for character in text if character.isalpha()]
    return not letters or sum(letters) * 2 >= len(letters)


@lru_cache(maxsize=1)
def _warn_of_scripts() -> None:
    _log.warning("WordLlama was made for English: for other scripts give embedder='words', or a model of your own")


def _hashed_words(texts: list[str]) -> Any:
    with eval_extra():
        import numpy as np
    vectors = np.zeros((len(texts), _DIMENSIONS))
    for row, text in zip(vectors, texts, strict=True):
        for gram in _grams(text):
            digest = zlib.crc32(gram.encode(errors="surrogatepass"))
            row[digest % _DIMENSIONS] += 1.0 if digest & 1 << 31 else -1.0
    return vectors


def _grams(text: str) -> Iterator[str]:
    words = _TOKEN.findall(text.casefold())
    yield from words
    yield from map(" ".join, pairwise(words))


_WORDS = Embedder("hashed words", _hashed_words)


def _endpoint(name: str) -> Embedder:
    from ...models.endpoint import INSTALL, has_client
    from ...models.providers import endpoint_of

    endpoint = endpoint_of(name)
    if endpoint is None:
        raise SettingsError(f"no embedder is called {name!r}: give 'words', or provider:model as for models")
    if not has_client():
        raise SettingsError(f"{name} needs an HTTP client: {INSTALL}")

    def embed(texts: list[str]) -> list[Any]:
        batches = (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))
        return [vector for batch in batches for vector in _embedded(endpoint, batch)]

    return Embedder(name, embed)


def _embedded(endpoint: Endpoint, texts: list[str]) -> list[Any]:
    """The vectors of one request.

    Raises:
        ModelError: There are none.
    """
    from ...models.http import failures, post, submit, within

    body = {"model": endpoint.model, "input": [text or " " for text in texts]}  # endpoints refuse an empty text
    status, answer = submit(within(_TIMEOUT, endpoint, post(endpoint, "/embeddings", body))).result()
    try:
        return [item["embedding"] for item in sorted(answer["data"], key=lambda item: item["index"])]
    except (LookupError, TypeError) as error:
        raise failures.of_wrong_shape(endpoint, status, str(answer).encode(), wanted="vectors") from error
