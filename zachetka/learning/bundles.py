"""What a record book's bundle states: every text on the page as a committed field of a committed record (п. 2.5, 3.3).

A stranger with the file alone sees that the grade is of this mark, the mark of this sheet, the sheet of this module,
the module of this programme, and that the name was the learner's. Names come from their own dated records. A field
that no line shows stays closed: why a teacher changed the name, when they were hired, on which paper an order rests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import prefetch_related_objects

from zachetka.core.academy import academy_on
from zachetka.core.canonical import Plain
from zachetka.core.russian import full_name
from zachetka.learning.models import Award, Carried, Enrolment, Mark, PlanLine
from zachetka.learning.queries.record_attempts import Attempt, Written
from zachetka.learning.queries.record_book import RecordBook
from zachetka.learning.queries.record_lines import Line
from zachetka.ledger.bundle import Exhibit
from zachetka.people.models import PersonName
from zachetka.programs.models import Grade

KIND: Final = "record_book"
Shown = dict[str, Plain]


def statement_of(book: RecordBook) -> tuple[Exhibit, dict[str, Plain]]:
    """Return the records of `book` and the document that shows them; hand both to the ledger.

    The book is that of today: a bundle proves what holds now, and the marks that corrections took the place of.
    """
    prefetch_related_objects(book.rows.marks, "teacher", "reopening")
    exhibit = Exhibit(kind=KIND, title=f"Зачётная книжка № {book.enrolment}", academy=academy_on(book.day).name)
    lines = [_line(exhibit, book, place, line) for place, line in enumerate(book.all_lines, 1)]
    teachers = [_person(exhibit, name, "Преподаватель") for name in _teachers(book)]
    awards = [_award(exhibit, one.award) for one in book.awards]
    scales = [_value(exhibit, one) for grades in book.rows.editions.values() for one in grades]
    return exhibit, exhibit.document(holder=_holder(exhibit, book), lines=[*lines, *scales, *teachers, *awards])


_OWN_PLAN: Final = (
    ("Индивидуальный план: приказ №", "study_plan_id.order_id.number"),
    ("Обучение по плану — по", "study_plan_id.ends_on"),
)


_BEGUN_BY: Final = {
    is_moved: (
        (f"Приказ о {what} №", "enrolment_order_id.number"),
        (f"Дата приказа о {what}", "enrolment_order_id.order_date"),
    )
    for is_moved, what in ((False, "зачислении"), (True, "переводе"))
}
_ENDED_BY: Final = {False: "Приказ об отчислении №", True: "Приказ о переводе №"}


def _holder(exhibit: Exhibit, book: RecordBook) -> list[Shown | list[Shown]]:
    enrolment, version = book.enrolment, "cohort_id.program_version_id"
    kept = book.rows.names.record_of(enrolment.learner.person_id, book.day, known_at=book.seen_at)
    words = {
        "learner_id.person_id": _named(kept) if kept else "",
        f"{version}.study_form": book.version.get_study_form_display(),
        "state": str(Enrolment.State(enrolment.state if book.to_end else book.state).label),
    }
    given = [
        ("Зачётная книжка №", "number"),
        ("Слушатель", "learner_id.person_id"),
        ("Группа", "cohort_id.code"),
        ("Программа", f"{version}.title"),
        ("Объём, ч", f"{version}.hours"),
        ("Форма обучения", f"{version}.study_form"),
        *_BEGUN_BY[enrolment.continues_id is not None],
        ("Обучение начато", "started_on"),
        *((("Обучение окончено", "ended_on"),) if enrolment.ended_on else ()),
        *((("Продолжает зачётную книжку №", "continues_id.number"),) if enrolment.continues_id else ()),
        *(_OWN_PLAN if enrolment.study_plan_id else ()),
        *((("Приказ о допуске №", "admission_order_id.number"),) if enrolment.admission_order_id else ()),
        *(((_ENDED_BY[book.is_moved], "withdrawal_order_id.number"),) if enrolment.withdrawal_order_id else ()),
        ("Состояние", "state"),
    ]
    shown = [exhibit.shows(enrolment, field, label=label, word=words.get(field, "")) for label, field in given]
    return [shown, *([_person(exhibit, kept, "Слушатель")] if kept else [])]


def _person(exhibit: Exhibit, name: PersonName, who: str) -> list[Shown]:
    """The record of the person comes first, so that a reader can match it with the line that refers to them."""
    given = (("Фамилия", "last_name"), ("Имя", "first_name"), ("Отчество", "patronymic"))
    whose = exhibit.shows(name, "person_id", label=who, word=_named(name))
    return [whose, *(exhibit.shows(name, field, label=label) for label, field in given)]


def _named(name: PersonName) -> str:
    return full_name(name.last_name, name.first_name, name.patronymic)


def _line(exhibit: Exhibit, book: RecordBook, place: int, line: Line) -> list[Shown | list[Shown]]:
    module = line.module
    head = [
        exhibit.shows(module, "title", label=f"{place}. Дисциплина"),
        exhibit.shows(module, "hours", label="Часы"),
        exhibit.shows(module, "control", label="Форма контроля", word=module.get_control_display()),
        exhibit.shows(module, "version_id.title", label="Программа"),
    ]
    marks = [
        [*_mark(exhibit, book, attempt, one), *_counted(exhibit, one)]
        for attempt in line.attempts
        for one in _proved(attempt)
    ]
    carried = [_carried(exhibit, one) for one in book.rows.carried if one.module_id == module.pk]
    return [*head, *([_own(exhibit, line.own)] if line.own else []), *carried, *marks]


def _carried(exhibit: Exhibit, one: Carried) -> list[Shown]:
    """From which record book the results of the module count in this one, and of another plan those of which module (273-ФЗ ст. 57)."""
    matched = (("Засчитана дисциплина", "origin_id.title"), ("Её часы", "origin_id.hours"))
    through = (("Переведено в шкалу", "edition_id.scale_id.name"), ("Её редакция с", "edition_id.valid_from"))
    return [
        exhibit.shows(one, "source_id.number", label="Перенесено из зачётной книжки №"),
        *(exhibit.shows(one, field, label=label) for label, field in (matched if one.is_matched else ())),
        *(exhibit.shows(one, field, label=label) for label, field in (through if one.edition_id else ())),
        exhibit.shows(one, "module_id.title", label="Перенесённая дисциплина"),
        exhibit.shows(one, "enrolment_id.number", label="В зачётную книжку №"),
    ]


_FOLLOWS_FROM: Final = (
    ("Положительная", "grade_id.is_passing"),
    ("Неявка", "grade_id.is_absence"),
    ("В средний балл", "grade_id.points"),
    ("Баллы, если их ставили", "score"),
)


def _counted(exhibit: Exhibit, written: Written) -> list[Shown]:
    """As what a mark of another scale counts here: a grade of the edition that the transfer names, with all it follows from (п. 2.3)."""
    if written.counted is None or written.carried is None:
        return []
    mark = written.mark
    return [
        *(
            exhibit.shows(mark, field, label=label)
            for label, field in _FOLLOWS_FROM
            if field != "score" or mark.score is None
        ),
        exhibit.reads(written.counted, "label", label="Засчитывается как", of=mark, by=written.carried),
    ]


def _value(exhibit: Exhibit, grade: Grade) -> list[Shown]:
    """A value of a scale through which marks are read: whoever checks has the whole of it."""
    given = (
        ("Шкала перевода", "version_id.scale_id.name"), ("Редакция с", "version_id.valid_from"), ("Место в шкале", "ordinal"),
        ("Значение", "label"), ("Положительное", "is_passing"), ("Неявка", "is_absence"), ("В средний балл", "points"),
        ("Баллы от", "score_from"), ("Баллы до", "score_to"),
    )  # fmt: skip
    return [exhibit.shows(grade, field, label=label) for label, field in given]


def _own(exhibit: Exhibit, own: PlanLine) -> list[Shown]:
    """How the individual plan in force takes the module; on which paper stays closed, as of orders."""
    return [
        exhibit.shows(own, "way", label="По индивидуальному плану", word=str(own.get_way_display())),
        exhibit.shows(own, "module_id.title", label="Дисциплина плана"),
        exhibit.shows(own, "plan_id.enrolment_id.number", label="План зачётной книжки №"),
        *([exhibit.shows(own, "held_by", label="Сдать до")] if own.held_by else []),
    ]


def _award(exhibit: Exhibit, award: Award) -> list[Shown]:
    """An encouragement of this book with its paper; those taken back are not in force and are not shown."""
    return [
        exhibit.shows(award, "kind", label="Поощрение", word=str(award.get_kind_display())),
        exhibit.shows(award, "wording", label="За что"),
        exhibit.shows(award, "awarded_on", label="День поощрения"),
        exhibit.shows(award, "basis", label="Основание поощрения"),
        exhibit.shows(award, "enrolment_id.number", label="Поощрение зачётной книжки №"),
    ]


def _proved(attempt: Attempt) -> Iterator[Written]:
    """The mark that holds and those that corrections took the place of; keystrokes in an open sheet are not proved."""
    for written, newer in zip(attempt.marks, (None, *attempt.marks), strict=False):
        if (newer is None and written.mark.grade_id) or (newer is not None and newer.is_correction):
            yield written


def _mark(exhibit: Exhibit, book: RecordBook, attempt: Attempt, written: Written) -> list[Shown]:
    mark = written.mark
    of = f"попытка {attempt.sheet.attempt}" + (", прежняя запись" if written.until else "")
    teacher = _teacher(book, mark)
    words = {
        "teacher_id.person_id": _named(teacher) if teacher else "",
        "supersedes_id": next((one.words for one in attempt.marks if one.mark.pk == mark.supersedes_id), ""),
    }
    given = [
        (f"Оценка, {of}", "grade_id.label"),
        *((("Балл из 100", "score"),) if mark.score is not None else ()),
        ("Дата контроля", "held_on"),
        ("Дисциплина", "sheet_id.module_id.title"),
        ("Зачётная книжка №", "enrolment_id.number"),
        ("Попытка по ведомости", "sheet_id.attempt"),
        ("Преподаватель", "teacher_id.person_id"),
        ("Внесена в ведомость", "recorded_at"),
        *_correction(mark),
    ]
    return [exhibit.shows(mark, field, label=label, word=words.get(field, "")) for label, field in given]


def _correction(mark: Mark) -> tuple[tuple[str, str], ...]:
    if mark.confirmed_by_id is None and mark.reopening_id is None:
        return ()
    again = (("Ведомость открыта заново", "reopening_id.decided_at"),) if mark.reopening_id is not None else ()
    return ("Исправляет запись", "supersedes_id"), ("Причина исправления", "reason"), ("Основание", "basis"), *again


def _teacher(book: RecordBook, mark: Mark) -> PersonName | None:
    """The record of the teacher's name on the day of the control."""
    return book.rows.names.record_of(book.rows.names.person_of(mark.teacher_id), mark.held_on, known_at=book.seen_at)


def _teachers(book: RecordBook) -> list[PersonName]:
    """Names of the teachers on the days of their controls, each once."""
    written = (one for line in book.all_lines for attempt in line.attempts for one in _proved(attempt))
    found = {name.pk: name for one in written if (name := _teacher(book, one.mark))}
    return sorted(found.values(), key=lambda name: (name.last_name, name.first_name, name.pk))
