"""Embedders: what is installed, what the caller brings, and what is no embedder."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from verbalized_sampling import ModelError, SettingsError
from verbalized_sampling.evaluation import diversity, embedder_of, semantic_diversity


def cosine(embedder, a, b):
    x, y = embedder([a, b])
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def test_the_default_knows_english():
    embedder = embedder_of()
    assert embedder.name == "wordllama l2_supercat_256"
    near = cosine(embedder, "The doctor treats the patient.", "A physician cures a sick person.")
    far = cosine(embedder, "The doctor treats the patient.", "Interest rates rose on Tuesday.")
    assert near > far + 0.2


def test_the_default_gives_what_wordllamas_own_code_gives():
    import logging

    level = logging.root.handlers[:], logging.root.level
    from pathlib import Path

    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    # What its code needs beside its weights is not in every environment.
    own = pytest.importorskip("wordllama.inference", exc_type=ImportError)

    folder = Path(sys.modules["wordllama"].__file__).parent
    (table,) = load_file(folder / "weights/l2_supercat_256.safetensors").values()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
    texts = ["A short text.", "Another, which is somewhat longer than the first one."]
    assert np.allclose(embedder_of()(texts), own.WordLlamaInference(table, tokenizer).embed(texts), atol=1e-5)
    logging.root.handlers[:], logging.root.level = level


def test_another_script_is_warned_of(caplog):
    from verbalized_sampling.evaluation.metrics.embedders import _warn_of_scripts

    _warn_of_scripts.cache_clear()
    embedder_of()(["为什么咖啡要报警？", "因为它被打劫了"])
    assert "made for English" in caplog.text


@pytest.mark.parametrize("texts", [["咖啡很好喝", "咖啡很难喝", "今天下雨了"], ["قهوة جيدة", "قهوة سيئة", "يوم ممطر"]])
def test_hashed_words_tell_texts_of_any_script_apart(texts):
    words = embedder_of("words")
    assert cosine(words, texts[0], texts[1]) > cosine(words, texts[0], texts[2])


def test_a_text_without_words_is_like_none():
    assert semantic_diversity(["", "tea", "!?"], "words") == 1.0
    assert semantic_diversity(["", ""]) == 0.0


def test_embeddings_of_frameworks_are_taken_as_they_are():
    from langchain_core.embeddings import DeterministicFakeEmbedding
    from llama_index.core import MockEmbedding

    assert diversity(["a", "b"], DeterministicFakeEmbedding(size=8)).embedder == "DeterministicFakeEmbedding"
    assert embedder_of(MockEmbedding(embed_dim=4))(["a", "b"]).shape == (2, 4)


def test_a_functions_name_is_the_embedders():
    def my_embedder(texts):
        return np.eye(len(texts))

    assert diversity(["a", "b"], my_embedder).embedder == "my_embedder"


@pytest.mark.parametrize(
    "wrong", [lambda _: [[1.0]], lambda t: [[1.0], [1.0, 2.0]], lambda t: [[float("nan")]] * len(t)]
)
def test_an_embedder_that_gives_no_vectors_is_named(wrong):
    with pytest.raises(SettingsError, match="<lambda> has to return"):
        diversity(["a", "b"], wrong)


@pytest.mark.parametrize("wrong", [3, "no such thing"])
def test_what_is_no_embedder_is_refused(wrong):
    with pytest.raises(SettingsError, match="embedder"):
        embedder_of(wrong)


@pytest.fixture
def embedding_server():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            data = [
                {"index": i, "embedding": [len(t), 1.0], "object": "embedding"} for i, t in enumerate(asked["input"])
            ]
            body = json.dumps({"data": data[::-1], "model": asked["model"], "object": "list", "usage": {}}).encode()
            self.send_response(200 if asked["model"] == "small" else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_embeds_by_name(embedding_server):
    vectors = embedder_of(f"small@{embedding_server}")(["a", "bb", ""] * 200)
    assert vectors[:3, 0].tolist() == [1, 2, 1]
    assert vectors.shape == (600, 2)
    with pytest.raises(ModelError, match="HTTP 404"):
        embedder_of(f"other@{embedding_server}")(["a"])


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("numpy", "diversity(['a', 'b'])"),
        ("rapidfuzz", "rouge_l('a', 'b')"),
        ("scipy", "ks_distance([1], [2])"),
    ],
)
def test_without_the_extra_each_function_says_what_to_install(missing, code):
    script = f"""
import sys
sys.modules[{missing!r}] = None
from verbalized_sampling.evaluation import *
try:
    {code}
except ValueError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert f"this needs {missing}" in done.stdout.replace(f"{missing}.", f"{missing} "), done.stderr
    assert "verbalized-sampling-core[eval]" in done.stdout


def test_without_wordllama_words_are_hashed():
    script = (
        "import sys; sys.modules['wordllama'] = None; from verbalized_sampling.evaluation import diversity;"
        "print(diversity(['a', 'b']).embedder)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "hashed words", done.stderr


def test_a_comparison_needs_no_scipy():
    script = """
import sys
sys.modules["scipy"] = None
from verbalized_sampling.evaluation import compare_saved
rows = [{"prompt": p, "method": m, "text": t} for p in "abcdef" for m in ("x", "y") for t in ("tea", m, p)]
for some in (rows, rows[:6]):
    print(compare_saved(some, embedder="words").metrics["y"]["diversity"])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.count("[") == 2, done.stderr
