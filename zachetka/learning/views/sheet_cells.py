"""How the grid becomes HTML: two thousand cells, so they are joined, not rendered one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from zachetka.core.russian import date_words

if TYPE_CHECKING:
    from zachetka.learning.queries.sheet import Column, Grid, Line, Slot


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line ready for the page."""

    line: Line
    cells: SafeString


def drawn_lines(grid: Grid) -> list[Drawn]:
    """Return the lines with their cells as HTML; the script derives everything else from the place of a cell."""
    marks = [_empty_classes(column) for column in grid.columns]
    return [
        Drawn(
            line,
            mark_safe("".join(_cell(slot, mark) for slot, mark in zip(line.slots, marks, strict=True))),  # noqa: S308 — escaped below
        )
        for line in grid.lines
    ]


def columns_told(grid: Grid, today: date) -> list[dict[str, Any]]:
    """Return what the script needs of each column."""
    return [
        {
            "sheet": column.sheet.pk,
            "title": column.sheet.module.title,
            "short": column.sheet.module.short_title,
            "about": f"{column.sheet.attempt}-я попытка, {date_words(column.sheet.held_on, today)}",
            "state": "closed" if column.is_closed else "ahead" if column.is_ahead else "open",
            "fill": column.is_open_to_me,
            "close": column.may_close and not column.is_closed,
            "propose": column.may_propose and column.is_closed,
            "keys": [] if column.is_scored else [[grade.symbol, grade.label] for grade in column.grades],
            "marks_url": reverse("learning:sheet-marks", args=[column.sheet.pk]),
            "close_url": reverse("learning:sheet-close", args=[column.sheet.pk]),
        }
        for column in grid.columns
    ]


def _empty_classes(column: Column) -> str:
    if column.is_closed:
        return "is-closed"
    return "is-ahead" if column.is_ahead else ""


def _cell(slot: Slot | None, base: str) -> str:
    if slot is None:
        return f'<td class="{base}"></td>' if base else "<td></td>"
    classes = " ".join(
        word
        for word, holds in (
            (base, base),
            ("is-debt", slot.is_debt),
            ("is-corrected", slot.is_corrected),
            ("is-waiting", slot.is_waiting),
        )
        if holds
    )
    shown = conditional_escape(slot.text)
    return (
        f'<td class="{classes}" data-m={slot.mark_id}>{shown}</td>'
        if classes
        else f"<td data-m={slot.mark_id}>{shown}</td>"
    )
