"""Every dict shape around a Runnable streams what it invokes, with all of its keys."""

from __future__ import annotations

import pickle
from operator import itemgetter

import pytest
from langchain_core.messages import AIMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnableParallel, RunnablePassthrough
from langchain_verbalized_sampling import (
    DistributionArgmax,
    DistributionTop,
    VerbalizedSampling,
    VerbalizedSamplingOutputParser,
)

from verbalized_sampling import Distribution

PROMPT = ChatPromptTemplate.from_template("{query} {d}")
USAGE = {"input_tokens": 10, "output_tokens": 7, "total_tokens": 17}


def parts(chain):
    return {"query": itemgetter("query"), "d": itemgetter("query") | chain}


SHAPES = {
    "assign": lambda vs: RunnablePassthrough.assign(d=itemgetter("query") | vs),
    "assign, then a prompt": lambda vs: RunnablePassthrough.assign(d=itemgetter("query") | vs) | PROMPT,
    "assign twice": lambda vs: RunnablePassthrough.assign(d=itemgetter("query") | vs).assign(
        best=itemgetter("d") | DistributionArgmax()
    ),
    "parallel": lambda vs: RunnableParallel(parts(vs)),
    "parallel, then a function": lambda vs: RunnableParallel(parts(vs)) | RunnableLambda(dict),
    "parallel, then a prompt": lambda vs: parts(vs) | PROMPT,
    "two in parallel": lambda vs: RunnableParallel(a=itemgetter("query") | vs, b=itemgetter("query") | vs),
    "itemgetter": lambda vs: RunnableParallel(parts(vs)) | itemgetter("d"),
    "pick": lambda vs: RunnableParallel(parts(vs)).pick("d"),
    "pick two": lambda vs: RunnableParallel(parts(vs)).pick(["d", "query"]),
    "nested": lambda vs: RunnableParallel(outer=RunnableParallel(parts(vs)), query=itemgetter("query")),
    "nested, then a function": lambda vs: (
        RunnableParallel(outer=RunnableParallel(parts(vs)), query=itemgetter("query")) | RunnableLambda(dict)
    ),
    "fan out": lambda vs: itemgetter("query") | vs | {"best": DistributionArgmax(), "all": RunnablePassthrough()},
    "fan out, then a function": lambda vs: (
        itemgetter("query")
        | vs
        | {"best": DistributionArgmax(), "two": DistributionTop(2), "all": RunnablePassthrough()}
        | RunnableLambda(dict)
    ),
    "its own dict as input": lambda vs: {"input": itemgetter("query"), "chat_history": lambda _: []} | vs,
}


def summed(pieces):
    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece
    return whole


@pytest.mark.parametrize("usage", [None, USAGE])
@pytest.mark.parametrize("kind", ["runnable", "parser"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_a_stream_adds_up_to_what_invoke_gives(scripted, three, shape, kind, usage):
    model = scripted(AIMessage(three, usage_metadata=usage))
    inner = VerbalizedSampling(model, k=3)
    if kind == "parser":
        inner = RunnableLambda(lambda given: str(given)) | model | VerbalizedSamplingOutputParser(k=3)
    chain = SHAPES[shape](inner)
    given = {"query": "A name"}
    expected = chain.invoke(given)
    ways = [chain.stream(given), chain.transform(iter([given]))]
    for way in ways:
        assert summed(list(way)) == expected
    assert summed([piece async for piece in chain.astream(given)]) == expected
    assert await chain.ainvoke(given) == expected
    assert chain.batch([given]) == [expected] == await chain.abatch([given])


def test_a_traced_stream_ends_in_the_whole(scripted, three, trace):
    chain = RunnablePassthrough.assign(d=VerbalizedSampling(scripted(three), k=3))
    list(chain.stream({"query": "A name"}, {"callbacks": [trace]}))
    assert set(trace.roots[0].outputs) == {"query", "d"}
    assert len(trace.roots[0].outputs["d"]) == 3


async def test_the_events_of_a_stream_end_in_the_whole(scripted, three):
    chain = RunnablePassthrough.assign(d=VerbalizedSampling(scripted(three), k=3))
    events = [event async for event in chain.astream_events({"query": "A name"}, version="v2")]
    assert set(events[-1]["data"]["output"]) == {"query", "d"}


def test_deltas_add_up_and_start_anew_after_a_draft(scripted, three):
    pieces = list(VerbalizedSampling(scripted(three), k=3, diff=True).stream("A name"))
    assert [c.text for c in summed(pieces)] == ["Ada", "Bo", "Cy"]
    assert [c.text for c in summed([pieces[0], summed(pieces)])] == ["Ada", "Bo", "Cy"]


ONE = '{"responses": [{"text": "one", "probability": 0.5}]}'
DRAFT = (
    'Draft:\n{"responses": [{"text": "alpha", "probability": 0.5}, {"text": "beta", "probability": 0.2}]}\n\nFinal '
    'answer:\n{"responses": [{"text": "gamma", "probability": 0.5}, {"text": "delta", "probability": 0.2}]}'
)
PERCENT = '{"responses": [{"text": "ein", "probability": 0.5}, {"text": "One", "probability": 12}]}'


@pytest.mark.parametrize(
    "replies", [[DRAFT], [ONE, DRAFT], [DRAFT, ONE], [ONE, ONE], [PERCENT], [ONE, PERCENT], ["-", ONE]]
)
async def test_deltas_of_a_whole_run_add_up_to_what_invoke_gives(scripted, replies):
    made = lambda: VerbalizedSampling(scripted(*replies), k=4, diff=True)
    whole = sorted(made().invoke("q"), key=lambda candidate: candidate.index)
    pieces = [list(made().stream("q")), [piece async for piece in made().astream("q")]]
    for given in map(summed, pieces):
        assert [(c.text, c.verbalized, c.stated) for c in given] == [(c.text, c.verbalized, c.stated) for c in whole]
        assert [c.index for c in given] == list(range(len(whole)))


def test_a_piece_is_a_distribution_in_every_other_way(scripted, three):
    pieces = list(VerbalizedSampling(scripted(three), k=3).stream("A name"))
    assert all(isinstance(piece, Distribution) for piece in pieces)
    piece = pieces[1]
    plain = Distribution(piece.candidates)
    assert plain == piece and piece == plain and hash(plain) == hash(piece)
    assert repr(plain) == repr(piece)
    assert plain.to_json() == piece.to_json()
    assert pickle.loads(pickle.dumps(piece)) == piece
    assert type(pieces[-1]) is Distribution
    with pytest.raises(TypeError):
        pieces[0] + 3
