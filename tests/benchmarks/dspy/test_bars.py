"""The bars of the package, against dspy.Predict. Run: pytest tests/benchmarks/dspy --benchmark-only."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import dspy
import pytest
from dspy_verbalized_sampling import VerbalizedPredict, VerbalizedSampling
from pydantic import BaseModel

K = 5
WORDS = "a joke of some length that a model could have written about coffee and about those who drink it " * 2
ITEMS = [{"joke": f"{n} {WORDS}", "probability": 0.1} for n in range(K)]


class Silent(dspy.BaseLM):
    """A model that takes no time and always says the same."""

    def __init__(self, reply: str) -> None:
        super().__init__("silent/silent")
        self.reply = reply
        self.calls = 0

    def __call__(self, prompt: Any = None, messages: Any = None, **_: Any) -> list[str]:
        self.calls += 1
        return [self.reply]


def reply(adapter: Any, field: str, value: Any, *, nested: bool = False) -> str:
    if isinstance(adapter, dspy.JSONAdapter):
        return json.dumps({field: value})
    text = value if isinstance(value, str) else json.dumps(value)
    if nested:
        tags = "".join("<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in item.items()) + "</item>" for item in value)
        return f"<{field}>{tags}</{field}>"
    if isinstance(adapter, dspy.XMLAdapter):
        return f"<{field}>\n{text}\n</{field}>"
    return f"[[ ## {field} ## ]]\n{text}\n\n[[ ## completed ## ]]"


def seconds(call: Callable[[], Any], calls: int = 40) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - began) / calls


class Joke(BaseModel):
    joke: str
    probability: float


def rounds_of(ours: Callable[[], Any], plain: Callable[[], Any]) -> float:
    """The ratio of the two, taken in turns, so that what else the machine does falls on both."""
    ours(), plain()
    return statistics.median(seconds(ours) / seconds(plain) for _ in range(15))


@pytest.mark.parametrize("form", ["Chat", "JSON", "XML", "XML, tags in tags"])
def test_overhead_against_that_of_predict(form: str, benchmark: Any) -> None:
    """Against the signature that one would write by hand for the same reply, and against that of one bare str."""
    adapter = {"Chat": dspy.ChatAdapter, "JSON": dspy.JSONAdapter}.get(form, dspy.XMLAdapter)()
    by_hand = dspy.Signature({"topic": (str, dspy.InputField()), "candidates": (list[Joke], dspy.OutputField())})
    written = reply(adapter, "candidates", ITEMS, nested="tags" in form)
    same, bare = Silent(written), Silent(reply(adapter, "joke", (WORDS * 9)[: len(written)]))
    ours, typed, plain = (
        VerbalizedPredict("topic -> joke", k=K, seed=1),
        dspy.Predict(by_hand),
        dspy.Predict("topic -> joke"),
    )
    with dspy.context(adapter=adapter):
        assert len(ours(topic="coffee", lm=same).distribution) == K
        ratio = rounds_of(lambda: ours(topic="coffee", lm=same), lambda: typed(topic="coffee", lm=same))
        to_bare = rounds_of(lambda: ours(topic="coffee", lm=same), lambda: plain(topic="coffee", lm=bare))
        benchmark.pedantic(ours, kwargs={"topic": "coffee", "lm": same}, rounds=100)
    benchmark.extra_info.update(ratio=round(ratio, 2), to_bare_str=round(to_bare, 2))
    print(f"{form}: {ratio:.2f} x Predict of the same list, {to_bare:.2f} x Predict of a str")


def test_one_call_for_k_candidates(benchmark: Any) -> None:
    lm = Silent(reply(dspy.ChatAdapter(), "candidates", ITEMS))
    predict = VerbalizedSampling("topic -> joke", k=K)
    with dspy.context(lm=lm):
        prediction = benchmark.pedantic(predict, kwargs={"topic": "coffee"}, rounds=10)
    assert len(prediction.distribution) == K
    assert lm.calls == 10


def test_eight_threads_draw_what_one_draws(benchmark: Any) -> None:
    predict = VerbalizedSampling("topic -> joke", k=K, seed=42)
    examples = [dspy.Example(topic=f"topic {n}").with_inputs("topic") for n in range(50)]

    def drawn(threads: int) -> list[str]:
        return [p.joke for p in predict.batch(examples, num_threads=threads, disable_progress_bar=True)]

    with dspy.context(lm=Silent(reply(dspy.ChatAdapter(), "candidates", ITEMS))):
        one = drawn(1)
        assert len(set(one)) == K
        assert benchmark.pedantic(drawn, args=(8,), rounds=8) == one
        assert all(drawn(8) == one for _ in range(7))
