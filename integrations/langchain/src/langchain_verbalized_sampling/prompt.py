"""The first step of the graph, and of what traces show."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.runnables import Runnable, RunnableConfig

__all__ = ["VerbalizedSamplingPrompt"]


class VerbalizedSamplingPrompt(Runnable[list[BaseMessage], ChatPromptValue]):
    """Holds the messages of a request; the core has rendered them."""

    def invoke(self, input: list[BaseMessage], config: RunnableConfig | None = None, **_: Any) -> ChatPromptValue:  # noqa: A002, ARG002
        return ChatPromptValue(messages=input)
