"""«Путь»: at most ten facts from enrolment to the end, in the order of days (look.md, 02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from zachetka.core.clock import legal_date
from zachetka.learning.models import Order
from zachetka.learning.queries.record_book import RecordBook
from zachetka.programs.models import Module

CONTROL: Final = {
    Module.Control.EXAM: "экзамен",
    Module.Control.CREDIT: "зачёт",
    Module.Control.GRADED_CREDIT: "зачёт",
    Module.Control.TEST: "тест",
    Module.Control.DEFENCE: "защита",
    Module.Control.QUALIFICATION_EXAM: "квалификационный экзамен",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One dot of the path.

    Attributes:
        tone: done, now, ahead, warn, bad.
        year: shown when it is not the year of the day shown.
    """

    date: date
    label: str
    tone: str = "done"
    year: bool = False


def path(book: RecordBook) -> list[Fact]:
    """Return the facts, past and appointed, around the day shown; a fact of the same day stands before «Сегодня»."""
    day = book.day
    found = [*_past(book), Fact(day, "Показано" if book.is_past else "Сегодня", "now"), *_ahead(book)]
    order = {"now": 1, "ahead": 2}
    found.sort(key=lambda fact: (fact.date, order.get(fact.tone, 0)))
    return [Fact(one.date, one.label, one.tone, one.date.year != day.year) for one in found]


def _past(book: RecordBook) -> list[Fact]:
    begun = "Перевод" if book.moved_from else "Зачисление"
    facts = [Fact(book.enrolment.started_on, begun)] if book.enrolment.started_on <= book.day else []
    marked = sorted(
        (line.result.sheet.held_on, line.module.ordinal, CONTROL[Module.Control(line.module.control)])
        for line in book.lines
        if line.result
    )
    if marked:
        facts.append(Fact(marked[0][0], f"Первый результат: {marked[0][2]}"))
    corrected = [
        line.written.mark.recorded_at for line in book.all_lines if line.written and line.written.is_correction
    ]
    if corrected:
        facts.append(Fact(legal_date(max(corrected)), "Исправление", "warn"))
    if book.debts:
        facts.append(Fact(max(debt.since for debt in book.debts), "Долг", "bad"))
    if book.plan and book.plan.order.order_date and book.plan.order_id != book.enrolment.enrolment_order_id:
        facts.append(Fact(book.plan.order.order_date, "Индивидуальный план"))
    if (admission := book.order(Order.Kind.ADMISSION)) and admission.order_date:
        facts.append(Fact(admission.order_date, "Допуск"))
    if (final := next((line for line in reversed(book.finals) if line.result), None)) and final.result:
        facts.append(Fact(final.result.sheet.held_on, "Итоговая аттестация", "done" if final.is_passed else "bad"))
    if book.is_ended and book.enrolment.ended_on:
        facts.append(Fact(book.enrolment.ended_on, "Перевод" if book.moved_to else "Отчисление"))
    return facts


def _ahead(book: RecordBook) -> list[Fact]:
    if book.is_ended:
        return []
    day = book.day
    facts = []
    coming = sorted(
        (line.awaited.held_on, line.module.ordinal, CONTROL[Module.Control(line.module.control)])
        for line in book.lines
        if line.awaited and line.awaited.held_on > day and not line.is_passed
    )
    if coming:
        facts.append(Fact(coming[0][0], coming[0][2].capitalize(), "ahead"))
    attested = book.attestation_on
    if attested and attested > day and not any(line.result for line in book.finals):
        facts.append(Fact(attested, "Итоговая аттестация", "ahead"))
    if book.ends_on > day:
        facts.append(Fact(book.ends_on, "Окончание", "ahead"))
    return facts
