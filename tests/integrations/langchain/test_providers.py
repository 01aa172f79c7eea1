"""Providers' own clients over HTTP: a small server on loopback answers in each provider's wire format."""

from __future__ import annotations

import json
import threading
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import anthropic
import openai
import pytest
from langchain.agents import create_agent
from langchain_anthropic import ChatAnthropic
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.runnables import ConfigurableField
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langchain_verbalized_sampling import DistributionArgmax, VerbalizedSampling, VerbalizedSamplingMiddleware

from verbalized_sampling import RefusalError

THREE = json.dumps({"responses": [{"text": t, "probability": p} for t, p in (("Ada", 0.5), ("Bo", 0.3), ("Cy", 0.2))]})
CALL = ("look", {"what": "cat"})


class Server:
    """Answers each request as ``script(body)`` says: a status and a text, a tool call, or a stop reason."""

    def __init__(self):
        self.requests = []
        self.script = lambda body: {"text": THREE}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.requests.append(body)
                answer = owner.script(body)
                status = answer.get("status", 200)
                form = _anthropic if self.path.endswith("/messages") else _openai
                if status != 200:
                    kind, data = "application/json", json.dumps({"error": {"message": answer["text"], "type": "e"}})
                elif body.get("stream"):
                    kind, data = "text/event-stream", form(answer, streamed=True)
                else:
                    kind, data = "application/json", json.dumps(form(answer, streamed=False))
                payload = data.encode()
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


def cut(text):
    return [text[at : at + 9] for at in range(0, len(text), 9)]


def _openai(answer, *, streamed):
    text, call, refusal = answer.get("text", ""), answer.get("call"), answer.get("refusal")
    reason = answer.get("stop") or ("tool_calls" if call else "stop")
    head = {"id": "c", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 10, "completion_tokens": 7, "total_tokens": 17}
    if not streamed:
        message = {"role": "assistant", "content": text or None, "refusal": refusal}
        if call:
            function = {"name": call[0], "arguments": json.dumps(call[1])}
            message["tool_calls"] = [{"id": "t", "type": "function", "function": function}]
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
    deltas = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in cut(text))]
    if refusal:
        deltas.append({"refusal": refusal})
    if call:
        first = {"name": call[0], "arguments": ""}
        deltas.append({"tool_calls": [{"index": 0, "id": "t", "type": "function", "function": first}]})
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": p}}]} for p in cut(json.dumps(call[1]))]
    chunk = {**head, "object": "chat.completion.chunk"}
    chunks = [{**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    chunks.append({**chunk, "choices": [], "usage": usage})
    return "".join(f"data: {json.dumps(one)}\n\n" for one in chunks) + "data: [DONE]\n\n"


def _anthropic(answer, *, streamed):
    text, call = answer.get("text", ""), answer.get("call")
    reason = answer.get("stop") or ("tool_use" if call else "end_turn")
    blocks = ([{"type": "thinking", "thinking": "Hm.", "signature": "s"}] if answer.get("thinks") else []) + (
        [{"type": "text", "text": text}] if text else []
    )
    blocks += [{"type": "tool_use", "id": "t", "name": call[0], "input": call[1]}] if call else []
    head = {"id": "m", "type": "message", "role": "assistant", "model": "m"}
    if not streamed:
        usage = {"input_tokens": 10, "output_tokens": 7}
        return {**head, "content": blocks, "stop_reason": reason, "stop_sequence": None, "usage": usage}
    start = {
        **head,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    }
    events = [{"type": "message_start", "message": start}]
    for index, block in enumerate(blocks):
        empty, deltas = {
            "text": lambda b: (
                {"type": "text", "text": ""},
                [{"type": "text_delta", "text": p} for p in cut(b["text"])],
            ),
            "thinking": lambda b: (
                {"type": "thinking", "thinking": "", "signature": ""},
                [{"type": "thinking_delta", "thinking": b["thinking"]}, {"type": "signature_delta", "signature": "s"}],
            ),
            "tool_use": lambda b: (
                {**b, "input": {}},
                [{"type": "input_json_delta", "partial_json": p} for p in cut(json.dumps(b["input"]))],
            ),
        }[block["type"]](block)
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": reason, "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 7}})
    events.append({"type": "message_stop"})
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


def openai_model(server, **options):
    return ChatOpenAI(model="m", base_url=f"{server.url}/v1", api_key="k", max_retries=0, stream_usage=True, **options)


def anthropic_model(server, **options):
    return ChatAnthropic(
        model="claude-opus-4-6", base_url=server.url, api_key="k", max_retries=0, **{"max_tokens": 4000, **options}
    )


MODELS = {"openai": openai_model, "anthropic": anthropic_model}


@pytest.fixture(params=MODELS)
def model(request, server):
    # A name and place of its own each: what is learnt of one holds for all of that name at that place.
    return MODELS[request.param](server)


async def by_four_ways(runnable, given="A name"):
    yield runnable.invoke(given)
    yield await runnable.ainvoke(given)
    yield list(runnable.stream(given))[-1]
    yield [piece async for piece in runnable.astream(given)][-1]


def is_constrained(body):
    return bool({"response_format", "output_config", "tools"} & set(body))


async def test_replies_are_constrained_and_read(server, model):
    async for distribution in by_four_ways(VerbalizedSampling(model, k=3)):
        assert [c.text for c in distribution] == ["Ada", "Bo", "Cy"]
        assert distribution.usage.output_tokens == 7
    assert all(map(is_constrained, server.requests))


NO_SCHEMA = {
    "openai": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    "anthropic": "output_config: Extra inputs are not permitted; tools are not supported",
}


@pytest.mark.parametrize("status", [400, 422])
def test_a_model_that_takes_no_schema_goes_without_for_all_copies(server, model, status):
    kind = "openai" if isinstance(model, ChatOpenAI) else "anthropic"
    server.script = lambda body: (
        {"status": status, "text": NO_SCHEMA[kind]} if is_constrained(body) else {"text": THREE}
    )
    sampling = VerbalizedSampling(model, k=3).configurable_fields(k=ConfigurableField(id="k"))
    for k in (3, 2, 3):
        assert len(sampling.invoke("A name", {"configurable": {"k": k}})) == 3
    assert len(list(sampling.stream("A name"))[-1]) == 3
    assert [is_constrained(body) for body in server.requests] == [True, False, False, False, False]


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 529])
def test_any_other_error_is_raised_and_asked_once(server, model, status):
    failing = [True]
    server.script = lambda body: {"status": status, "text": "no such luck"} if failing[0] else {"text": THREE}
    sampling = VerbalizedSampling(model, k=3)
    for call in (lambda: sampling.invoke("A name"), lambda: list(sampling.stream("A name"))):
        with pytest.raises((openai.APIStatusError, anthropic.APIStatusError)):
            call()
    assert len(server.requests) == 2
    failing[0] = False
    assert len(sampling.invoke("A name")) == 3
    assert all(map(is_constrained, server.requests))


CUT = THREE[: THREE.index("Cy")]


@pytest.mark.parametrize(("name", "stop"), [("openai", "length"), ("anthropic", "max_tokens")])
async def test_a_cut_reply_is_kept_and_marked(server, name, stop):
    server.script = lambda body: {"text": CUT, "stop": stop}
    async for distribution in by_four_ways(VerbalizedSampling(MODELS[name](server), k=3, max_extra_calls=0)):
        assert [c.text for c in distribution] == ["Ada", "Bo"]
        assert distribution.truncated


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("openai", {"refusal": "No."}),
        ("openai", {"stop": "content_filter"}),
        ("anthropic", {"stop": "refusal"}),
        ("openai", {"text": "I'm sorry, but I can't help with that."}),
        ("anthropic", {"text": "I'm sorry, but I can't help with that."}),
    ],
)
async def test_a_refusal_is_one(server, name, answer):
    server.script = lambda body: answer
    sampling = VerbalizedSampling(MODELS[name](server), k=3)
    with pytest.raises(RefusalError):
        sampling.invoke("A name")
    with pytest.raises(RefusalError):
        await sampling.ainvoke("A name")
    with pytest.raises(RefusalError):
        list(sampling.stream("A name"))


async def test_a_model_that_thinks_is_constrained_without_a_warning(server):
    server.script = lambda body: {"text": THREE, "thinks": True}
    thinking = anthropic_model(server, thinking={"type": "adaptive"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async for distribution in by_four_ways(VerbalizedSampling(thinking, k=3, structured="require")):
            assert [c.text for c in distribution] == ["Ada", "Bo", "Cy"]
    assert all("output_config" in body and "tools" not in body for body in server.requests)


def test_prompt_caching_survives(server):
    cached = {"type": "text", "text": "A long manual.", "cache_control": {"type": "ephemeral"}}
    conversation = [SystemMessage([cached]), HumanMessage("A name")]
    VerbalizedSampling(anthropic_model(server), k=3).invoke(conversation)
    agent = create_agent(
        anthropic_model(server), [], system_prompt=conversation[0], middleware=[VerbalizedSamplingMiddleware(k=3)]
    )
    agent.invoke({"messages": conversation[1:]})
    for body in server.requests:
        assert body["system"][0] == cached
        assert all("cache_control" not in block for block in body["system"][1:])


@tool
def look(what: str) -> str:
    """Looks at something."""
    return f"{what}: grey"


@pytest.mark.parametrize("thinks", [False, True])
async def test_an_agent_calls_its_tool_and_then_draws(server, model, thinks):
    def script(body):
        answered = "grey" in json.dumps(body["messages"])
        return (
            {"text": THREE, "thinks": thinks} if answered else {"text": "Let me look.", "call": CALL, "thinks": thinks}
        )

    server.script = script
    graph = create_agent(model, [look], middleware=[VerbalizedSamplingMiddleware(k=3, select="argmax")])
    asked = {"messages": [HumanMessage("Name my cat")]}
    for result in (graph.invoke(asked), await graph.ainvoke(asked)):
        assert [m.type for m in result["messages"]] == ["human", "ai", "tool", "ai"]
        assert result["messages"][-1].text == "Ada"
        assert result["messages"][-1].usage_metadata["output_tokens"] == 7
    chunks = [chunk for chunk, _ in graph.stream(asked, stream_mode="messages")]
    chunks_async = [chunk async for chunk, _ in graph.astream(asked, stream_mode="messages")]
    for shown in (chunks, chunks_async):
        words = "".join(str(chunk.text) for chunk in shown if isinstance(chunk, AIMessage))
        assert words == "Let me look.Ada"
        calls = [part for chunk in shown for part in getattr(chunk, "tool_call_chunks", ())]
        assert json.loads("".join(part["args"] or "" for part in calls)) == CALL[1]
        assert len(calls) > 1
    events = [event async for event in graph.astream_events(asked, version="v2")]
    assert not any("probability" in str(e["data"]) for e in events if e["event"] == "on_chat_model_stream")


async def test_a_chain_ends_in_a_text(model):
    async for text in by_four_ways(VerbalizedSampling(model, k=3) | DistributionArgmax() | str.upper):
        assert text == "ADA"


async def test_many_at_a_time_keep_their_order(server, model):
    server.script = lambda body: {
        "text": THREE.replace("Ada", str(body["messages"][-1]["content"])[-40:].strip("'}] "))
    }
    chain = VerbalizedSampling(model, k=3, structured="never") | DistributionArgmax()
    given = [f"name {i}" for i in range(8)]
    got = await chain.abatch(given, {"max_concurrency": 4})
    assert all(query in answer for query, answer in zip(given, got, strict=True))
    assert chain.batch(given) == got
