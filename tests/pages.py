"""Reading pages: the blocks of code that stand in them, and what the text around a block says is there."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FRAMEWORKS = ("langchain", "llama_index", "dspy")
_FENCE = re.compile(r"^( *)```(\w*)([^\n]*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what else its first line says, its text and where that begins."""

    language: str
    info: str
    text: str
    line: int

    def __str__(self) -> str:
        first = self.text.strip().split("\n", 1)[0]
        return f"framework: {first}" if any(name in self.text for name in FRAMEWORKS) else first


def blocks(page: Path, *languages: str) -> list[Block]:
    """The fenced blocks of a page in order; those of some languages only, if any are named."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        indent, language, info, code = match.groups()
        code = re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)
        found.append(Block(language, info.strip(), code, text[: match.start(4)].count("\n") + 1))
    return [block for block in found if not languages or block.language in languages]


def run(block: Block, page: Path, names: dict[str, Any]) -> None:
    """Runs a block of Python; a traceback shows the page's own line."""
    exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec", dont_inherit=True), names)


def given(code: str, endpoint: Any, monkeypatch: Any, stack: ExitStack) -> dict[str, Any]:
    """What the text around a block of a framework says is there: a model of that framework."""
    if "OpenAI()" in code:  # at the address of a server that somebody has started
        from .serving import running

        monkeypatch.setenv("OPENAI_BASE_URL", stack.enter_context(running()).url)
        monkeypatch.setenv("OPENAI_API_KEY", "unused")
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
