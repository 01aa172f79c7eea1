"""Real clients of the official SDK, over standard input and output and over HTTP, list and call everything."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager

import pytest
from mcp import Client, StdioServerParameters, stdio_client
from verbalized_sampling_mcp import create_server

COMMAND = [sys.executable, "-m", "verbalized_sampling_mcp"]
REPLY = '{"responses": [{"text": "tea", "probability": 0.6}, {"text": "mate", "probability": 0.2}]}'
TOOLS = {"verbalized_prompt", "read_distribution", "draw", "measure_diversity"}
MODES = ["auto", "legacy"]  # the protocol without sessions, and the handshake of older clients


@contextmanager
def listening(*arguments, environment=None):
    process = subprocess.Popen(
        [*COMMAND, "--http", "--port", "0", *arguments], stderr=subprocess.PIPE, text=True, env=environment
    )
    try:
        line = process.stderr.readline()
        yield re.search(r"http://\S+:(\d+)/mcp", line)[1]
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def port():
    with listening() as port:
        yield port


@pytest.fixture(params=["stdio", "http"])
def connect(request, port):
    stdio = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:])
    url = f"http://127.0.0.1:{port}/mcp"
    return lambda **options: Client(stdio_client(stdio) if request.param == "stdio" else url, **options)


@pytest.mark.parametrize("mode", MODES)
async def test_a_client_lists_and_calls_each_tool(connect, mode):
    async with connect(mode=mode) as client:
        assert "You write the answers" in client.instructions
        assert client.server_capabilities.tools is not None
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == TOOLS
        for tool in tools.values():
            assert tool.description and tool.output_schema and tool.annotations.read_only_hint

        async def call(name, **arguments):
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result.content
            return result.structured_content

        prompted = await call("verbalized_prompt", query="Name a drink", k=3, tau=0.05, words=4)
        assert [message["role"] for message in prompted["messages"]] == ["system", "user"]
        assert "three" in prompted["messages"][0]["content"] and "0.05" in prompted["messages"][0]["content"]
        read = await call("read_distribution", reply=REPLY, k=3)
        assert [(a["text"], a["probability"], a["verbalized"]) for a in read["answers"]] == [
            ("tea", pytest.approx(0.75), 0.6),
            ("mate", pytest.approx(0.25), 0.2),
        ]
        assert read["mass"] == pytest.approx(0.8) and read["notes"] == ["too few"]
        drawn = await call("draw", reply=REPLY, seed=3)
        assert drawn == await call("draw", reply=REPLY, seed=3)
        assert drawn["texts"][0] in ("tea", "mate") and drawn["of"] == 2
        fresh = await call("draw", reply=REPLY)
        assert fresh["texts"] == (await call("draw", reply=REPLY, seed=fresh["seed"]))["texts"]
        measured = await call("measure_diversity", texts=["tea", "tea", "a long walk"])
        assert measured["n"] == 3 and measured["duplicate_rate"] == pytest.approx(1 / 3)
        (prompt,) = (await client.list_prompts()).prompts
        shown = await client.get_prompt(prompt.name, {"query": "Name a drink", "tau": "0.1"})
        assert "Name a drink" in shown.messages[0].content.text and "0.1" in shown.messages[0].content.text


async def test_the_server_asks_nothing_of_its_client(connect):
    asked = []

    async def sample(*arguments):
        asked.append(arguments)
        raise AssertionError("the newest protocol has no sampling")

    async with connect(sampling_callback=sample) as client:
        await client.call_tool("draw", {"reply": REPLY})
        assert not client.server_capabilities.experimental
    assert not asked


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("draw", {"reply": "Tea, please."}, "no candidates"),
        ("draw", {"reply": ""}, "empty"),
        ("draw", {"reply": "I'm sorry, I can't help with that."}, "refused"),
        ("draw", {"reply": REPLY, "n": 3}, "without replacement"),
        ("draw", {"reply": REPLY, "n": 0}, "greater than or equal to 1"),
        ("draw", {}, "reply"),
        ("read_distribution", {"reply": REPLY, "tau": 3}, "tau must be"),
        ("read_distribution", {"reply": REPLY, "definition": "vague"}, "definition"),
        ("verbalized_prompt", {"query": " "}, "the query is empty"),
        ("verbalized_prompt", {"query": "x", "variant": "direct"}, "variant"),
        ("measure_diversity", {"texts": ["alone"]}, "at least two texts"),
    ],
)
async def test_what_is_wrong_is_told_to_the_model(tool, arguments, words):
    async with Client(create_server()) as client:
        result = await client.call_tool(tool, arguments)
        assert result.is_error and words in result.content[0].text
        assert "Traceback" not in result.content[0].text


async def test_a_reply_may_come_as_what_a_model_made_of_it():
    """Hosts hand arguments over as JSON: a reply in JSON often arrives read."""
    replies = [REPLY, {"responses": [{"text": "tea", "probability": 0.6}, {"text": "mate", "probability": 0.2}]}]
    replies += [replies[1]["responses"], f"Sure!\n```json\n{REPLY}\n```", "1. tea (60%)\n2. mate (20%)"]
    async with Client(create_server()) as client:
        for reply in replies:
            read = (await client.call_tool("read_distribution", {"reply": reply})).structured_content
            assert [(a["text"], a["verbalized"]) for a in read["answers"]] == [("tea", 0.6), ("mate", 0.2)], reply


async def test_draws_follow_the_weights_and_repeat_none_unless_told():
    async with Client(create_server()) as client:
        many = await client.call_tool("draw", {"reply": REPLY, "n": 2000, "seed": 1, "replace": True})
        assert 1400 < many.structured_content["texts"].count("tea") < 1600  # 1500 expected
        both = await client.call_tool("draw", {"reply": REPLY, "n": 2, "seed": 1})
        assert sorted(both.structured_content["texts"]) == ["mate", "tea"]


def test_the_core_and_the_server_draw_the_same():
    import asyncio

    from verbalized_sampling import DistributionParser

    async def draw(seed):
        async with Client(create_server()) as client:
            return (await client.call_tool("draw", {"reply": REPLY, "seed": seed})).structured_content["texts"]

    for seed in range(5):
        assert [DistributionParser().parse(REPLY).sample(seed=seed).text] == asyncio.run(draw(seed))


def status(port, path="/mcp", **headers):
    import httpx

    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    wanted = {"accept": "application/json, text/event-stream"}
    return httpx.post(f"http://127.0.0.1:{port}{path}", json=body, headers=wanted | headers).status_code


def test_over_http_only_this_machine_may_ask_without_a_key(port):
    assert status(port) not in (401, 403)
    assert status(port, host="evil.example") == 403
    assert status(port, origin="https://evil.example") == 403


async def test_on_other_addresses_clients_need_the_key():
    import os

    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    with listening("--host", "0.0.0.0", environment={**os.environ, "VERBALIZED_SAMPLING_MCP_KEY": "sesame"}) as port:
        assert status(port) == 401
        async with httpx2.AsyncClient(headers={"authorization": "Bearer sesame"}) as http:
            transport = streamable_http_client(f"http://127.0.0.1:{port}/mcp", http_client=http)
            async with Client(transport) as client:
                assert len((await client.list_tools()).tools) == len(TOOLS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--http", "--host", "0.0.0.0"], "set a key for clients first, in VERBALIZED_SAMPLING_MCP_KEY"),
        (["--http", "--host", "nowhere.invalid"], "nowhere.invalid"),
        (["--http", "--port", "x"], "invalid int value"),
        (["--http", "--port", "99999"], "99999"),
        (["--colour"], "unrecognized arguments"),
    ],
)
def test_wrong_use_says_what_to_do(arguments, words):
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_standard_output_belongs_to_the_protocol():
    done = subprocess.run(COMMAND, input="", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")
