"""What a Runnable is given is sent whole, or refused by name; what marks a system message stays on it."""

from __future__ import annotations

import pytest
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain_verbalized_sampling import DistributionArgmax, VerbalizedSampling

from verbalized_sampling import SettingsError

SAID = [HumanMessage("Hello"), AIMessage("Hi")]
TEXTS = ["Hello", "Hi", "A name"]


@pytest.mark.parametrize(
    "given",
    [
        {"input": "A name", "chat_history": SAID},
        {"question": "A name", "history": SAID},
        {"query": "A name", "messages": SAID},
        {"messages": [*SAID, HumanMessage("A name")]},
        {"anything": "A name", "chat_history": SAID},
        {"input": "A name", "what_was_said": SAID},
        {"input": [HumanMessage("A name")], "chat_history": SAID},
        {"chat_history": [("user", "Hello"), ("assistant", "Hi")], "input": "A name"},
        {
            "chat_history": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}],
            "input": "A name",
        },
    ],
)
async def test_what_was_said_before_is_sent(scripted, three, given):
    model = scripted(three)
    sampling = VerbalizedSampling(model, k=3)
    sampling.invoke(given)
    list(sampling.stream(given))
    await sampling.abatch([given])
    for messages, _ in model.calls:
        assert [message.content for message in messages[1:]] == TEXTS


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"question": "A name", "context": "Cats."}, "context"),
        ({"query": "A name", "other": 1}, "other"),
        ({"input": "x", "query": "y"}, "input|query"),
        ({"a": "x", "b": "y"}, "'a', 'b'"),
        ({"messages": [HumanMessage("A name")], "remaining_steps": 3, "user": "u"}, "remaining_steps"),
        ({"input": "x", "history": "Human: Hello"}, "history"),
        ({"input": 3}, "int"),
        (3, "int"),
        ([{"nothing": "of it"}], "messages"),
        ({"messages": []}, "user message"),
    ],
)
def test_what_nothing_reads_is_refused_by_name_before_the_model_is_called(scripted, three, given, named):
    model = scripted(three)
    with pytest.raises(SettingsError, match=named):
        VerbalizedSampling(model, k=3).invoke(given)
    assert model.calls == []


@pytest.mark.parametrize(
    "keys", [{}, {"input_messages_key": "question"}, {"input_messages_key": "input", "history_messages_key": "past"}]
)
@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainDeprecationWarning")
def test_a_runnable_with_message_history_remembers(scripted, three, keys):
    model, store = scripted(three), InMemoryChatMessageHistory()
    chain = RunnableWithMessageHistory(VerbalizedSampling(model, k=3) | DistributionArgmax(), lambda _: store, **keys)
    config = {"configurable": {"session_id": "1"}}
    first = {keys["input_messages_key"]: "A name"} if keys else [HumanMessage("A name")]
    second = {keys["input_messages_key"]: "Another"} if keys else [HumanMessage("Another")]
    assert chain.invoke(first, config) == "Ada"
    assert chain.invoke(second, config) == "Ada"
    assert [message.content for message in model.calls[1][0][1:]] == ["A name", "Ada", "Another"]


CACHED = [{"type": "text", "text": "A long manual.", "cache_control": {"type": "ephemeral"}}]


def test_a_system_message_of_blocks_keeps_them_and_ours_is_a_further_block(scripted, three):
    model = scripted(three)
    conversation = [SystemMessage(CACHED), HumanMessage("A name")]
    VerbalizedSampling(model, k=3).invoke(conversation)
    system, query = model.calls[0][0]
    assert system.content[:-1] == CACHED
    assert "JSON" in system.content[-1]["text"]
    assert set(system.content[-1]) == {"type", "text"}
    assert query == conversation[1]


def test_a_template_that_holds_the_query_leaves_the_system_message_as_it_was(scripted, three, tmp_path):
    (tmp_path / "own.jinja").write_text("Five names for: {{ query }}")
    model = scripted(three)
    system = SystemMessage(CACHED)
    VerbalizedSampling(model, k=3, template=str(tmp_path / "own.jinja")).invoke([system, HumanMessage("my cat")])
    assert model.calls[0][0] == [system, HumanMessage("Five names for: my cat")]


def test_system_texts_stand_before_ours(scripted, three):
    model = scripted(three)
    VerbalizedSampling(model, k=3).invoke([SystemMessage("Be kind."), SystemMessage("Be brief."), HumanMessage("x")])
    assert model.calls[0][0][0].content.startswith("Be kind.\n\nBe brief.\n\nYou are")
