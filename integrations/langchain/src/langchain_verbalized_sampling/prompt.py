"""The step of a run that shows what is sent."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.runnables import Runnable, RunnableConfig

__all__ = ["VerbalizedSamplingPrompt"]


class VerbalizedSamplingPrompt(Runnable[list[BaseMessage], ChatPromptValue]):
    """Shows the messages of a request in traces; the core has rendered them."""

    def invoke(self, input: list[BaseMessage], config: RunnableConfig | None = None, **_: Any) -> ChatPromptValue:  # noqa: A002
        return self._call_with_config(_value, input, config, run_type="prompt")

    async def ainvoke(
        self,
        input: list[BaseMessage],  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> ChatPromptValue:
        async def value(messages: list[BaseMessage]) -> ChatPromptValue:
            return _value(messages)

        return await self._acall_with_config(value, input, config, run_type="prompt")


def _value(messages: list[BaseMessage]) -> ChatPromptValue:
    return ChatPromptValue(messages=messages)
