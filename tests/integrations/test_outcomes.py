"""The same answer means the same, whoever reads it: every way in which providers say that they cut or declined."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from verbalized_sampling import DistributionParseError, Elicitation, RefusalError
from verbalized_sampling.adapters import mixed_seed, reply_from
from verbalized_sampling.models.http.completion import Pieces, read_completion
from verbalized_sampling.models.objects.dspy import read_outputs
from verbalized_sampling.models.objects.langchain import read_message
from verbalized_sampling.models.objects.llama_index import read_response

LIST = json.dumps({"responses": [{"text": "a", "probability": 0.5}, {"text": "b", "probability": 0.3}]})
CUT = LIST[:-30]
SORRY = "I'm sorry, but I can't help with that."
NO = "I'd rather talk about something else."


@dataclass
class Form:
    """One answer, as its provider sends it and as LangChain's integration of that provider hands it on."""

    name: str
    means: str
    raw: Any
    text: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    additional: dict[str, Any] = field(default_factory=dict)
    content: Any = None


def openai(reason: str, text: str = "", **message: Any) -> dict[str, Any]:
    return {"choices": [{"finish_reason": reason, "message": {"role": "assistant", "content": text, **message}}]}


def anthropic(reason: str, text: str = "") -> dict[str, Any]:
    return {"stop_reason": reason, "content": [{"type": "text", "text": text}] if text else []}


def gemini(reason: str, text: str = "") -> dict[str, Any]:
    parts = {"content": {"parts": [{"text": text}]}} if text else {}
    return {"candidates": [{"finishReason": reason, **parts}]}


def bedrock(reason: str, text: str = "") -> dict[str, Any]:
    return {"stopReason": reason, "output": {"message": {"content": [{"text": text}] if text else []}}}


def reason_forms(means: str, text: str, reasons: dict[str, list[str]]) -> list[Form]:
    shapes = {
        "openai": (openai, "finish_reason"),
        "anthropic": (anthropic, "stop_reason"),
        "gemini": (gemini, "finish_reason"),
        "bedrock": (bedrock, "stopReason"),
        "ollama": (lambda r, t: {"done_reason": r, "message": {"content": t}}, "done_reason"),
    }
    return [
        Form(
            f"{provider} {reason} {means}",
            means,
            shapes[provider][0](reason, text),
            text,
            {shapes[provider][1]: reason},
        )
        for provider, names in reasons.items()
        for reason in names
    ]


GEMINI_BLOCKS = ["SAFETY", "PROHIBITED_CONTENT", "BLOCKLIST", "RECITATION", "SPII", "FinishReason.SAFETY"]
BLOCKS = {
    "openai": ["content_filter"],
    "anthropic": ["refusal"],
    "gemini": GEMINI_BLOCKS,
    "bedrock": ["guardrail_intervened", "content_filtered", "refusal"],
}
FORMS = [
    *reason_forms("refused", "", BLOCKS),
    *reason_forms("refused", NO, {**BLOCKS, "gemini": ["SAFETY"]}),
    *reason_forms("cut", LIST, {**BLOCKS, "gemini": ["SAFETY"]}),  # what came before the filter is kept
    *reason_forms(
        "cut",
        CUT,
        {
            "openai": ["length", "model_length", "max_tokens"],
            "anthropic": ["max_tokens", "model_context_window_exceeded"],
            "gemini": ["MAX_TOKENS", "FinishReason.MAX_TOKENS"],
            "bedrock": ["max_tokens"],
            "ollama": ["length"],
        },
    ),
    *reason_forms(
        "answered",
        LIST,
        {
            "openai": ["stop", "eos"],
            "anthropic": ["end_turn", "stop_sequence"],
            "gemini": ["STOP"],
            "bedrock": ["end_turn"],
            "ollama": ["stop"],
        },
    ),
    Form("openai refusal field", "refused", openai("stop", refusal=NO), "", {"finish_reason": "stop"}, {"refusal": NO}),
    Form(
        "openai refusal block",
        "refused",
        {"output": [{"type": "message", "content": [{"type": "refusal", "refusal": NO}]}], "status": "completed"},
        content=[{"type": "refusal", "refusal": NO}],
    ),
    Form(
        "a refusal block as LangChain's standard content has it",
        "refused",
        openai("stop", refusal=NO),
        content=[{"type": "non_standard", "value": {"type": "refusal", "refusal": NO}}],
    ),
    Form(
        "openai responses, incomplete by length",
        "cut",
        {
            "status": "incomplete",
            "incomplete_details": {"reason": "max_output_tokens"},
            "output": [
                {"type": "reasoning", "summary": []},
                {"type": "message", "content": [{"type": "output_text", "text": CUT}]},
            ],
        },
        CUT,
        {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
    ),
    Form(
        "openai responses, incomplete by filter",
        "refused",
        {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}, "output": []},
        "",
        {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
    ),
    Form(
        "gemini, a blocked prompt",
        "refused",
        {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
        "",
        {"prompt_feedback": {"block_reason": "PROHIBITED_CONTENT"}},
    ),
    Form("words of refusal", "refused", openai("stop", SORRY), SORRY),
    Form("nothing to read", "unreadable", openai("stop", "Hm."), "Hm.", {"finish_reason": "stop"}),
    Form("nothing at all", "unreadable", openai("stop", ""), "", {"finish_reason": "stop"}),
]  # fmt: skip


def meaning(reply: Any) -> str:
    try:
        distribution = Elicitation(k=2).read(reply)
    except RefusalError:
        return "refused"
    except DistributionParseError:
        return "unreadable"
    assert distribution[0].text == "a"
    return "cut" if distribution.truncated else "answered"


def objects(value: Any) -> Any:
    """The same answer as the provider's client has it: attributes instead of keys."""
    if isinstance(value, dict):
        from types import SimpleNamespace

        plain = ("args", "input", "arguments")  # a tool's arguments are a mapping for all clients
        return SimpleNamespace(**{key: inner if key in plain else objects(inner) for key, inner in value.items()})
    return [objects(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_core_reads_a_providers_answer(form):
    assert meaning(reply_from(form.raw)) == meaning(reply_from(objects(form.raw))) == form.means


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_langchains_package_and_the_core_read_a_message(form):
    messages = pytest.importorskip("langchain_core.messages")
    from langchain_verbalized_sampling.replies import reply_of

    content = form.text if form.content is None else form.content
    message = messages.AIMessage(content, response_metadata=form.metadata, additional_kwargs=form.additional)
    assert meaning(reply_of(message)) == meaning(read_message(message)) == form.means


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_llamaindexs_package_and_the_core_read_a_response(form):
    types = pytest.importorskip("llama_index.core.base.llms.types")
    from llama_index.retrievers.verbalized_sampling.replies import reply_of

    message = types.ChatMessage(role="assistant", content=form.text)
    for raw in (form.raw, objects(form.raw)):
        response = types.ChatResponse(message=message, raw=raw)
        assert meaning(reply_of(response)) == meaning(read_response(response)) == form.means
    assert meaning(reply_of(types.CompletionResponse(text=form.text, raw=form.raw))) == form.means


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_core_reads_what_a_dspy_model_keeps(form):
    class Model:
        history: list[Any] = []

    answers = [form.text]
    Model.history = [{"outputs": answers, "response": form.raw}]
    assert meaning(read_outputs(Model, answers)) == form.means


def predicted(lm: Any, adapter: Any) -> str:
    """What DSPy's package makes of an answer, in the words of ``meaning``."""
    dspy = pytest.importorskip("dspy")
    from dspy.utils.exceptions import AdapterParseError
    from dspy_verbalized_sampling import VerbalizedPredict

    with dspy.context(lm=lm, adapter=adapter):
        try:
            distribution = VerbalizedPredict("question -> text", k=2, on_empty="raise")(question="?").distribution
        except AdapterParseError as error:
            return "refused" if "declined to answer" in str(error) else "unreadable"
    assert distribution[0].text == "a"
    return "cut" if distribution.truncated else "answered"


@pytest.mark.parametrize("adapter", ["ChatAdapter", "JSONAdapter"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_dspys_package_reads_what_a_model_keeps(form, adapter):
    dspy = pytest.importorskip("dspy")

    class Keeping(dspy.BaseLM):
        def __call__(self, prompt: Any = None, messages: Any = None, **_: Any) -> Any:
            answers = [{"text": form.text} if form.content else form.text]
            self.history += [{"outputs": answers, "response": form.raw}, {"outputs": list(answers), "response": None}]
            return answers

    assert predicted(Keeping("openai/none"), getattr(dspy, adapter)()) == form.means


@pytest.mark.parametrize("form", [f for f in FORMS if "choices" in f.raw], ids=lambda form: form.name)
def test_the_http_client_reads_a_completion_whole_and_in_pieces(form):
    assert meaning(read_completion(form.raw)) == form.means
    (choice,) = form.raw["choices"]
    pieces = Pieces(None)
    pieces.add({"choices": [{"delta": choice["message"], "finish_reason": None}]})
    pieces.add({"choices": [{"delta": {}, "finish_reason": choice["finish_reason"]}]})
    assert meaning(pieces.reply(ended=True)) == form.means


def test_a_seed_is_mixed_with_what_it_is_used_for():
    assert mixed_seed(None, "a") is None
    assert mixed_seed(1, "a", {"x": 1, "y": 2}) == mixed_seed(1, "a", {"y": 2, "x": 1})
    assert len({mixed_seed(1, "a"), mixed_seed(1, "b"), mixed_seed(2, "a"), mixed_seed("1", "a"), mixed_seed(1)}) == 5
    assert mixed_seed(1, "\udc80") == mixed_seed(1, "\udc80")


ARGUMENTS = json.loads(LIST)
CALLS = [
    openai("tool_calls", tool_calls=[{"function": {"name": "distribution", "arguments": LIST}}]),
    {"stop_reason": "tool_use", "content": [{"type": "tool_use", "name": "x", "input": ARGUMENTS}]},
    {"candidates": [{"content": {"parts": [{"functionCall": {"name": "x", "args": ARGUMENTS}}]}}]},
    {"stopReason": "tool_use", "output": {"message": {"content": [{"toolUse": {"name": "x", "input": ARGUMENTS}}]}}},
    {"output": [{"type": "function_call", "name": "x", "arguments": LIST}]},
    {"message": {"content": "", "tool_calls": [{"function": {"name": "x", "arguments": ARGUMENTS}}]}},
]  # fmt: skip


@pytest.mark.parametrize("raw", CALLS, ids=str)
def test_a_tool_call_with_the_list_in_it_is_the_answer(raw):
    assert meaning(reply_from(raw)) == meaning(reply_from(objects(raw))) == "answered"


def test_a_message_that_answers_by_calling_a_tool_is_read_by_the_core_and_the_package():
    messages = pytest.importorskip("langchain_core.messages")
    from langchain_verbalized_sampling.replies import reply_of

    call = {"name": "verbalized_distribution", "args": ARGUMENTS, "id": "1"}
    message = messages.AIMessage("", tool_calls=[call], response_metadata={"finish_reason": "tool_calls"})
    assert meaning(reply_of(message)) == meaning(read_message(message)) == "answered"


def test_a_call_of_another_tool_is_no_answer():
    raw = openai("tool_calls", tool_calls=[{"function": {"name": "search", "arguments": '{"query": "tea"}'}}])
    assert meaning(reply_from(raw)) == "unreadable"


@pytest.mark.parametrize(
    "shape",
    [None, 7, "x", [], [1], {"choices": [None]}, {"choices": "x"}, {"choices": [{"message": 3}]}, {"usage": "x"},
     {"message": {"content": 7}}, {"content": [None, 3, {"type": "text", "text": 5}]}, {"refusal": 7}, object],
    ids=str,
)  # fmt: skip
def test_wrong_shapes_say_nothing_and_raise_nothing(shape):
    assert reply_from(shape).text == "" and reply_from(shape).refusal is None and reply_from(shape).usage is None
