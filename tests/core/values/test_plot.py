"""``Distribution.plot()``: a bar chart of untrusted texts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from verbalized_sampling import Candidate, Distribution

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402 - after the choice of what draws


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def of(*texts, count=1):
    return Distribution(
        tuple(Candidate(t, 1 / (i + 1), None, None, t, i, (), count=count) for i, t in enumerate(texts))
    )


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_the_most_probable_stands_at_the_top_with_its_weight():
    ax = of("Tea", "Milk").plot()
    assert labels(ax) == ["Tea", "Milk"] and ax.yaxis_inverted()
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([2 / 3, 1 / 3])
    assert [text.get_text() for text in ax.texts] == ["0.667", "0.333"]


def test_it_is_drawn_on_axes_that_are_given():
    _, (left, right) = plt.subplots(1, 2)
    assert of("Tea").plot(ax=right) is right
    assert not left.patches and len(right.patches) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("from $5 to $\\frac{1}{0}$ and $x_", "from $5 to $\\frac{1}{0}$ and $x_"),
        ("two\nlines", "two lines"),
        ("\x1b[31mred \u202eevil", "\\x1b[31mred \\u202eevil"),
        ("x" * 500, "x" * 59 + "…"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_a_hostile_text_is_shown_and_does_nothing(text, shown):
    ax = of(text).plot()
    ax.figure.canvas.draw()
    assert labels(ax) == [shown]
    assert not any(label.get_parse_math() for label in ax.get_yticklabels())


def test_at_most_fifty_bars_are_drawn_and_the_rest_is_counted():
    ax = of(*map(str, range(1000)), count=3).plot()
    assert len(ax.patches) == 50 and "and 950 more" in ax.get_xlabel()
    assert "× 3" in ax.texts[0].get_text()


def test_an_empty_distribution_is_an_empty_chart():
    ax = Distribution().plot()
    ax.figure.canvas.draw()
    assert not ax.patches


def test_without_matplotlib_one_line_says_what_to_install():
    script = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from verbalized_sampling import Distribution, SettingsError\n"
        "try: Distribution().plot()\n"
        "except SettingsError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == 'plot() needs matplotlib: pip install "verbalized-sampling-core[plot]"\n', done.stderr
