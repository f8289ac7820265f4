"""How the grid becomes HTML: two thousand cells, so they are joined, not rendered one by one."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from zachetka.core.russian import date_words

if TYPE_CHECKING:
    from zachetka.learning.queries.sheet import Column, Grid


_OUT = '<td class="is-out"></td>'
"""A cell of somebody whom the resit does not name."""
_NOT_ADMITTED = '<td class="is-out" title="нет допуска к итоговой аттестации"></td>'


def drawn_rows(grid: Grid) -> SafeString:
    """Return the rows of the table; the script derives everything else from the place of a cell.

    What repeats — the sign of a grade, the classes of a cell — is escaped and joined once.
    """
    bases = [_empty_classes(column) for column in grid.columns]
    empty = [f'<td class="{base}"></td>' if base else "<td></td>" for base in bases]
    opened: dict[tuple[str, bool, bool, bool], str] = {}
    escaped: dict[str, str] = {}
    rows = []
    for line in grid.lines:
        kind = "is-away is-done" if line.has_finished else "is-away"
        away = "" if line.learns else f' class="{kind}" title="{escape(line.state)}"'
        cells = [f'<tr data-e={line.enrolment_id}{away}><th scope="row">{escape(line.name)}</th>']
        for place, slot in enumerate(line.slots):
            if slot is None:
                if place in line.carried:
                    cells.append(_carried(line.carried[place]))
                    continue
                column = grid.columns[place]
                is_in = column.named is None or line.enrolment_id in column.named
                out = _NOT_ADMITTED if line.enrolment_id in column.not_admitted else _OUT
                cells.append(empty[place] if is_in else out)
                continue
            mark_id, text, debt, corrected, waiting = slot
            look = (bases[place], debt, corrected, waiting)
            if look not in opened:
                opened[look] = _opening(*look)
            if text not in escaped:
                escaped[text] = escape(text)
            cells.append(f"{opened[look]} data-m={mark_id}>{escaped[text]}</td>")
        cells.append(f'<td class="sum">{line.average or "—"}</td>')
        cells.append(f'<td class="sum{" t-bad" if line.debts else ""}">{line.debts or "—"}</td></tr>\n')
        rows.append("".join(cells))
    return mark_safe("".join(rows))  # noqa: S308 — every text in it was escaped above


def _carried(text: str) -> str:
    """A cell with what a transfer carried from an earlier book: read, and typed nowhere (273-ФЗ ст. 57)."""
    return f'<td class="is-out" title="перенесено при переводе"><span class="muted">{escape(text)}</span></td>'


def columns_told(grid: Grid, today: date) -> list[dict[str, Any]]:
    """Return what the script needs of each column."""
    return [
        {
            "sheet": column.sheet.pk,
            "title": column.sheet.module.title,
            "short": column.sheet.module.short_title,
            "about": f"{column.sheet.occasion or '1-я попытка'}, {date_words(column.sheet.held_on, today)}",
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


def _opening(base: str, debt: bool, corrected: bool, waiting: bool) -> str:  # noqa: FBT001 — the parts of a look
    """Return the tag of a cell up to its number."""
    words = (base, "is-debt" if debt else "", "is-corrected" if corrected else "", "is-waiting" if waiting else "")
    classes = " ".join(filter(None, words))
    return f'<td class="{classes}"' if classes else "<td"
