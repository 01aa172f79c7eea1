"""The Runnable behaves as any other: all its methods agree, it configures, retries, falls back, traces and pickles."""

from __future__ import annotations

import asyncio
import json
import pickle
from operator import add

import pytest
from langchain_core.load import dumpd, load
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.prompt_values import ChatPromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField, RunnableLambda
from langchain_openai import ChatOpenAI
from langchain_verbalized_sampling import (
    DistributionArgmax,
    DistributionOutputParserException,
    DistributionSampler,
    VerbalizedSampling,
)

from verbalized_sampling import Elicitation, RefusalError, Repair, Reply, SettingsError, drive

USAGE = {"input_tokens": 10, "output_tokens": 7, "total_tokens": 17}


def answers(text):
    blocks = [
        {"type": "reasoning", "reasoning": "Hm."},
        {"type": "text", "text": text[:9]},
        {"type": "text", "text": text[9:]},
    ]
    return {"text": AIMessage(text), "blocks": AIMessage(blocks), "usage": AIMessage(text, usage_metadata=USAGE)}


async def by_all_methods(runnable, value):
    """What each of the eight methods gives in the end."""

    async def source():
        yield value

    return {
        "invoke": runnable.invoke(value),
        "ainvoke": await runnable.ainvoke(value),
        "batch": runnable.batch([value])[0],
        "abatch": (await runnable.abatch([value]))[0],
        "stream": list(runnable.stream(value))[-1],
        "astream": [piece async for piece in runnable.astream(value)][-1],
        "transform": list(runnable.transform(iter([value])))[-1],
        "atransform": [piece async for piece in runnable.atransform(source())][-1],
    }


@pytest.mark.parametrize("kind", ["text", "blocks", "usage"])
@pytest.mark.parametrize("variant", ["standard", "cot", "multi", "sequence", "direct", "direct_cot", "multi_turn"])
async def test_all_eight_methods_agree_with_the_core(scripted, three, as_reply, kind, variant):
    turns = [three, as_reply(("Di", 0.4), ("Ed", 0.4), ("Bo", 0.2))]
    if variant in ("direct", "multi_turn"):
        turns = ["Ada", "Bo", "Cy"]
    elif variant == "direct_cot":
        turns = [f"<reasoning>{name} is short.</reasoning>\n{name}" for name in ("Ada", "Bo", "Cy")]
    asked = Elicitation(k=3, variant=variant)
    replies = iter(turns * 2)
    expected = drive(asked.plan("A name"), lambda request: Reply(next(replies)))
    assert (expected.reasoning is not None) is (variant == "direct_cot")
    model = scripted(*(answers(text)[kind] for text in turns))
    runnable = VerbalizedSampling(model, elicitation=asked)
    for method in ("invoke", "stream", "ainvoke", "astream"):
        model.calls.clear()
        match method:
            case "invoke":
                got = runnable.invoke("A name")
            case "stream":
                got = list(runnable.stream("A name"))[-1]
            case "ainvoke":
                got = await runnable.ainvoke("A name")
            case _:
                got = [piece async for piece in runnable.astream("A name")][-1]
        assert got.candidates == expected.candidates
        assert got.reasoning == expected.reasoning
        assert got.usage.calls == expected.usage.calls
        assert got.usage.input_tokens == (10 * got.usage.calls if kind == "usage" else 0)


async def test_all_eight_methods_agree(scripted, three):
    results = await by_all_methods(VerbalizedSampling(scripted(three), k=3), "A name")
    first = results["invoke"]
    assert len(first) == 3
    assert all(result == first for result in results.values()), results


@pytest.mark.parametrize(
    "value",
    [
        "A name",
        {"input": "A name", "chat_history": []},
        {"messages": [], "query": "A name"},
        {"question": [HumanMessage("A name")]},
        {"role": "user", "content": "A name"},
        {"anything": "A name"},
        [HumanMessage("A name")],
        {"messages": [HumanMessage("A name")]},
        ("user", "A name")[1],
        [("user", "A name")],
        ChatPromptTemplate.from_messages([("human", "A {what}")]).invoke({"what": "name"}),
    ],
)
def test_whatever_means_a_query_is_one(scripted, three, value):
    model = scripted(three)
    assert len(VerbalizedSampling(model, k=3).invoke(value)) == 3
    system, query = model.calls[0][0]
    assert isinstance(system, SystemMessage)
    assert query == HumanMessage("A name")


def test_what_means_none_is_refused_before_the_model_is_called(scripted, three):
    model = scripted(three)
    for value in ("  ", [], {"a": "x", "b": "y"}, [AIMessage("Hello")]):
        with pytest.raises(SettingsError):
            VerbalizedSampling(model).invoke(value)
    assert model.calls == []


def test_images_tool_calls_and_results_are_sent_as_they_were(scripted, three):
    model = scripted(three)
    conversation = [
        SystemMessage("Be brief."),
        HumanMessage([{"type": "image", "url": "https://example.org/a.png"}]),
        AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}]),
        ToolMessage("a cat", tool_call_id="1"),
    ]
    VerbalizedSampling(model, k=3).invoke(conversation)
    sent = model.calls[0][0]
    assert sent[1:] == conversation[1:]
    assert sent[0].content.startswith("Be brief.\n\n")
    with pytest.raises(SettingsError, match="template"):
        VerbalizedSampling(model, k=3, template="paper").invoke(conversation[:2])


def test_the_last_step_gives_a_str_and_takes_whole_distributions(scripted, three):
    chain = VerbalizedSampling(scripted(three), k=3) | DistributionArgmax() | str.upper
    assert chain.invoke("A name") == "ADA"
    assert list(chain.stream("A name")) == ["ADA"]


def test_a_step_that_cannot_stream_gets_what_invoke_gives(scripted, three):
    sampling = VerbalizedSampling(scripted(three), k=3)
    chain = sampling | RunnableLambda(lambda distribution: distribution)
    assert list(chain.stream("A name"))[-1] == sampling.invoke("A name")
    with pytest.raises(TypeError):
        add(sampling.invoke("A name"), sampling.invoke("A name"))


def test_unreadable_and_few_replies_are_asked_for_again(scripted, three, as_reply):
    model = scripted("I like names.", three)
    distribution = VerbalizedSampling(model, k=3).invoke("A name")
    assert len(distribution) == 3
    assert Repair.UNREADABLE_REPLY in distribution.repairs
    model = scripted(as_reply(("Ada", 0.5)), as_reply(("Bo", 0.5), ("Ada", 0.1)))
    sampling = VerbalizedSampling(model, k=2)
    assert [c.text for c in sampling.invoke("A name")] == ["Ada", "Bo"]
    model.calls.clear()
    assert [len(piece) for piece in sampling.stream("A name")][-1] == 2
    with pytest.raises(DistributionOutputParserException) as caught:
        VerbalizedSampling(scripted("I like names."), k=3).invoke("A name")
    assert caught.value.send_to_llm
    assert caught.value.llm_output == "I like names."
    empty = VerbalizedSampling(scripted("I like names."), on_empty="return").invoke("A name")
    assert len(empty) == 0 and empty.repairs == (Repair.UNREADABLE_REPLY, Repair.TOO_FEW)
    assert {piece.text for piece in empty.dropped} == {"I like names."}


@pytest.mark.parametrize(
    "answer",
    [
        AIMessage("", additional_kwargs={"refusal": "No."}),
        AIMessage([{"type": "refusal", "refusal": "No."}]),
        AIMessage("", response_metadata={"stop_reason": "refusal"}),
        AIMessage("", response_metadata={"finish_reason": "content_filter"}),
        AIMessage("I'm sorry, but I can't help with that."),
    ],
)
async def test_a_refusal_is_one_however_it_is_said(scripted, answer):
    sampling = VerbalizedSampling(scripted(answer))
    with pytest.raises(RefusalError):
        sampling.invoke("A name")
    with pytest.raises(RefusalError):
        list(sampling.stream("A name"))
    with pytest.raises(RefusalError):
        await sampling.ainvoke("A name")
    with pytest.raises(RefusalError):
        [piece async for piece in sampling.astream("A name")]


@pytest.mark.parametrize(
    "metadata",
    [
        {"finish_reason": "length"},
        {"stop_reason": "max_tokens"},
        {"done_reason": "length"},
        {"finish_reason": "MAX_TOKENS"},
        {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
    ],
)
def test_a_reply_that_its_limit_cut_is_marked(scripted, three, metadata):
    sampling = VerbalizedSampling(scripted(AIMessage(three, response_metadata=metadata)), k=3)
    assert sampling.invoke("A name").truncated
    assert list(sampling.stream("A name"))[-1].truncated


# Configuration


def test_configured_settings_stand_beside_the_models_own(scripted, three):
    model = scripted(three).configurable_fields(temperature=ConfigurableField(id="temperature"))
    sampling = VerbalizedSampling(model, k=3).configurable_fields(k=ConfigurableField(id="k"))
    assert {spec.id for spec in sampling.config_specs} == {"k", "temperature"}
    assert len(sampling.invoke("A name", {"configurable": {"k": 3, "temperature": 0.5}})) == 3


def test_a_configured_k_reaches_the_prompt(scripted, three):
    model = scripted(three)
    sampling = VerbalizedSampling(model, k=3, max_extra_calls=0).configurable_fields(k=ConfigurableField(id="k"))
    config = {"configurable": {"k": 7}}
    sampling.invoke("A name", config)
    list(sampling.stream("A name", config))
    sampling.batch(["A name"], config)
    sampling.invoke("A name")
    assert ["seven" in messages[0].content for messages, _ in model.calls] == [True, True, True, False]


def test_what_is_bound_goes_to_the_model(scripted, three):
    model = scripted(three)
    VerbalizedSampling(model, k=3).bind(temperature=0.9).invoke("A name")
    list(VerbalizedSampling(model.bind(temperature=0.8), k=3).stream("A name"))
    assert [kwargs["temperature"] for _, kwargs in model.calls] == [0.9, 0.8]


def test_wrong_settings_are_the_cores_error(scripted):
    for settings in ({"k": 0}, {"tau": 2.0}, {"variant": "best"}):
        with pytest.raises(SettingsError):
            VerbalizedSampling(scripted("x"), **settings)


# Many calls


def test_a_batch_keeps_its_order_and_can_return_exceptions(scripted, three):
    def answer(messages, kwargs):
        return three if "good" in messages[-1].content else ValueError("the endpoint is gone")

    sampling = VerbalizedSampling(scripted(answer), k=3)
    good, bad = sampling.batch(["good", "bad"], return_exceptions=True)
    assert len(good) == 3
    assert isinstance(bad, ValueError)
    with pytest.raises(ValueError, match="gone"):
        sampling.batch(["good", "bad"])


async def test_an_asynchronous_batch_does_likewise(scripted, three):
    def answer(messages, kwargs):
        return three if "good" in messages[-1].content else ValueError("the endpoint is gone")

    sampling = VerbalizedSampling(scripted(answer), k=3)
    bad, good = await sampling.abatch(["bad", "good"], return_exceptions=True)
    assert len(good) == 3
    assert isinstance(bad, ValueError)
    with pytest.raises(ValueError, match="gone"):
        await sampling.abatch(["good", "bad"])
    with pytest.raises(ValueError, match="same length"):
        await sampling.abatch(["good", "good"], [{}])
    assert await sampling.abatch([]) == []


async def test_each_call_of_a_batch_is_sent_before_the_next_is_prepared(scripted, three):
    log = []

    class Query(ChatPromptValue):
        def to_messages(self):
            log.append("prepared")
            return super().to_messages()

    class Logging(type(scripted(three))):
        async def _agenerate(self, *args, **kwargs):
            log.append("sent")
            return await super()._agenerate(*args, **kwargs)

    sampling = VerbalizedSampling(Logging(replies=(three,)), k=3)
    await sampling.abatch([Query(messages=[HumanMessage("A name")])] * 4)
    assert log == ["prepared", "sent"] * 4


async def test_no_more_calls_at_a_time_than_allowed(scripted, three):
    running, most = [0], [0]

    class Counted(type(scripted(three))):
        async def _agenerate(self, *args, **kwargs):
            running[0] += 1
            most[0] = max(most[0], running[0])
            await asyncio.sleep(0.01)
            running[0] -= 1
            return await super()._agenerate(*args, **kwargs)

    sampling = VerbalizedSampling(Counted(replies=(three,)), k=3)
    await sampling.abatch(["A name"] * 12, {"max_concurrency": 3})
    assert most == [3]


def test_it_retries_and_falls_back(scripted, three):
    broken = ConnectionError("gone")
    retried = VerbalizedSampling(scripted(broken, three), k=3).with_retry(wait_exponential_jitter=False)
    assert len(retried.invoke("A name")) == 3
    fallen = VerbalizedSampling(scripted(broken), k=3).with_fallbacks([VerbalizedSampling(scripted(three), k=3)])
    assert len(fallen.invoke("A name")) == 3
    assert len(list(fallen.stream("A name"))[-1]) == 3  # it failed before the first chunk


# Traces


def children(run):
    return [(child.name, child.run_type, child.error is not None) for child in run.child_runs]


@pytest.mark.parametrize("streamed", [False, True])
def test_one_root_run_tells_the_settings_and_the_outcome(scripted, three, trace, streamed):
    answer = AIMessage(three, usage_metadata=USAGE)
    sampling = VerbalizedSampling(scripted("Names!", answer), k=3, tau=0.4)
    config = {"callbacks": [trace], "run_name": "names", "tags": ["t"], "metadata": {"user": 1}}
    if streamed:
        *_, distribution = sampling.stream("A name", config)
    else:
        distribution = sampling.invoke("A name", config)
    (root,) = trace.roots
    assert root.name == "names"
    assert root.tags == ["t"]
    assert root.outputs == {"output": distribution}
    shown = {key.removeprefix("verbalized_sampling_"): value for key, value in root.extra["metadata"].items()}
    assert shown["user"] == 1
    assert (shown["k"], shown["tau"], shown["variant"]) == (3, 0.4, "standard")
    assert (shown["candidates"], shown["calls"], shown["output_tokens"], shown["truncated"]) == (3, 2, 7, False)
    assert shown["repairs"] == ["unreadable_reply", "above_tau"]
    steps = [
        ("VerbalizedSamplingPrompt", "prompt"),
        ("ScriptedModel", "llm"),
        ("VerbalizedSamplingOutputParser", "parser"),
    ]
    assert [step[:2] for step in children(root)] == steps * 2
    assert [failed for *_, failed in children(root)] == [False, False, True, False, False, False]
    assert all(child.tags == ["t"] and child.extra["metadata"]["user"] == 1 for child in root.child_runs)
    json.dumps(root.extra["metadata"])


async def test_async_runs_are_traced_alike(scripted, three, trace):
    sampling = VerbalizedSampling(scripted(three), k=3)
    await sampling.ainvoke("A name", {"callbacks": [trace]})
    [piece async for piece in sampling.astream("A name", {"callbacks": [trace]})]
    assert [len(children(root)) for root in trace.roots] == [3, 3]
    assert all(root.extra["metadata"]["verbalized_sampling_candidates"] == 3 for root in trace.roots)


async def test_the_parsers_stream_events_appear(scripted, three):
    sampling = VerbalizedSampling(scripted(three), k=3)
    events = [event async for event in sampling.astream_events("A name", version="v2")]
    kinds = [(event["event"], event["name"]) for event in events]
    assert kinds.count(("on_parser_stream", "VerbalizedSamplingOutputParser")) >= 3
    assert ("on_chat_model_stream", "ScriptedModel") in kinds
    assert ("on_prompt_end", "VerbalizedSamplingPrompt") in kinds
    assert events[-1]["event"] == "on_chain_end"
    assert events[-1]["data"]["output"] == sampling.invoke("A name")
    assert events[-1]["metadata"]["verbalized_sampling_candidates"] == 3


def test_its_graph_shows_its_steps(scripted):
    nodes = [node.name for node in VerbalizedSampling(scripted("x")).get_graph().nodes.values()]
    assert nodes[1:4] == ["VerbalizedSamplingPrompt", "ScriptedModel", "VerbalizedSamplingOutputParser"]


def test_input_and_output_have_schemas(scripted):
    sampling = VerbalizedSampling(scripted("x"))
    assert "Candidate_str_" in json.dumps(sampling.get_output_jsonschema())
    assert sampling.get_input_jsonschema()["anyOf"]


# Copies


def test_it_pickles_before_and_after_use(scripted, three):
    sampling = VerbalizedSampling(scripted(three), k=3, tau=0.5)
    before = pickle.loads(pickle.dumps(sampling))
    expected = sampling.invoke("A name")
    after = pickle.loads(pickle.dumps(sampling))
    assert before.invoke("A name") == after.invoke("A name") == expected
    assert pickle.loads(pickle.dumps(expected)) == expected


@pytest.mark.filterwarnings("ignore:The function `load` is in beta")
def test_it_is_serialised_and_loaded_with_the_two_documented_arguments(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    chain = VerbalizedSampling(
        ChatOpenAI(model="m", base_url="http://127.0.0.1:1/v1"), k=7, tau=0.1, definition="relative"
    ) | DistributionSampler(seed=3)
    again = load(
        dumpd(chain),
        allowed_objects=[VerbalizedSampling, DistributionSampler, ChatOpenAI, type(chain)],
        valid_namespaces=["langchain_verbalized_sampling"],
    )
    assert again.first.elicitation == chain.first.elicitation == Elicitation(k=7, tau=0.1, definition="relative")
    assert again.last == chain.last
    assert again.first.model.model_name == "m"
