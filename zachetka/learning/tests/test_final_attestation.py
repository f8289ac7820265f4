"""Final attestation is of those whom an order has admitted to it; held by the database too (273-ФЗ ст. 59)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any, Final

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import date_words
from zachetka.learning.actions import enrolments
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.final_protocol import ONLY_BY_PROTOCOL, protocol_words
from zachetka.learning.models import Correction, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.completeness import not_of, without_mark
from zachetka.learning.queries.debts import cohorts_in_debt, debts_of, examinees_in
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.reopenings import trouble_of
from zachetka.learning.queries.sheet import column_of
from zachetka.learning.queries.sheet_list import filled_words, listed
from zachetka.learning.tests.make import (
    HELD,
    NOON,
    enrolments_of,
    fill_sheet,
    make_cohort,
    make_correction,
    make_mark,
    make_order,
    teacher_of,
)
from zachetka.learning.tests.make_debts import refused
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 59")]
TODAY = legal_date(NOON)


class Ending:
    """A cohort of one subject and final attestation: two have passed the subject, the third owes it."""

    def __init__(self) -> None:
        version = make_program_version(scales=("five_point", "five_point"), final=True)
        self.cohort = make_cohort(version, held_on=(HELD, TODAY), learners=3)
        sheets = (
            MarkSheet.objects.main().filter(cohort=self.cohort).select_related("cohort", "module", "teacher__person")
        )
        self.subject, self.final = sheets.order_by("module__ordinal")
        self.good, self.other, self.debtor = enrolments_of(self.subject)
        fill_sheet(self.subject, ["4", "4", "2"])
        close_sheet(self.subject, actor=teacher_of(self.subject), at=NOON)

    def admit(self, *, effective_on: date = TODAY) -> Order:
        people = [self.good.learner, self.other.learner]
        return make_order(self.cohort, people, kind="admission", effective_on=effective_on, at=NOON)

    def type(self, one: Enrolment, text: str = "5") -> str:
        (outcome,) = set_marks(self.final, [Cell(one.pk, text, None)], actor=teacher_of(self.final), at=NOON)
        return outcome.refusal


@pytest.fixture
def ending() -> Ending:
    return Ending()


def test_nobody_has_a_mark_of_final_attestation_before_an_order_admits_them(ending: Ending) -> None:
    assert "не допущен" in ending.type(ending.debtor)
    assert "не допущен" in ending.type(ending.good, "н"), "an absence is a mark as well"
    ending.admit()
    assert not ending.type(ending.good)
    assert "не допущен" in ending.type(ending.debtor)
    assert not Mark.objects.filter(sheet=ending.final, enrolment=ending.debtor).exists()


COPY = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, reason, basis, recorded_by_id,
    recorded_by_person, recorded_at)
SELECT sheet_id, %s, grade_id, score, held_on, teacher_id, reason, basis, recorded_by_id, recorded_by_person, recorded_at
FROM learning_mark WHERE id = %s
"""


def test_the_database_takes_no_mark_of_final_attestation_without_admission(ending: Ending) -> None:
    ending.admit()
    mark = make_mark(ending.good, ending.final)
    refuses("допустил к ней приказ", COPY, ending.debtor.pk, mark.pk)
    run(COPY, ending.other.pk, mark.pk)  # the very same row of somebody who is admitted is lawful


LATER = TODAY + timedelta(days=30)


def test_who_is_admitted_from_a_later_day_than_the_attestation_has_no_mark_of_it(ending: Ending) -> None:
    ending.admit(effective_on=LATER)
    assert "Допуск действует позже" in ending.type(ending.good)
    assert (list(without_mark(ending.final, TODAY)), len(not_of(ending.final))) == ([], 3)
    head = make_account("head")
    (column,) = column_of(ending.final, actor=head, today=TODAY).columns
    assert (column.learning, set(column.named or ())) == (0, set())
    assert set(column.not_admitted) == {ending.debtor.pk}
    assert {filled_words(one) for one in listed(head, TODAY).filter(pk=ending.final.pk)} == {"0 из 0"}


def test_the_database_takes_no_mark_of_final_attestation_before_the_day_of_admission(ending: Ending) -> None:
    make_order(ending.cohort, [ending.other.learner], kind="admission", effective_on=LATER, at=NOON)
    make_order(ending.cohort, [ending.good.learner], kind="admission", effective_on=TODAY, at=NOON)
    mark = make_mark(ending.good, ending.final)
    refuses("Допуск действует позже", COPY, ending.other.pk, mark.pk)
    run(CLOSE, teacher_of(ending.final).pk, ending.final.pk)  # it is of nobody but those admitted by its day


def test_who_is_admitted_from_a_later_day_sits_the_attestation_apart_and_not_before_it(ending: Ending) -> None:
    ending.admit(effective_on=LATER)
    owing = {one.enrolment.pk: one for one in debts_of([ending.cohort]) if one.module == ending.final.module}
    assert {pk: (one.is_missed, one.attempt) for pk, one in owing.items()} == {
        ending.good.pk: (True, 1), ending.other.pk: (True, 1),
    }  # fmt: skip
    assert not examinees_in(ending.final.module, [ending.debtor])[ending.debtor.pk].is_missed
    methodist = make_account("methodist", unit=ending.cohort.program_version.program.unit)
    assert cohorts_in_debt(methodist, 5) == [ending.cohort]
    book = record_book(Enrolment.objects.select_related(*PAPERS).get(pk=ending.good.pk), at=NOON)
    assert [line.is_missed for line in book.finals] == [True]
    appoint = partial(
        appoint_resit, ending.cohort, ending.final.module, enrolments=[ending.good], teacher=ending.final.teacher,
        due_on=LATER, actor=methodist, at=NOON,
    )  # fmt: skip
    refusal = refused(lambda: appoint(held_on=LATER - timedelta(days=1)))
    assert refusal.field == "held_on"
    assert f"допуск с {date_words(LATER)}" in refusal.sentence
    assert [one.enrolment for one in appoint(held_on=LATER).members.all()] == [ending.good]


def test_the_database_names_nobody_for_an_attestation_before_the_day_of_admission(
    ending: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending.admit(effective_on=LATER)
    monkeypatch.setattr("zachetka.learning.actions.resits._check_they_have_come", lambda *_, **__: None)
    methodist = make_account("methodist", unit=ending.cohort.program_version.program.unit)
    with pytest.raises(IntegrityError, match="не раньше дня, с которого допустил"), transaction.atomic():
        appoint_resit(
            ending.cohort, ending.final.module, enrolments=[ending.good], teacher=ending.final.teacher,
            held_on=LATER - timedelta(days=1), due_on=LATER, actor=methodist, at=NOON,
        )  # fmt: skip


CLOSE = "UPDATE learning_marksheet SET state = 'closed', closed_by_id = %s, closed_at = now() WHERE id = %s"


def test_a_sheet_of_final_attestation_asks_only_for_those_admitted_to_it(ending: Ending) -> None:
    ending.admit()
    assert {one.pk for one in without_mark(ending.final, TODAY)} == {ending.good.pk, ending.other.pk}
    assert not_of(ending.final) == {ending.debtor.pk}
    assert "Без оценки" in refused(lambda: close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)).sentence
    ending.type(ending.good)
    refuses("у каждого есть оценка", CLOSE, teacher_of(ending.final).pk, ending.final.pk)
    ending.type(ending.other)
    assert close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON).state == "closed"
    assert not Mark.objects.filter(sheet=ending.final, enrolment=ending.debtor).exists(), "nobody was made absent"


def test_a_sheet_of_a_subject_asks_for_everybody_who_learns() -> None:
    subject, final = make_cohort(
        make_program_version(scales=("five_point", "five_point"), final=True), learners=2
    ).sheets.order_by("module__ordinal")
    assert (without_mark(subject, TODAY).count(), not_of(subject)) == (2, set())
    assert (without_mark(final, TODAY).count(), len(not_of(final))) == (0, 2)


def test_who_was_not_admitted_has_not_finished_a_programme_with_final_attestation(ending: Ending) -> None:
    ways = headways([ending.good])[ending.good.pk]
    assert (ways.before_final, [one.sentence for one in ways.final]) == ([], [f"нет допуска: «{ending.final.module}»."])

    def done() -> Order:
        people = [ending.good.learner]
        return make_order(ending.cohort, people, kind="withdrawal", ground="completed", effective_on=TODAY, at=NOON)

    assert "нет допуска" in refused(done).sentence
    ending.admit()
    assert "нет оценки" in refused(done).sentence
    for one in (ending.good, ending.other):
        ending.type(one)
    assert "ведомость не закрыта" in refused(done).sentence
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    assert done().state == "approved"
    assert Enrolment.objects.get(pk=ending.good.pk).state == "completed"


END = "UPDATE learning_enrolment SET state = 'completed', ended_on = started_on WHERE id = %s"


def test_the_database_ends_no_book_without_admission_where_there_is_final_attestation(ending: Ending) -> None:
    refuses("кого к ней допустили", END, ending.good.pk)
    only = make_cohort(make_program_version(scales=("five_point",), hours_each=72), learners=1)
    one = Enrolment.objects.get(cohort=only)
    refuses("только изданным приказом", END, one.pk)  # there the way is lawful, and an order is what is missing


WITHDRAWAL: Final[dict[str, Any]] = {"kind": "withdrawal", "ground": "debt", "effective_on": TODAY, "at": NOON}


@pytest.mark.clause("273-ФЗ ст. 58", "273-ФЗ ст. 61 ч. 2")
@pytest.mark.parametrize("by_sql_alone", [False, True])
def test_an_absence_for_a_good_reason_at_final_attestation_is_no_failure(
    ending: Ending, monkeypatch: pytest.MonkeyPatch, *, by_sql_alone: bool
) -> None:
    ending.admit()
    fill_sheet(ending.final, ["н", "н", ""])
    methodist = make_account("methodist", unit=ending.cohort.program_version.program.unit)
    said: dict[str, Any] = {"kind": "illness", "basis": "справка № 118", "first_day": TODAY, "last_day": TODAY}
    record_excuse(ending.good, actor=methodist, at=NOON, **said)
    if by_sql_alone:
        monkeypatch.setattr(enrolments, "_check_debts", lambda *_: None)
    refusal = pytest.raises(DatabaseError, match="когда его уже не закрыть") if by_sql_alone else _no_debt()
    for one in (ending.good, ending.other):  # the sheet is open: nothing in it is settled yet
        with refusal, transaction.atomic():
            make_order(ending.cohort, [one.learner], **WITHDRAWAL)
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    with refusal, transaction.atomic():
        make_order(ending.cohort, [ending.good.learner], **WITHDRAWAL)
    make_order(ending.cohort, [ending.other.learner], **WITHDRAWAL)
    assert Enrolment.objects.get(pk=ending.other.pk).state == "withdrawn", (
        "the negative control: absent without a reason"
    )


def _no_debt() -> pytest.RaisesExc[RuleViolation]:
    return pytest.raises(RuleViolation, match="долга нет")


def test_the_column_of_final_attestation_says_who_is_not_admitted(ending: Ending, client: Client) -> None:
    ending.admit()
    head = make_account("head")
    (column,) = column_of(ending.final, actor=head, today=TODAY).columns
    assert (column.learning, set(column.named or ())) == (2, {ending.good.pk, ending.other.pk})
    assert set(column.not_admitted) == {ending.debtor.pk}
    assert {filled_words(one) for one in listed(head, TODAY).filter(pk=ending.final.pk)} == {"0 из 2"}
    client.force_login(head)
    page = client.get(f"/sheets/{ending.final.pk}/").content.decode().replace("\u00a0", " ")
    assert "Без допуска к итоговой аттестации — 1" in page
    grid = client.get(f"/cohorts/{ending.cohort.code}/sheet/").content.decode()
    assert grid.count('title="нет допуска к итоговой аттестации"') == 1
    assert "Без допуска" not in client.get(f"/sheets/{ending.subject.pk}/").content.decode()


@pytest.mark.clause("2.1")
def test_a_mark_of_final_attestation_is_corrected_by_a_protocol_of_the_commission_alone(ending: Ending) -> None:
    ending.admit()
    for one in (ending.good, ending.other):
        ending.type(one)
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    mark = Mark.objects.get(sheet=ending.final, enrolment=ending.good)
    trouble = trouble_of(MarkSheet.objects.get(pk=ending.final.pk), TODAY)
    assert trouble is not None
    for basis in ("служебная записка № 41", "протокол комиссии № 4", "исправляющий протокол комиссии от 20.11.2026"):
        refusal = refused(partial(make_correction, mark, text="3", basis=basis))
        assert (refusal.clause, refusal.field) == (trouble.clause, "basis")
        assert ONLY_BY_PROTOCOL in refusal.sentence
        assert ONLY_BY_PROTOCOL in trouble.sentence
    make_correction(
        Mark.objects.get(sheet=ending.subject, enrolment=ending.good), text="5"
    )  # negative control: a subject
    correction = make_correction(mark, text="3", basis=protocol_words("4", TODAY, today=TODAY))
    methodist = make_account("methodist", unit=ending.cohort.program_version.program.unit)
    assert (
        confirm_correction(correction, actor=methodist, at=NOON).basis
        == "исправляющий протокол комиссии № 4 от 20.11.2026"
    )


CORRECT = """
WITH said AS (
    INSERT INTO learning_correction (mark_id, grade_id, reason, basis, state, refusal, proposed_by_id, proposed_by_person, proposed_at)
    SELECT id, grade_id, 'ошибка', %s, 'proposed', '', recorded_by_id, recorded_by_person, recorded_at
    FROM learning_mark WHERE id = %s
)
SELECT 1
"""
WRITE = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, supersedes_id, reason, basis,
    recorded_by_id, recorded_by_person, recorded_at, confirmed_by_id, confirmed_by_person)
SELECT m.sheet_id, m.enrolment_id, c.grade_id, c.score, m.held_on, m.teacher_id, m.id, c.reason, c.basis,
    c.proposed_by_id, c.proposed_by_person, c.proposed_at, %s, %s
FROM learning_mark m JOIN learning_correction c ON c.mark_id = m.id WHERE m.id = %s
"""


@pytest.mark.clause("2.1")
def test_the_database_takes_no_other_basis_for_a_mark_of_final_attestation(ending: Ending) -> None:
    ending.admit()
    for one in (ending.good, ending.other):
        ending.type(one)
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    head = make_account("head")
    first, second = Mark.objects.filter(sheet=ending.final).order_by("pk")
    run(CORRECT, "служебная записка № 41 от 20.11.2026", first.pk)
    refuses("только исправляющий протокол", WRITE, head.pk, head.person_uid, first.pk)
    run(CORRECT, "исправляющий протокол комиссии № 4 от 20.11.2026", second.pk)
    refuses("вместе с подтверждением", WRITE, head.pk, head.person_uid, second.pk)  # this far it was lawful


@pytest.mark.clause("2.1")
def test_the_form_asks_for_the_number_and_the_day_of_the_protocol(ending: Ending, client: Client) -> None:
    ending.admit()
    for one in (ending.good, ending.other):
        ending.type(one)
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    mark = Mark.objects.get(sheet=ending.final, enrolment=ending.good)
    client.force_login(teacher_of(ending.final))
    where = f"/marks/{mark.pk}/correct/"
    page = client.get(where).content.decode()
    assert 'name="number"' in page
    assert 'name="basis"' not in page
    of_subject = Mark.objects.get(sheet=ending.subject, enrolment=ending.good)
    assert 'name="basis"' in client.get(f"/marks/{of_subject.pk}/correct/").content.decode()
    given = {"text": "4", "reason": "ошибка подсчёта", "number": "4", "issued_on": "20.11.2026"}
    assert client.post(where, given | {"number": ""}).status_code == 422
    assert client.post(where, given).status_code == 302
    assert Correction.objects.get(mark=mark).basis == "исправляющий протокол комиссии № 4 от 20.11.2026"
