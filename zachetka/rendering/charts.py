"""Charts drawn on the server as SVG: no script, colours by class, every figure in the table beside it (look.md, «Charts»)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from zachetka.core.russian import grouped

WIDTH: Final = 360
HEIGHT: Final = 190
LEFT: Final = 40
RIGHT: Final = 12
TOP: Final = 16
BOTTOM: Final = 24
"""The drawing and its margins, in units of which a phone gives nearly a pixel each: text stays readable."""
STEPS: Final = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures under one name."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, what it says in words, and its table.

    Attributes:
        name: of the element, unique on the page.
        words: what whoever does not see it is told.
        legend: names of the series, in their order; empty when there is one.
        head, rows: the table with every figure.
    """

    name: str
    title: str
    subtitle: str
    drawing: SafeString
    words: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[str] = field(default=())


def bars(labels: Sequence[str], series: Sequence[Series]) -> SafeString:
    """Draw one or two bars for each label, from zero; the greatest of each series says its figure."""
    top = _ceiling(max((value for one in series for value in one.values), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    wide = min(18.0, step * 0.8 / len(series))
    parts = [_axis(top), _labels(labels, step)]
    for place, one in enumerate(series):
        begin = (step - wide * len(series)) / 2 + place * wide
        parts.append(
            format_html_join(
                "",
                '<rect class="chart-fill-{}" x="{}" y="{}" width="{}" height="{}"/>',
                (
                    (
                        place + 1,
                        _n(LEFT + n * step + begin),
                        _n(_y(value, top)),
                        _n(wide - 1),
                        _n(_y(0, top) - _y(value, top)),
                    )
                    for n, value in enumerate(one.values)
                ),
            )
        )
    for place, one in enumerate(series):
        greatest = max(one.values, default=0)
        if greatest:
            n = list(one.values).index(greatest)
            x = LEFT + n * step + (step - wide * len(series)) / 2 + (place + 0.5) * wide
            parts.append(_figure(x, _y(greatest, top) - 4, greatest, place + 1))
    return _drawn(parts)


def line(labels: Sequence[str], values: Sequence[int]) -> SafeString:
    """Draw one line from zero; its last point says its figure."""
    top = _ceiling(max(values, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    points = [(LEFT + (n + 0.5) * step, _y(value, top)) for n, value in enumerate(values)]
    drawn = format_html('<polyline class="chart-line" points="{}"/>', " ".join(f"{_n(x)},{_n(y)}" for x, y in points))
    dots = format_html_join(
        "", '<circle class="chart-fill-1" cx="{}" cy="{}" r="3"/>', ((_n(x), _n(y)) for x, y in points)
    )
    parts = [_axis(top), _labels(labels, step), drawn, dots]
    if points:
        parts.append(_figure(points[-1][0], points[-1][1] - 8, values[-1], 1))
    return _drawn(parts)


def _drawn(parts: Sequence[SafeString]) -> SafeString:
    whole = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        '<svg class="chart-svg" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>', WIDTH, HEIGHT, whole
    )


def _axis(top: int) -> SafeString:
    marks = sorted({0, top // 2 if top % 2 == 0 else 0, top})
    return format_html_join(
        "",
        '<line class="chart-rule" x1="{}" x2="{}" y1="{}" y2="{}"/><text class="chart-text" x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (LEFT, WIDTH - RIGHT, _n(_y(one, top)), _n(_y(one, top)), LEFT - 6, _n(_y(one, top) + 4), grouped(one))
            for one in marks
        ),
    )


def _labels(labels: Sequence[str], step: float) -> SafeString:
    return format_html_join(
        "",
        '<text class="chart-text" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((_n(LEFT + (n + 0.5) * step), HEIGHT - 8, label) for n, label in enumerate(labels)),
    )


def _figure(x: float, y: float, value: int, place: int) -> SafeString:
    return format_html(
        '<text class="chart-figure chart-ink-{}" x="{}" y="{}" text-anchor="middle">{}</text>',
        place, _n(min(x, WIDTH - RIGHT - 10)), _n(y), grouped(value),
    )  # fmt: skip


def _ceiling(greatest: int) -> int:
    """Return the round figure at or above `greatest` that ends the axis; 1 for nothing."""
    if greatest <= 1:
        return 1
    ten = 10 ** (len(str(greatest)) - 1)
    return int(next(ceil(step * ten) for step in STEPS if step * ten >= greatest))


def _y(value: int, top: int) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
