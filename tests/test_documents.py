"""What people read is what runs: the README's code and commands, and every example."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXAMPLES = sorted(
    path for path in (ROOT / "examples").glob("*.py") if not path.stem.startswith(("langchain", "llama", "dspy"))
)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.strip().splitlines()[0])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of frameworks, when they are imported
def test_the_readmes_code_runs(code, endpoint, monkeypatch):
    with ExitStack() as stack:
        exec(compile(code, "README.md", "exec"), given(code, endpoint, monkeypatch, stack))


def given(code, endpoint, monkeypatch, stack):
    """What the text around a block says is there: a model of the framework, over HTTP."""
    if "langchain" in code:
        from langchain_openai import ChatOpenAI

        settings = {"base_url": endpoint.base_url, "api_key": endpoint.api_key, "model": endpoint.model}
        return {"model": ChatOpenAI(**settings, seed=1, temperature=0.7)}
    if "llama_index" in code:
        from llama_index.core import Settings
        from llama_index.core.schema import TextNode
        from llama_index.llms.openai_like import OpenAILike
        from llama_index.retrievers.bm25 import BM25Retriever

        settings = {"api_base": endpoint.base_url, "api_key": endpoint.api_key, "model": endpoint.model}
        monkeypatch.setattr(Settings, "_llm", OpenAILike(**settings, is_chat_model=True, max_tokens=200))
        nodes = [TextNode(text="Short days make a tree shed its leaves."), TextNode(text="Frost comes at night.")]
        return {"retriever": BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=1)}
    if "dspy" in code:
        monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        import dspy
        from dspy.utils import DummyLM

        jokes = [{"joke": f"Joke {i}", "probability": 0.09 - i / 100} for i in range(5)]
        stack.enter_context(dspy.context(lm=DummyLM([{"candidates": json.dumps(jokes)}])))
    return {}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_example_runs(path, endpoint):
    environment = dict(os.environ)
    if "OPENAI" in path.read_text():
        environment |= {
            "OPENAI_BASE_URL": endpoint.base_url,
            "OPENAI_API_KEY": endpoint.api_key,
            "OPENAI_MODEL": endpoint.model,
        }
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_ci_runs_the_readmes_test_command():
    commands = [line for block in blocks("sh") for line in block.splitlines() if "pytest" in line]
    assert len(commands) == 1
    assert commands[0] in [line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]


def test_the_readmes_first_command_is_the_commands_own(capsys):
    from verbalized_sampling.command import run

    (command,) = [
        line for block in blocks("sh") for line in block.splitlines() if "verbalize " in line and "uv run" in line
    ]
    query = re.search(r'verbalize "(.*)"', command)[1]
    assert command.startswith("pip install -q uv && uv run ")
    assert run([query]) == 0
    assert "probability" in capsys.readouterr().out


def test_all_packages_have_one_version():
    versions = {
        re.search(r'^version = "(.*)"', path.read_text(), re.MULTILINE)[1]
        for path in (ROOT / "pyproject.toml", *ROOT.glob("integrations/*/pyproject.toml"))
    }
    import verbalized_sampling

    assert versions == {verbalized_sampling.__version__}
    assert f"## {verbalized_sampling.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_relative_links_lead_somewhere():
    for page in [ROOT / "README.md", *ROOT.glob("integrations/*/README.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
