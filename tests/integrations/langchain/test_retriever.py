"""Query expansion: weights by hand, in parallel, robust, and against real stores."""

from __future__ import annotations

import threading
import time
from typing import Any

import bm25s
import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.messages import AIMessage
from langchain_core.prompts import PromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField, RunnableLambda, RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_qdrant import QdrantVectorStore
from langchain_tests.integration_tests import RetrieversIntegrationTests
from langchain_verbalized_sampling import VerbalizedQueryRetriever, VerbalizedSampling, VerbalizedSamplingOutputParser

from verbalized_sampling import DistributionParseError, Elicitation, RefusalError, SettingsError

PAGES = {
    "cat": "The cat is a small carnivore that purrs and hunts mice.",
    "dog": "The dog is a loyal animal that barks and guards houses.",
    "car": "A car has an engine, four wheels and a driver.",
    "bike": "A bicycle has two wheels and pedals.",
    "ship": "A ship crosses the ocean with cargo.",
}


class Words(Embeddings):
    """Bags of words: close if they share words."""

    size = 512

    def embed_query(self, text: str) -> list[float]:
        vector = [0.0] * self.size
        for word in text.lower().replace(".", "").replace(",", "").split():
            vector[sum(map(ord, word)) * 7 % self.size] += 1.0
        return vector

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


class Bm25Retriever(BaseRetriever):
    documents: list[Document]
    index: Any
    k: int = 3

    def _get_relevant_documents(self, query: str, *, run_manager) -> list[Document]:
        words = bm25s.tokenize([query], show_progress=False)
        ranked, scores = self.index.retrieve(words, k=self.k, show_progress=False)
        return [self.documents[i] for i, score in zip(ranked[0], scores[0], strict=True) if score > 0]


class Ranked(BaseRetriever):
    """Gives what a table says, after a while."""

    lists: dict[str, Any]
    delay: float = 0.0
    seen: list[str] = []

    def _get_relevant_documents(self, query: str, *, run_manager, **kwargs: Any) -> list[Document]:
        self.seen.append(threading.current_thread().name)
        time.sleep(self.delay)
        result = self.lists[query]
        if isinstance(result, Exception):
            raise result
        return [Document(name) for name in result]


def names(documents):
    return [document.page_content for document in documents]


@pytest.fixture
def queries(scripted, as_reply):
    """A model that verbalizes these queries."""
    return lambda *weighted, **fields: scripted(as_reply(*weighted), **fields)


def store(kind, path):
    documents = [Document(text, metadata={"name": name}) for name, text in PAGES.items()]
    if kind == "memory":
        memory = InMemoryVectorStore(Words())
        memory.add_documents(documents)
        memory.dump(str(path / "store.json"))
        return InMemoryVectorStore.load(str(path / "store.json"), Words()).as_retriever(search_kwargs={"k": 3})
    if kind == "persistent":
        written = QdrantVectorStore.from_documents(documents, Words(), path=str(path), collection_name="pages")
        written.client.close()  # what follows reads the files
        again = QdrantVectorStore.from_existing_collection("pages", Words(), path=str(path))
        return again.as_retriever(search_kwargs={"k": 3})
    index = bm25s.BM25()
    index.index(bm25s.tokenize(list(PAGES.values()), show_progress=False), show_progress=False)
    return Bm25Retriever(documents=documents, index=index)


@pytest.mark.parametrize("kind", ["memory", "persistent", "bm25"])
async def test_several_queries_find_what_one_misses(queries, kind, tmp_path):
    search = store(kind, tmp_path)
    query = "animal that barks"
    model = queries(("loyal dog that guards houses", 0.6), ("small carnivore that hunts mice", 0.4))
    retriever = VerbalizedQueryRetriever(search, model, k=2)
    found = retriever.invoke(query)
    assert {document.metadata["name"] for document in found} == {"dog", "cat"}
    assert found[0].metadata["name"] == "dog"
    assert await retriever.ainvoke(query) == found
    assert "search queries" in model.calls[0][0][0].content


async def test_each_list_counts_by_its_querys_weight(queries):
    search = Ranked(lists={"q": ["a", "b", "b"], "x": ["c", "b"], "y": ["d", "a"]})
    retriever = VerbalizedQueryRetriever(search, queries(("x", 0.9), ("y", 0.3)), k=None, original_weight=0.5, c=60)
    # By hand: weights 0.5, 0.375, 0.125.
    scores = {
        "a": 0.5 / 61 + 0.125 / 62,
        "b": 0.5 / 62 + 0.375 / 62,
        "c": 0.375 / 61,
        "d": 0.125 / 61,
    }
    assert names(retriever.invoke("q")) == sorted(scores, key=scores.get, reverse=True)
    assert names(await retriever.ainvoke("q")) == sorted(scores, key=scores.get, reverse=True)
    assert names(retriever.invoke("q", k=1)) == ["b"]
    alone = VerbalizedQueryRetriever(search, queries(("x", 0.9), ("y", 0.3)), include_original=False, k=None)
    assert names(alone.invoke("q")) == ["c", "b", "d", "a"]


def test_queries_that_say_the_same_are_searched_once(queries):
    search = Ranked(lists={"Q": ["a"], "x": ["b"]})
    model = queries(("q", 0.5), ("x", 0.3), ("X ", 0.2))
    VerbalizedQueryRetriever(search, model).invoke("Q")
    assert len(search.seen) == 2


def test_documents_are_one_by_id_key_by_id_or_by_content(queries):
    same = [Document("one", metadata={"n": 1}), Document("two", metadata={"n": 1}), Document("one", metadata={"n": 2})]
    search = RunnableLambda(lambda query: same)
    by_content = VerbalizedQueryRetriever(search, queries(("x", 0.5)), k=None)
    assert [(d.page_content, d.metadata["n"]) for d in by_content.invoke("q")] == [("one", 1), ("two", 1)]
    by_key = VerbalizedQueryRetriever(search, queries(("x", 0.5)), k=None, id_key="n")
    assert [d.metadata["n"] for d in by_key.invoke("q")] == [1, 2]
    same[0].id, same[2].id = "p", "q"
    assert len(by_content.invoke("q")) == 3


@pytest.mark.parametrize("wrap", [
    lambda retriever: retriever.with_config(tags=["mine"]),
    lambda retriever: retriever.with_retry(),
    lambda retriever: RunnableLambda(retriever.invoke),
])  # fmt: skip
def test_any_runnable_that_finds_documents_is_a_retriever(queries, wrap):
    search = wrap(Ranked(lists={"q": ["a"], "x": ["b"]}))
    assert names(VerbalizedQueryRetriever(search, queries(("x", 0.9))).invoke("q")) == ["a", "b"]


def test_a_model_or_a_sampler(queries, as_reply):
    search = Ranked(lists={"q": ["a"], "x": ["b"]})
    for wrap in (
        lambda m: m,
        lambda m: m.bind(temperature=1.0),
        lambda m: m.with_retry(),
        lambda m: m.with_fallbacks([m]),
    ):
        model = queries(("x", 0.9))
        VerbalizedQueryRetriever(search, wrap(model), num_queries=3).invoke("q")
        assert "three search queries" in model.calls[0][0][0].content
        assert len(model.calls) == 1  # a retriever does not ask again
    asked = VerbalizedSampling(queries(("x", 0.9)), elicitation=Elicitation(template="search_queries", k=1))
    chain = queries(("x", 0.9)) | VerbalizedSamplingOutputParser(k=1)
    for sampler in (asked, asked.with_config(tags=["t"]), asked.with_retry(), chain):
        assert names(VerbalizedQueryRetriever(search, sampler).invoke("q")) == ["a", "b"]
    with pytest.raises(SettingsError):
        VerbalizedQueryRetriever(search, asked, num_queries=3)


@pytest.mark.parametrize("limit", [None, 2])
async def test_queries_are_searched_in_parallel_and_no_more_than_allowed(queries, limit):
    running, most, lock = [0], [0], threading.Lock()

    def search(query):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1
        return [Document(query)]

    model = queries(*((f"query {i}", 0.25) for i in range(4)))
    retriever = VerbalizedQueryRetriever(RunnableLambda(search), model, k=None, max_concurrency=limit)
    assert len(retriever.invoke("q")) == 5
    assert most[0] == (limit or 1)  # in the caller's thread, unless it is asked for more
    most[0] = 0
    assert len(await retriever.ainvoke("q")) == 5
    assert most[0] == (limit or 5)


async def test_one_failing_query_does_not_cost_the_others(queries, caplog):
    lists = {"q": ["a"], "x": ConnectionError("the index is gone"), "y": ["b"]}
    model = queries(("x", 0.5), ("y", 0.5))
    retriever = VerbalizedQueryRetriever(Ranked(lists=lists), model)
    assert names(retriever.invoke("q")) == names(await retriever.ainvoke("q")) == ["a", "b"]
    assert "the index is gone" in caplog.text
    strict = VerbalizedQueryRetriever(Ranked(lists=lists), model, on_query_error="raise")
    with pytest.raises(ConnectionError):
        strict.invoke("q")
    nothing = VerbalizedQueryRetriever(Ranked(lists=dict.fromkeys("qxy", ConnectionError("all gone"))), model)
    with pytest.raises(ConnectionError, match="all gone"):
        nothing.invoke("q")


async def test_a_model_without_queries_leaves_the_original(scripted, caplog):
    search = Ranked(lists={"q": ["a"]})
    for text in ("I like queries.", "I'm sorry, but I can't help with that."):
        retriever = VerbalizedQueryRetriever(search, scripted(text))
        assert names(retriever.invoke("q")) == names(await retriever.ainvoke("q")) == ["a"]
    assert "original query alone" in caplog.text
    with pytest.raises(RefusalError):
        VerbalizedQueryRetriever(search, scripted(text), on_model_error="raise").invoke("q")
    with pytest.raises(DistributionParseError):
        VerbalizedQueryRetriever(search, scripted("Hm."), on_model_error="raise").invoke("q")
    assert names(VerbalizedQueryRetriever(search, scripted("Hm."), include_original=False).invoke("q")) == ["a"]
    assert names(VerbalizedQueryRetriever(search, scripted(ConnectionError("gone"))).invoke("q")) == ["a"]


def test_one_trace_shows_the_model_and_each_search_with_its_weight(queries, trace):
    search = Ranked(lists={"q": ["a"], "x": ["b"]})
    VerbalizedQueryRetriever(search, queries(("x", 0.9))).invoke("q", {"callbacks": [trace]})
    (root,) = trace.roots
    assert root.run_type == "retriever"
    assert [run.run_type for run in root.child_runs] == ["chain", "retriever", "retriever"]
    weights = [run.extra["metadata"].get("verbalized_sampling_query_weight") for run in root.child_runs[1:]]
    assert sorted(weights) == pytest.approx([0.4, 0.6])


def test_numbering_of_a_listed_reply_is_no_part_of_a_query(scripted):
    search = RunnableLambda(lambda query: [Document(query)])
    retriever = VerbalizedQueryRetriever(search, scripted(AIMessage("1. first one (60%)\n2. second one (40%)")), k=None)
    assert names(retriever.invoke("q")) == ["q", "first one", "second one"]


@pytest.mark.parametrize("inner", ["memory", "terms"])
async def test_a_retriever_that_can_is_asked_one_weighted_query(queries, inner):
    asked = []

    class Store(InMemoryVectorStore):
        def similarity_search_by_vector(self, embedding, k=4, **kwargs):
            asked.append(embedding)
            return super().similarity_search_by_vector(embedding, k, **kwargs)

        async def asimilarity_search_by_vector(self, embedding, k=4, **kwargs):
            return self.similarity_search_by_vector(embedding, k, **kwargs)

    store = Store(Words())
    store.add_texts(list(PAGES.values()))
    search = store.as_retriever(search_kwargs={"k": 3})
    model = queries(("loyal dog", 0.6), ("small carnivore", 0.4))
    if inner == "terms":
        found = RunnableLambda(lambda text: asked.append(text) or [Document("a")])
        alone = VerbalizedQueryRetriever(found, model, kinds=["terms"], agreement=False)
        alone.invoke("dog or cat")
        assert len(asked) == 1
        assert {"loyal dog", "small carnivore", "dog or cat"} <= set(model_texts(asked[0]))
        return
    alone = VerbalizedQueryRetriever(search.with_config(tags=["mine"]), model, agreement=False)
    assert names(alone.invoke("dog")) == names(await alone.ainvoke("dog"))
    assert len(asked) == 2
    assert asked[0] != Words().embed_query("dog")
    VerbalizedQueryRetriever(search, model).invoke("dog")
    assert len(asked) == 5  # all as one, the original, and the expansions


def model_texts(query):
    return [text for text in ("loyal dog", "small carnivore", "dog or cat") if text in query]


async def test_the_whole_config_reaches_model_and_retrievers_called_directly_too(queries):
    seen = []

    def search(query, config):
        seen.append((config["configurable"].get("tenant"), config["tags"], config["metadata"].get("who")))
        return [Document(query)]

    retriever = VerbalizedQueryRetriever(RunnableLambda(search), queries(("x", 1.0)))
    config = {"configurable": {"tenant": "b"}, "tags": ["mine"], "metadata": {"who": "me"}}
    retriever.invoke("q", config)
    await retriever.ainvoke("q", config)
    assert seen == [("b", ["mine"], "me")] * 4


@pytest.mark.parametrize("bound", [False, True])
async def test_a_configurable_retriever_is_the_one_that_the_config_makes_of_it(queries, bound):
    pages = InMemoryVectorStore(Words())
    pages.add_documents(
        [Document(text, metadata={"tenant": "b" if name == "dog" else "a"}) for name, text in PAGES.items()]
    )
    field = ConfigurableField(id="search_kwargs")
    inner = pages.as_retriever(search_kwargs={"k": 3}).configurable_fields(search_kwargs=field)
    retriever = VerbalizedQueryRetriever(
        inner.with_config(tags=["x"]) if bound else inner, queries(("loyal animal", 0.9))
    )
    of_b = {"k": 3, "filter": lambda document: document.metadata["tenant"] == "b"}
    config = {"configurable": {"search_kwargs": of_b}}
    found = [retriever.invoke("a dog", config), await retriever.ainvoke("a dog", config)]
    found.append(retriever.with_config(config).invoke("a dog"))
    assert [names(documents) for documents in found] == [[PAGES["dog"]]] * 3
    searcher, model = retriever._used(config)[0]
    assert (searcher.kind, searcher.depth, type(model)) == ("embedding", 3, Words)
    assert len(retriever.invoke("a dog")) == 3


def test_several_retrievers_and_where_documents_come_from(queries):
    one, other = Ranked(lists={"q": ["a"], "x": ["b"]}), Ranked(lists={"q": ["c"], "x": ["a"]})
    retriever = VerbalizedQueryRetriever([one, other], queries(("x", 0.9)), weights=[3, 1], provenance=True)
    found = retriever.invoke("q")
    assert sorted(names(found)) == ["a", "b", "c"]
    told = found[0].metadata["verbalized_sampling"]
    assert told["rank"] == 1
    assert [text for text, _ in told["queries"]] == ["q", "x"]
    with pytest.raises(SettingsError, match="weights"):
        VerbalizedQueryRetriever([one], queries(("x", 0.9)), weights=[1, 1])


async def test_conversations_are_read_whole_and_their_last_question_is_searched_for(queries):
    search = Ranked(lists={"and dogs?": ["a"], "x": ["b"]})
    model = queries(("x", 0.9))
    retriever = VerbalizedQueryRetriever(search, model)
    history = [("human", "do cats purr?"), ("ai", "They do."), ("human", "and dogs?")]
    for asked in (history, {"messages": history[:2], "input": "and dogs?"}):
        assert names(retriever.invoke(asked)) == ["a", "b"]
        assert any("do cats purr?" in str(message.content) for message in model.calls[-1][0])


async def test_it_is_made_and_asked_as_multi_query_retriever_is(scripted, caplog):
    prompt = PromptTemplate.from_template("Write queries, numbered, for: {question}")
    search = Ranked(lists={"q": ["a"], "x": ["b"], "y": ["c"]})
    retriever = VerbalizedQueryRetriever.from_llm(
        search, scripted("1. x (50%)\n2. y (50%)"), prompt, include_original=True
    )
    with caplog.at_level("INFO"):
        assert sorted(names(retriever.invoke("q"))) == ["a", "b", "c"]
    assert "searching for" in caplog.text
    assert retriever.generate_queries("q") == await retriever.agenerate_queries("q") == ["q", "x", "y"]
    lines = VerbalizedQueryRetriever(search, RunnableLambda(lambda query: ["x", "y"]))
    assert [text for text, _ in lines.expand("q").queries] == ["q", "x", "y"]
    one = VerbalizedQueryRetriever(search, RunnableLambda(lambda query: ["x", "y"]), n=1)
    assert one.generate_queries("q") == ["q", "x"]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Here are two queries:\n\n1. x\n2. y", ["q", "x", "y"]),
        ("x\ny", ["q", "x", "y"]),
        ("- x\n- y (a city)", ["q", "x", "y (a city)"]),
        ("x rewritten", ["q", "x rewritten"]),
        ("I'm sorry, but I can't help with that.", ["q"]),
        ('{"responses": [', ["q"]),
    ],
)
async def test_the_prompt_of_a_multi_query_retriever_goes_on_working(scripted, reply, expected):
    prompt = PromptTemplate.from_template("Write queries, a line each, for: {question}")
    made = VerbalizedQueryRetriever.from_llm(Ranked(lists={}), scripted(reply), prompt)
    own = VerbalizedQueryRetriever(Ranked(lists={}), {"question": RunnablePassthrough()} | prompt | scripted(reply))
    for retriever in (made, own):
        assert retriever.generate_queries("q") == await retriever.agenerate_queries("q") == expected


def test_a_retriever_without_any_is_refused(queries):
    with pytest.raises(ValueError, match="no retriever"):
        VerbalizedQueryRetriever([], queries(("x", 1.0)))


class TestAsAnyRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self):
        return VerbalizedQueryRetriever

    @property
    def retriever_constructor_params(self):
        return {"retriever": self.search, "sampler": self.model}

    @property
    def retriever_query_example(self):
        return "animal"

    @pytest.fixture(autouse=True)
    def _given(self, queries, tmp_path):
        self.search, self.model = store("memory", tmp_path), queries(("dog", 0.6), ("wheels", 0.4))
