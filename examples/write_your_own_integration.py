"""Verbalized Sampling in a framework of your own.

An elicitation says what to send (a Request) and reads what came back (a Reply); it never calls a model. An
integration is therefore little more than one function that makes a call the framework's way. Here the "framework"
is a chat object with a ``chat`` and an ``achat`` method.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from verbalized_sampling import Distribution, Elicitation, Reply, Request, adrive, drive


class Chat:
    """Stands for a framework's client; yours talks to a model."""

    def chat(self, messages: list[dict[str, Any]]) -> str:
        assert messages[-1]["content"] == "Tea or coffee?"
        return '{"responses": [{"text": "Tea", "probability": 0.7}, {"text": "Coffee", "probability": 0.3}]}'

    async def achat(self, messages: list[dict[str, Any]]) -> str:
        return self.chat(messages)


# --- the integration begins -------------------------------------------------------------------------------------


@dataclass
class VerbalizedChat:
    """A chat whose answers come from a verbalized distribution."""

    client: Chat
    elicitation: Elicitation = field(default_factory=Elicitation)

    def ask(self, query: str) -> Distribution[str]:
        return drive(self.elicitation.plan(query), self._call)

    async def aask(self, query: str) -> Distribution[str]:
        return await adrive(self.elicitation.plan(query), self._acall)

    def _call(self, request: Request) -> Reply:
        return Reply(self.client.chat([dict(m) for m in request.messages]))

    async def _acall(self, request: Request) -> Reply:
        return Reply(await self.client.achat([dict(m) for m in request.messages]))


# --- the integration ends ---------------------------------------------------------------------------------------

chat = VerbalizedChat(Chat(), Elicitation(k=2))
print(chat.ask("Tea or coffee?"))
print(asyncio.run(chat.aask("Tea or coffee?")).sample(seed=1))
