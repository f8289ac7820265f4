"""Two cards of one person made one and parted again: nothing is moved, whoever comes to one is led to the other (п. 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.pages import by, signed_in, text_of
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import ConfirmAnew, Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.agreement import name_of, openings
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions import Schooling, add_education, change_person, merging
from zachetka.people.actions.consents import Terms, give_consent, still_kept
from zachetka.people.actions.merging import merge_cards, undo_merge
from zachetka.people.actions.resemblances import look_through
from zachetka.people.actions.roles import shut_account
from zachetka.people.merged import identities_of
from zachetka.people.models import Merge, Person, Resemblance
from zachetka.people.rules.merging import BLANK, TAKEABLE, takeable
from zachetka.people.sections import sections_of
from zachetka.people.tests.make import make_employee
from zachetka.people.tests.test_resemblances import BORN, NOON, anna

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]

STATE = Resemblance.State
LATER = NOON + timedelta(hours=1)
SNILS = "90000000182"


@dataclass
class Two:
    """A pair of one person entered twice, and whoever decides about it."""

    stays: Person
    goes: Person
    pair: Resemblance
    actor: Account

    def merge(self, *, wanted: tuple[str, ...] = TAKEABLE, key: UUID | None = None, **given: Any) -> Merge:
        told: dict[str, Any] = {"reason": "сверены паспорта", "actor": self.actor, "at": NOON} | given
        return merge_cards(self.pair, self.stays, wanted=wanted, key=key or uuid4(), **told)

    def fresh(self) -> tuple[Person, Person]:
        return Person.objects.get(pk=self.stays.pk), Person.objects.get(pk=self.goes.pk)


def two(stays: dict[str, Any] | None = None, goes: dict[str, Any] | None = None) -> Two:
    one = anna(**({"education": (Schooling("higher", "1", "7654321"),)} | (stays or {})))
    other = anna(**({"last_name": "Двойнекова", "education": ()} | (goes or {})))
    look_through(NOON, batches=9)
    return Two(one, other, Resemblance.objects.waiting().get(), make_account("methodist"))


def undo(merge: Merge, **given: Any) -> Merge:
    told: dict[str, Any] = {"reason": "паспорта разные", "actor": make_account("methodist"), "at": LATER} | given
    return undo_merge(merge, **told)


# --- What is taken --------------------------------------------------------------------------------------------------------

VALUES = st.fixed_dictionaries({name: st.sampled_from([BLANK[name], "x", "y"]) for name in TAKEABLE})


@given(VALUES, VALUES, st.sets(st.sampled_from(TAKEABLE)))
def test_only_what_is_lacking_is_taken_and_only_what_is_wanted_but_the_number(
    stays: dict[str, object], goes: dict[str, object], wanted: set[str]
) -> None:
    taken = takeable(stays, goes, wanted)
    assert all(not stays[name] and goes[name] for name in taken)
    assert set(taken) <= wanted | {"snils"}
    assert set(taken) >= {name for name in wanted | {"snils"} if not stays[name] and goes[name]}
    assert takeable(stays, stays, wanted) == [], "a card takes nothing from itself"


def test_a_merge_points_one_card_at_the_other_and_fills_what_it_lacked() -> None:
    case = two({"email": "main@example.ru"}, {"email": "other@example.ru", "phone": "+79001112233", "snils": SNILS})
    merge = case.merge(wanted=("email", "phone"))
    stays, goes = case.fresh()
    assert (stays.email, stays.phone, stays.snils) == ("main@example.ru", "+79001112233", SNILS)
    assert (goes.merged_into, goes.snils, goes.email, goes.last_name) == (stays, None, "other@example.ru", "Двойнекова")
    assert merge.taken == ["snils", "phone"]
    case.pair.refresh_from_db()
    assert case.pair.state == STATE.MERGED
    told = Event.objects.filter(type__in=[EventType.MERGE_DONE, EventType.PERSON_MERGED, EventType.PERSON_CHANGED])
    assert [(event.type, event.subject_uid) for event in told.order_by("pk")] == [
        ("merge.done", stays.uid), ("person.merged", goes.uid), ("person.changed", stays.uid),
    ]  # fmt: skip
    assert "9000000" not in str([event.body for event in Event.objects.all()])


def test_the_same_form_again_is_the_same_merge() -> None:
    case, key = two(), uuid4()
    assert case.merge(key=key) == case.merge(key=key)
    with pytest.raises(IllegalStep, match="уже решили"):
        case.merge()


@pytest.mark.clause("3.3")
def test_the_ledger_agrees_with_both_cards_after_a_merge_and_after_its_undoing() -> None:
    case = two(goes={"snils": SNILS})

    def agree() -> list[bool]:
        rows = [*case.fresh(), Merge.objects.get()]
        opened = openings(name_of(row) for row in rows)
        return [opened[name_of(row)].agrees(row) for row in rows]

    merge = case.merge()
    assert agree() == [True, True, True]
    undo(merge)
    assert agree() == [True, True, True]
    Person.objects.filter(pk=case.stays.pk).update(email="by-hand@example.ru")
    assert agree() == [False, True, True], "a change past the actions is found"


# --- Refused --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("152-ФЗ ст. 9")
def test_consents_of_both_cards_are_read_on_the_one_that_stays_and_settled_by_what_either_holds() -> None:
    case = two(goes={"email": "kept@example.ru"})
    terms = Terms("mailing", date(2026, 9, 1), None, "заявлением", "paper", "№ 12")
    consent = give_consent(case.goes, terms, key=uuid4(), actor=case.actor, at=NOON)
    merge = case.merge(wanted=())
    reader = make_account("privacy")
    (section,) = [one for one in sections_of(case.fresh()[0], reader) if one.title == "Согласия"]
    assert [row[0] for row in section.rows] == [consent]
    assert consent.person == case.goes, "nothing is moved"
    assert still_kept(consent, case.fresh()[0]) == still_kept(consent, case.fresh()[1]) == ["email"]
    undo(merge)
    (section,) = [one for one in sections_of(case.fresh()[0], reader) if one.title == "Согласия"]
    assert section.rows == []


@pytest.mark.clause("3.8")
def test_the_account_of_the_absorbed_card_is_closed_its_sessions_end_and_nobody_gives_another() -> None:
    case = two()
    own, other = (make_account("learner", person_uid=one.uid) for one in (case.stays, case.goes))
    client = signed_in(other)
    assert client.get("/").status_code == 200
    merge = case.merge()
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.is_active, other.is_active, other.closed_at) == (True, False, NOON)
    assert "/accounts/login/" in client.get("/")["Location"]
    (closed,) = Event.objects.filter(type=EventType.ACCOUNT_CLOSED.value)
    assert (closed.actor, closed.subject_uid) == (case.actor, case.goes.uid)
    with pytest.raises(IntegrityError, match="не входят"), transaction.atomic():
        make_account("learner", person_uid=case.goes.uid)
    undo(merge)
    other.refresh_from_db()
    assert not other.is_active, "a closed account stays closed: whoever lets in gives another"
    make_account("learner", person_uid=case.goes.uid)


@pytest.mark.clause("3.8")
def test_who_signs_in_only_by_the_card_or_ever_worked_by_it_has_it_stand_for_them() -> None:
    case = two()
    only = make_account("learner", person_uid=case.goes.uid)
    with pytest.raises(RuleViolation, match="Человек входит по учётной записи"):
        case.merge()
    make_account("learner", person_uid=case.stays.uid)
    shut_account(only, actor=case.actor, at=NOON)
    worked = make_account("teacher", person_uid=case.goes.uid)
    shut_account(worked, actor=case.actor, at=NOON)
    with pytest.raises(RuleViolation, match="работали"):
        case.merge()
    assert not Merge.objects.exists()


def test_a_kind_of_record_nobody_thought_of_keeps_a_card_from_being_absorbed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = two()
    terms = Terms("mailing", date(2026, 9, 1), None, "заявлением", "paper", "№ 12")
    give_consent(case.goes, terms, key=uuid4(), actor=case.actor, at=NOON)
    monkeypatch.setattr(merging, "STAYS_IN_PLACE", merging.STAYS_IN_PLACE - {"people.consent"})
    with pytest.raises(RuleViolation, match=r"есть записи: согласия"):
        case.merge()


def test_an_employee_is_the_card_that_stays() -> None:
    worker = make_employee(
        last_name="Двойникова", first_name="Анна", patronymic="Петровна", birth_date=None, education=()
    )
    learner = anna(education=())
    look_through(NOON, batches=9)
    pair, actor = Resemblance.objects.waiting().get(), make_account("methodist")
    with pytest.raises(RuleViolation, match="карточка работника"):
        Two(learner, worker.person, pair, actor).merge()
    Two(worker.person, learner, pair, actor).merge()
    assert Person.objects.get(pk=worker.person_id).birth_date == BORN


def test_different_numbers_and_documents_that_would_be_lost_sight_of_are_refused() -> None:
    slip = two({"snils": SNILS}, {"snils": "90000000384"})
    with pytest.raises(RuleViolation, match="разные СНИЛС"):
        slip.merge()
    change_person(slip.goes, {"snils": None}, actor=slip.actor, at=NOON)
    add_education(slip.goes, Schooling("higher", "2", "1111111"), actor=slip.actor, at=NOON)
    with pytest.raises(RuleViolation, match="нет в главной карточке: 1"):
        slip.merge()
    add_education(slip.stays, Schooling("higher", "2", "1111111"), actor=slip.actor, at=NOON)
    slip.merge()


def test_there_are_no_chains_and_no_rings() -> None:
    case = two()
    third = anna(last_name="Двойникава", education=())
    look_through(NOON, batches=9)
    pairs = {(row.one, row.other): row for row in Resemblance.objects.waiting()}
    case.merge()
    with pytest.raises(IllegalStep, match="уже решили|уже объединена"):  # noqa: RUF043 - the first rule that is met
        merge_cards(case.pair, case.goes, wanted=(), reason="кольцо", key=uuid4(), actor=case.actor, at=NOON)
    onward = pairs[case.stays, third]
    with pytest.raises(IllegalStep, match="сделайте её главной"):
        merge_cards(onward, third, wanted=(), reason="цепочка", key=uuid4(), actor=case.actor, at=NOON)
    merge_cards(onward, case.stays, wanted=(), reason="один человек", key=uuid4(), actor=case.actor, at=NOON)
    assert len(identities_of(case.stays)) == 3


@pytest.mark.clause("3.8")
def test_who_merges_is_on_the_page_of_rights_never_of_oneself_and_proves_anew_that_it_is_they() -> None:
    case = two()
    for role in ("learner", "teacher", "registrar", "head", "inspector", "privacy", "admin"):
        with pytest.raises(Forbidden):
            case.merge(actor=make_account(role))
    for own in (case.stays, case.goes):
        with pytest.raises(RuleViolation, match="ваша"):
            case.merge(actor=make_account("methodist", person_uid=own.uid))
    stale = make_account("methodist")
    stale.confirmed_at = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(ConfirmAnew):
        case.merge(actor=stale)
    assert not Merge.objects.exists()


# --- Undone ---------------------------------------------------------------------------------------------------------------


def test_an_undone_merge_leaves_both_cards_as_they_were() -> None:
    case = two(goes={"phone": "+79001112233", "snils": SNILS})
    before = [one.proven() for one in case.fresh()]
    merge = case.merge()
    assert [one.proven() for one in case.fresh()] != before
    undone = undo(merge)
    assert [one.proven() for one in case.fresh()] == before
    assert (undone.state, undone.undo_reason) == (Merge.State.UNDONE, "паспорта разные")
    case.pair.refresh_from_db()
    assert case.pair.state == STATE.WAITING
    with pytest.raises(IllegalStep, match="уже разъединены"):
        undo(merge)
    assert case.merge() != merge, "they may be merged anew"


def test_what_was_said_after_the_merge_stays_with_the_card_of_which_it_was_said() -> None:
    case = two(goes={"phone": "+79001112233", "email": "taken@example.ru"})
    merge = case.merge()
    change_person(case.stays, {"phone": "+79009998877"}, actor=case.actor, at=LATER)
    add_education(case.stays, Schooling("student"), actor=case.actor, at=LATER)
    undo(merge)
    stays, goes = case.fresh()
    assert (stays.phone, stays.email) == ("+79009998877", "")
    assert (goes.phone, goes.email) == ("+79001112233", "taken@example.ru")
    assert stays.education.count() == 2


@pytest.mark.clause("3.8")
def test_another_person_parts_and_with_a_reason() -> None:
    case = two()
    merge = case.merge()
    with pytest.raises(RuleViolation, match="разъединяет другой человек"):
        undo(merge, actor=case.actor)
    twin = make_account("methodist", person_uid=case.actor.person_uid)
    with pytest.raises(RuleViolation, match="разъединяет другой человек"):
        undo(merge, actor=twin)
    with pytest.raises(RuleViolation, match="людей двое"):
        undo(merge, reason="")
    with pytest.raises(RuleViolation, match="ваша"):
        undo(merge, actor=make_account("methodist", person_uid=case.stays.uid))
    with pytest.raises(Forbidden):
        undo(merge, actor=make_account("privacy"))
    merge.refresh_from_db()
    assert merge.state == Merge.State.DONE


@pytest.mark.clause("152-ФЗ ст. 21 ч. 5")
def test_what_is_deleted_from_the_card_is_deleted_from_the_absorbed_one_too_and_no_undoing_brings_it_back() -> None:
    case = two(goes={"email": "gone@example.ru"})
    merge = case.merge()
    terms = Terms("mailing", date(2026, 9, 1), None, "заявлением", "paper", "№ 12")
    consent = give_consent(case.stays, terms, key=uuid4(), actor=case.actor, at=NOON)
    assert still_kept(consent, case.fresh()[0]) == ["email"]
    change_person(case.stays, {"email": ""}, actor=case.actor, at=LATER)
    assert [one.email for one in case.fresh()] == ["", ""]
    assert still_kept(consent, case.fresh()[0]) == []
    undo(merge)
    assert [one.email for one in case.fresh()] == ["", ""]


# --- Pages -----------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("collected_statics")
def test_one_methodist_merges_by_the_page_and_another_parts() -> None:
    case = two(goes={"phone": "+79001112233"})
    client, address = signed_in(case.actor), f"/doubles/{case.pair.pk}/"
    page = client.get(address)
    assert "Это один человек" in text_of(page)
    key = page.context["merging"]["key"].value()
    typed = {"key": key, "survivor": str(case.stays.pk), "wanted": ["phone"], "reason": "сверены паспорта"}
    assert client.post(f"{address}merge/", typed | {"survivor": ""}).status_code == 422
    assert client.post(f"{address}merge/", typed | {"reason": ""}).status_code == 422
    answer = client.post(f"{address}merge/", typed)
    assert answer.status_code == 302
    where = answer["Location"]
    assert "разъединит другой человек" in text_of(client.get(where)).lower()
    assert client.post(f"{where}undo/", {"reason": "сам"}).status_code == 422
    other = by("methodist")
    assert "Разъединить карточки" in text_of(other.get(where))
    assert by("privacy").get(where).status_code == 200
    assert by("head").get(where).status_code == 403
    assert other.post(f"{where}undo/", {"reason": ""}).status_code == 422
    assert other.post(f"{where}undo/", {"reason": "паспорта разные"}).status_code == 302
    assert "паспорта разные" in text_of(other.get(where))
    assert case.fresh()[0].phone == ""
