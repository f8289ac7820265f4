"""How the summary sheet becomes HTML: twenty thousand cells, so they are joined, not rendered one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from zachetka.core.russian import decimal

if TYPE_CHECKING:
    from zachetka.learning.queries.summary import Cell, Line, Summary

_OUT = '<td class="is-none"><abbr title="не изучается по индивидуальному учебному плану">ИУП</abbr></td>'
_EMPTY = '<td class="is-none">—</td>'


def drawn_lines(summary: Summary, *, opens_books: bool) -> SafeString:
    """Return the rows of the table. What repeats — a grade in its look — is escaped and joined once."""
    drawn: dict[tuple[int, int, bool, bool, bool, bool], str] = {}
    rows = []
    for place, line in enumerate(summary.lines, 1):
        rows.append(
            f'<tr{"" if line.counts else " class=is-away"}><td class="num">{place}</td>'
            f'<th scope="row">{_name(line, opens_books=opens_books)}</th>'
        )
        for at, (cell, final) in enumerate(zip(line.cells, line.is_final, strict=True)):
            if cell is None:
                rows.append(_OUT if at in line.out else _EMPTY)
                continue
            mark = cell.mark
            look = (mark.grade_id, mark.attempt, mark.is_corrected, mark.is_settled, mark.is_carried, final)
            if look not in drawn:
                drawn[look] = _drawn(cell, final=final)
            rows.append(drawn[look])
        mean = "—" if line.average is None else decimal(line.average, 2)
        debts = f'<td class="sum t-bad">{line.debts}</td>' if line.debts else '<td class="sum">0</td>'
        rows.append(f'<td class="sum">{mean}</td>{debts}<td class="standing">{escape(line.standing)}</td></tr>\n')
    return mark_safe("".join(rows))  # noqa: S308 — every text in it was escaped above


def _name(line: Line, *, opens_books: bool) -> str:
    name = escape(line.name)
    if not opens_books:
        return name
    return f'<a class="row-name" href="{reverse("learning:record-book", args=[line.enrolment_id])}">{name}</a>'


def _drawn(cell: Cell, *, final: bool) -> str:
    """A cell with its signs: each has a word for whoever does not see it."""
    mark, grade = cell.mark, cell.grade
    classes = " ".join(
        filter(None, ("is-debt" if cell.is_debt and not final else "", "" if mark.is_settled else "is-open"))
    )
    above = ""
    if mark.attempt > 1:
        above += f'<sup><span class="visually-hidden">попытка </span>{mark.attempt}</sup>'
    if mark.is_corrected:
        above += '<sup class="t-warn">и<span class="visually-hidden">справлена</span></sup>'
    if not mark.is_settled:
        above += '<sup><span class="visually-hidden">предварительная</span>*</sup>'
    if mark.is_carried:
        above += '<sup class="t-info">з<span class="visually-hidden">асчитана при переводе</span></sup>'
    opening = f'<td class="{classes}">' if classes else "<td>"
    return f"{opening}{escape(grade.symbol)}{above}</td>"
