"""The pictures of a comparison, as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

from ...errors import SettingsError
from ..estimate import Estimate
from ..findings import Findings
from ..measures import Measure
from .rendering import render

__all__ = ["PALETTE", "chart", "colour", "panel"]

BASELINE = "#8d93a1"
PALETTE = ("#4c6ef5", "#e8590c", "#0ca678", "#ae3ec9", "#f59f00", "#1098ad", "#d6336c")
_WIDTH, _ROW, _LABEL = 340, 42, 16  # of a panel, in px


def chart(comparison: Findings, kind: str) -> str:
    """One of the pictures, complete by itself.

    Raises:
        SettingsError: There is no such kind, or nothing to draw it of.
    """
    if kind == "bars":
        panels = [(m, panel(comparison, m), _height(comparison, m)) for m in comparison.measures()]
        if not panels:
            raise SettingsError("there are no estimates to draw")
        return render("bars.svg.jinja", panels=panels, width=_WIDTH, columns=min(3, len(panels)))
    if kind == "tradeoff":
        if (svg := tradeoff(comparison)) is None:
            raise SettingsError("a trade-off takes diversity of two methods or more, and quality, precision or tokens")
        return svg
    if kind == "reliability":
        if (svg := reliability(comparison)) is None:
            raise SettingsError("reliability takes references, and a method that states probabilities")
        return svg
    raise SettingsError(f"a plot is bars, tradeoff or reliability, not {kind!r}")


def colour(comparison: Findings, label: str) -> str:
    """The colour of a method, the same in every picture; baselines are grey."""
    others = [name for name in comparison.labels if comparison.baseline[name] != name]
    return PALETTE[others.index(label) % len(PALETTE)] if label in others else BASELINE


def panel(comparison: Findings, measure: Measure) -> Markup:
    """One metric: a bar for each method, with its interval."""
    rows = _rows(comparison, measure)
    start = measure.bounds[0] if math.isfinite(measure.bounds[0]) else 0.0
    end = max([start + 1e-9, *(max(e.value, e.high or e.value) for _, e in rows)])
    end = min(measure.bounds[1], end + 0.06 * (end - start))  # room for the end of the longest interval
    scale = (_WIDTH - 8) / (end - start)

    def x(value: float) -> float:
        return round(4 + (min(max(value, start), end) - start) * scale, 2)

    bars = [
        {
            "label": label, "estimate": e, "colour": colour(comparison, label), "y": i * _ROW, "x": x(e.value),
            "low": None if e.low is None else x(e.low), "high": None if e.high is None else x(e.high),
        }
        for i, (label, e) in enumerate(rows)
    ]  # fmt: skip
    return Markup(  # noqa: S704 - made by a template that escapes
        render("panel.svg.jinja", measure=measure, bars=bars, width=_WIDTH, height=_height(comparison, measure))
    )


def _rows(comparison: Findings, measure: Measure) -> list[tuple[str, Estimate]]:
    found = ((label, comparison.metrics.get(label, {}).get(measure.name)) for label in comparison.labels)
    return [(label, estimate) for label, estimate in found if estimate is not None]


def _height(comparison: Findings, measure: Measure) -> int:
    return _ROW * len(_rows(comparison, measure)) + 4


def tradeoff(comparison: Findings) -> Markup | None:
    """Diversity against quality (or what stands for it), a point a method; a sweep of tau is a curve."""
    down = next((name for name in ("quality", "precision", "tokens") if _has(comparison, name)), None)
    points = [
        (label, found["diversity"], found[down])
        for label in comparison.labels
        if down and {"diversity", down} <= (found := comparison.metrics.get(label, {})).keys()
    ]
    if down is None or len(points) < 2:
        return None
    measure = next(m for m in comparison.measures() if m.name == down)
    x, x_ticks = _axis([v for _, e, _ in points for v in _ends(e)], 56, 544)
    y, y_ticks = _axis([v for _, _, e in points for v in _ends(e)], 300, 20)
    dots = [
        {
            "label": label, "colour": colour(comparison, label), "x": x(a.value), "y": y(b.value),
            "low_x": x(_ends(a)[0]), "high_x": x(_ends(a)[1]), "low_y": y(_ends(b)[0]), "high_y": y(_ends(b)[1]),
        }
        for label, a, b in points
    ]  # fmt: skip
    curves = list(_curves(comparison, {dot["label"]: dot for dot in dots}))
    return Markup(  # noqa: S704 - made by a template that escapes
        render("tradeoff.svg.jinja", dots=dots, curves=curves, x_ticks=x_ticks, y_ticks=y_ticks, measure=measure)
    )


def _curves(comparison: Findings, dots: dict[str, dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The points of one method on one model, in order of tau, where there are several."""
    columns: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for (method, model, tau), label in comparison.label_of.items():
        if label in dots:
            columns.setdefault((method, model), []).append((1.0 if tau is None else tau, label))
    for members in columns.values():
        if len(members) > 1:
            ordered = [dots[label] for _, label in sorted(members, reverse=True)]
            yield {"points": " ".join(f"{d['x']},{d['y']}" for d in ordered), "colour": ordered[0]["colour"]}


def reliability(comparison: Findings) -> Markup | None:
    """Stated probability against the reference's, a line a method; the diagonal is calibrated."""
    if not comparison.reliability:
        return None
    x, ticks = _axis([0.0, 1.0], 56, 344, pad=0.0)
    y, _ = _axis([0.0, 1.0], 300, 12, pad=0.0)
    series = [
        {
            "label": label, "colour": colour(comparison, label),
            "dots": [
                {"x": x(b.stated), "y": y(b.observed), "r": round(3 + 2 * math.log10(b.count), 1), "bin": b}
                for b in bins
            ],
        }
        for label, bins in comparison.reliability.items()
    ]  # fmt: skip
    y_ticks = [(value, y(value)) for value, _ in ticks]
    return Markup(  # noqa: S704 - made by a template that escapes
        render("reliability.svg.jinja", series=series, x_ticks=ticks, y_ticks=y_ticks)
    )


def _has(comparison: Findings, name: str) -> bool:
    return sum(name in found for found in comparison.metrics.values()) >= 2


def _ends(estimate: Estimate) -> tuple[float, float]:
    return (
        estimate.value if estimate.low is None else estimate.low,
        estimate.value if estimate.high is None else estimate.high,
    )


def _axis(
    values: Sequence[float], start: float, end: float, *, pad: float = 0.06
) -> tuple[Any, list[tuple[float, float]]]:
    """A linear scale from values to px, and its ticks at round numbers."""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or 1.0
    low, high = low - pad * span, high + pad * span
    raw = (high - low) / 4
    step = min((m * 10 ** math.floor(math.log10(raw)) for m in (1, 2, 2.5, 5, 10)), key=lambda s: abs(s - raw))

    def place(value: float) -> float:
        return round(start + (value - low) / (high - low) * (end - start), 2)

    first = math.ceil(low / step - 1e-9)
    ticks = [i * step for i in range(first, math.floor(high / step + 1e-9) + 1)]
    return place, [(tick, place(tick)) for tick in ticks]
