"""What one prediction costs, and what makes two calls draw the same."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any

import dspy
import pytest
from dspy.utils.callback import BaseCallback
from dspy_verbalized_sampling import VerbalizedPredict, VerbalizedSampling

from verbalized_sampling import Usage

ITEMS = [{"answer": str(i), "probability": 0.1} for i in range(10)]
REPLY = f"[[ ## candidates ## ]]\n{json.dumps(ITEMS)}\n\n[[ ## completed ## ]]"


def test_one_call_for_k_candidates(scripted: Any) -> None:
    lm = scripted(REPLY)
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling("question -> answer", k=10)(question="?")
    assert len(prediction.completions.answer) == 10
    assert len(lm.script.requests) == 1


def test_a_cached_reply_is_drawn_from_anew(scripted: Any) -> None:
    lm = scripted(REPLY, cache=True)
    predict = VerbalizedSampling("question -> answer")
    with dspy.context(lm=lm):
        first, *others = [predict(question="?") for _ in range(40)]
    assert len(lm.script.requests) == 1
    assert len({p.answer for p in others}) > 3
    assert first.distribution.usage == Usage(1, 100, 20)
    assert {p.distribution.usage for p in others} == {None}  # a reply from the cache costs nothing


def test_a_rollout_id_asks_again_and_draws_anew(scripted: Any) -> None:
    lm = scripted(REPLY, cache=True)
    predict = VerbalizedPredict("question -> answer", seed=1, temperature=1.0)
    with dspy.context(lm=lm):
        drawn = [[predict(question="?", config={"rollout_id": n}).answer for n in range(20)] for _ in range(2)]
    assert len(lm.script.requests) == 20
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) > 3
    copies = [lm.copy(rollout_id=n, temperature=1.0) for n in range(20)]
    again = [predict(question="?", lm=each).answer for each in copies]
    assert again == drawn[0]  # as BestOfN and BootstrapFewShot set it


def test_the_same_seed_draws_the_same_in_any_number_of_threads(scripted: Any) -> None:
    examples = [dspy.Example(question=f"q{n}").with_inputs("question") for n in range(50)]
    predict = VerbalizedSampling("question -> answer", seed=42)
    with dspy.context(lm=scripted(REPLY)):
        one = [p.answer for p in predict.batch(examples, num_threads=1, disable_progress_bar=True)]
        eight = [p.answer for p in predict.batch(examples, num_threads=8, disable_progress_bar=True)]
        other = [
            p.answer
            for p in VerbalizedSampling("question -> answer", seed=43).batch(examples, disable_progress_bar=True)
        ]
    assert one == eight
    assert len(set(one)) > 5
    assert other != one


async def test_the_same_seed_draws_the_same_in_tasks(scripted: Any) -> None:
    predict = VerbalizedSampling("question -> answer", seed=42)
    with dspy.context(lm=scripted(REPLY)):
        sync = [predict(question=f"q{n}").answer for n in range(20)]
        tasks = await asyncio.gather(*(predict.acall(question=f"q{n}") for n in range(20)))
    assert [p.answer for p in tasks] == sync


def test_a_seed_leaves_the_global_random_state_alone(scripted: Any) -> None:
    import random

    random.seed(1)
    expected = random.random()
    random.seed(1)
    predict = VerbalizedSampling("question -> answer", seed=1)
    random.seed(1)
    with dspy.context(lm=scripted(REPLY)):
        predict(question="?")
    assert random.random() == expected


@pytest.mark.skipif(find_spec("dspy.lm15") is None, reason="this DSPy has no engines to script")
def test_several_generations_are_one_distribution(scripted: Any) -> None:
    replies = iter([ITEMS[:2], ITEMS[2:5], ITEMS[:1]])
    lm = scripted(lambda _: f"[[ ## candidates ## ]]\n{json.dumps(next(replies))}\n\n[[ ## completed ## ]]")
    with dspy.context(lm=lm):
        prediction = VerbalizedSampling("question -> answer", k=2, n=3)(question="?")
    weights = dict.fromkeys("01234", 0.0)
    for c in prediction.distribution:
        weights[c.text] += c.probability
    assert weights == pytest.approx({"0": 1 / 6 + 1 / 3, "1": 1 / 6, "2": 1 / 9, "3": 1 / 9, "4": 1 / 9})


class Counter(BaseCallback):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def on_lm_start(self, call_id: str, instance: Any, inputs: Any) -> None:
        self.seen.append("lm")

    def on_adapter_format_start(self, call_id: str, instance: Any, inputs: Any) -> None:
        self.seen.append("format")

    def on_adapter_parse_start(self, call_id: str, instance: Any, inputs: Any) -> None:
        self.seen.append("parse")

    def on_module_start(self, call_id: str, instance: Any, inputs: Any) -> None:
        self.seen.append("module")


@pytest.mark.parametrize("adapter", [dspy.ChatAdapter, dspy.JSONAdapter, dspy.XMLAdapter])
@pytest.mark.parametrize("call", ["sync", "async"])
def test_usage_history_and_callbacks_count_a_call_once(adapter: Any, call: str, scripted: Any) -> None:
    reply = {dspy.ChatAdapter: REPLY, dspy.JSONAdapter: json.dumps({"candidates": ITEMS})}
    lm = scripted(reply.get(adapter, f"<candidates>{json.dumps(ITEMS)}</candidates>"))
    seen: dict[Any, list[str]] = {}
    for predict in (dspy.Predict("question -> answer: list"), VerbalizedPredict("question -> answer")):
        counter = Counter()
        if type(predict) is dspy.Predict:
            script = scripted(
                '{"answer": []}'
                if adapter is dspy.JSONAdapter
                else "[[ ## answer ## ]]\n[]\n\n[[ ## completed ## ]]"
                if adapter is dspy.ChatAdapter
                else "<answer>[]</answer>"
            )
        else:
            script = lm
        with dspy.context(lm=script, adapter=adapter(), callbacks=[counter], track_usage=True):
            prediction = predict(question="?") if call == "sync" else asyncio.run(predict.acall(question="?"))
        seen[type(predict)] = counter.seen
        (usage,) = prediction.get_lm_usage().values()
        assert usage["prompt_tokens" if "prompt_tokens" in usage else "input_tokens"] == 100
        assert len(script.history) == 1
    assert len(lm.script.requests) == 1
    assert seen[VerbalizedPredict] == seen[dspy.Predict]
    assert prediction.distribution.usage == Usage(1, 100, 20)


def test_judges_beside_a_verbalized_predictor_are_not_verbalized(scripted: Any) -> None:
    judged: list[str] = []

    def answer(messages: Any) -> str:
        judged.append("candidates" if "candidates" in messages[0]["content"] else "plain")
        return REPLY if judged[-1] == "candidates" else "[[ ## verdict ## ]]\nfine\n\n[[ ## completed ## ]]"

    with dspy.context(lm=scripted(answer)):
        prediction = VerbalizedSampling("question -> answer")(question="?")
        assert dspy.Predict("answer -> verdict")(answer=prediction.answer).verdict == "fine"
    assert judged == ["candidates", "plain"]


def test_threads_share_one_predictor(scripted: Any) -> None:
    predict = VerbalizedSampling("question -> answer", seed=7)
    lm = scripted(REPLY)

    def ask(n: int) -> str:
        with dspy.context(lm=lm):
            return str(predict(question=str(n % 5)).answer)

    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(ask, range(40)))
    assert all(len({drawn[i] for i in range(n, 40, 5)}) == 1 for n in range(5))
