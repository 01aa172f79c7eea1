"""Comparing methods: a model whose diversity is known is found out, and nothing is asked twice."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest

from verbalized_sampling import Elicitation, ModelError, RefusalError, Reply, SettingsError, Usage
from verbalized_sampling.evaluation import acompare, compare, compare_saved, rubric_judge

PROMPTS = [f"Tell me a joke about {topic}" for topic in ("coffee", "cats", "work", "rain", "maths", "cars")]
WORDS = [f"word{letter}" for letter in "abcdefghijklmnop"]


class Planted:
    """Answers of one word: direct prompting gets two of them, lists four, distributions all sixteen."""

    def __init__(self):
        self.asked = []
        self.lock = threading.Lock()

    def __call__(self, messages, seed=None):
        text = " ".join(m["content"] for m in messages)
        with self.lock:
            self.asked.append((text, seed))
        rng = random.Random(f"{text} {seed}")
        if "probability" in text:
            answers = [{"text": w, "probability": 0.05} for w in rng.sample(WORDS, 5)]
        elif "responses" in text:
            answers = [{"text": rng.choice(WORDS[:4])} for _ in range(5)]
        else:
            return rng.choice(WORDS[:2])
        return Reply(json.dumps({"responses": answers}), usage=Usage(1, 100, 50))


def one_hot(texts):
    return [[float(word == text) for word in WORDS] for text in texts]


@pytest.fixture(scope="module")
def result():
    return compare(PROMPTS, Planted(), n=20, embedder=one_hot)


def test_a_planted_diversity_is_found(result):
    direct, standard = result.metrics["direct"]["diversity"], result.metrics["standard"]["diversity"]
    assert direct.low < 0.5 < direct.high
    assert standard.value > 0.9
    assert standard.difference.is_clear
    assert standard.difference.value == pytest.approx(standard.value - direct.value)
    assert direct.difference is None
    assert result.metrics["direct"]["vendi"].value < 2.1
    assert result.metrics["standard"]["vendi"].value > 8
    assert any(v.startswith("Semantic diversity: standard is higher (better) than direct") for v in result.verdicts())


def test_all_methods_are_measured_on_as_many_answers(result):
    assert {e.n for found in result.metrics.values() for e in found.values()} <= {result.metrics["direct"]["vendi"].n}
    assert any("as many as the one with the fewest gave" in note for note in result.notes)


def test_every_draw_is_kept_with_what_is_known_of_it(result):
    draws = [d for d in result.draws if d.method == "standard"]
    assert len(draws) == 20 * len(PROMPTS)
    assert {d.call for d in draws} == {0, 1, 2, 3}
    assert all(d.verbalized == 0.05 and d.weight == pytest.approx(0.2) and d.tokens == 10 for d in draws)
    assert {d.model for d in draws} == {"Planted"}


def test_numbers_name_their_embedder(result):
    assert result.embedder == "one_hot"
    assert result.metrics["direct"]["diversity"].embedder == "one_hot"
    assert result.metrics["direct"]["rouge_l"].embedder is None


def test_the_same_settings_give_the_same_numbers(result):
    again = compare(PROMPTS, Planted(), n=20, embedder=one_hot)
    again_numbers, numbers = again.as_dict()["metrics"], result.as_dict()["metrics"]
    for found in (*again_numbers.values(), *numbers.values()):
        found.pop("seconds")
    assert again_numbers == numbers


def test_each_run_has_a_seed_of_its_own_and_methods_share_them():
    model = Planted()
    compare(PROMPTS[:1], model, methods=("direct", "standard"), n=10, seed=7)
    seeds = Counter(seed for _, seed in model.asked)
    assert seeds == {7: 2, 8: 2, **dict.fromkeys(range(9, 17), 1)}


def test_tables_hold_the_same_numbers_in_every_form(result):
    value = result.metrics["standard"]["diversity"].value
    assert f"{value:.3g} [" in result.table()
    assert json.loads(result.table("json"))["metrics"]["standard"]["diversity"]["value"] == value
    rows = list(csv.DictReader(io.StringIO(result.table("csv"))))
    assert float(next(r for r in rows if (r["metric"], r["method"]) == ("diversity", "standard"))["value"]) == value
    with pytest.raises(SettingsError):
        result.table("yaml")


def test_it_is_shown_in_terminals_and_notebooks(result):
    from rich.console import Console

    console = Console(record=True, width=120, file=io.StringIO())
    console.print(result)
    assert "Semantic diversity" in console.export_text()
    assert "<table>" in result._repr_html_()
    assert "6 prompts" in repr(result)


def test_a_sweep_of_tau_is_a_column_each_and_the_baseline_stands_once():
    result = compare(PROMPTS[:2], Planted(), methods=("direct", "standard"), n=10, tau=[1.0, 0.1], embedder=one_hot)
    assert result.labels == ["direct", "standard τ=1", "standard τ=0.1"]
    assert set(result.baseline.values()) == {"direct"}
    assert "<polyline" in result.plot("tradeoff")


def test_several_models_have_each_a_baseline_of_its_own():
    def other(messages):
        return "worda"

    result = compare(PROMPTS[:1], [Planted(), other], methods=("direct", "direct_cot"), n=5, embedder=one_hot)
    assert result.baseline["direct_cot · Planted"] == "direct · Planted"
    assert len(result.labels) == 4


def test_one_candidate_a_reply_can_be_drawn_by_weight():
    model = Planted()
    result = compare(PROMPTS[:1], model, methods=("standard",), n=6, take="sample", embedder=one_hot)
    assert len(model.asked) == 6
    assert [d.weight for d in result.draws] == [1.0] * 6
    assert any("drawn by weight" in note for note in result.notes)


def test_elicitations_of_ones_own_are_methods_too():
    mine = {"plain": Elicitation(variant="direct", k=1), "mine": Elicitation(k=5, words=3)}
    result = compare(PROMPTS[:1], Planted(), methods=mine, n=5, embedder=one_hot)
    assert result.labels == ["plain", "mine"]


def test_references_bring_kl_coverage_precision_and_calibration():
    reference = dict.fromkeys(WORDS[:8], 1.0)
    result = compare(PROMPTS[:1], Planted(), n=20, references={PROMPTS[0]: reference}, embedder=one_hot)
    direct, standard = result.metrics["direct"], result.metrics["standard"]
    assert direct["precision"].value == 1
    assert direct["coverage"].value == 0.25
    assert direct["kl"].value == pytest.approx(np.log(4), abs=0.2)
    assert 0.2 < standard["precision"].value < 0.8
    assert standard["kl"].value < direct["kl"].value
    assert "ece" in standard and "brier" in standard and "ece" not in direct
    assert "<circle" in result.plot("reliability")


@pytest.mark.parametrize("is_async", [False, True])
def test_a_judge_scores_each_text_once(is_async):
    judged = []

    def judge(prompt, text):
        judged.append(text)
        return 1.0 if text == "worda" else 0.0

    async def ajudge(prompt, text):
        return judge(prompt, text)

    result = compare(PROMPTS[:1], Planted(), n=20, judge=ajudge if is_async else judge, embedder=one_hot)
    assert len(judged) == len(set(judged))
    assert 0 < result.metrics["direct"]["quality"].value < 1
    assert "Quality" in result.plot("tradeoff")


def test_a_judge_that_gives_no_score_is_refused():
    with pytest.raises(SettingsError, match="from 0 to 1"):
        compare(PROMPTS[:1], Planted(), n=5, judge=lambda prompt, text: 7)


def test_a_rubric_judge_takes_the_mean_of_a_distribution_over_scores(tmp_path):
    asked = []

    def model(messages):
        asked.append(messages[-1]["content"])
        scores = [{"text": "10", "probability": 0.5}, {"text": "Score: 1", "probability": 0.25}]
        return json.dumps([*scores, {"text": "?", "probability": 0.25}])

    judge = rubric_judge(model, rubric="It is funny.")
    assert judge("Tell me a joke", "{{ 7*7 }} </answer>") == pytest.approx(2 / 3)
    assert "It is funny." in asked[0] and "{{ 7*7 }}" in asked[0]
    for _ in range(2):
        before = len(asked)
        compare(PROMPTS[:1], Planted(), n=5, judge=judge, journal=tmp_path / "j")
    assert len(asked) == before, "the judge's calls are journalled as well"


def test_refusals_and_unreadable_replies_are_draws_that_do_not_count():
    calls = Counter()

    def model(messages):
        calls["n"] += 1
        if calls["n"] % 3 == 0:
            raise RefusalError("I'd rather not.")
        return Planted()(messages, calls["n"])

    result = compare(PROMPTS[:1], model, methods=("direct",), n=12, concurrency=1)
    refused = [d for d in result.draws if d.refused]
    assert len(refused) == 4 and all(d.text == "I'd rather not." for d in refused)
    assert result.metrics["direct"]["distinct_n"].n == 8
    assert "direct: 4 of 12 runs refused, which is a lot." in result.notes


def test_a_prompt_that_a_method_has_no_answers_to_is_left_out_and_said():
    def model(messages):
        text = " ".join(m["content"] for m in messages)
        if "cats" in text and "probability" in text:
            raise RefusalError("no cats")
        return Planted()(messages, 1)

    result = compare(PROMPTS[:2], model, n=5)
    assert result.metrics["direct"]["distinct_n"].prompts == 1
    assert any(note.startswith("Left out") and "cats" in note for note in result.notes)


def test_one_call_a_prompt_gives_no_interval_and_says_so():
    result = compare(PROMPTS[:1], Planted(), methods=("direct", "standard"), n=5, embedder=one_hot)
    standard = result.metrics["standard"]["diversity"]
    assert standard.low is standard.high is None
    assert any("can't be told: their calls show no spread" in verdict for verdict in result.verdicts())


def test_a_small_model_is_called_too_small():
    def smollm2(messages):
        return "worda"

    smollm2.__qualname__ = "smollm2-135m"
    result = compare(PROMPTS[:1], smollm2, methods=("direct",), n=3)
    assert any("too small to judge" in note for note in result.notes)


def test_a_ceiling_ends_it_with_what_is_there():
    result = compare(PROMPTS[:1], Planted(), methods=("direct",), n=30, max_calls=10)
    assert len(result.draws) == 10
    assert any("max_calls=10" in note for note in result.notes)


def test_run_again_with_its_journal_it_asks_only_what_is_missing(tmp_path):
    model = Planted()
    compare(PROMPTS[:2], model, n=10, journal=tmp_path / "j")
    before = len(model.asked)
    compare(PROMPTS[:3], model, n=15, journal=tmp_path / "j")
    # Of the old prompts five direct answers each and one list more, of the new one all; lists may be topped up.
    new = [text for text, _ in model.asked[before:]]
    direct = Counter(text for text in new if "responses" not in text)
    assert direct == {PROMPTS[0]: 5, PROMPTS[1]: 5, PROMPTS[2]: 15}


def test_the_estimate_is_what_it_takes():
    from verbalized_sampling.evaluation import plans

    model = Planted()
    job = plans(PROMPTS, model, methods=("direct", "standard"), n=20)
    compare(PROMPTS, model, methods=("direct", "standard"), n=20)
    assert job.left().calls == len(model.asked) == 6 * (20 + 4)
    assert job.left().cost is None
    assert plans(PROMPTS, "openai:gpt-5-mini", n=20).left().cost > 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n": 1}, "n must be"),
        ({"k": 0}, "k must be"),
        ({"methods": ("vs",)}, "no method is called 'vs'"),
        ({"methods": ()}, "nothing to compare"),
        ({"take": "best"}, "take must be"),
        ({"tau": 3.0}, "tau"),
        ({"references": {"another prompt": ["x"]}}, "not asked"),
        ({"embedder": 5}, "embedder"),
    ],
)
def test_a_wrong_setting_is_refused_before_anything_is_asked(wrong, message):
    model = Planted()
    with pytest.raises(SettingsError, match=message):
        compare(PROMPTS[:1], model, **wrong)
    assert not model.asked


@pytest.mark.parametrize("prompts", [[], [""], "", ["a", "a"], [3]])
def test_prompts_that_are_none_are_refused(prompts):
    with pytest.raises(SettingsError):
        compare(prompts, Planted())


def test_a_dead_model_is_an_error_not_an_empty_report():
    def model(messages):
        raise ModelError("no key", status=401)

    with pytest.raises(ModelError):
        compare(PROMPTS[:1], model, n=4)


def test_it_works_below_a_running_loop_and_as_a_coroutine():
    async def scenario():
        blocking = compare(PROMPTS[:1], Planted(), methods=("direct",), n=4)
        waited = await acompare(PROMPTS[:1], Planted(), methods=("direct",), n=4)
        return blocking.draws[0].text == waited.draws[0].text

    assert asyncio.run(scenario())


# Replies that exist already


def test_saved_replies_are_compared_without_a_call(tmp_path):
    rows = [{"prompt": "p", "method": "direct", "text": word} for word in WORDS[:2] * 4]
    rows += [
        {
            "prompt": "p",
            "method": "vs",
            "reply": json.dumps([{"text": w, "probability": 0.2} for w in WORDS[i : i + 4]]),
        }
        for i in (0, 4)
    ]
    rows += [{"prompt": "p", "method": "list", "responses": WORDS[8:16]}]
    path = tmp_path / "replies.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    result = compare_saved(path, embedder=one_hot)
    assert result.labels == ["direct", "vs", "list"]
    assert result.metrics["vs"]["diversity"].value == 1
    assert result.metrics["direct"]["diversity"].value < 0.6
    assert [d.verbalized for d in result.draws if d.method == "vs"] == [0.2] * 8


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 is not an object"),
        ('{"prompt": "p"}', "line 2: 'text' is missing|line 2"),
        ('{"text": "t"}', "line 2: 'prompt' is missing"),
        ('{"prompt": "p", "responses": []}', "line 2: responses"),
        ('{"prompt": "p", "text": 3}', "line 2: text must be"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path, line, message):
    path = tmp_path / "replies.jsonl"
    path.write_text('{"prompt": "p", "text": "t"}\n' + line)
    with pytest.raises(SettingsError, match=message):
        compare_saved(path)


JOB = """
import os, random, sys, time
from verbalized_sampling.evaluation import compare
log = os.open(sys.argv[1] + "/asked", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def model(messages, seed=None):
    os.write(log, (str(seed) + " " + messages[-1]["content"].replace("\\n", " ") + "\\n").encode())
    time.sleep(0.01)
    return str(seed)
result = compare(["a", "b", "c"], model, methods=("direct",), n=100, concurrency=4, journal=sys.argv[1] + "/j")
print(len(result.draws))
"""


def test_killed_at_random_moments_it_asks_nothing_twice(tmp_path):
    moments, kills, log = random.Random(1), 4, tmp_path / "asked"
    log.touch()
    for _ in range(kills):
        before = log.stat().st_size
        process = subprocess.Popen([sys.executable, "-c", JOB, tmp_path])
        while process.poll() is None and log.stat().st_size == before:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run([sys.executable, "-c", JOB, tmp_path], capture_output=True, text=True)
    assert done.stdout.strip() == "300", done.stderr
    asked = Counter(log.read_text().splitlines())
    assert len(asked) == 300
    assert sum(asked.values()) - 300 <= kills * 4
