"""Orders, sheets, corrections and debts tell those whom they concern, without names; a keystroke tells nobody (п. 2.1, 2.2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import RuleViolation
from zachetka.learning import telling
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import (
    Cell,
    close_sheet,
    confirm_correction,
    propose_correction,
    refuse_correction,
    set_marks,
)
from zachetka.learning.actions.orders import approve_order, return_order, submit_order
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.learning.tests.make import (
    NOON,
    enrolments_of,
    make_cohort,
    make_correction,
    make_mark,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.make_debts import Debtors, noon
from zachetka.lifecycle.hands import seen_of
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.models import Notice
from zachetka.people.tests.make import make_learner, make_learners

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.django_db]


def kinds_of(account: Account) -> list[str]:
    return list(Notice.objects.filter(account=account).order_by("pk").values_list("kind", flat=True))


def forget() -> None:
    """Leave what the building of the case told."""
    Notice.objects.all().delete()


def learner_of(book: Enrolment) -> Account:
    return make_account("learner", person_uid=book.learner.person.uid)


def test_an_order_tells_the_head_and_comes_back_to_its_drafter():
    head, learner = make_account("head"), make_learner()
    order = make_order(make_cohort(), [learner], approved=False)
    drafter = order.drafted_by
    assert drafter is not None
    at = now()
    order = submit_order(order, actor=drafter, at=at)
    assert kinds_of(head) == ["order.waits"]
    order = return_order(order, remark="Уточните дату", actor=head, at=at)
    assert kinds_of(drafter) == ["order.returned"]
    order = submit_order(order, actor=drafter, at=at + timedelta(minutes=1))
    assert kinds_of(head) == ["order.waits"] * 2, "it waits again"
    approve_order(order, seen=seen_of(order), actor=head, at=at + timedelta(minutes=2))
    assert kinds_of(drafter) == ["order.returned", "order.issued"]
    assert not any(learner.person.last_name in title for title in Notice.objects.values_list("title", flat=True))


def test_typing_a_mark_tells_nobody_and_closing_the_sheet_tells_who_failed():
    sheet = make_sheet(learners=3)
    books = list(Enrolment.objects.filter(cohort=sheet.cohort).order_by("pk"))
    accounts = [learner_of(book) for book in books]
    teacher = teacher_of(sheet)
    forget()
    for book, text in zip(books, ("2", "5", "2"), strict=True):
        (outcome,) = set_marks(sheet, [Cell(book.pk, text, None)], actor=teacher, at=now())
        assert not outcome.refusal
    assert not Notice.objects.exists()
    close_sheet(sheet, actor=teacher, at=now())
    assert [kinds_of(account) for account in accounts] == [["debt.arose"], [], ["debt.arose"]]
    told = Notice.objects.get(account=accounts[2])
    assert told.url == f"/record-books/{books[2].pk}/"


def test_a_sheet_that_is_not_closed_in_time_is_told_once_to_its_teacher_and_the_methodist_of_the_unit():
    sheet = make_sheet(learners=1)
    teacher = teacher_of(sheet)
    unit = sheet.cohort.program_version.program.unit
    methodist, stranger = (
        make_account("methodist", unit=unit),
        make_account("methodist", unit=make_sheet().cohort.program_version.program.unit),
    )
    at = now()
    MarkSheet.objects.filter(pk=sheet.pk).update(due_on=legal_date(at))
    telling.sheets_overdue(at)
    assert not Notice.objects.filter(account__in=[teacher, methodist], url=f"/sheets/{sheet.pk}/").exists()
    for days in (1, 2):
        telling.sheets_overdue(at + timedelta(days=days))
    mine = Notice.objects.filter(url=f"/sheets/{sheet.pk}/")
    told = list(mine.values_list("account", flat=True))
    assert told.count(teacher.pk) == told.count(methodist.pk) == 1
    assert stranger.pk not in told


@pytest.mark.clause("2.1")
def test_a_correction_tells_the_methodist_then_its_proposer_and_the_learner():
    mark = make_mark(closed=True)
    unit = mark.sheet.cohort.program_version.program.unit
    methodist, teacher, learner = (
        make_account("methodist", unit=unit),
        teacher_of(mark.sheet),
        learner_of(mark.enrolment),
    )
    given = {"text": "5", "reason": "ошибка переноса", "basis": "служебная записка № 1", "actor": teacher}
    correction = propose_correction(mark, at=now(), **given)  # type: ignore[arg-type]
    assert kinds_of(methodist) == ["correction.proposed"]
    refuse_correction(correction, why="Нет основания", actor=methodist, at=now())
    assert kinds_of(teacher) == ["correction.decided"]
    again = propose_correction(mark, at=now(), **given)  # type: ignore[arg-type]
    confirm_correction(again, actor=methodist, at=now())
    assert kinds_of(teacher) == ["correction.decided"] * 2
    assert kinds_of(learner) == ["mark.corrected"]
    assert mark.enrolment.learner.person.last_name not in " ".join(Notice.objects.values_list("title", flat=True))


def test_what_is_refused_tells_nobody():
    sheet = make_sheet(learners=1)
    forget()
    with pytest.raises(RuleViolation, match="Без оценки"):
        close_sheet(sheet, actor=teacher_of(sheet), at=now())
    assert not Notice.objects.exists()


def open_notices(kind: NoticeKind) -> set[str]:
    return set(Notice.objects.filter(kind=kind.value, closed_at__isnull=True).values_list("title", flat=True))


@pytest.mark.clause("2.4")
def test_an_order_waits_for_nobody_once_it_is_returned_or_issued(db: None) -> None:
    cohort, head = make_cohort(learners=1), make_account("head")
    order = make_order(cohort, make_learners(1), approved=False, at=NOON)
    drafter = order.drafted_by
    submit_order(order, actor=drafter, at=NOON)
    assert len(open_notices(NoticeKind.ORDER_WAITS)) == 1
    return_order(order, remark="Поправьте", actor=head, at=NOON)
    assert (open_notices(NoticeKind.ORDER_WAITS), len(open_notices(NoticeKind.ORDER_RETURNED))) == (set(), 1)
    submit_order(order, actor=drafter, at=NOON + timedelta(minutes=1))
    assert (len(open_notices(NoticeKind.ORDER_WAITS)), open_notices(NoticeKind.ORDER_RETURNED)) == (1, set())
    approve_order(order, seen=seen_of(order), actor=head, at=NOON + timedelta(minutes=2))
    assert open_notices(NoticeKind.ORDER_WAITS) == set()


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_an_appointed_resit_tells_those_whom_it_names_and_those_who_take_it_until_it_is_closed() -> None:
    debtors = Debtors(learners=2)
    first, second = debtors.people
    learner, other, teacher = learner_of(first), learner_of(second), teacher_of(debtors.sheet)
    forget()
    resit = debtors.appoint(date(2026, 3, 1), enrolments=[first])
    assert open_notices(NoticeKind.RESIT_APPOINTED) == {
        f"Назначена пересдача 1: {resit.module.title}, 01.03.2026",
        f"Вы принимаете: группа {resit.cohort.code}, {resit.module.title}, пересдача 1, 01.03.2026",
    }
    assert (kinds_of(learner), kinds_of(teacher), kinds_of(other)) == (["resit.appointed"], ["resit.appointed"], [])
    debtors.appoint(date(2026, 3, 1), enrolments=[first])
    assert Notice.objects.count() == 2, "the same appointment asked twice is told once"
    set_marks(resit, [Cell(first.pk, "4", None)], actor=teacher, at=noon(date(2026, 3, 1)))
    close_sheet(resit, actor=teacher, at=noon(date(2026, 3, 1)))
    assert open_notices(NoticeKind.RESIT_APPOINTED) == set()


@pytest.mark.clause("273-ФЗ ст. 58 ч. 6")
def test_a_resit_before_a_commission_tells_each_of_it() -> None:
    debtors = Debtors()
    debtors.sit(date(2026, 3, 1))
    panel = debtors.panel()
    judges = [make_account("teacher", person_uid=one.person.uid) for one in panel["commission"]]
    forget()
    debtors.appoint(date(2026, 4, 15), **panel)
    assert [kinds_of(one) for one in (*judges, teacher_of(debtors.sheet))] == [["resit.appointed"]] * 3


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_a_correction_tells_of_the_debt_that_it_makes_with_its_term_and_ends_the_notice_of_one_that_is_gone() -> None:
    debtors = Debtors(text="4")
    (one,) = debtors.people
    learner = learner_of(one)
    forget()
    mark = Mark.objects.get(sheet=debtors.sheet)
    for text, day in (("3", 20), ("2", 21), ("5", 22)):
        at = noon(date(2026, 2, day))
        mark = confirm_correction(make_correction(mark, text=text, at=at), actor=debtors.methodist, at=at)
        told = open_notices(NoticeKind.DEBT_AROSE)
        assert told == (
            {f"Академическая задолженность: {mark.sheet.module.title}, закрыть до 21.02.2027"} if text == "2" else set()
        )
    assert kinds_of(learner) == ["mark.corrected", "mark.corrected", "debt.arose", "mark.corrected"]


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_a_closed_sheet_tells_of_no_debt_whoever_was_away_for_a_good_reason() -> None:
    sheet = make_sheet(learners=2)
    ill, absent = enrolments_of(sheet)
    learner_of(ill)
    away = learner_of(absent)
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    days = {"first_day": sheet.held_on, "last_day": sheet.held_on}
    record_excuse(ill, kind="illness", **days, basis="справка № 1", actor=methodist, at=NOON)
    make_mark(ill, sheet, "н", closed=True)
    told = Notice.objects.filter(kind=NoticeKind.DEBT_AROSE.value)
    assert [one.account for one in told] == [away], "the other was absent without a reason"


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_a_correction_that_ends_a_debt_ends_the_notice_of_the_closed_sheet() -> None:
    sheet = make_sheet(learners=1)
    learner = learner_of(Enrolment.objects.get(cohort=sheet.cohort))
    mark = make_mark(sheet=sheet, text="2", closed=True)
    assert len(open_notices(NoticeKind.DEBT_AROSE)) == 1
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    confirm_correction(make_correction(mark, text="н"), actor=methodist, at=NOON)
    assert len(open_notices(NoticeKind.DEBT_AROSE)) == 1, (
        "negative control: the debt is there still, and is not told anew"
    )
    again = Mark.objects.in_force().get(sheet=sheet)
    confirm_correction(make_correction(again, text="3"), actor=methodist, at=NOON)
    assert open_notices(NoticeKind.DEBT_AROSE) == set()
    assert "debt.arose" in kinds_of(learner)
