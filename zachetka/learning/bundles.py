"""What a record book's bundle states: every text on the page as a committed field of a committed record (п. 2.5, 3.3).

A stranger with the file alone sees that the grade is of this mark, the mark of this sheet, the sheet of this module,
the module of this programme, and that the name was the learner's. Names come from their own dated records. A field
that no line shows stays closed: why a teacher changed the name, when they were hired, on which paper an order rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.db.models import prefetch_related_objects

from zachetka.core.canonical import Plain
from zachetka.core.russian import full_name
from zachetka.learning.models import Enrolment, Mark
from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Attempt, Line, Written
from zachetka.ledger.bundle import Exhibit
from zachetka.people.models import PersonName

KIND: Final = "record_book"
Shown = dict[str, Plain]


def statement_of(book: RecordBook) -> tuple[Exhibit, dict[str, Plain]]:
    """Return the records of `book` and the document that shows them; hand both to the ledger.

    The book is that of today: a bundle proves what holds now, and the marks that corrections took the place of.
    """
    prefetch_related_objects(book.rows.marks, "teacher")
    exhibit = Exhibit(kind=KIND, title=f"Зачётная книжка № {book.enrolment}", academy=str(settings.ACADEMY["name"]))
    lines = [_line(exhibit, place, line) for place, line in enumerate(book.all_lines, 1)]
    teachers = [_person(exhibit, name, "Преподаватель") for name in _teachers(book)]
    return exhibit, exhibit.document(holder=_holder(exhibit, book), lines=[lines, teachers])


def _holder(exhibit: Exhibit, book: RecordBook) -> list[Shown]:
    enrolment, version = book.enrolment, "cohort_id.program_version_id"
    given = [
        ("Зачётная книжка №", "number"),
        ("Слушатель, запись", "learner_id.person_id"),
        ("Группа", "cohort_id.code"),
        ("Программа", f"{version}.title"),
        ("Объём, ч", f"{version}.hours"),
        (f"Форма обучения ({book.version.get_study_form_display()})", f"{version}.study_form"),
        ("Приказ о зачислении №", "enrolment_order_id.number"),
        ("Дата приказа о зачислении", "enrolment_order_id.order_date"),
        ("Обучение начато", "started_on"),
        *((("Обучение окончено", "ended_on"),) if enrolment.ended_on else ()),
        *((("Приказ о допуске №", "admission_order_id.number"),) if enrolment.admission_order_id else ()),
        *((("Приказ об отчислении №", "withdrawal_order_id.number"),) if enrolment.withdrawal_order_id else ()),
        (f"Состояние ({Enrolment.State(book.state).label})", "state"),
    ]
    shown = [exhibit.shows(enrolment, field, label=label) for label, field in given]
    kept = book.rows.names.record_of(enrolment.learner.person_id, book.day, known_at=book.seen_at)
    return [*shown, *(_person(exhibit, kept, "Слушатель") if kept else [])]


def _person(exhibit: Exhibit, name: PersonName, who: str) -> list[Shown]:
    """The record of the person comes first, so that a reader can match it with the line that refers to them."""
    person = full_name(name.last_name, name.first_name, name.patronymic)
    given = (
        (f"{who} {person}: запись", "person_id"),
        (f"{who}: фамилия", "last_name"),
        (f"{who}: имя", "first_name"),
        (f"{who}: отчество", "patronymic"),
    )
    return [exhibit.shows(name, field, label=label) for label, field in given]


def _line(exhibit: Exhibit, place: int, line: Line) -> list[Shown | list[Shown]]:
    module = line.module
    head = [
        exhibit.shows(module, "title", label=f"{place}. Дисциплина"),
        exhibit.shows(module, "hours", label=f"{place}. Часы"),
        exhibit.shows(module, "control", label=f"{place}. Форма контроля ({module.get_control_display()})"),
        exhibit.shows(module, "version_id.title", label=f"{place}. Программа"),
    ]
    marks = [_mark(exhibit, place, attempt, one) for attempt in line.attempts for one in _proved(attempt)]
    return [*head, *marks]


def _proved(attempt: Attempt) -> Iterator[Written]:
    """The mark that holds and those that corrections took the place of; keystrokes in an open sheet are not proved."""
    for written, newer in zip(attempt.marks, (None, *attempt.marks), strict=False):
        if (newer is None and written.mark.grade_id) or (newer is not None and newer.is_correction):
            yield written


def _mark(exhibit: Exhibit, place: int, attempt: Attempt, written: Written) -> list[Shown]:
    mark = written.mark
    of = f"{place}, попытка {attempt.sheet.attempt}" + (", прежняя запись" if written.until else "")
    given = [
        ("оценка", "grade_id.label"),
        *((("балл из 100", "score"),) if mark.score is not None else ()),
        ("дата контроля", "held_on"),
        ("дисциплина", "sheet_id.module_id.title"),
        ("зачётная книжка №", "enrolment_id.number"),
        (f"попытка в ведомости ({attempt.sheet.get_state_display()})", "sheet_id.attempt"),
        (f"преподаватель {full_name(*_parts(written))}, запись", "teacher_id.person_id"),
        ("внесена", "recorded_at"),
        *_correction(mark),
    ]
    return [exhibit.shows(mark, field, label=f"{of}: {label}") for label, field in given]


def _correction(mark: Mark) -> tuple[tuple[str, str], ...]:
    if mark.confirmed_by_id is None:
        return ()
    return ("исправляет запись", "supersedes_id"), ("причина исправления", "reason"), ("основание", "basis")


def _parts(written: Written) -> tuple[str, str, str]:
    return written.teacher.surname, written.teacher.given, written.teacher.patronymic


def _teachers(book: RecordBook) -> list[PersonName]:
    """Names of the teachers on the days of their controls, each once."""
    found: dict[int, PersonName] = {}
    for line in book.all_lines:
        for attempt in line.attempts:
            for written in _proved(attempt):
                person = book.rows.names.person_of(written.mark.teacher_id)
                name = book.rows.names.record_of(person, written.mark.held_on, known_at=book.seen_at)
                if name:
                    found[name.pk] = name
    return sorted(found.values(), key=lambda name: (name.last_name, name.first_name, name.pk))
