"""A returning learner entered twice: the books of both cards are one person's, for them and for whoever may not decide about
themselves; nothing is moved, and parting gives back both (п. 2.1, 2.5, 3.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from inspect import getsource
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from tests.pages import signed_in
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import now
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.learning.actions.admitting import admit
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import OWN_MARK, close_sheet, confirm_correction
from zachetka.learning.actions.orders import approve_order, submit_order
from zachetka.learning.actions.record_books import _signer, read_mark_history
from zachetka.learning.actions.reopenings import grant_reopening
from zachetka.learning.merging import _hands_of
from zachetka.learning.models import Correction, Enrolment, Mark, Order
from zachetka.learning.queries.searching import people as found_people
from zachetka.learning.tests.make import (
    ENROLLED,
    NOON,
    make_cohort,
    make_correction,
    make_enrolment,
    make_mark,
    make_order,
    make_reopening,
    make_sheet,
    teacher_of,
)
from zachetka.learning.tests.make_debts import Debtors, noon
from zachetka.learning.tests.test_awards import make_award
from zachetka.ledger.agreement import name_of, openings
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import Schooling
from zachetka.people.merged import identities_of
from zachetka.people.models import Employee, Merge, Person
from zachetka.people.sections import sections_of
from zachetka.people.subject.holdings import counted
from zachetka.people.tests.make import make_employee, make_teacher
from zachetka.people.tests.test_merging import Two, two, undo
from zachetka.rendering.forms.mentions import Signer

PAPER: Final = (Schooling("higher", "1", "7654321"),)
LEARNED: Final = {"education": PAPER}

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]


@dataclass
class Returned:
    """The old card with its finished book, the new one by which somebody learns and signs in."""

    case: Two
    old: Enrolment
    new: Enrolment
    mark: Mark
    learner: Account

    def merge(self) -> Merge:
        return self.case.merge()

    def client(self) -> Client:
        return signed_in(self.learner)

    def opens(self) -> list[int]:
        client = self.client()
        return [client.get(f"/record-books/{one.pk}/").status_code for one in (self.old, self.new)]


def returned() -> Returned:
    case = two(goes=LEARNED)
    sheet = make_sheet(learners=0)
    old = make_enrolment(sheet.cohort, case.goes.learner)
    mark = make_mark(old, sheet, closed=True)
    make_order(
        sheet.cohort, [case.goes.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date()
    )
    new = make_enrolment(learner=case.stays.learner)
    old.refresh_from_db()
    return Returned(case, old, new, mark, make_account("learner", person_uid=case.stays.uid))


@pytest.mark.clause("2.5")
@pytest.mark.usefixtures("collected_statics")
def test_the_learner_reads_the_books_of_both_cards_and_after_the_parting_only_their_own() -> None:
    one = returned()
    assert one.opens() == [404, 200], "before the merge the other card is a stranger's"
    merge = one.merge()
    assert one.opens() == [200, 200]
    books = one.client().get(reverse("learning:my-record-books")).context["enrolments"]
    assert [book for book, _ in books] == [one.new, one.old]
    undo(merge)
    assert one.opens() == [404, 200]


@pytest.mark.clause("2.5")
def test_the_card_that_stays_shows_both_books_and_the_search_names_the_groups_of_both() -> None:
    one = returned()
    reader = one.case.actor
    merge = one.merge()
    stays = one.case.fresh()[0]

    def books(person: Person) -> set[Enrolment]:
        (section,) = [part for part in sections_of(person, reader) if part.title.startswith("Учёба")]
        return {row for row, _ in section.rows}

    assert books(stays) == {one.old, one.new}
    (hit,) = found_people(reader, "двойнекова", 5)
    assert one.old.cohort.code in hit.detail
    assert one.new.cohort.code in hit.detail
    undo(merge)
    assert books(stays) == {one.new}


@pytest.mark.clause("3.3")
def test_nothing_is_moved_and_everything_agrees_with_the_ledger_after_the_merge_and_after_its_undoing() -> None:
    one = returned()
    kept = [*Enrolment.objects.order_by("pk"), *Mark.objects.order_by("pk"), *Order.objects.order_by("pk")]
    before = [row.proven() for row in kept]

    def stand() -> None:
        rows = [type(row).objects.get(pk=row.pk) for row in kept]
        opened = openings(name_of(row) for row in rows)
        assert [row.proven() for row in rows] == before
        assert all(opened[name_of(row)].agrees(row) for row in rows)

    merge = one.merge()
    stand()
    undo(merge)
    stand()
    assert [card.human_uid for card in one.case.fresh()] == [one.case.stays.uid, one.case.goes.uid]


@pytest.mark.clause("152-ФЗ ст. 14")
def test_the_subject_is_told_of_the_books_of_both_cards() -> None:
    one = returned()
    one.merge()
    held = {kind.label: kind.count for kind in counted(identities_of(one.case.fresh()[1]))[0]}
    assert (held["learning.enrolment"], held["learning.mark"]) == (2, 1)


@pytest.mark.clause("3.8")
@pytest.mark.usefixtures("collected_statics")
def test_whose_book_it_is_is_asked_of_the_person_on_every_page_kept_or_made_anew() -> None:
    one = returned()
    clerk = make_account("registrar", person_uid=one.case.stays.uid)
    award = make_award(one.old)
    address, looks = f"/record-books/{one.old.pk}/", Event.objects.filter(type=EventType.RECORD_BOOK_READ)

    def look() -> int:
        before, client = looks.count(), signed_in(clerk)
        for path in (address, address, f"{address}awards/", f"/awards/{award.pk}/"):
            assert client.get(path).status_code == 200
        read_mark_history(Mark.objects.get(pk=one.mark.pk), reader=clerk, at=now())
        return looks.count() - before

    assert look() == 5, "a stranger's book, and each look is about its card"
    assert set(looks.values_list("subject_uid", flat=True)) == {one.case.goes.uid}
    merge = one.merge()
    assert look() == 0
    assert signed_in(clerk).get(f"{address}awards/").context["is_own"]
    undo(merge)
    assert look() == 5


@pytest.mark.clause("3.8")
def test_nobody_certifies_a_book_of_theirs_by_whichever_card_they_learned() -> None:
    one = returned()
    clerk = make_account("registrar", person_uid=one.case.stays.uid)
    Employee.objects.create(
        person=one.case.stays, unit=make_unit(), position="делопроизводитель", hired_on=date(2020, 1, 9)
    )

    def signer() -> Signer | None:
        book = Enrolment.objects.select_related("learner__person").get(pk=one.old.pk)
        return _signer(clerk, book, NOON.date())

    assert signer() is not None, "a stranger's book"
    one.merge()
    assert signer() is None


# --- One person's hands ---------------------------------------------------------------------------------------------------


@pytest.mark.clause("3.8")
def test_nobody_corrects_a_mark_that_stands_on_a_card_absorbed_by_their_own() -> None:
    one = returned()
    correction = make_correction(one.mark)
    own = make_account("methodist", person_uid=one.case.stays.uid)
    one.merge()
    with pytest.raises(RuleViolation) as refusal:
        confirm_correction(Correction.objects.get(pk=correction.pk), actor=own, at=NOON)
    assert (refusal.value.clause, refusal.value.sentence) == ("3.8", OWN_MARK)
    statement = (
        "INSERT INTO learning_excuse (enrolment_id, kind, first_day, last_day, basis, recorded_by_id, recorded_by_person, recorded_at) "  # noqa: S608
        f"VALUES ({one.old.pk}, 'illness', '2026-10-01', '2026-10-02', 'справка', {own.pk}, '{own.person_uid}', now())"
    )
    with pytest.raises(IntegrityError, match="другой человек"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.clause("3.8")
def test_whoever_decided_about_the_other_card_as_a_stranger_is_named_and_the_cards_are_not_merged() -> None:
    case = two(goes=LEARNED)
    head = make_account("head", person_uid=case.stays.uid)
    cohort = make_cohort()
    order = make_order(cohort, [case.goes.learner], approved=False)
    order = submit_order(order, actor=order.drafted_by, at=ENROLLED)
    approve_order(order, seen=seen_of(order), actor=head, at=ENROLLED)
    make_order(cohort, [case.goes.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date())
    with pytest.raises(RuleViolation, match="решал о другой как о чужой: приказ"):
        case.merge()
    assert not Merge.objects.exists()


@pytest.mark.clause("3.8")
def test_the_database_refuses_a_merge_for_all_the_hands_that_the_action_names() -> None:
    debtors = Debtors()
    (row,), goes = debtors.people, debtors.people[0].learner.person
    unit = debtors.cohort.program_version.program.unit
    debtors.sit(date(2026, 3, 1))
    sheet = debtors.sit(date(2026, 4, 15), "4", **debtors.panel())
    day = noon(date(2026, 4, 16))
    opener, head = make_teacher(roles=("head",)), make_teacher(roles=("head",))
    corrector, excuser, rewarder = (make_teacher(roles=("methodist",), unit=unit) for _ in range(3))
    confirm_correction(make_correction(Mark.objects.get(sheet=sheet), text="5", at=day), actor=corrector, at=day)
    grant_reopening(make_reopening(sheet, at=day, until=date(2026, 4, 20)), actor=opener, at=day)
    sheet.refresh_from_db()
    close_sheet(sheet, actor=teacher_of(sheet), at=day)
    days = {"first_day": date(2026, 3, 20), "last_day": date(2026, 3, 21)}
    record_excuse(row, kind="illness", **days, basis="справка № 1", actor=excuser, at=day)
    make_award(row, actor=rewarder, at=day, awarded_on=day.date())
    given: dict[str, Any] = {"kind": "withdrawal", "ground": "own_wish", "at": day, "effective_on": day.date()}
    order = make_order(debtors.cohort, [row.learner], approved=False, **given)
    order = submit_order(order, actor=order.drafted_by, at=day)
    approve_order(order, seen=seen_of(order), actor=head, at=day)
    judge = sheet.commissioners.filter(is_chair=False)[0].employee.person.uid
    hands = {
        judge: ["комиссия пересдачи"],
        corrector.person_uid: ["исправление оценки"],
        opener.person_uid: ["повторное открытие ведомости"],
        excuser.person_uid: ["уважительная причина"],
        rewarder.person_uid: ["поощрение"],
        head.person_uid: ["приказ"],
    }
    teacher = sheet.teacher.person.uid
    said = {who: list(_hands_of(who, goes)) for who in (*hands, teacher)}
    assert said[teacher][0] == "оценка"
    assert {who: said[who] for who in hands} == hands | {corrector.person_uid: said[corrector.person_uid]}
    assert len({word for words in said.values() for word in words}) == getsource(_hands_of).count("yield ")
    for who in said:
        with pytest.raises(IntegrityError, match="решал человек главной"), transaction.atomic():
            _merged_plainly(who, goes)
    stranger = make_employee().person.uid  # nothing but the card that does not point yet stands against it
    with pytest.raises(IntegrityError, match="указывает на главную"), transaction.atomic():
        _merged_plainly(stranger, goes)


def _merged_plainly(who: UUID, goes: Person) -> None:
    actor = make_account("methodist")
    Merge.objects.create(
        key=uuid4(), survivor=Person.objects.get(uid=who), absorbed=goes, taken=[], reason="x", merged_by=actor,
        merged_by_person=actor.person_uid, merged_at=NOON,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- Refused --------------------------------------------------------------------------------------------------------------


def test_one_person_is_not_twice_in_one_group() -> None:
    case = two(goes=LEARNED)
    cohort = make_cohort()
    make_enrolment(cohort, case.goes.learner)
    make_order(cohort, [case.goes.learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date())
    make_enrolment(cohort, case.stays.learner)
    with pytest.raises(RuleViolation, match=f"в группе {cohort.code}"):
        case.merge()


def test_a_card_named_by_an_order_that_is_not_issued_waits_for_it() -> None:
    case = two(goes=LEARNED)
    make_order(make_cohort(), [case.goes.learner], approved=False)
    with pytest.raises(RuleViolation, match="в неизданном приказе"):
        case.merge()


@pytest.mark.clause("3.8")
def test_the_book_of_an_absorbed_card_lets_nobody_in() -> None:
    one = returned()
    one.merge()
    book = Enrolment.objects.select_related("learner__person__merged_into", "cohort").get(pk=one.old.pk)
    unit = book.cohort.program_version.program.unit
    with pytest.raises(IllegalStep, match="объединена"):
        admit(book, actor=make_account("methodist", unit=unit), at=NOON)
