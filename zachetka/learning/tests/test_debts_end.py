"""A debt ends when an attempt has come to be passed, and no order rests on a mark that may still be typed anew (273-ФЗ ст. 58, 59)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, set_marks
from zachetka.learning.actions.reopenings import grant_reopening
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries import debt_tasks
from zachetka.learning.queries.admission import headways
from zachetka.learning.queries.admission_list import admission_of
from zachetka.learning.queries.completeness import not_of, without_mark
from zachetka.learning.queries.debts import debts_of, examinees_in
from zachetka.learning.queries.planned_results import _standing
from zachetka.learning.queries.record_book import RecordBook, record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.queries.sheet import column_of
from zachetka.learning.queries.sheet_list import filled_words, listed
from zachetka.learning.queries.summary import Summary, summary_of
from zachetka.learning.record_page import needs
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    fill_sheet,
    make_correction,
    make_mark,
    make_order,
    make_reopening,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.make_debts import FAILED, Debtors, noon, refused
from zachetka.learning.tests.test_final_attestation import CLOSE, COPY, Ending
from zachetka.learning.tests.test_ways import refuses, run
from zachetka.notices.models import Notice
from zachetka.people.tests.make import make_learner

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 58 ч. 5")]

DAY = date(2026, 3, 1)
TODAY = date(2026, 12, 4)
"""After the orders that the builders date to September."""


def corrected(mark: Mark, text: str, debtors: Debtors, day: date) -> Mark:
    correction = make_correction(mark, text=text, at=noon(day))
    return confirm_correction(correction, actor=debtors.methodist, at=noon(day))


def book_of(one: Enrolment, day: date) -> RecordBook:
    return record_book(Enrolment.objects.select_related(*PAPERS).get(pk=one.pk), at=noon(day))


def summary_on(cohort: Cohort, day: date) -> Summary:
    return summary_of(Cohort.objects.select_related("program_version__program").get(pk=cohort.pk), at=noon(day))


class Relieved(Debtors):
    """A debtor whose resit was appointed before the mark that made the debt was corrected to «5»."""

    def __init__(self) -> None:
        super().__init__()
        (self.one,) = self.people
        self.resit = self.appoint(DAY)
        corrected(Mark.objects.get(sheet=self.sheet), "5", self, DAY - timedelta(days=2))

    def type(self, text: str) -> str:
        cell = Cell(self.one.pk, text, None)
        (outcome,) = set_marks(self.resit, [cell], actor=teacher_of(self.resit), at=noon(DAY))
        return outcome.refusal


def test_a_resit_asks_nothing_of_whoever_owes_nothing_any_more() -> None:
    debtor = Relieved()
    assert "Долга уже нет" in debtor.type("н")
    assert (list(without_mark(debtor.resit, DAY)), not_of(debtor.resit)) == ([], {debtor.one.pk})
    assert close_sheet(debtor.resit, actor=teacher_of(debtor.resit), at=noon(DAY)).state == "closed"
    assert (headways([debtor.one])[debtor.one.pk].before_final, debts_of([debtor.cohort])) == ([], [])
    order = make_order(debtor.cohort, [debtor.one.learner], kind="admission", at=noon(DAY), effective_on=DAY)
    assert order.state == "approved"


def test_whom_the_correction_has_not_relieved_a_resit_still_asks() -> None:
    """The negative control: with «3» in the place of «5» of somebody else, the debtor sits as before."""
    debtors = Debtors(learners=2)
    first, second = debtors.people
    resit = debtors.appoint(DAY)
    corrected(Mark.objects.get(sheet=debtors.sheet, enrolment=first), "3", debtors, DAY)
    assert [one.pk for one in without_mark(resit, DAY)] == [second.pk]
    cells = [Cell(one.pk, "4", None) for one in debtors.people]
    outcomes = set_marks(resit, cells, actor=teacher_of(resit), at=noon(DAY))
    assert [bool(one.refusal) for one in outcomes] == [True, False]
    refuses("Долга уже нет", COPY, first.pk, Mark.objects.get(sheet=resit).pk)
    assert close_sheet(resit, actor=teacher_of(resit), at=noon(DAY)).state == "closed"


def test_the_page_of_a_resit_leaves_out_whoever_owes_nothing_any_more() -> None:
    debtor = Relieved()
    head = make_account("head")
    (column,) = column_of(debtor.resit, actor=head, today=DAY).columns
    assert (column.learning, column.named) == (0, frozenset())
    assert {filled_words(one) for one in listed(head, DAY).filter(pk=debtor.resit.pk)} == {"0 из 0"}


@pytest.mark.parametrize("corrected_to", ["5", "3"], ids=["of two", "of both"])
def test_taking_back_a_resit_names_and_tells_only_whoever_is_still_to_sit_it(corrected_to: str) -> None:
    debtors = Debtors(learners=2)
    first, second = debtors.people
    owners = {one.pk: make_account("learner", person_uid=one.human_uid) for one in debtors.people}
    resit = debtors.appoint(DAY)
    where = f"/sheets/{resit.pk}/cancel/"
    with time_machine.travel(noon(DAY - timedelta(days=1)), tick=True):
        client = Client()
        client.force_login(debtors.methodist)
        before = client.get(where).content.decode()
        corrected(Mark.objects.get(sheet=debtors.sheet, enrolment=first), "5", debtors, DAY - timedelta(days=2))
        after = client.get(where).content.decode()
        names = [one.learner.person.full_name for one in debtors.people]
        assert [(name in before, name in after) for name in names] == [(True, False), (True, True)]
        if corrected_to == "3":
            corrected(Mark.objects.get(sheet=debtors.sheet, enrolment=second), "3", debtors, DAY - timedelta(days=2))
            assert "Сдавать её больше некому" in client.get(where).content.decode()
        assert client.post(where, {"reason": "нет кворума"}).status_code == 302
    told = {one.account for one in Notice.objects.filter(kind="resit.cancelled", account__in=owners.values())}
    assert told == (set() if corrected_to == "3" else {owners[second.pk]})


def test_a_mark_set_at_a_needless_resit_makes_no_debt_of_a_passed_module() -> None:
    debtors = Debtors()
    (one,) = debtors.people
    debtors.sit(DAY, "н")
    corrected(Mark.objects.get(sheet=debtors.sheet), "5", debtors, DAY + timedelta(days=2))
    book = book_of(one, TODAY)
    assert (list(book.debts), [line.words for line in book.all_lines]) == ([], ["отлично"])
    assert summary_on(debtors.cohort, TODAY).lines[0].debts == 0
    assert debts_of([debtors.cohort]) == []
    assert "задолженности по этой дисциплине нет" in refused(lambda: debtors.appoint(date(2026, 4, 1))).sentence
    late = noon(date(2027, 5, 1))
    withdrawal = lambda: make_order(  # noqa: E731 - what is refused
        debtors.cohort, [one.learner], kind="withdrawal", ground="debt", at=late, effective_on=late.date()
    )
    assert "долга нет" in refused(withdrawal).sentence


@pytest.mark.clause("2.2")
def test_a_resit_is_appointed_on_marks_of_closed_sheets_only() -> None:
    debtors = Debtors()
    (one,) = debtors.people
    head = make_account("head")
    asked = make_reopening(debtors.sheet, at=noon(FAILED + timedelta(days=1)))
    grant_reopening(asked, actor=head, at=noon(FAILED + timedelta(days=1)))
    assert debts_of([debtors.cohort]) == []
    assert "ведомость с оценкой ещё открыта" in refused(lambda: debtors.appoint(DAY)).sentence
    sheet = MarkSheet.objects.get(pk=debtors.sheet.pk)
    close_sheet(sheet, actor=teacher_of(sheet), at=noon(FAILED + timedelta(days=2)))
    assert [found.attempt for found in debts_of([debtors.cohort])] == [2]
    assert debtors.appoint(DAY).members.get().enrolment_id == one.pk


def test_a_first_attempt_in_an_open_sheet_is_no_debt_to_appoint_a_resit_for() -> None:
    sheet = make_sheet(learners=1)
    (one,) = fill_sheet(sheet, "2")
    unit = sheet.cohort.program_version.program.unit
    appoint = lambda: appoint_resit(  # noqa: E731 - asked twice
        sheet.cohort, sheet.module, enrolments=[one.enrolment], teacher=sheet.teacher, held_on=date(2026, 11, 25),
        due_on=date(2026, 11, 27), actor=make_account("methodist", unit=unit), at=NOON,
    )  # fmt: skip
    assert "ещё открыта" in refused(appoint).sentence
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    assert appoint().attempt == 2


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_an_excused_absence_at_a_resit_leaves_the_debt_on_every_page() -> None:
    debtors = Debtors()
    (one,) = debtors.people
    debtors.sit(DAY, "н")
    (cell,) = summary_on(debtors.cohort, TODAY).lines[0].cells
    assert cell is not None
    assert cell.grade.symbol == "н", "negative control: without the reason the absence is an attempt"
    record_excuse(
        one, kind="illness", first_day=DAY, last_day=DAY, basis="справка № 1", actor=debtors.methodist, at=noon(DAY)
    )
    summary, book = summary_on(debtors.cohort, TODAY), book_of(one, TODAY)
    (line,) = summary.lines
    assert (line.debts, len(book.debts), line.missing) == (1, 1, 0)
    assert [cell.grade.label if cell else "" for cell in line.cells] == [each.words for each in book.all_lines]
    assert (summary.totals[0].rates.whole, summary.totals[0].rates.passed) == (1, 0)
    assert [_standing(each) for each in book.all_lines] == [False], "failed, and not ahead"
    assert [found.attempt for found in debts_of([debtors.cohort])] == [2], (
        "the resit is sat anew, and is the first still"
    )


def test_a_mark_corrected_after_a_year_leaves_a_year_to_resit() -> None:
    debtors = Debtors(text="4")
    (one,) = debtors.people
    day = date(2027, 4, 1)
    corrected(Mark.objects.get(sheet=debtors.sheet), "2", debtors, day)
    (found,) = debts_of([debtors.cohort])
    assert found.owed is not None
    assert (found.owed.since, found.owed.until, found.is_lost(day)) == (day, date(2028, 4, 1), False)
    (debt,) = book_of(one, day).debts
    assert (debt.since, debt.until) == (day, date(2028, 4, 1))
    at = noon(day)
    withdrawal = lambda: make_order(  # noqa: E731 - what is refused
        debtors.cohort, [one.learner], kind="withdrawal", ground="debt", at=at, effective_on=day
    )
    assert "ещё можно закрыть" in refused(withdrawal).sentence
    assert debtors.appoint(date(2027, 5, 1)).attempt == 2, "in time by the rules and by the database"
    lost = Debtors()
    (found,) = debts_of([lost.cohort])
    assert found.is_lost(day), "negative control: a debt of the control itself is a year old"


class Latecomer:
    """Somebody whose enrolment begins after the control that another of the group has sat."""

    def __init__(self) -> None:
        self.sheet = make_sheet(learners=1)
        self.cohort = self.sheet.cohort
        (self.first,) = enrolments_of(self.sheet)
        late = make_learner()
        make_order(self.cohort, [late], effective_on=date(2026, 11, 9), at=datetime(2026, 10, 4, 9, tzinfo=UTC))
        self.late = Enrolment.objects.select_related("learner__person").get(learner=late)
        set_marks(self.sheet, [Cell(self.first.pk, "5", None)], actor=teacher_of(self.sheet), at=NOON)


@pytest.mark.clause("2.2")
def test_a_control_held_before_somebody_came_is_not_theirs() -> None:
    here = Latecomer()
    assert (list(without_mark(here.sheet, legal_date(NOON))), not_of(here.sheet)) == ([], {here.late.pk})
    refuses("прошёл до зачисления", COPY, here.late.pk, Mark.objects.get(sheet=here.sheet).pk)
    head = make_account("head")
    (column,) = column_of(here.sheet, actor=head, today=legal_date(NOON)).columns
    assert (column.filled, column.learning, set(column.named or ())) == (1, 1, {here.first.pk})
    assert {filled_words(one) for one in listed(head, legal_date(NOON))} == {"1 из 1"}
    run(CLOSE, teacher_of(here.sheet).pk, here.sheet.pk)


@pytest.mark.clause("2.2")
def test_whoever_came_after_a_control_sits_it_apart_and_owes_nothing_before(client: Client) -> None:
    here = Latecomer()
    close_sheet(here.sheet, actor=teacher_of(here.sheet), at=NOON)
    (found,) = debts_of([here.cohort])
    assert (found.enrolment.pk, found.attempt, found.owed, found.is_missed) == (here.late.pk, 1, None, True)
    (line,) = book_of(here.late, TODAY).all_lines
    assert (line.plan_words, line.is_late) == ("в плане", False), "no mark of the group's sheet is awaited"
    methodist = make_account("methodist", unit=here.cohort.program_version.program.unit)

    def appoint(held_on: date, one: Enrolment) -> MarkSheet:
        return appoint_resit(
            here.cohort, here.sheet.module, enrolments=[one], teacher=here.sheet.teacher, held_on=held_on,
            due_on=held_on + timedelta(days=2), actor=methodist, at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        )  # fmt: skip

    client.force_login(methodist)
    for where in ("debts/", f"resits/{here.sheet.module_id}/1/"):
        assert "группа сдавала раньше" in client.get(f"/cohorts/{here.cohort.pk}/{where}").content.decode()
    (task,) = debt_tasks.tasks(methodist, NOON)
    assert task.detail.endswith("группа сдавала раньше")
    (kept,) = admission_of(here.cohort, legal_date(NOON), appoints=True).kept
    assert "группа сдавала до зачисления" in kept.needs[0].next
    assert [need.next for need in needs(book_of(here.late, TODAY))] == [kept.needs[0].next]
    assert "задолженности по этой дисциплине нет" in refused(lambda: appoint(date(2026, 11, 25), here.first)).sentence
    own = appoint(date(2026, 11, 25), here.late)
    assert (own.attempt, own.serial) == (1, 2)
    make_mark(here.late, own, "2", at=datetime(2026, 11, 26, 9, tzinfo=UTC))
    close_sheet(own, actor=teacher_of(own), at=datetime(2026, 11, 26, 9, tzinfo=UTC))
    (found,) = debts_of([here.cohort])
    assert found.owed is not None
    assert (found.owed.since, found.attempt) == (date(2026, 11, 25), 2)


@pytest.mark.clause("273-ФЗ ст. 59")
def test_admission_and_completion_rest_on_closed_sheets() -> None:
    sheet = make_sheet(learners=2)
    one, two = enrolments_of(sheet)
    fill_sheet(sheet, "5")
    today = legal_date(NOON)

    def order(kind: str, ground: str = "") -> Order:
        return make_order(sheet.cohort, [one.learner], kind=kind, at=NOON, effective_on=today, ground=ground)

    for kind, ground in (("admission", ""), ("withdrawal", "completed")):
        assert f"ведомость не закрыта: «{sheet.module}»" in refused(partial(order, kind, ground)).sentence
    assert headways([one])[one.pk].passed == 1, "the progress counts it all the same"
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    assert order("admission").state == "approved"
    assert headways([two])[two.pk].before_final == []


@pytest.mark.clause("273-ФЗ ст. 59")
def test_an_open_sheet_changes_no_mark_of_whoever_is_admitted() -> None:
    ending = Ending()
    ending.admit()
    mark = Mark.objects.get(sheet=ending.subject, enrolment=ending.good)
    head = make_account("head")
    grant_reopening(make_reopening(ending.subject), actor=head, at=NOON)
    sheet = MarkSheet.objects.get(pk=ending.subject.pk)
    debtor = Mark.objects.get(sheet=sheet, enrolment=ending.debtor)
    cells = [Cell(ending.good.pk, "2", mark.pk), Cell(ending.debtor.pk, "4", debtor.pk)]
    admitted, learning = set_marks(sheet, cells, actor=teacher_of(sheet), at=NOON)
    assert "издан приказ о допуске" in admitted.refusal
    assert not learning.refusal, "negative control: no order rests on the other one's mark"


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_an_absence_for_a_good_reason_at_final_attestation_is_sat_anew() -> None:
    ending = Ending()
    ending.admit()
    ending.type(ending.good, "н")
    ending.type(ending.other, "2")
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    methodist = make_account("methodist", unit=ending.cohort.program_version.program.unit)
    assert [one.module.sort for one in debts_of([ending.cohort])] == ["subject"]
    day = ending.final.held_on
    record_excuse(
        ending.good, kind="illness", first_day=day, last_day=day, basis="справка № 2", actor=methodist, at=NOON
    )
    (found,) = [one for one in debts_of([ending.cohort]) if one.module.sort == "final"]
    assert (found.enrolment.pk, found.attempt, found.is_put_off) == (ending.good.pk, 1, True)

    def appoint(one: Enrolment) -> MarkSheet:
        return appoint_resit(
            ending.cohort, ending.final.module, enrolments=[one], teacher=ending.final.teacher,
            held_on=date(2026, 11, 27), due_on=date(2026, 11, 28), actor=methodist, at=NOON,
        )  # fmt: skip

    assert "пересдачи у неё нет" in refused(lambda: appoint(ending.other)).sentence
    assert "нет приказа о допуске" in refused(lambda: appoint(ending.debtor)).sentence
    own = appoint(ending.good)
    make_mark(ending.good, own, "5", at=datetime(2026, 11, 27, 9, tzinfo=UTC))
    refuses("не пересдают", MEMBER_AGAIN, own.pk, own.pk)


MEMBER_AGAIN = """
WITH again AS (
    INSERT INTO learning_marksheet (cohort_id, module_id, attempt, serial, commission_basis, teacher_id, held_on, due_on, state)
    SELECT cohort_id, module_id, 2, 1, '', teacher_id, held_on + 7, due_on + 7, 'open' FROM learning_marksheet WHERE id = %s
    RETURNING id
)
INSERT INTO learning_sheetmember (sheet_id, enrolment_id, named_by_id, named_by_person, named_at)
SELECT a.id, n.enrolment_id, n.named_by_id, n.named_by_person, n.named_at FROM again a, learning_sheetmember n
WHERE n.sheet_id = %s
"""


@pytest.mark.clause("273-ФЗ ст. 59")
def test_whoever_is_admitted_after_the_final_sheet_was_closed_sits_it_apart(client: Client) -> None:
    ending = Ending()
    ending.admit()
    for one in (ending.good, ending.other):
        ending.type(one)
    close_sheet(ending.final, actor=teacher_of(ending.final), at=NOON)
    methodist = make_account("methodist", unit=ending.cohort.program_version.program.unit)
    correction = make_correction(Mark.objects.get(sheet=ending.subject, enrolment=ending.debtor), text="3")
    confirm_correction(correction, actor=methodist, at=NOON)
    assert debts_of([ending.cohort]) == []
    day = legal_date(NOON)
    make_order(ending.cohort, [ending.debtor.learner], kind="admission", effective_on=day, at=NOON)
    (found,) = debts_of([ending.cohort])
    assert (found.module.sort, found.attempt, found.is_missed) == ("final", 1, True)
    assert examinees_in(ending.final.module, [ending.good])[ending.good.pk].attempt == 0
    client.force_login(methodist)
    page = client.get(f"/cohorts/{ending.cohort.pk}/resits/{ending.final.module_id}/1/").content.decode()
    assert ending.debtor.learner.person.last_name in page
