"""What must work where this package is installed alone: run on its wheel, with pytest and nothing else beside it."""

import asyncio

from mcp import Client
from verbalized_sampling_mcp import create_server

REPLY = '{"responses": [{"text": "tea", "probability": 0.3}, {"text": "mate", "probability": 0.1}]}'


def test_a_client_gets_a_prompt_draws_and_measures():
    async def talk():
        async with Client(create_server()) as client:
            tools = {tool.name for tool in (await client.list_tools()).tools}
            drawn = await client.call_tool("draw", {"reply": REPLY, "seed": 1})
            measured = await client.call_tool("measure_diversity", {"texts": ["tea", "mate"]})
            return tools, drawn.structured_content["texts"], measured.structured_content

    tools, (text,), measured = asyncio.run(talk())
    assert tools == {"verbalized_prompt", "read_distribution", "draw", "measure_diversity"}
    assert text in {"tea", "mate"} and measured["n"] == 2 and 0 <= measured["semantic_diversity"] <= 1
