"""The summary sheet of a cohort on paper: what the caller fills in, and the words it becomes (п. 2.2, 2.5).

As in `record_book`: `SummarySheet` holds facts, `printed` turns them into the strings that the template lays out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zachetka.core import russian
from zachetka.core.clock import legal_date
from zachetka.core.russian import Gender, Noun
from zachetka.rendering import qr
from zachetka.rendering.forms import FORMS
from zachetka.rendering.forms.mentions import ABSENT, Signer, in_quotes, moment

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from zachetka.rendering.forms import Form

FORM: Final[Form] = FORMS["summary_sheet"]
ACROSS: Final = 20
"""Modules in one table of a landscape A4; more of them go on in a second table below."""
LEARNER: Final = Noun("слушатель", "слушателя", "слушателей", Gender.MASCULINE)
ORDINALS: Final = {2: "вторая", 3: "третья"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in a cell: the sign of the grade, the attempt, and what is to be known of it.

    `is_preliminary`: its sheet is still open, so the mark may be typed anew. `is_carried`: a transfer took it along.
    """

    sign: str
    attempt: int = 1
    is_corrected: bool = False
    is_debt: bool = False
    is_preliminary: bool = False
    is_carried: bool = False


BY_PLAN: Final = Mark("ИУП")
"""What stands in the cell of a module that an individual plan leaves out."""


@dataclass(frozen=True, slots=True)
class Person:
    """A row. `standing` stands under «Допуск»: «есть», «долг»."""

    name: str
    marks: tuple[Mark | None, ...]
    average: Decimal | None
    debts: int
    standing: str
    is_left: bool = False
    is_moved: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A module with what its column comes to; percents have one place.

    Attributes:
        counts: how many have each of the sheet's `grades`, in their order.
    """

    title: str
    short: str
    control: str
    marked: int
    counts: tuple[int, ...]
    average: Decimal | None
    success: Decimal | None
    quality: Decimal | None


@dataclass(frozen=True, slots=True)
class Proof:
    """How a stranger checks the sheet.

    Attributes:
        address: of the public check, opaque (in the QR code).
        number: the event of the ledger that states this sheet: the number of the paper.
        commitment: what that event commits to: the whole content, salted; 64 hexadecimal digits.
        compared: records that were compared with the ledger before printing.
        unsealed: marks among them that are not under a signature yet.
        tree_size, root: the signed state of the tree that they were checked against.
        checked_at: when.
    """

    address: str
    number: int
    commitment: str
    compared: int
    unsealed: int
    tree_size: int
    root: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class SummarySheet:
    """Everything the sheet prints.

    Attributes:
        grades: (sign, word) of each grade of the programme's scales, the best first.
        counted: learners whom the figures are of, without those withdrawn before the end.
        marked: of them, with a mark at all; the base of «успеваемость» and «качество».
        admitted: to final attestation, those who came through it too.
        debts, debtors: how many debts, of how many learners.
        preliminary: marks in sheets that are still open.
        signers: who signs with a pen, in order.
    """

    organization: tuple[str, ...]
    organization_short: str
    city: str
    cohort: str
    programme: str
    programme_kind: str
    hours: int
    form_of_study: str
    first_day: date
    last_day: date
    as_of: date
    grades: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    people: tuple[Person, ...]
    counted: int
    marked: int
    admitted: int
    debts: int
    debtors: int
    preliminary: int
    average: Decimal | None
    success: Decimal | None
    quality: Decimal | None
    proof: Proof
    signers: tuple[Signer, ...] = ()


def printed(sheet: SummarySheet, at: datetime) -> dict[str, Any]:
    """Return the words of the sheet formed at the moment `at`, ready for `Press.render`.

    Raises:
        ValueError: the public address cannot be put in a QR code.
    """
    spans = [(first, first + ACROSS) for first in range(0, len(sheet.columns), ACROSS)]
    return {
        "organization": list(sheet.organization),
        "organization_short": sheet.organization_short,
        "city": f"г. {sheet.city}",
        "day": f"«{sheet.as_of.day:02}» {russian.MONTHS[sheet.as_of.month - 1]} {sheet.as_of.year} г.",
        "as_of": russian.date_digits(sheet.as_of),
        "is_past": sheet.as_of != legal_date(at),
        "number": russian.grouped(sheet.proof.number),
        "cohort": sheet.cohort,
        "card": {
            "programme": f"{in_quotes(sheet.programme)}, {sheet.programme_kind}, {russian.hours_in_words(sheet.hours)}",
            "cohort": f"{sheet.cohort}, форма обучения {sheet.form_of_study}",
            "period": russian.period_digits(sheet.first_day, sheet.last_day),
        },
        "blocks": [_block(sheet, first, last) for first, last in spans or [(0, 0)]],
        "by_module": [_column(place, column) for place, column in enumerate(sheet.columns, 1)],
        "grades": [sign for sign, _ in sheet.grades],
        "total": _total(sheet),
        "legend": list(_legend(sheet)),
        "proof": {
            "qr": qr.svg(sheet.proof.address),
            "address": sheet.proof.address,
            "commitment": sheet.proof.commitment,
            "compared": russian.grouped(sheet.proof.compared),
            "unsealed": russian.grouped(sheet.proof.unsealed) if sheet.proof.unsealed else None,
            "tree_size": russian.counted(sheet.proof.tree_size, russian.RECORD),
            "root": sheet.proof.root,
            "checked_at": moment(sheet.proof.checked_at),
        },
        "signers": [{"position": one.titled, "name": one.name.signed} for one in sheet.signers],
    }


def _block(sheet: SummarySheet, first: int, last: int) -> dict[str, Any]:
    columns = sheet.columns[first:last]
    is_last = last >= len(sheet.columns)
    return {
        "title": None if not first and is_last else f"Дисциплины {first + 1}–{first + len(columns)}",
        "short": [column.short for column in columns],
        "is_last": is_last,
        "rows": [
            {
                "name": person.name,
                "cells": [_cell(mark) for mark in person.marks[first:last]],
                "sums": [_places(person.average), str(person.debts)],
                "standing": person.standing,
                "is_debt": bool(person.debts),
                "is_left": person.is_left,
            }
            for person in sheet.people
        ],
        "sums": [
            _sum("Средний балл", [_places(one.average) for one in columns], _places(sheet.average), str(sheet.debts)),
            _sum("Успеваемость, %", [_whole(one.success) for one in columns], _whole(sheet.success)),
            _sum("Качество, %", [_whole(one.quality) for one in columns], _whole(sheet.quality)),
        ],
    }


def _sum(label: str, cells: Sequence[str], *tail: str) -> dict[str, Any]:
    return {"label": label, "cells": list(cells), "sums": [*tail, *[ABSENT] * (2 - len(tail))]}


def _cell(mark: Mark | None) -> str | dict[str, Any]:
    if mark is None:
        return ABSENT
    if mark == Mark(mark.sign):
        return mark.sign
    attempt = str(mark.attempt) if mark.attempt > 1 else ""
    signs = (("и", mark.is_corrected), ("п", mark.is_preliminary), ("з", mark.is_carried))
    above = attempt + "".join(sign for sign, holds in signs if holds)
    return {"text": mark.sign, "above": above or None, "is_debt": mark.is_debt}


def _column(place: int, column: Column) -> dict[str, Any]:
    return {
        "number": str(place),
        "title": column.title,
        "control": column.control,
        "marked": str(column.marked),
        "counts": [str(count) if count else ABSENT for count in column.counts],
        "average": _places(column.average),
        "success": _percent(column.success),
        "quality": _percent(column.quality),
    }


def _total(sheet: SummarySheet) -> list[str]:
    moved = sum(person.is_moved for person in sheet.people)
    withdrawn = len(sheet.people) - sheet.counted - moved
    gone = [
        f"{what}: {_in_words(many)}"
        for what, many in (("отчислены до завершения обучения", withdrawn), ("переведены в другую группу", moved))
        if many
    ]
    parts = [
        f"Всего слушателей: {_in_words(len(sheet.people))}",
        *([f"из них {', '.join(gone)}, в итогах не учтены"] if gone else []),
        f"допуск к итоговой аттестации есть у {_in_words(sheet.admitted)}",
        f"академическую задолженность имеют {_in_words(sheet.debtors)}, долгов {_in_words(sheet.debts)}",
    ]
    rates = (
        f"Средний балл группы — {_places(sheet.average)}. Успеваемость — {_percent(sheet.success)}, качество — "
        f"{_percent(sheet.quality)} (из {russian.counted(sheet.marked, _OF)} с оценками)."
    )
    return ["; ".join(parts) + ".", rates]


_OF: Final = Noun("слушателя", "слушателей", "слушателей", Gender.MASCULINE)
"""After «из»."""


def _legend(sheet: SummarySheet) -> Iterator[str]:
    yield f"{', '.join(f'{sign} — {word}' for sign, word in sheet.grades)}."
    marks = [mark for person in sheet.people for mark in person.marks if mark]
    attempts = sorted({mark.attempt for mark in marks} & ORDINALS.keys())
    above = [f"{attempt} — {ORDINALS[attempt]} попытка" for attempt in attempts]
    if any(mark.is_corrected for mark in marks):
        above.append("и — оценка исправлена двумя лицами, прежняя запись сохраняется")
    if any(mark.is_preliminary for mark in marks):
        above.append("п — предварительно, ведомость ещё не закрыта")
    if any(mark.is_carried for mark in marks):
        above.append("з — засчитано при переводе, оценка стоит в прежней зачётной книжке")
    if above:
        yield f"Знак над оценкой: {'; '.join(above)}."
    if BY_PLAN in marks:
        yield "ИУП — не изучается по индивидуальному учебному плану (273-ФЗ ст. 34 ч. 1 п. 3)."
    yield (
        "Успеваемость — доля слушателей без задолженности, качество — доля имеющих только «хорошо» и «отлично»; "
        "по дисциплине — доля положительных оценок и доля «хорошо» и «отлично», неявка без уважительной причины "
        "считается неудовлетворительным результатом. Средний балл — по оценкам, у которых есть балл; оценки итоговой "
        "аттестации в нём не учтены."
    )
    if sheet.preliminary:
        yield f"Предварительных оценок, ведомости которых ещё не закрыты: {russian.grouped(sheet.preliminary)}."


def _in_words(n: int) -> str:
    return f"{russian.grouped(n)}{russian.NBSP}({russian.in_words(n)})"


def _places(value: Decimal | None) -> str:
    return ABSENT if value is None else russian.decimal(value, 2)


def _percent(value: Decimal | None) -> str:
    return ABSENT if value is None else f"{russian.decimal(value)}{russian.NBSP}%"


def _whole(value: Decimal | None) -> str:
    """Percent without a place, as it fits a narrow column; the table below has the place."""
    return ABSENT if value is None else russian.decimal(value, 0)
