"""Situations in which the chain itself is the story: each builds one, is given something, and something comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypedDict

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, PromptTemplate
from langchain_core.runnables import (
    ConfigurableField,
    Runnable,
    RunnableBranch,
    RunnableLambda,
    RunnableParallel,
    RunnablePassthrough,
)
from langchain_verbalized_sampling import (
    DistributionArgmax,
    DistributionJudge,
    DistributionMajority,
    DistributionSampler,
    DistributionTop,
    DistributionToState,
    VerbalizedSampling,
    VerbalizedSamplingOutputParser,
    VerbalizedSamplingTool,
)
from pydantic import BaseModel

THREE = json.dumps({"responses": [{"text": t, "probability": p} for t, p in (("Ada", 0.5), ("Bo", 0.3), ("Cy", 0.2))]})
PEOPLE = json.dumps(
    {"responses": [{"name": n, "age": a, "probability": p} for n, a, p in (("Ada", 36, 0.6), ("Bo", "old", 0.4))]}
)
GONE = ConnectionError("gone")


class Person(BaseModel):
    name: str
    age: int


class PersonDict(TypedDict):
    name: str
    age: int


@dataclass(frozen=True)
class Chain:
    """One story.

    Attributes:
        build: Makes the chain of a factory of scripted models.
        expected: What comes of it; a function says whether it is right.
        given: What it is given.
        config: The config of the call; ``no_streams`` in it says that streams make no sense.
    """

    build: Callable[[Callable[..., Any]], Runnable[Any, Any]]
    expected: Any
    given: Any = "A name"
    config: dict[str, Any] | None = None


def vs(model: Any, **options: Any) -> VerbalizedSampling[Any]:
    return VerbalizedSampling(model, **{"k": 3, **options})


PROMPT = ChatPromptTemplate.from_messages([("system", "Be kind."), ("human", "A name for a {pet}")])
PARSED = ChatPromptTemplate.from_messages([("system", "{how}"), ("human", "{q}")]).partial(
    how=VerbalizedSamplingOutputParser(k=3).get_format_instructions()
)


def texts(*wanted: str) -> Callable[[Any], bool]:
    return lambda got: [candidate.text for candidate in got] == list(wanted)


ALL = texts("Ada", "Bo", "Cy")

CHAINS = {
    "the distribution": Chain(lambda m: vs(m(THREE)), ALL),
    "the likeliest": Chain(lambda m: vs(m(THREE)) | DistributionArgmax(), "Ada"),
    "the two likeliest": Chain(lambda m: vs(m(THREE)) | DistributionTop(2), ["Ada", "Bo"]),
    "one drawn with a seed": Chain(
        lambda m: vs(m(THREE)) | DistributionSampler(seed=1), lambda got: got in ("Ada", "Bo", "Cy")
    ),
    "all drawn without replacement": Chain(
        lambda m: vs(m(THREE)) | DistributionSampler(3, seed=1, replace=False),
        lambda got: sorted(got) == ["Ada", "Bo", "Cy"],
    ),
    "a majority": Chain(lambda m: vs(m(THREE), calls=3) | DistributionMajority(), "Ada"),
    "a majority in one step": Chain(lambda m: vs(m(THREE), calls=3, select="majority"), "Ada"),
    "a judge": Chain(lambda m: vs(m(THREE)) | DistributionJudge(m("2"), "Short."), "Bo"),
    "a judge in one step": Chain(lambda m: vs(m(THREE), select=DistributionJudge(m("3"), "Short.")), "Cy"),
    "a function in one step": Chain(lambda m: vs(m(THREE), select=lambda d: d[-1]), "Cy"),
    "a text goes on": Chain(lambda m: vs(m(THREE)) | DistributionArgmax() | str.upper, "ADA"),
    "a draft and its answer": Chain(
        lambda m: (
            vs(m(THREE))
            | DistributionArgmax()
            | (lambda name: [HumanMessage(f"Praise {name}")])
            | m("Lovely.")
            | StrOutputParser()
        ),
        "Lovely.",
    ),
    "a prompt before it": Chain(lambda m: PROMPT | vs(m(THREE)), ALL, {"pet": "cat"}),
    "a text prompt before it": Chain(
        lambda m: PromptTemplate.from_template("A {pet}") | vs(m(THREE)), ALL, {"pet": "cat"}
    ),
    "retrieved context in a prompt": Chain(
        lambda m: (
            {"context": lambda _: "Cats.", "question": RunnablePassthrough()}
            | ChatPromptTemplate.from_template("{context}\n{question}")
            | vs(m(THREE))
        ),
        ALL,
    ),
    "assigned": Chain(
        lambda m: RunnablePassthrough.assign(d=itemgetter("q") | vs(m(THREE)) | DistributionArgmax()),
        {"q": "A name", "d": "Ada"},
        {"q": "A name"},
    ),
    "assigned, then a prompt": Chain(
        lambda m: (
            RunnablePassthrough.assign(d=itemgetter("q") | vs(m(THREE)))
            | ChatPromptTemplate.from_template("{q}: {d}")
            | m("Fine.")
            | StrOutputParser()
        ),
        "Fine.",
        {"q": "A name"},
    ),
    "assigned whole": Chain(
        lambda m: RunnablePassthrough.assign(d=itemgetter("q") | vs(m(THREE))),
        lambda got: got["q"] == "A name" and ALL(got["d"]),
        {"q": "A name"},
    ),
    "two models side by side": Chain(
        lambda m: RunnableParallel(a=vs(m(THREE)), b=vs(m(PEOPLE), candidate=Person, k=2, max_extra_calls=0)),
        lambda got: ALL(got["a"]) and len(got["b"]) == 1,
    ),
    "fanned out": Chain(
        lambda m: vs(m(THREE)) | {"best": DistributionArgmax(), "all": DistributionTop(3)},
        {"best": "Ada", "all": ["Ada", "Bo", "Cy"]},
    ),
    "picked": Chain(lambda m: RunnableParallel(d=vs(m(THREE)), x=lambda _: 1).pick("d"), ALL),
    "branched": Chain(
        lambda m: RunnableBranch((lambda q: "name" in q, vs(m(THREE))), vs(m(PEOPLE))) | DistributionArgmax(), "Ada"
    ),
    "routed by a function": Chain(lambda m: RunnableLambda(lambda _: vs(m(THREE))), ALL),
    "mapped over a list": Chain(lambda m: (vs(m(THREE)) | DistributionArgmax()).map(), ["Ada", "Ada"], ["A", "B"]),
    "retried": Chain(
        lambda m: vs(flaky(m)).with_retry(wait_exponential_jitter=False), ALL, config={"no_streams": True}
    ),
    "fallen back": Chain(lambda m: vs(m(GONE)).with_fallbacks([vs(m(THREE))]), ALL),
    "a model with fallbacks": Chain(lambda m: vs(m(GONE).with_fallbacks([m(THREE)])), ALL),
    "a bound model": Chain(lambda m: vs(m(THREE).bind(temperature=0.5)), ALL),
    "a bound sampling": Chain(lambda m: vs(m(THREE)).bind(temperature=0.5), ALL),
    "a model with a config": Chain(lambda m: vs(m(THREE).with_config(tags=["t"])), ALL),
    "a named chain": Chain(lambda m: vs(m(THREE)).with_config(run_name="names"), ALL),
    "configured k": Chain(
        lambda m: vs(m(THREE)).configurable_fields(k=ConfigurableField(id="k")), ALL, config={"configurable": {"k": 2}}
    ),
    "configured tau": Chain(
        lambda m: vs(m(THREE)).configurable_fields(tau=ConfigurableField(id="tau")),
        ALL,
        config={"configurable": {"tau": 0.6}},
    ),
    "an alternative model": Chain(
        lambda m: vs(m("no").configurable_alternatives(ConfigurableField(id="llm"), other=m(THREE))),
        ALL,
        config={"configurable": {"llm": "other"}},
    ),
    "an alternative sampling": Chain(
        lambda m: vs(m("no")).configurable_alternatives(ConfigurableField(id="vs"), other=vs(m(THREE))),
        ALL,
        config={"configurable": {"vs": "other"}},
    ),
    "a configured model": Chain(
        lambda m: vs(m(THREE).configurable_fields(temperature=ConfigurableField(id="t"))),
        ALL,
        config={"configurable": {"t": 0.1}},
    ),
    "listened to": Chain(lambda m: vs(m(THREE)).with_listeners(on_end=lambda _: None), ALL),
    "typed": Chain(
        lambda m: vs(m(PEOPLE), candidate=Person, k=2, max_extra_calls=0) | DistributionArgmax(),
        Person(name="Ada", age=36),
    ),
    "typed by a parameter": Chain(
        lambda m: VerbalizedSampling[Person](m(PEOPLE), k=2, max_extra_calls=0) | DistributionArgmax(),
        Person(name="Ada", age=36),
    ),
    "typed by a TypedDict": Chain(
        lambda m: vs(m(PEOPLE), candidate=PersonDict, k=2, max_extra_calls=0) | DistributionArgmax(),
        {"name": "Ada", "age": 36},
    ),
    "typed by a schema": Chain(
        lambda m: (
            vs(
                m(PEOPLE),
                candidate={"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
                k=2,
                max_extra_calls=0,
            )
            | DistributionArgmax()
        ),
        {"name": "Ada", "age": 36},
    ),
    "a parser behind a prompt and a model": Chain(
        lambda m: PARSED | m(THREE) | VerbalizedSamplingOutputParser(k=3), ALL, {"q": "A name"}
    ),
    "a parser behind a text": Chain(lambda m: m(THREE) | StrOutputParser() | VerbalizedSamplingOutputParser(k=3), ALL),
    "a model that ends in a text": Chain(lambda m: vs(m(THREE) | StrOutputParser()), ALL),
    "a model behind a function": Chain(lambda m: vs(RunnableLambda(lambda messages: messages) | m(THREE)), ALL),
    "never constrained": Chain(lambda m: vs(m(THREE), structured="never"), ALL),
    "a state's update": Chain(
        lambda m: vs(m(THREE)) | DistributionToState("ideas") | itemgetter("ideas"),
        lambda got: len(got["candidates"]) == 3,
    ),
    "a tool": Chain(
        lambda m: VerbalizedSamplingTool(m(THREE), k=3), lambda got: "Ada" in got and "Cy" in got, {"query": "A name"}
    ),
    "a chain as a tool": Chain(
        lambda m: (RunnableLambda(itemgetter("query")) | vs(m(THREE)) | DistributionArgmax()).as_tool(
            name="names", description="Names.", arg_types={"query": str}
        ),
        "Ada",
        {"query": "A name"},
    ),
    "nested samplings": Chain(
        lambda m: (
            vs(m(THREE)) | DistributionTop(2) | (lambda names: f"Like {names}") | vs(m(THREE)) | DistributionArgmax()
        ),
        "Ada",
    ),
    "a message as the query": Chain(lambda m: RunnableLambda(lambda q: AIMessage(q).text) | vs(m(THREE)), ALL),
    "several turns": Chain(
        lambda m: vs(m(THREE, THREE.replace("Ada", "Di").replace("Bo", "Ed").replace("Cy", "Fi")), variant="multi"),
        lambda got: len(got) == 6,
    ),
}


def flaky(model: Callable[..., Any]) -> Any:
    """Fails at every other call."""
    count = iter(range(1000))
    return model(lambda messages, kwargs: GONE if next(count) % 2 == 0 else THREE)
