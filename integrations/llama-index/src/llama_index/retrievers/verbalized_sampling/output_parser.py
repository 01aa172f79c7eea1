"""LlamaIndex's output parser for distributions."""

from __future__ import annotations

from typing import Any, Unpack

from llama_index.core.base.llms.types import ChatMessage, MessageRole, TextBlock
from llama_index.core.types import BaseOutputParser

from verbalized_sampling import Distribution, Elicitation, ElicitationSettings

from .prompt import VerbalizedPrompt

__all__ = ["DistributionOutputParser"]


class DistributionOutputParser(BaseOutputParser):
    """Adds the instructions to a prompt and reads the reply as a distribution.

    On an LLM or a prompt (``output_parser=``) it formats what goes out. Of what comes back, LlamaIndex makes a str
    (an LLM's parser) or nothing at all (a prompt's), so call :meth:`parse` with the reply to have the distribution.
    """

    def __init__(self, elicitation: Elicitation[Any] | None = None, **settings: Unpack[ElicitationSettings]) -> None:
        """What to ask for: ``k=5``, ``tau=0.10``, ``candidate=…`` or a whole ``elicitation``."""
        self._elicitation = Elicitation.of(elicitation, **settings)

    def parse(self, output: str) -> Distribution[Any]:
        """The distribution in a reply.

        Raises:
            DistributionParseError: There is none.
        """
        return self._elicitation.parser().parse(output)

    def format(self, query: str) -> str:
        """``query`` with the instructions: in front of it, or as their template places it."""
        messages = VerbalizedPrompt(self._elicitation).format_messages(query_str=query)
        return "\n\n".join(message.content or "" for message in messages)

    def format_messages(self, messages: list[ChatMessage]) -> list[ChatMessage]:
        """New messages, the instructions in the system message, or where their template places the last message."""
        if not messages:
            return []
        *before, last = messages
        *system, asked = VerbalizedPrompt(self._elicitation).format_messages(query_str=last.content or "")
        others = [block for block in last.blocks if not isinstance(block, TextBlock)]
        last = last.model_copy(update={"blocks": [*asked.blocks, *others]})
        head = before[:1] if before and before[0].role == MessageRole.SYSTEM else []
        text = "\n\n".join(message.content or "" for message in [*head, *system])
        front = [ChatMessage(role=MessageRole.SYSTEM, content=text)] if text else []
        return [*front, *before[len(head) :], last]
