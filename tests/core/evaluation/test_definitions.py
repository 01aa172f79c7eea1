"""Each number is what its definition says: worked values, laws, and published results where those are at hand."""

from __future__ import annotations

import doctest
import importlib
import json
import math
import random
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import evaluation
from verbalized_sampling.evaluation import (
    average_distribution,
    brier_score,
    chao1,
    chi_square_uniform,
    coverage_n,
    distinct_n,
    diversity,
    duplicate_rate,
    effective_size,
    expected_calibration_error,
    kl_divergence,
    kl_to_uniform,
    ks_distance,
    l1_distance,
    mean_distinct_n,
    pairwise_rouge_l,
    precision,
    reliability_table,
    rouge_l,
    semantic_diversity,
    sharpen,
    typicality_bias,
    unique_recall,
    vendi_score,
)

FOLDERS = [folder / "shared" / "data" / "official" for folder in Path(__file__).resolve().parents]
OFFICIAL = next((folder for folder in FOLDERS if folder.exists()), FOLDERS[0])
published = pytest.mark.skipif(not OFFICIAL.exists(), reason="needs the published result sets")

PARTS = ["calibration", "counting", "divergence", "lexical", "semantic", "theory"]
words = st.text("ab ", max_size=12)
weights = st.dictionaries(st.sampled_from("abcdef"), st.floats(0.001, 100), min_size=1)


@pytest.mark.parametrize("part", PARTS)
def test_the_worked_value_in_each_docstring_is_the_value(part):
    module = importlib.import_module(f"verbalized_sampling.evaluation.metrics.{part}")
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed


def test_every_metric_says_its_range_and_shows_a_worked_value():
    for name in evaluation.__all__:
        function = getattr(evaluation, name)
        if callable(function) and not isinstance(function, type) and name not in NO_METRICS:
            assert ">>>" in function.__doc__, name
            assert "Range:" in function.__doc__, name


NO_METRICS = {
    "pairwise_rouge_l", "reliability_table", "average_distribution", "embedder_of", "diversity", "typicality_bias",
    "unseen_mass", "chi_square_uniform", "compare", "acompare", "compare_saved", "plans", "rubric_judge",
    "simulate_dialogue", "asimulate_dialogue", "sharpen",
}  # fmt: skip


# ROUGE-L and distinct-n


def longest_common_subsequence(a, b):
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            rows[i + 1][j + 1] = rows[i][j] + 1 if x == y else max(rows[i][j + 1], rows[i + 1][j])
    return rows[-1][-1]


@given(words, words)
def test_rouge_l_is_twice_the_common_subsequence_over_both_lengths(a, b):
    m, n = len(a.split()), len(b.split())
    expected = 2 * longest_common_subsequence(a.split(), b.split()) / (m + n) if m and n else 0.0
    assert rouge_l(a, b) == pytest.approx(expected, abs=1e-12)


def test_case_is_kept_and_an_empty_text_is_like_none():
    assert rouge_l("Tea", "tea") == 0
    assert rouge_l("", "") == rouge_l("", "a") == 0
    assert distinct_n("Tea tea", 1) == 1
    assert distinct_n("one", 2) == distinct_n("", 1) == 0


@published
def test_the_published_rouge_l_and_distinct_n_come_out():
    folder = OFFICIAL / "ngram_jokes_claude35_vs_standard"
    results = json.loads((folder / "results.json").read_text())
    groups: dict[str, list[str]] = {}
    for line in (folder / "responses.jsonl").read_text().splitlines():
        row = json.loads(line)
        groups.setdefault(row["prompt"], []).append(row["responses"][0]["text"])
    scores = np.concatenate([pairwise_rouge_l(texts)[np.triu_indices(len(texts), 1)] for texts in groups.values()])
    assert len(scores) == len(results["pairwise_rouge_l_scores"])
    assert sorted(scores) == pytest.approx(sorted(results["pairwise_rouge_l_scores"]), abs=1e-12)
    assert scores.mean() == pytest.approx(results["avg_rouge_l"], abs=1e-12)
    assert scores.std() == pytest.approx(results["std_rouge_l"], abs=1e-12)
    texts = [text for group in groups.values() for text in group]
    assert mean_distinct_n(texts) == pytest.approx(results["avg_distinct_n"], abs=1e-12)


# Divergences


@published
def test_the_published_kl_precision_and_recall_come_out():
    folder = OFFICIAL / "respcount_direct50_gpt41"
    results = json.loads((folder / "results.json").read_text())
    texts = [json.loads(line)["responses"][0]["text"] for line in (folder / "responses.jsonl").read_text().splitlines()]
    states = json.loads((OFFICIAL / "states_reference.json").read_text())["counts"]
    counts = Counter(texts)
    # To 1e-12: from Python 3.12 on a sum of floats is rounded otherwise than where the figures were published.
    assert kl_to_uniform(counts, 50) == pytest.approx(results["average_kl_divergence"], abs=1e-12)
    assert precision(texts, states) == results["average_precision"]
    assert unique_recall(texts, states) == pytest.approx(results["average_unique_recall_rate"], abs=1e-12)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=6))
def test_the_evaluators_kl_to_uniform_is_the_exact_one_to_1e_8(counts):
    total = sum(counts)
    exact = math.fsum(c / total * math.log(c / total * 6) for c in counts)
    assert kl_to_uniform(dict(enumerate(counts)), 6) == pytest.approx(exact, abs=1e-8)


@given(weights, weights)
def test_kl_is_never_negative_and_zero_only_to_itself(p, q):
    for support in ("matched", "union"):
        assert kl_divergence(p, q, support) >= 0
        assert kl_divergence(p, p, support) == pytest.approx(0, abs=1e-12)


def test_matched_kl_forgets_the_names_of_one_side_and_union_does_not():
    p, q = {"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 3}
    assert kl_divergence(p, q) == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3), abs=1e-12)
    assert kl_divergence(p, q, "union") > 10
    assert kl_divergence(q, p, "union") == pytest.approx(0.25 * math.log(1) + 0.75 * math.log(3), abs=1e-12)
    assert kl_divergence({"a": 1}, {"b": 1}) == math.inf


def test_a_wrong_distribution_is_refused():
    for bad in ({}, {"a": 0}, {"a": -1}, {"a": math.nan}):
        with pytest.raises(ValueError):
            kl_divergence(bad, {"a": 1})
    with pytest.raises(ValueError, match="support"):
        kl_divergence({"a": 1}, {"a": 1}, "both")


def test_an_average_takes_each_name_over_the_trials_that_have_it_and_sums_repeats():
    assert average_distribution([[("a", 1), ("a", 1), ("b", 2)], {"a": 3}]) == pytest.approx({"a": 0.6, "b": 0.4})


@given(weights, weights)
def test_l1_is_between_0_and_2_and_symmetric(p, q):
    assert 0 <= l1_distance(p, q) <= 2 + 1e-12
    assert l1_distance(p, q) == l1_distance(q, p)


def test_ks_and_chi_square_are_scipys():
    assert ks_distance([0, 0, 1], [5, 6]) == 1
    assert chi_square_uniform({"1": 5, "2": 5}, 2) == (0, 1)
    assert chi_square_uniform({"1": 10}, 2).p_value == pytest.approx(math.erfc(math.sqrt(5)))


# Meaning


def orthogonal(texts):
    return [[float(i == j) for j in range(len(texts))] for i in range(len(texts))]


@pytest.mark.parametrize("n", [2, 7, 60])
def test_equal_texts_are_0_and_1_orthogonal_ones_1_and_n(n):
    assert semantic_diversity(["same"] * n, orthogonal) == 0.0
    assert vendi_score(["same"] * n, orthogonal) == pytest.approx(1.0, abs=1e-12)
    texts = [f"text {i}" for i in range(n)]
    assert semantic_diversity(texts, orthogonal) == pytest.approx(1.0, abs=1e-12)
    assert vendi_score(texts, orthogonal) == pytest.approx(n, abs=1e-9)


def test_opposite_texts_count_as_unlike_not_as_more_than_unlike():
    assert semantic_diversity(["a", "b"], lambda _: [[1.0], [-1.0]]) == 1.0


@given(st.lists(st.text(max_size=20), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_texts_changes_no_number(texts, rng):
    shuffled = texts.copy()
    rng.shuffle(shuffled)
    assert diversity(texts, "words") == diversity(shuffled, "words")


@given(st.lists(st.text(max_size=20), min_size=2, max_size=12))
def test_every_number_is_within_its_range(texts):
    found = diversity(texts, "words")
    for name in ("semantic_diversity", "rouge_l", "distinct_n", "duplicate_rate"):
        assert -1e-12 <= getattr(found, name) <= 1 + 1e-12, name
    for name in ("vendi_score", "effective_size"):
        assert 1 - 1e-9 <= getattr(found, name) <= len(texts) + 1e-9, name


def test_vendi_is_the_same_from_either_side_of_the_gram_matrix():
    rng = np.random.default_rng(1)
    vectors = {str(i): rng.normal(size=3) for i in range(8)}
    texts = list(vectors)
    unit = np.array([vectors[t] / np.linalg.norm(vectors[t]) for t in texts])
    values = np.linalg.eigvalsh(unit @ unit.T / 8)
    values = values[values > 1e-15]
    expected = math.exp(-sum(v * math.log(v) for v in values))
    assert vendi_score(texts, lambda batch: [vectors[t] for t in batch]) == pytest.approx(expected, abs=1e-9)


def test_copies_of_a_text_lower_every_measure_of_diversity():
    varied = ["A cat walks in.", "Two nuns meet.", "Why is the sea salty?", "My boss sings."]
    copied = [*varied[:2], *varied[:2]]
    a, b = diversity(varied), diversity(copied)
    assert a.semantic_diversity > b.semantic_diversity
    assert a.vendi_score > b.vendi_score
    assert a.effective_size == pytest.approx(4) and b.effective_size == pytest.approx(2)
    assert a.rouge_l < b.rouge_l
    assert (a.duplicate_rate, b.duplicate_rate) == (0, 0.5)


# Counts


@given(st.lists(st.sampled_from(["Texas", "Ohio", "Utah", "Mars"]), min_size=1, max_size=9), st.data())
def test_coverage_at_n_is_the_mean_over_all_choices(texts, data):
    n = data.draw(st.integers(1, len(texts)))
    truth = ["texas", "ohio", "utah"]
    choices = [unique_recall(list(choice), truth) for choice in combinations(texts, n)]
    assert coverage_n(texts, truth, n) == pytest.approx(sum(choices) / len(choices), abs=1e-12)


def test_counts_ignore_case_and_white_space():
    assert duplicate_rate(["New  York", "new york"]) == 0.5
    assert effective_size(["New  York", "new york"]) == 1
    assert effective_size([]) == 0
    assert chao1(["a", "b", "c"]) == 6


# Calibration


def test_a_calibrated_set_has_no_error_and_a_certain_wrong_one_has_all():
    assert expected_calibration_error([0.5] * 4, [1, 0, 1, 0]) == 0
    assert expected_calibration_error([1.0, 1.0], [0, 0]) == brier_score([1.0, 1.0], [0, 0]) == 1
    assert sum(row.count for row in reliability_table([0.0, 0.05, 0.95, 1.0], [0, 0, 1, 1])) == 4
    with pytest.raises(ValueError):
        brier_score([1.2], [1])


# The theory


@pytest.mark.parametrize("alpha", [0.15, 0.6])
def test_a_planted_typicality_bias_is_recovered(alpha):
    rng = random.Random(1)
    pairs = []
    for _ in range(4000):
        d = rng.gauss(0, 3)
        pairs.append((d, 0.0) if rng.random() < 1 / (1 + math.exp(-alpha * d)) else (0.0, d))
    found = typicality_bias(pairs)
    assert abs(found.alpha - alpha) < 3 * found.standard_error
    assert found.p_value < 1e-6
    assert found.gamma(0.5) == 1 + found.alpha / 0.5


def test_no_bias_is_found_where_there_is_none():
    rng = random.Random(2)
    found = typicality_bias([(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(2000)])
    assert found.p_value > 0.01


def test_preferences_that_go_one_way_have_no_finite_alpha():
    with pytest.raises(ValueError, match="one way"):
        typicality_bias([(1.0, 0.0), (2.0, 0.5)])


@given(weights, st.floats(0, 4))
def test_sharpening_keeps_the_order_and_a_sum_of_one(p, gamma):
    sharp = sharpen(p, gamma)
    assert sum(sharp.values()) == pytest.approx(1)
    ranked = sorted(p, key=p.get)
    assert all(sharp[a] <= sharp[b] + 1e-12 for a, b in pairwise(ranked))


# Size


def test_a_thousand_texts_are_no_matter():
    rng = random.Random(1)
    texts = [" ".join(rng.choice(VOCABULARY) for _ in range(20)) for _ in range(1000)]
    assert diversity(texts).n == 1000


VOCABULARY = [f"word{i}" for i in range(500)]
