"""VerbalizedQueryTransform: one query in, a weighted bundle out, with one call of the model."""

from __future__ import annotations

import logging
import math
import time

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import MockLLM
from llama_index.core.schema import QueryBundle
from llama_index.retrievers.verbalized_sampling import VerbalizedQueryTransform, WeightedQueryBundle

from verbalized_sampling import Distribution, DistributionParseError, Elicitation, RefusalError, SettingsError

from .support import BagOfWords, ScriptedLLM, SyncOnlyLLM, reply, ticking

TAGS = """<response><text>trees in autumn</text><probability>0.7</probability></response>
<response><text>leaf fall</text><probability>0.3</probability></response>"""
GOOD = reply(("trees in autumn", 0.7), ("leaf fall", 0.3), ("Trees  in AUTUMN", 0.1))


def transform(*replies: object, **kwargs: object) -> tuple[VerbalizedQueryTransform, ScriptedLLM]:
    llm = ScriptedLLM(replies=list(replies), **{k: kwargs.pop(k) for k in ("is_chat", "refuses_sync") if k in kwargs})
    kwargs.setdefault("original_weight", 0.5)
    return VerbalizedQueryTransform(llm, **kwargs), llm


async def both(transform: VerbalizedQueryTransform, query: object) -> WeightedQueryBundle:
    """The bundle that run and arun agree on."""
    first, second = transform.run(query), await transform.arun(query)
    assert first == second
    return first


async def test_the_original_has_its_share_and_duplicates_merge() -> None:
    bundle = await both(transform(GOOD)[0], "why do leaves fall")
    assert isinstance(bundle, WeightedQueryBundle)
    assert bundle.query_str == "why do leaves fall"
    assert bundle.custom_embedding_strs == ["why do leaves fall", "trees in autumn", "leaf fall"]
    assert bundle.query_weights == pytest.approx([0.5, 0.35, 0.15])


async def test_an_expansion_equal_to_the_original_adds_its_weight_to_it() -> None:
    bundle = await both(transform(reply(("Leaves", 0.5), ("trees", 0.5)))[0], "leaves")
    assert bundle.custom_embedding_strs == ["leaves", "trees"]
    assert bundle.query_weights == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize(
    ("settings", "queries", "weights"),
    [
        ({"include_original": False}, ["trees in autumn", "leaf fall"], [0.7, 0.3]),
        ({"original_weight": 0.2}, ["q", "trees in autumn", "leaf fall"], [0.2, 0.56, 0.24]),
        ({"original_weight": 0.0}, ["trees in autumn", "leaf fall"], [0.7, 0.3]),
        ({"original_weight": 1.0}, ["q"], [1.0]),
        ({"min_weight": 0.5}, ["q", "trees in autumn"], [0.5, 0.5]),
        ({"min_weight": 0.9}, ["q"], [1.0]),
        ({"min_weight": 0.9, "include_original": False}, ["q"], [1.0]),
        ({"n": 1}, ["q", "trees in autumn"], [0.5, 0.5]),
        ({"select": "argmax"}, ["q", "trees in autumn"], [0.5, 0.5]),
        ({"select": "argmax", "n": 2}, ["q", "trees in autumn", "leaf fall"], [0.5, 0.35, 0.15]),
        ({"select": "first", "n": 9}, ["q", "trees in autumn", "leaf fall"], [0.5, 0.35, 0.15]),
    ],
)
async def test_settings_say_which_queries_count_and_how_much(
    settings: dict[str, object], queries: list[str], weights: list[float]
) -> None:
    bundle = await both(transform(GOOD, **settings)[0], "q")
    assert bundle.custom_embedding_strs == queries
    assert bundle.query_weights == pytest.approx(weights)


def test_draws_follow_the_weights_and_what_is_drawn_twice_weighs_twice() -> None:
    sampler = transform(reply(("a", 0.8), ("b", 0.2)), select="sample", n=400, include_original=False, seed=1)[0]
    bundle = sampler.run("q")
    weights = dict(zip(bundle.custom_embedding_strs, bundle.query_weights, strict=True))
    assert weights["a"] == pytest.approx(0.8, abs=0.06)
    assert sampler.run("q") == bundle


def test_the_same_seed_draws_another_rank_from_another_distribution() -> None:
    def ranks(seed: int | None) -> set[int]:
        drawn = set()
        for number in range(30):
            texts = [f"{number} {rank}" for rank in range(4)]
            sampler = transform(
                reply(*((text, 0.25) for text in texts)), select="sample", include_original=False, seed=seed
            )[0]
            drawn.add(texts.index(sampler.run("q").custom_embedding_strs[0]))
        return drawn

    assert ranks(7) == {0, 1, 2, 3}


async def test_a_zero_weight_is_no_query_and_all_zero_weights_are_equal() -> None:
    bundle = await both(transform(reply(("a", 0.0), ("b", 1.0)))[0], "q")
    assert bundle.custom_embedding_strs == ["q", "b"]
    bundle = await both(transform(reply(("a", 0.0), ("b", 0.0)))[0], "q")
    assert bundle.query_weights == pytest.approx([0.5, 0.25, 0.25])


async def test_negative_and_absent_numbers_weigh_the_mean_of_the_others() -> None:
    numbers = ['"a", "probability": -3', '"b", "probability": NaN', '"c", "probability": 0.4', '"d"']
    text = "[" + ", ".join('{"text": ' + number + "}" for number in numbers) + "]"
    bundle = await both(transform(text)[0], "q")
    assert bundle.query_weights == pytest.approx([0.5, 0.125, 0.125, 0.125, 0.125])


async def test_the_callers_bundle_is_not_touched_and_the_image_is_kept() -> None:
    asked = QueryBundle("q", image_path="leaf.png", embedding=[1.0, 2.0])
    before = QueryBundle.from_dict(asked.to_dict())
    bundle = await both(transform(GOOD)[0], asked)
    assert asked == before
    assert (bundle.image_path, bundle.embedding) == ("leaf.png", None)
    assert bundle is not asked


async def test_queries_of_an_earlier_transform_stay_with_their_weights() -> None:
    asked = WeightedQueryBundle("q", custom_embedding_strs=["q", "made up"], query_weights=[3.0, 1.0])
    bundle = await both(transform(reply(("a", 1.0)))[0], asked)
    assert bundle.custom_embedding_strs == ["q", "made up", "a"]
    assert bundle.query_weights == pytest.approx([0.375, 0.125, 0.5])


@pytest.mark.parametrize("is_chat", [True, False])
async def test_one_call_and_async_never_a_sync_one(is_chat: bool) -> None:
    expander, llm = transform(GOOD, is_chat=is_chat, refuses_sync=True)
    await expander.arun("q")
    assert llm.calls == ["achat" if is_chat else "acomplete"]


async def test_an_llm_without_async_methods_does_not_block_the_loop() -> None:
    expander = VerbalizedQueryTransform(SyncOnlyLLM(answer=GOOD, delay=0.6))
    async with ticking() as ticker:
        await expander.arun("q")
    assert ticker.longest < 0.4


async def test_the_weighted_mean_is_the_weighted_mean_of_the_embeddings() -> None:
    embed = BagOfWords()
    expander = transform(GOOD, aggregation="weighted_mean", embed_model=embed)[0]
    bundle = await both(expander, "q")
    vectors = [embed.get_query_embedding(text) for text in bundle.custom_embedding_strs]
    expected = [sum(w * v[i] for w, v in zip([0.5, 0.35, 0.15], vectors, strict=True)) for i in range(512)]
    length = math.hypot(*expected)  # their own length is 1
    assert bundle.embedding == pytest.approx([x / math.hypot(length) for x in expected])


async def test_async_embeds_without_sync_calls_and_all_at_once() -> None:
    embed = BagOfWords(refuses_sync=True, delay=0.5)
    expander = transform(GOOD, aggregation="weighted_mean", embed_model=embed)[0]
    start = time.perf_counter()
    async with ticking() as ticker:
        bundle = await expander.arun("q")
    assert time.perf_counter() - start < 0.5 * 3 - 0.3  # one after another the three would take 1.5 s
    assert len(bundle.embedding) == 512
    assert ticker.longest < 0.4


# Replies that are not as asked for


@pytest.mark.parametrize(
    "text",
    [
        "Here are 3 queries:\n\n" + GOOD,
        "```json\n" + GOOD + "\n```",
        GOOD.replace("0.7", '"70%"').replace("0.3", '"30%"').replace("0.1", '"10%"'),
        TAGS,
        "Sure!\n1. trees in autumn (70%)\n2. leaf fall (30%)",
        ChatResponse(message=ChatMessage(role="assistant", content=GOOD), raw={"choices": [{"finish_reason": "stop"}]}),
    ],
)
async def test_preamble_fence_percentages_tags_and_lists_are_read(text: object) -> None:
    bundle = await both(transform(text)[0], "q")
    assert bundle.custom_embedding_strs == ["q", "trees in autumn", "leaf fall"]
    assert bundle.query_weights == pytest.approx([0.5, 0.35, 0.15])


def test_a_reply_that_breaks_off_keeps_what_is_complete_and_says_so() -> None:
    cut = ChatResponse(
        message=ChatMessage(role="assistant", content=GOOD[:90]), raw={"choices": [{"finish_reason": "length"}]}
    )
    expander = transform(cut)[0]
    distribution = expander.distribution("q")
    assert [c.text for c in distribution] == ["trees in autumn"]
    assert distribution.truncated


BAD = [
    "",
    "I have no idea.",
    '{"responses": []}',
    "```json\n```",
    ChatResponse(message=ChatMessage(role="assistant", blocks=[])),
]


@pytest.mark.parametrize("text", BAD)
async def test_an_unreadable_reply_leaves_the_original_and_a_warning(
    text: object, caplog: pytest.LogCaptureFixture, recorder: object
) -> None:
    with caplog.at_level(logging.WARNING):
        bundle = await both(transform(text)[0], "q")
    assert (bundle.custom_embedding_strs, bundle.query_weights) == (["q"], [1.0])
    assert caplog.text.count("the query was not expanded") == 2
    assert len(recorder.of("ExceptionEvent")) == 2


@pytest.mark.parametrize("text", BAD)
async def test_or_a_typed_error(text: object) -> None:
    expander = transform(text, on_model_error="raise")[0]
    with pytest.raises(DistributionParseError):
        expander.run("q")
    with pytest.raises(DistributionParseError):
        await expander.arun("q")


async def test_a_refusal_is_told_from_an_unreadable_reply() -> None:
    declined = "I'm sorry, but I can't help with that."
    with pytest.raises(RefusalError):
        transform(declined, on_model_error="raise")[0].run("q")
    assert (await both(transform(declined)[0], "q")).custom_embedding_strs == ["q"]


@pytest.mark.parametrize("is_chat", [True, False])
async def test_an_echo_of_the_prompt_gives_no_candidates(is_chat: bool) -> None:
    for form in ("json", "tags"):
        expander = VerbalizedQueryTransform(MockLLM(is_chat_model=is_chat), format=form)
        assert (await both(expander, "autumn")).custom_embedding_strs == ["autumn"]


async def test_a_model_that_is_down_costs_the_expansion_and_not_the_search(caplog: pytest.LogCaptureFixture) -> None:
    down = ConnectionError("no route")
    assert (await both(transform(down)[0], "q")).custom_embedding_strs == ["q"]
    assert "no route" in caplog.text
    with pytest.raises(ConnectionError):
        transform(down, on_model_error="raise")[0].run("q")


# The distribution, settings, instrumentation


async def test_the_distribution_is_what_the_model_said() -> None:
    expander = transform(GOOD)[0]
    distribution = expander.distribution("q")
    assert isinstance(distribution, Distribution)
    assert [(c.text, c.verbalized) for c in distribution] == [
        ("trees in autumn", 0.7),
        ("leaf fall", 0.3),
    ]
    assert await expander.adistribution(QueryBundle("q")) == distribution


async def test_the_distribution_is_in_the_events_and_the_event_is_json(recorder: object) -> None:
    expander = transform(GOOD)[0]
    expander.run("q")
    await expander.arun("q")
    first, second = recorder.of("VerbalizedDistributionEvent")
    assert first.query == "q"
    assert first.distribution == second.distribution == expander.distribution("q")
    assert "trees in autumn" in first.model_dump_json()


async def test_run_and_arun_are_spans_and_the_event_stands_in_them(recorder: object, spans: object) -> None:
    expander = transform(GOOD)[0]
    expander.run("q")
    await expander.arun("q")
    names = [span.id_.split("-")[0] for span in spans.completed_spans]
    assert "VerbalizedQueryTransform._run" in names
    assert "VerbalizedQueryTransform.arun" in names
    assert all(event.span_id for event in recorder.of("VerbalizedDistributionEvent"))


def test_settings_of_an_elicitation_are_taken_and_replaced() -> None:
    expander, llm = transform(GOOD, elicitation=Elicitation(k=3, tau=0.2, format="tags"), k=7)
    expander.run("q")
    prompt = llm.asked[0][0].content
    assert "seven search queries" in prompt
    assert "0.20" in prompt
    assert "<response>" in prompt


def test_nothing_is_asked_twice_by_default_and_a_top_up_is_the_callers_choice() -> None:
    short = reply(("a", 0.5))
    expander, llm = transform(short, k=5)
    expander.run("q")
    assert len(llm.calls) == 1
    expander, llm = transform(short, reply(("b", 0.5)), k=2, max_extra_calls=1)
    assert expander.run("q").custom_embedding_strs == ["q", "a", "b"]
    roles = [message.role for message in llm.asked[1]]
    assert roles == [MessageRole.SYSTEM, MessageRole.USER, MessageRole.ASSISTANT, MessageRole.USER]


def test_the_models_own_system_prompt_comes_first_and_there_is_one_system_message() -> None:
    expander, llm = transform(GOOD)
    llm.system_prompt = "You speak to sailors."
    expander.run("q")
    system, user = llm.asked[0]
    assert (system.role, user.role) == (MessageRole.SYSTEM, MessageRole.USER)
    assert system.content.startswith("You speak to sailors.\n\n")
    assert user.content == "q"


def test_keyword_arguments_reach_the_model() -> None:
    expander, llm = transform(GOOD, llm_kwargs={"temperature": 1.0})
    expander.run("q")
    assert llm.kwargs == [{"temperature": 1.0}]


@pytest.mark.parametrize(
    "settings",
    [
        {"k": 0},
        {"tau": 2.0},
        {"select": "best"},
        {"n": 0},
        {"original_weight": 1.5},
        {"original_weight": float("nan")},
        {"min_weight": -0.1},
        {"aggregation": "sum"},
        {"on_model_error": "ignore"},
    ],
)
def test_a_wrong_setting_is_heard_of_before_any_call(settings: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        transform(GOOD, **settings)


def test_an_empty_query_is_the_callers_mistake() -> None:
    expander, llm = transform(GOOD)
    with pytest.raises(SettingsError):
        expander.run("  ")
    assert llm.calls == []
