"""Any model is a function from messages to a text; here, one behind an OpenAI-compatible endpoint.

Set OPENAI_API_KEY, and OPENAI_BASE_URL if it is not OpenAI's own.
"""

import os

from openai import OpenAI

from verbalized_sampling import Message, Reply, verbalize

client = OpenAI()


def model(messages: list[Message], *, max_tokens: int = 500) -> Reply:
    answer = client.chat.completions.create(
        model=os.environ.get("OPENAI_MODEL", "gpt-6.1-terra"),
        messages=messages,  # type: ignore[arg-type]  # the client wants one type a role
        max_completion_tokens=max_tokens,
    )
    choice = answer.choices[0]
    return Reply(choice.message.content or "", choice.finish_reason, refusal=choice.message.refusal)


distribution = verbalize("Name a US state", model=model, k=5, tau=0.10, on_empty="return")
print(distribution.to_markdown())
