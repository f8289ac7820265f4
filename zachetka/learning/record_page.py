"""The words of the record book's page: four answers, tabs, particulars; the template only lays them out (п. 2.5)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from zachetka.core.russian import (
    DISCIPLINE,
    Gender,
    Noun,
    counted,
    date_digits,
    date_words,
    decimal,
    hours_short,
    plural,
)
from zachetka.learning.models import Enrolment, Order, StudyPlan
from zachetka.learning.paper import DISTANCE
from zachetka.learning.plan_text import pace
from zachetka.learning.queries.admission_list import Need, need_of
from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_debts import Debt, retake_words
from zachetka.learning.queries.record_lines import Line

MARK: Final = Noun("оценка", "оценки", "оценок", Gender.FEMININE)
OPEN_SHEET: Final = Noun("незакрытая ведомость", "незакрытые ведомости", "незакрытых ведомостей", Gender.FEMININE)
SECTIONS: Final = {
    "": "Результаты",
    "attestation": "Итоговая аттестация",
    "planned": "Планируемые результаты",
    "awards": "Поощрения",
    "documents": "Документы",
    "orders": "Дело",
    "readers": "Кто смотрел",
    "evidence": "Доказательство",
}
"""Tab → its title; each is a page of its own."""


def figures(book: RecordBook) -> list[dict[str, Any]]:
    """Return the four answers: how far, how well, what is owed, when."""
    hours = book.hours
    return [
        {
            "label": "Освоено",
            "figure": str(book.hours_passed),
            "base": f"из {hours_short(hours)}, {book.passed} из {counted_of(len(book.taken))}",
            "bar": book.hours_passed,
            "whole": hours,
        },
        {
            "label": "Средний балл",
            "figure": "—" if book.average is None else decimal(book.average, 2),
            "base": f"по {book.graded} {plural(book.graded, 'оценке', 'оценкам', 'оценкам')}" if book.graded else "",
            "note": _company(book),
        },
        {"label": "Задолженность", **_debts(book)},
        {"label": "Итоговая аттестация", **_attestation(book)},
    ]


def counted_of(modules: int) -> str:
    """Return «9 дисциплин» as it follows «из»: «из 1 дисциплины», «из 9 дисциплин»."""
    return f"{modules} {plural(modules, 'дисциплины', 'дисциплин', 'дисциплин')}"


def _company(book: RecordBook) -> str:
    if book.cohort_average is None:
        return "" if book.graded else "оценок с баллом пока нет"
    return f"по группе {decimal(book.cohort_average, 1)} при закрытии ведомостей"


def _debts(book: RecordBook) -> dict[str, str]:
    if not book.debts:
        return {"figure": "нет", "note": "все полученные оценки положительные" if book.passed else "оценок пока нет"}
    first = book.debts[0]
    return {
        "figure": str(len(book.debts)),
        "base": plural(len(book.debts), DISCIPLINE.one, DISCIPLINE.few, DISCIPLINE.many),
        "tone": "bad",
        "note": _term(first),
    }


def _term(debt: Debt) -> str:
    if debt.carried_to:
        return f"переходит в книжку № {debt.carried_to}"
    if debt.is_ended:
        return "обучение окончено, долг не закрыт"
    if debt.until < debt.day:
        return f"срок истёк {date_words(debt.until)}"
    return f"до {date_words(debt.until)}: {retake_words(debt)}"


def _attestation(book: RecordBook) -> dict[str, str]:
    appointed = book.attestation_on
    result = next((line for line in reversed(book.finals) if line.result), None)
    if result and result.written:
        told = f"{result.words}, {date_words(result.written.mark.held_on)}"
        if result.is_passed:
            return {"figure": "пройдена", "note": told}
        return {"figure": "не пройдена", "note": told, "tone": "bad"}
    figure = date_words(appointed, book.day) if appointed else "не назначена"
    if book.is_ended:
        return {"figure": "нет" if book.finals or appointed else "—", "note": book.standing}
    if admission := book.order(Order.Kind.ADMISSION):
        return {
            "figure": figure,
            "note": f"допуск: приказ № {admission.number}",
            "note_tone": "ok",
            "note_icon": "check",
        }
    return {"figure": figure, "note": admission_words(book), "note_tone": "warn", "note_icon": "lock"}


def admission_words(book: RecordBook) -> str:
    """Return why there is no admission yet: «допуска пока нет: долг и 3 оценки»."""
    debts = sum(obstacle.is_debt for obstacle in book.obstacles)
    open_ones = sum(obstacle.is_preliminary and not obstacle.is_debt for obstacle in book.obstacles)
    missing = len(book.obstacles) - debts - open_ones
    parts = []
    if debts:
        parts.append("долг" if debts == 1 else f"{debts} {plural(debts, 'долг', 'долга', 'долгов')}")
    if missing:
        parts.append(counted(missing, MARK))
    if open_ones:
        parts.append(counted(open_ones, OPEN_SHEET))
    words = " и ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
    return f"допуска пока нет: {words}" if parts else "план выполнен, приказа о допуске пока нет"


def needs(book: RecordBook) -> list[Need]:
    """Return what keeps the learner from final attestation, by which clause, and what comes next (273-ФЗ ст. 58, 59)."""
    if book.state != Enrolment.State.ACTIVE:
        return []
    return [
        need_of(
            line.obstacle,
            until=line.debt.until if line.debt else None,
            resits=line.debt.retakes_used if line.debt else 0,
            appointed=_appointed(line),
            awaited=line.awaited,
            is_put_off=line.is_excused,
            is_missed=line.is_missed,
            apart_by=line.own.held_by if line.own is not None and not line.tried else None,
            today=book.day,
        )
        for line in book.lines
        if line.obstacle
    ]


def _appointed(line: Line) -> date | None:
    """The day of the sheet in which the learner sits again, when it is there."""
    return line.awaited.held_on if line.awaited is not None and not line.awaited.is_main else None


def facts(book: RecordBook) -> list[tuple[str, str]]:
    """Return the particulars of the book that are nobody's secret (domain: «зачётная книжка», поля)."""
    enrolment, version = book.enrolment, book.version
    return [
        ("Зачётная книжка", f"№ {enrolment}"),
        ("Слушатель", " ".join(filter(None, (book.holder.surname, book.holder.given, book.holder.patronymic)))),
        ("Программа", f"«{version.title}», редакция {version.number}"),
        ("Вид", version.program.get_kind_display()),
        ("Объём", hours_short(version.hours)),
        ("Форма обучения", version.get_study_form_display() + (DISTANCE if version.distance else "")),
        ("Группа", enrolment.cohort.code),
        ("Период обучения", f"{date_digits(enrolment.started_on)} — {date_digits(book.ends_on)}"),
        *((("Учебный план", f"индивидуальный, {plan_words(book.plan)}"),) if book.plan else ()),
        ("Состояние", book.standing),
        *((("Продолжает зачётную книжку", f"№ {book.moved_from}"),) if book.moved_from else ()),
        *((("Продолжена в зачётной книжке", f"№ {book.moved_to}"),) if book.moved_to else ()),
        *((("Выдача документа", "вместе с дипломом о получаемом образовании"),) if enrolment.issue_deferred else ()),
    ]


def plan_words(plan: StudyPlan) -> str:
    """Return «ускоренное обучение по 14.12.2026, приказ № 3-и от 20.11.2026»."""
    order = plan.order
    dated = f" от {date_digits(order.order_date)}" if order.order_date else ""
    kind = pace(plan.ends_on, plan.enrolment.cohort.ends_on)
    return f"{kind}, по {date_digits(plan.ends_on)}, приказ № {order.number}{dated}"


def tabs(book: RecordBook, current: str, address: str, *, query: str, sees_readers: bool) -> list[dict[str, Any]]:
    """Return the tabs; `address` is that of the first one, `query` keeps the day shown."""
    counts = {"": len(book.lines), "awards": len(book.awards), "orders": len(book.orders)}
    return [
        {
            "label": title,
            "url": f"{address}{f'{section}/' if section else ''}{query}",
            "count": counts.get(section),
            "current": section == current,
        }
        for section, title in SECTIONS.items()
        if section != "readers" or sees_readers
    ]


def title_of(enrolment: Enrolment) -> str:
    """Return the title of the window: it names the book, never the person."""
    return f"Зачётная книжка № {enrolment}"


def in_fours(fingerprint: str) -> str:
    """Return a fingerprint as the verifier prints it, so that two of them are compared by eye."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
