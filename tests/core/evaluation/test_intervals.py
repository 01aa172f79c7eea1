"""Estimates say how sure they are, and don't say more than the data show."""

from __future__ import annotations

import math
import random
from statistics import mean, stdev

import pytest
from scipy.stats import t as student

from verbalized_sampling.evaluation import compare_saved
from verbalized_sampling.evaluation.chance import Chance, of_calls, together
from verbalized_sampling.evaluation.intervals import PromptValues, estimates
from verbalized_sampling.evaluation.student import student_quantile

METRICS = ("diversity", "vendi", "rouge_l", "effective_size", "duplicates", "distinct_n")


def values_of(*values):
    return PromptValues(values, lambda i: Chance(math.nan, 0.0))


def estimate_of(*values, bounds=(-math.inf, math.inf)):
    return estimates({"a": values_of(*values)}, {"a": "a"}, [3] * len(values), bounds=bounds)["a"]


@pytest.mark.parametrize("freedom", [1, 1.3, 2, 4.7, 29, 1000])
def test_students_quantile_is_scipys(freedom):
    assert student_quantile(freedom) == pytest.approx(student.ppf(0.975, freedom), rel=1e-8)


@pytest.fixture
def saved():
    """Answers of ``direct`` and ``vs``, as many prompts as there are lists."""

    def made(direct, vs, prompts=1):
        return compare_saved(
            [
                {"prompt": f"p{p}", "method": method, "text": text}
                for p in range(prompts)
                for method, texts in (("direct", direct), ("vs", vs))
                for text in texts
            ],
            embedder="words",
        )

    return made


def test_without_skewness_it_is_students_interval():
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    found = estimate_of(*values)
    reach = student.ppf(0.975, 5) * stdev(values) / math.sqrt(6)
    assert found.high - found.value == pytest.approx(found.value - found.low) == pytest.approx(reach)


def test_with_skewness_it_reaches_as_far_as_halls_transformation_on_its_longer_side():
    values = [0.9, 0.8, 0.95, 0.7, 0.85, 0.5]
    n, s = len(values), stdev(values)
    g = mean(((x - mean(values)) / s) ** 3 for x in values)
    ends = [
        3 / g * (math.cbrt(1 + g * (u / math.sqrt(n) - g / (6 * n))) - 1) for u in student.ppf([0.025, 0.975], n - 1)
    ]
    found = estimate_of(*values)
    assert found.high - found.value == pytest.approx(found.value - found.low) == pytest.approx(s * max(map(abs, ends)))


def test_mirrored_values_have_the_mirrored_interval_and_other_units_the_same():
    rng = random.Random(1)
    values = [rng.gauss(0, 1) ** 2 for _ in range(8)]
    found, mirrored = estimate_of(*values), estimate_of(*(-7 * x for x in values))
    assert (mirrored.low, mirrored.high) == pytest.approx((-7 * found.high, -7 * found.low))


def test_intervals_keep_to_the_range():
    found = estimate_of(0.99, 1.0, 0.4, 1.0, 0.98, bounds=(0.0, 1.0))
    assert found.low > 0 and found.high == 1


def test_differences_are_taken_prompt_by_prompt():
    rough = [0.1, 0.9, 0.4, 0.6, 0.2, 0.7]
    finer = [x + 0.1 + (0.001 if i % 2 else -0.001) for i, x in enumerate(rough)]
    found = estimates({"a": values_of(*rough), "b": values_of(*finer)}, {"a": "a", "b": "a"}, [3] * 6, bounds=(0, 2))
    assert found["b"].low < found["a"].value  # which alone could not tell them apart
    assert found["b"].difference.is_clear and found["b"].difference.value == pytest.approx(0.1)


def test_where_a_metric_is_defined_for_few_of_many_prompts_chance_comes_from_their_calls():
    values = PromptValues([0.5, math.nan, math.nan, 0.7, math.nan, math.nan], lambda i: Chance(0.1, 9.0))
    found = estimates({"a": values}, {"a": "a"}, [3] * 6, bounds=(0, 1))["a"]
    reach = student.ppf(0.975, 18) * math.sqrt(0.02) / 2
    assert (found.prompts, found.low) == (2, pytest.approx(0.6 - reach))


def test_errors_of_a_sum_add_up_by_squares_with_welchs_degrees_of_freedom():
    whole = together([Chance(3.0, 4.0, 0.5), Chance(4.0, 9.0)])
    assert (whole.error, whole.freedom) == pytest.approx((5.0, 625 / (81 / 4 + 256 / 9)))
    assert whole.skewness == pytest.approx(0.5 * 27 / 125)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_of_a_few_answers_that_are_alike_nothing_is_clear(saved, n):
    found = saved(["tea"] * n, ["mate", "milk", "kefir", "water"][:n])
    for metric in METRICS:
        for method in ("direct", "vs"):
            estimate = found.metrics[method][metric]
            assert estimate.low is None or (not estimate.spread_seen and estimate.high - estimate.low > 0.2)
        assert not found.metrics["vs"][metric].difference.is_clear
    assert not any("is higher" in verdict or "is lower" in verdict for verdict in found.verdicts())


def test_many_that_are_alike_are_told_from_many_that_are_not(saved):
    found = saved(["tea"] * 20, [f"drink{i}" for i in range(20)])
    direct, vs = found.metrics["direct"]["diversity"], found.metrics["vs"]["diversity"]
    assert (direct.low, direct.high) == pytest.approx((0, 1 - 0.05**0.1))  # in pairs of twenty calls
    assert not direct.spread_seen and vs.difference.is_clear


@pytest.mark.parametrize(("prompts", "is_clear"), [(5, True), (30, True)])
def test_prompts_that_are_all_alike_leave_open_what_others_are_like(saved, prompts, is_clear):
    found = saved(["tea"] * 3, ["mate", "milk", "kefir"], prompts)
    direct, vs = found.metrics["direct"]["diversity"], found.metrics["vs"]["diversity"]
    assert direct.high == pytest.approx(1 - 0.05 ** (1 / prompts))
    assert vs.difference.is_clear == is_clear and not vs.difference.spread_seen


def test_a_side_that_shows_no_spread_makes_the_difference_less_sure():
    varied = values_of(0.4, 0.5, 0.6, 0.5, 0.45)
    found = estimates({"a": values_of(*[0.0] * 5), "b": varied}, {"a": "a", "b": "a"}, [3] * 5, bounds=(0, 1))
    assert not found["b"].difference.is_clear and found["b"].spread_seen and not found["b"].difference.spread_seen


def test_what_goes_unseen_is_on_the_side_where_there_is_room(saved):
    """All alike, direct can only be more diverse than it was seen; so the difference can only be smaller."""
    found = saved(["tea"] * 20, ["tea time", "tea leaf", "tea pot", "tea time", "leaf"] * 4).metrics["vs"]["vendi"]
    difference = found.difference
    assert difference.high - difference.value == pytest.approx(found.high - found.value)
    assert difference.value - difference.low > 2 * (difference.high - difference.value)


def test_calls_that_differ_only_in_how_many_answers_they_gave_show_no_spread():
    calls = [0] * 5 + [1] * 5 + [2] * 4 + [3] * 5
    assert of_calls(19.0, len, calls, (1.0, 19.0)).unseen  # all answers are different, so the effective size is n


def test_alike_in_a_number_without_an_end_it_has_no_interval():
    found = estimate_of(7.0, 7.0, 7.0, 7.0, 7.0, bounds=(0, math.inf))
    assert found.low is found.high is None and str(found) == "7 [?]"


def test_the_marks_beside_numbers_are_explained(saved):
    found = saved(["tea"] * 2, ["mate", "milk"])
    assert "[?]" in found.table() and "]*" in found.table()
    assert {note.split()[0] for note in found.notes} >= {"*", "[?]"}
    marks = [note for note in saved(["a b", "b c", "c d", "d a"], ["a", "b", "a", "c"]).notes if note[0] in "*["]
    assert not any(note.startswith("[?]") for note in marks)
