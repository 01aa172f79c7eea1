"""How a distribution looks: bounded, honest about what was mended, and deaf to what its texts would do."""

from __future__ import annotations

import io
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from verbalized_sampling import Candidate, Distribution, DistributionParser, Dropped, Repair
from verbalized_sampling.values.looks.printable import UNSEEN, printable
from verbalized_sampling.values.source import Source

MANY = Distribution(tuple(Candidate(f"text {i}", 1.0, None, None, f"text {i}", i) for i in range(100_000)))
MENDED = DistributionParser().parse(
    '[{"text": "a", "probability": "5%"}, {"text": "", "probability": "1%"}, {"text": "b"'
)


def one(text):
    return Distribution((Candidate(text, 1.0, None, None, text, 0),))


def in_terminal(what, width=80, encoding="utf-8"):
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    Console(file=file, width=width, force_terminal=False).print(what)
    file.flush()
    return file.buffer.getvalue().decode(encoding)


VIEWS = {
    "terminal": in_terminal,
    "html": Distribution._repr_html_,
    "markdown": Distribution.to_markdown,
    "repr": repr,
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_a_view_shows_fifty_and_says_how_many_more_there_are(view):
    shown = view(MANY)
    assert len(shown) < 30_000 and "text 4" in shown and "text 50" not in shown
    assert "and 99950 more" in shown.lower() or "and 99995 more" in shown


def test_markdown_can_hold_them_all():
    assert MANY.top(60).to_markdown(rows=None).count("| text ") == 61


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_a_view_says_what_was_mended_dropped_and_cut(view):
    shown = view(MENDED).lower()
    assert MENDED.truncated and MENDED.dropped
    for said in ("percent", "dropped: ", "a reply broke off"):
        assert said in shown
    assert "dropped" not in view(one("x")).lower()


def test_a_notebook_says_where_it_comes_from():
    source = Source(model="m<b>", query="why\u202e?" + "x" * 1000, k=5, tau=0.1)
    shown = Distribution(MENDED.candidates, source=source)._repr_html_()
    assert "model m&lt;b&gt;, query why\\u202e?" in shown and "x" * 300 not in shown


def test_how_often_an_answer_came_is_shown_where_it_came_more_than_once():
    twice = Distribution((Candidate("Tea", 1.0, None, None, "Tea", 0, count=3),))
    assert "count" in in_terminal(twice) and " 3 " in in_terminal(twice)
    assert "count" not in in_terminal(one("Tea"))


def test_a_candidate_has_a_view_of_its_own():
    shown = in_terminal(Candidate("[b]Tea\x1b", 0.25, 0.1, 0.1, "x", 0, (Repair.PERCENT,), count=2))
    assert shown.splitlines() == ["[b]Tea\\x1b", "probability 0.250, verbalized 0.1, count 2, percent"]


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii"])
def test_the_table_fits_its_terminal(width, encoding):
    shown = in_terminal(one("A joke about coffee, “hot” and 🐱 " * 3), width, encoding)
    assert all(len(line) <= width for line in shown.splitlines())


class _Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.texts = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.texts.append(data)


@given(st.text(min_size=1))
def test_no_text_is_markup_in_any_view(text):
    d = one(text + "<script>[bold]")
    cells = _Cells()
    cells.feed(d._repr_html_())
    assert cells.tags <= {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "div"}
    assert printable(d[0].text, keep_joiners=True) in "".join(cells.texts)
    assert not UNSEEN.search(in_terminal(d)) and "<script>" not in d.to_markdown()
    assert len(d.to_markdown().splitlines()) == 3


@given(st.text())
def test_what_is_printable_stays_and_the_rest_becomes_visible(text):
    shown = printable(text)
    assert not UNSEEN.search(shown)
    if not UNSEEN.search(text):
        assert shown == text


def test_joiners_stay_in_words_where_a_medium_lays_out_scripts():
    assert printable("می\u200cخواهم", keep_joiners=True) == "می\u200cخواهم"
    assert printable("می\u200cخواهم") == "میخواهم"
    assert printable("pass\u200cword", keep_joiners=True) == "pass\\u200cword"
    assert printable("a\u200d", keep_joiners=True) == "a\\u200d"


def test_dropped_pieces_are_counted_by_their_reason():
    d = Distribution(one("a").candidates, dropped=(Dropped("a", 0, Repair.DUPLICATE),) * 2)
    assert "dropped: 2 duplicate" in in_terminal(d)
