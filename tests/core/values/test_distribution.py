"""Laws of distributions."""

from __future__ import annotations

import copy
import dataclasses
import io
import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verbalized_sampling import (
    Candidate,
    Distribution,
    DistributionParser,
    Repair,
    SettingsError,
)
from verbalized_sampling.adapters import text_key

from .made import Joke, distributions, make


@given(distributions(min_size=1))
def test_weights_are_normalised_and_sorted_with_ties_by_index(d):
    assert math.fsum(c.probability for c in d) == pytest.approx(1, abs=1e-9)
    assert all(0 <= c.probability <= 1 for c in d)
    keys = [(-c.probability, c.index) for c in d]
    assert keys == sorted(keys)


REPLY = '{"responses": [{"text": "tea", "probability": 0.1, "why": "warm"}, {"text": "milk", "probability": 0.3}]}'


@pytest.mark.parametrize(
    "use",
    [
        len,
        bool,
        list,
        repr,
        copy.copy,
        copy.deepcopy,
        lambda d: pickle.loads(pickle.dumps(d)),
        lambda d: dataclasses.replace(d),
        lambda d: Distribution.from_json(d.to_json()),
        lambda d: d.candidates,
        lambda d: d.sample(seed=1),
        hash,
    ],
)
def test_candidates_that_were_not_read_yet_are_there_for_whatever_comes_first(use):
    fresh, read = DistributionParser().parse(REPLY), DistributionParser().parse(REPLY)
    assert [c.text for c in read] == ["milk", "tea"]
    assert use(fresh) == use(read)
    assert fresh == read == Distribution(read.candidates, repairs=read.repairs)


def test_threads_that_read_at_once_read_the_same():
    for _ in range(20):
        fresh = DistributionParser().parse(REPLY)
        with ThreadPoolExecutor(8) as pool:
            assert len({tuple(c.text for c in read) for read in pool.map(list, [fresh] * 16)}) == 1


def test_what_else_a_model_wrote_is_kept_and_cannot_be_changed():
    c = Candidate("a", 1, None, None, "a", 0, fields={"why": ["x"]})
    assert c.fields["why"] == ["x"] and dict(c.fields) == {"why": ["x"]} == c.fields and c.count == 1
    with pytest.raises(TypeError):
        c.fields["why"] = "y"
    assert Candidate("a", 1, None, None, "a", 0).fields == {}


def test_what_weighs_nothing_weighs_nothing_at_any_temperature():
    assert [c.probability for c in make(0.5, 0.5, 0.0).reweight(temperature=math.inf)] == [0.5, 0.5, 0.0]


def test_below_tests_what_was_stated_and_drops_what_was_not():
    d = Distribution(
        (
            Candidate("common", 0.6, 0.3, 0.3, "common", 0),
            Candidate("rare", 0.2, 0.05, 0.05, "rare", 1),
            Candidate("silent", 0.2, None, None, "silent", 2),
        )
    )
    assert [(c.text, c.probability) for c in d.below(0.1)] == [("rare", 1.0)]


@given(distributions(min_size=1), st.floats(0.01, 100))
def test_temperature_is_a_power_of_the_weights(d, temperature):
    changed = d.reweight(temperature=temperature)
    raw = {c.index: c.probability ** (1 / temperature) for c in d}
    if math.fsum(raw.values()) > 1e-200:
        for c in changed:
            assert c.probability == pytest.approx(raw[c.index] / math.fsum(raw.values()), abs=1e-9)
    assert sorted(c.index for c in changed) == sorted(c.index for c in d)


@pytest.mark.parametrize("arguments", [{}, {"temperature": 0}, {"temperature": -1}, {"temperature": math.nan}])
def test_a_useless_reweighting_is_an_error(arguments):
    with pytest.raises(ValueError):
        make(1.0).reweight(**arguments)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda d: d.sample(1.5), "n must be a whole number of at least 0, not 1.5"),
        (lambda d: d.sample("2"), "n must be a whole number of at least 0, not '2'"),
        (lambda d: d.sample(True), "n must be a whole number of at least 0, not True"),
        (lambda d: d.sample(2.0, replace=False), "n must be a whole number"),
        (lambda d: d.sample(seed=1.5), "seed must be a whole number or a text, not 1.5"),
        (lambda d: d.select("sample", seed=[1]), "seed must be a whole number or a text"),
        (lambda d: d.top(1.5), "n must be a whole number of at least 1, not 1.5"),
        (lambda d: d.top(None), "n must be a whole number of at least 1, not None"),
        (lambda d: d.below("x"), "tau must be a number, not 'x'"),
        (lambda d: d.below(math.nan), "tau must be a number, not nan"),
        (lambda d: d.reweight(temperature="1"), "temperature must be a number above 0, not '1'; .* argmax"),
        (lambda d: d.reweight(2), "weight must be a function .* temperature="),
        (lambda d: d.reweight(lambda c: None), "a weight must be a number, not None"),
        (lambda d: d.filter(3), "keep must be a function"),
        (lambda d: d.map("upper"), "must be a function that takes a value"),
        (lambda d: d.dedupe("text"), "key must be a function"),
        (lambda d: d.dedupe(similar=0.8), "similar must be a function that takes two texts"),
        (lambda d: d.to_markdown(rows=1.5), "rows must be a whole number"),
        (Distribution.mixture, "mixture.* takes a list of distributions"),
        (lambda _: Distribution.mixture([3]), "mixture.* takes a list of distributions"),
        (lambda _: DistributionParser(k=0), "k must be a whole number of at least 1, not 0"),
        (lambda _: DistributionParser(tau="0.1"), "tau must be a number above 0, not '0.1'"),
        (lambda _: DistributionParser().parse(b"a"), "a reply to be parsed is a str, not bytes"),
    ],
)
def test_what_is_no_number_and_no_function_is_refused_in_our_words(call, said):
    with pytest.raises(SettingsError, match=said):
        call(make(1.0, 1.0))


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    d = make(3.0, 1.0)
    assert d.sample(numpy.int64(2), seed=numpy.int64(7)) == d.sample(2, seed=7)
    assert len(d.top(numpy.int32(1))) == 1 and len(d.reweight(temperature=numpy.float32(2))) == 2


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_unusable_weights_are_refused_wherever_they_come_from(weight):
    with pytest.raises(ValueError, match="finite"):
        make(0.5, 0.5).reweight(lambda c: weight)
    with pytest.raises(ValueError, match="finite"):
        make(2.0, weight)


def test_duplicates_merge_their_weights():
    d = Distribution(
        tuple(
            Candidate(text, p, p, p, text, i)
            for i, (text, p) in enumerate([("Yes", 0.4), ("No", 0.35), ("yes ", 0.25)])
        )
    )
    merged = d.dedupe()
    assert [(c.text, round(c.probability, 9), c.repairs) for c in merged] == [
        ("Yes", 0.65, (Repair.MERGED,)),
        ("No", 0.35, ()),
    ]
    assert len(d.dedupe(key=lambda c: 0)) == 1


@given(st.lists(distributions(), max_size=4))
def test_a_mixture_gives_each_distribution_the_same_say(parts):
    mixed = Distribution.mixture(parts)
    keys = [text_key(c.text) for part in parts for c in part]
    assert sorted(c.index for c in mixed) == list(range(len(set(keys))))
    assert {text_key(c.text) for c in mixed} == set(keys)
    speaking = [part for part in parts if part]
    for c in mixed:
        share = math.fsum(x.probability for part in parts for x in part if text_key(x.text) == text_key(c.text))
        assert c.probability == pytest.approx(share / len(speaking))
    assert sum(c.count for c in mixed) == sum(c.count for part in parts for c in part)


def test_what_several_calls_gave_stands_once_and_says_how_often_it_came():
    tea = Distribution((Candidate("Tea", 1, 0.9, 0.9, "Tea", 0),))
    assert [(c.text, c.probability, c.count, c.repairs) for c in Distribution.mixture([tea] * 5)] == [
        ("Tea", 1.0, 5, ())
    ]
    assert [c.count for c in Distribution.mixture([Distribution.mixture([tea] * 2), tea])] == [3]


def test_typed_answers_are_the_same_if_their_values_are_equal():
    first = make(0.7, 0.3).map(lambda text: Joke(setup=text, punchline="!"))
    second = make(0.7, 0.3).map(lambda text: Joke(setup=text, punchline="?"))
    assert len(Distribution.mixture([first, second])) == 4
    mixed = Distribution.mixture([first, second, first])
    assert {(c.text, c.value.punchline, c.count) for c in mixed} == {
        ("t0", "!", 2), ("t1", "!", 2), ("t0", "?", 1), ("t1", "?", 1),
    }  # fmt: skip
    assert len(make(0.5, 0.5).map(lambda text: Joke(setup="s", punchline="p")).dedupe()) == 1


@given(distributions(min_size=1))
def test_effective_size_lies_between_one_and_the_number_of_candidates(d):
    assert 1 - 1e-9 <= d.effective_size() <= len(d) * (1 + 1e-9)
    assert make(*[1.0] * 8).effective_size() == pytest.approx(8)


def test_map_keeps_weights_and_lets_text_follow_a_str():
    d = make(0.7, 0.3)
    assert [(c.text, c.value) for c in d.map(str.upper)] == [("T0", "T0"), ("T1", "T1")]
    assert [(c.text, c.value) for c in d.map(len)] == [("t0", 2), ("t1", 2)]


def test_it_is_an_immutable_sequence():
    d = make(0.7, 0.3)
    assert d[0] in d and d[-1].text == "t1" and d[:1] == (d[0],) and list(reversed(d))[0] == d[1]
    with pytest.raises(AttributeError):
        d.truncated = True
    with pytest.raises(TypeError):
        d + d


def test_markup_in_a_text_is_text_in_every_view():
    nasty = "<script>alert(1)</script> | [red]x[/red] **b** `c`\nnext\x1b[31m line"
    d = Distribution((Candidate(nasty, 1, None, None, nasty, 0),))
    html, markdown = d._repr_html_(), d.to_markdown()
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert "<script>" not in markdown and "\\|" in markdown and "\\*\\*b" in markdown
    assert len(markdown.splitlines()) == 3
    from rich.console import Console

    console = Console(width=100, record=True, file=io.StringIO())
    console.print(d)
    shown = console.export_text()
    assert "[red]x[/red]" in shown and "\x1b" not in shown


def test_the_repr_is_one_short_line():
    d = make(*[1.0] * 50)
    assert repr(d).startswith("<Distribution of 50: 0.020 't0'") and repr(d).endswith("and 45 more>")


def test_any_similarity_can_say_what_is_the_same():
    d = Distribution(
        tuple(
            Candidate(text, p, p, p, text, i)
            for i, (text, p) in enumerate([("tea", 0.4), ("coffee", 0.3), ("teas", 0.2), ("COFFEE", 0.1)])
        )
    )
    merged = d.dedupe(similar=lambda a, b: a[:3] == b[:3])
    assert [(c.text, round(c.probability, 9)) for c in merged] == [("tea", 0.6), ("coffee", 0.4)]


def test_generic_values_can_be_made_by_their_alias():
    from verbalized_sampling import Elicitation

    d = Distribution[str]((Candidate[str]("a", 1.0, None, None, "a", 0),))
    assert d == Distribution(d.candidates)
    assert Elicitation[str](k=3) == Elicitation(k=3)
    for value in (d, d[0], Elicitation[str]()):
        with pytest.raises(AttributeError, match="cannot assign"):
            value.index = 1
