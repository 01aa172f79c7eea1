"""The package's README, block after block, as a reader would run it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core import Settings
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole, TextBlock, ToolCallBlock
from llama_index.core.llms.mock import MockFunctionCallingLLM

from .support import BagOfWords

PAGE = (Path(__file__).parents[3] / "integrations" / "llama-index" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
RAKE = "Rake wet foliage off the lawn before the first frost."
ASKED = "why do leaves fall in autumn?"


class Reader(MockFunctionCallingLLM):
    """Follows the instructions it is given: calls the tool that there is, or writes as many candidates as asked for."""

    asked: list[list[ChatMessage]] = []

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        self.asked.append(list(messages))
        return ChatResponse(message=ChatMessage(role="assistant", content=self._candidates(messages)))

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return self.chat(messages)

    @staticmethod
    def _candidates(messages: Sequence[ChatMessage]) -> str:
        prompt = " ".join(message.content or "" for message in messages)
        count = next((n for n, word in {3: "three", 4: "four", 5: "five"}.items() if word in prompt), 4)
        texts = ["trees shed leaves in short days", "abscission", "maple leaves turn red", "rake foliage", "frost"]
        weights = [0.5, 0.2, 0.1, 0.05, 0.05]
        found = [{"text": t, "probability": w} for t, w in zip(texts[:count], weights, strict=False)]
        return json.dumps({"responses": found})


def respond(messages: Sequence[ChatMessage], **kwargs: Any) -> ChatMessage:
    found = [message for message in messages if message.role == MessageRole.TOOL]
    if found:
        return ChatMessage(role="assistant", blocks=[TextBlock(text=f"I read: {found[0].content}")])
    call = ToolCallBlock(tool_call_id="1", tool_name="search", tool_kwargs={"query": ASKED})
    return ChatMessage(role="assistant", blocks=[call])


# LlamaIndex looks through all attributes of an agent, pydantic's deprecated ones among them.
@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")
@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince211")
def test_every_block_runs_and_does_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    Settings.llm = llm = Reader(response_generator=respond, is_chat_model=True, asked=[])
    Settings.embed_model = BagOfWords()
    names: dict[str, Any] = {}
    printed = []
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), names)
        printed.append(capsys.readouterr().out)
    transform, fused, _, engine, _, agent, prompts, parser = printed
    assert transform.startswith(f"0.40  {ASKED}\n0.35  trees shed leaves in short days\n")
    found = {line.split("  ")[1] for line in fused.splitlines()}
    assert found == {node.text for node in names["retriever"]._retrievers[0]._index.docstore.docs.values()} - {RAKE}
    assert engine.splitlines()[0] in {"trees shed leaves in short days", "abscission", "maple leaves turn red"}
    assert engine.count("'text'") == 3
    assert agent.startswith("I read: [1] ")
    assert "Short days make a tree seal off" in agent
    assert prompts == parser == ""
    assert len(names["distribution"]) == 3
    assert names["nodes"]
    names["retriever"].retrieve(ASKED)
    assert llm.asked[-1][-1].content.startswith(f"Write 4 search queries in Latin for: {ASKED}\nReply with JSON:")


def test_every_public_name_is_on_the_page() -> None:
    import llama_index.retrievers.verbalized_sampling as package

    for name in set(package.__all__) - {"FusionMode", "VerbalizedPrompt", "WeightedQueryBundle"}:
        assert name in PAGE, name
