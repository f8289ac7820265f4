"""The summary sheet as the printed form and the workbook ask for it: facts in, facts out (п. 2.2, 2.5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from zachetka.core.academy import academy_on
from zachetka.core.canonical import Plain, plain
from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.russian import date_digits, moment_digits
from zachetka.learning.models import Enrolment
from zachetka.learning.paper import DISTANCE
from zachetka.learning.queries.record_lines import SHORT_CONTROL
from zachetka.learning.queries.summary import Cell, Line, Summary, Total
from zachetka.rendering import xlsx
from zachetka.rendering.forms import summary_sheet as form
from zachetka.rendering.forms.mentions import Signer

if TYPE_CHECKING:
    from datetime import datetime

    from zachetka.programs.models import Module


def content_of(summary: Summary) -> dict[str, Plain]:
    """Return what the statement of the sheet commits to: whose it is, of which moment, every mark by its key."""
    document = {
        "kind": "summary_sheet",
        "cohort": summary.cohort.pk,
        "code": summary.cohort.code,
        "as_of": summary.seen_at,
        "modules": [[module.pk, module.title] for module in summary.modules],
        "lines": [
            [
                line.enrolment_id,
                line.number,
                line.name,
                line.state,
                [_committed(cell) or line.out.get(place) for place, cell in enumerate(line.cells)],
            ]
            for line in summary.lines
        ],
    }
    return plain(document)  # type: ignore[return-value]


def _committed(cell: Cell | None) -> list[object] | None:
    return [cell.mark.mark_id, cell.grade.label, cell.mark.attempt] if cell else None


def paper_of(summary: Summary, proof: form.Proof, signers: Sequence[Signer]) -> form.SummarySheet:
    """Return everything the paper prints about `summary`."""
    cohort, version, rates = summary.cohort, summary.cohort.program_version, summary.rates
    return form.SummarySheet(
        organization=academy_on(summary.day).lines,
        organization_short=academy_on(summary.day).short,
        city=academy_on(summary.day).city,
        cohort=cohort.code,
        programme=version.title,
        programme_kind=version.program.get_kind_display(),
        hours=version.hours,
        form_of_study=version.get_study_form_display() + (DISTANCE if version.distance else ""),
        first_day=cohort.starts_on,
        last_day=cohort.ends_on,
        as_of=summary.day,
        grades=tuple((grade.symbol, grade.label) for grade in summary.grades),
        columns=tuple(_column(summary, total) for total in summary.totals),
        people=tuple(_person(line) for line in summary.lines),
        counted=len(summary.counted),
        marked=rates.whole,
        admitted=summary.admitted,
        debts=summary.debts,
        debtors=summary.debtors,
        preliminary=summary.preliminary,
        average=summary.average,
        success=rates.success,
        quality=rates.quality,
        proof=proof,
        signers=tuple(signers),
    )


def control_of(module: Module) -> str:
    """Return the form of control, short enough for a column."""
    return SHORT_CONTROL.get(module.control) or module.get_control_display()


def _column(summary: Summary, total: Total) -> form.Column:
    return form.Column(
        title=total.module.title,
        short=total.module.short_title,
        control=control_of(total.module),
        marked=total.rates.whole,
        counts=tuple(total.by_grade.get(grade.label, 0) for grade in summary.grades),
        average=total.average,
        success=total.rates.success,
        quality=total.rates.quality,
    )


def _person(line: Line) -> form.Person:
    return form.Person(
        name=line.name,
        marks=tuple(
            form.BY_PLAN if cell is None and place in line.out else _mark(cell, final=final)
            for place, (cell, final) in enumerate(zip(line.cells, line.is_final, strict=True))
        ),
        average=line.average,
        debts=line.debts,
        standing=line.standing,
        is_left=not line.counts,
        is_moved=line.state == Enrolment.State.MOVED,
    )


def _mark(cell: Cell | None, *, final: bool) -> form.Mark | None:
    if cell is None:
        return None
    is_debt = cell.is_debt and not final
    return form.Mark(
        cell.grade.symbol,
        cell.mark.attempt,
        cell.mark.is_corrected,
        is_debt,
        is_preliminary=not cell.mark.is_settled,
        is_carried=cell.mark.is_carried,
    )


# --- The workbook -----------------------------------------------------------------------------------------------------


def workbook_of(summary: Summary, at: datetime) -> bytes:
    """Return the sheet as XLSX: marks as numbers where they are numbers, totals, attempts and corrections, particulars.

    Raises:
        RuleViolation: as `xlsx.xlsx`.
    """
    return xlsx.xlsx_book(
        [
            xlsx.Sheet("Сводная ведомость", _heads(summary), _rows(summary)),
            xlsx.Sheet("Итоги по дисциплинам", _total_heads(summary), _total_rows(summary)),
            xlsx.Sheet("Попытки и исправления", _SPECIAL, _special_rows(summary)),
            xlsx.Sheet("О ведомости", _ABOUT, _about(summary, at)),
        ]
    )


def _heads(summary: Summary) -> list[xlsx.Head]:
    modules = [xlsx.Head(module.short_title, 9) for module in summary.modules]
    sums = [xlsx.Head("Средний балл", 10), xlsx.Head("Долгов", 9), xlsx.Head("Допуск к ИА", 20)]
    return [xlsx.Head("№", 6), xlsx.Head("Слушатель", 36), xlsx.Head("Зачётная книжка", 14), *modules, *sums]


def _rows(summary: Summary) -> Iterator[list[xlsx.Value]]:
    for place, line in enumerate(summary.lines, 1):
        marks = [_BY_PLAN if cell is None and at in line.out else _value(cell) for at, cell in enumerate(line.cells)]
        yield [place, line.name, line.number, *marks, line.average, line.debts, line.standing]


_BY_PLAN: Final = "по ИУП"


def _value(cell: Cell | None) -> xlsx.Value:
    if cell is None:
        return None
    return int(cell.grade.symbol) if cell.grade.symbol.isdecimal() else cell.grade.symbol


def _total_heads(summary: Summary) -> list[xlsx.Head]:
    grades = [xlsx.Head(grade.label, 12) for grade in summary.grades]
    rates = [xlsx.Head("Средний балл", 10), xlsx.Head("Успеваемость, %", 14), xlsx.Head("Качество, %", 12)]
    return [
        xlsx.Head("Дисциплина, модуль, практика", 48),
        xlsx.Head("Контроль", 16),
        xlsx.Head("Оценок", 9),
        *grades,
        *rates,
    ]


def _total_rows(summary: Summary) -> Iterator[list[xlsx.Value]]:
    for total in summary.totals:
        counts = [total.by_grade.get(grade.label, 0) for grade in summary.grades]
        rates = [total.average, total.rates.success, total.rates.quality]
        yield [total.module.title, control_of(total.module), total.rates.whole, *counts, *rates]


_SPECIAL = [
    xlsx.Head("Слушатель", 36), xlsx.Head("Зачётная книжка", 14), xlsx.Head("Дисциплина, модуль, практика", 48),
    xlsx.Head("Оценка", 20), xlsx.Head("Попытка", 9), xlsx.Head("Исправлена", 11), xlsx.Head("Ведомость закрыта", 17),
    xlsx.Head("Засчитана при переводе", 22),
]  # fmt: skip


def _special_rows(summary: Summary) -> Iterator[list[xlsx.Value]]:
    for line in summary.lines:
        for module, cell in zip(summary.modules, line.cells, strict=True):
            if cell and (
                cell.mark.attempt > 1 or cell.mark.is_corrected or not cell.mark.is_settled or cell.mark.is_carried
            ):
                mark = cell.mark
                yield [
                    line.name, line.number, module.title, cell.grade.label, mark.attempt, mark.is_corrected, mark.is_settled,
                    mark.is_carried,
                ]  # fmt: skip


_ABOUT = [xlsx.Head("Что", 32), xlsx.Head("Значение", 60)]


def _about(summary: Summary, at: datetime) -> Iterator[list[xlsx.Value]]:
    version, rates = summary.cohort.program_version, summary.rates
    yield ["Группа", summary.cohort.code]
    yield ["Программа", f"«{version.title}», редакция {version.number}"]
    yield ["На дату", date_digits(summary.day)]
    yield ["Сформирована", f"{moment_digits(at.astimezone(LEGAL_ZONE))} МСК"]
    yield ["Слушателей", len(summary.lines)]
    yield ["Учтены в итогах", len(summary.counted)]
    yield ["Средний балл группы", summary.average]
    yield ["Успеваемость, %", rates.success]
    yield ["Качество, %", rates.quality]
    yield ["Слушателей с оценками, из них доли", rates.whole]
    yield ["Долгов", summary.debts]
    yield ["Слушателей с долгом", summary.debtors]
    yield ["Предварительных оценок", summary.preliminary]
