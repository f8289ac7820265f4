"""Acts of destruction: two hands, a hold, values and salts gone, the rest proved (152-ФЗ ст. 21; T15, T18; G8)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from zachetka.access.tests.make import make_account
from zachetka.core.canonical import written
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.core.hashing import commitment_to_plain, row_commitment, sha256
from zachetka.destruction.actions.acts import approve_act, compose_act, return_act, settle_without_act
from zachetka.destruction.actions.holds import Order, lift_hold, place_hold
from zachetka.destruction.models import Act, ActLine, Hold
from zachetka.destruction.paper import paper
from zachetka.destruction.queries.cases import case_of
from zachetka.destruction.tests.make import EMAIL, NOON, PHONE, make_act, make_done, make_withdrawn
from zachetka.destruction.waiting import tasks
from zachetka.files import store
from zachetka.files.actions import Destroyed, contents, store_file, sweep_destroyed
from zachetka.learning.tests.make import make_enrolment
from zachetka.ledger.events import EventType
from zachetka.ledger.models import DestroyedSalt, Event, Opening
from zachetka.notices.models import Notice
from zachetka.people.actions import change_person
from zachetka.people.models import Person, Upload, Withdrawal
from zachetka.people.tests.make import make_person
from zachetka.registers.models import Entry
from zachetka.rendering.tests.read import seen
from zachetka.rendering.tests.read import text as pdf_text

pytestmark = [pytest.mark.clause("152-ФЗ ст. 21"), pytest.mark.django_db]

DAY: Final = date(2026, 11, 20)
ORDER: Final = Order("14-о", DAY, "спор в суде")


def commitments(person: Person) -> list[Event]:
    return list(Event.objects.of(person).filter(commitment__isnull=False))


# --- The case -------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("152-ФЗ ст. 21 ч. 5")
def test_a_case_names_what_has_no_other_ground_and_why_the_rest_stays() -> None:
    graduate = make_withdrawn()
    case = case_of(graduate.withdrawal, DAY)
    assert case.goes
    assert [(spot.record_type, spot.what) for spot in case.spots] == [("people.person", "email")]
    learns = make_withdrawn("calls", phone="+79005550011")
    make_enrolment(learner=learns.person.learner)
    kept = case_of(learns.withdrawal, DAY)
    assert not kept.goes
    assert "договор об образовании" in kept.kept_because
    assert settle_without_act(learns.withdrawal, actor=learns.privacy, at=NOON).kept_because == kept.kept_because
    with pytest.raises(RuleViolation, match="составьте акт"):
        settle_without_act(graduate.withdrawal, actor=graduate.privacy, at=NOON)
    with pytest.raises(RuleViolation, match="носитель"):
        make_act(make_withdrawn("photo"))


def test_a_withdrawal_waits_for_whoever_composes_and_the_act_for_whoever_approves() -> None:
    case = make_withdrawn()
    (task,) = tasks(case.privacy, NOON)
    assert (task.term, tasks(case.head, NOON)) == (case.withdrawal.due_on, [])
    act = make_act(case)
    assert tasks(case.privacy, NOON) == []
    assert [one.url for one in tasks(case.head, NOON)] == [f"/destruction/{act.pk}/"]
    make_account("learner", person_uid=case.person.uid)
    approve_act(act, actor=case.head, at=NOON)
    assert tasks(case.head, NOON) == []
    told = set(Notice.objects.values_list("kind", flat=True))
    assert {"consent.withdrawn", "destruction.waits", "destruction.decided", "data.destroyed"} <= told
    assert not [one for one in Notice.objects.all() if EMAIL in one.title or case.person.last_name in one.title]


# --- Two hands ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("3.8")
def test_whoever_composed_an_act_does_not_approve_it_by_any_account() -> None:
    case = make_withdrawn()
    both = make_account("privacy", "head")
    act = compose_act(case.withdrawal, key=uuid4(), actor=both, at=NOON)
    for actor in (both, make_account("head", person_uid=both.person_uid)):
        with pytest.raises(RuleViolation, match="составили вы"):
            approve_act(act, actor=actor, at=NOON)
        with pytest.raises(RuleViolation, match="составили вы"):
            return_act(act, why="не то", actor=actor, at=NOON)
    for role in ("methodist", "privacy", "inspector", "archivist", "learner"):
        with pytest.raises(Forbidden):
            approve_act(act, actor=make_account(role), at=NOON)
    own = make_account("head", person_uid=case.person.uid)
    with pytest.raises(RuleViolation, match="ваши данные"):
        approve_act(act, actor=own, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.filter(pk=act.pk).update(
            state="approved",
            decided_by=both,
            decided_by_person=both.person_uid,
            decided_at=NOON,
            number="1",
            extract_number="1",
        )
    case.person.refresh_from_db()
    assert case.person.email == EMAIL


def test_a_hold_refuses_the_act_in_the_action_and_in_the_database_until_an_order_lifts_it() -> None:
    case = make_withdrawn()
    act = make_act(case)
    hold = place_hold(case.person, ORDER, key=uuid4(), actor=case.privacy, at=NOON)
    assert place_hold(case.person, ORDER, key=hold.key, actor=case.privacy, at=NOON) == hold
    with pytest.raises(RuleViolation, match="действует запрет"):
        approve_act(act, actor=case.head, at=NOON)
    with pytest.raises(RuleViolation, match="действует запрет"):
        compose_act(make_withdrawn("calls", person=case.person).withdrawal, key=uuid4(), actor=case.privacy, at=NOON)
    assert (Act.objects.get().state, Entry.objects.filter(record_type="destruction.act").count()) == ("composed", 0)
    with pytest.raises(IntegrityError, match="снимают приказом"), transaction.atomic():
        hold.delete()
    with pytest.raises(RuleViolation, match="не раньше, чем ввели"):
        lift_hold(hold, Order("2", date(2026, 11, 1), "рано"), actor=case.head, at=NOON)
    lift_hold(hold, Order("15-о", DAY, "спор окончен"), actor=case.head, at=NOON)
    with pytest.raises(IllegalStep, match="уже снят"):
        lift_hold(hold, ORDER, actor=case.head, at=NOON)
    assert approve_act(act, actor=case.head, at=NOON).number == "АУ-26-0001"


@pytest.mark.clause("3.8")
def test_whoever_lifted_a_hold_composes_no_act_and_whoever_composed_one_lifts_no_hold_by_any_account() -> None:
    case = make_withdrawn()
    both = make_account("privacy", "head")
    other = make_account("privacy", person_uid=both.person_uid)
    hold = place_hold(case.person, ORDER, key=uuid4(), actor=case.privacy, at=NOON)
    for role in ("methodist", "privacy", "inspector", "archivist"):
        with pytest.raises(Forbidden):
            lift_hold(hold, ORDER, actor=make_account(role), at=NOON)
    lift_hold(hold, ORDER, actor=both, at=NOON)
    for actor in (both, other):
        with pytest.raises(RuleViolation, match="Запрет на уничтожение этих данных сняли вы"):
            compose_act(case.withdrawal, key=uuid4(), actor=actor, at=NOON)
    act = compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON)
    fields = {
        "key": uuid4(), "kind": act.kind, "withdrawal": make_withdrawn("calls", person=case.person).withdrawal,
        "reason": act.reason, "law": act.law, "composed_by": other, "composed_by_person": other.person_uid, "composed_at": NOON,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="Снявший запрет не составляет"), transaction.atomic():
        Act.objects.create(**fields)
    again = place_hold(case.person, ORDER, key=uuid4(), actor=case.privacy, at=NOON)
    composer = make_account("head", person_uid=case.privacy.person_uid)
    with pytest.raises(RuleViolation, match="Акт об этих данных составили вы"):
        lift_hold(again, ORDER, actor=composer, at=NOON)
    lifted = {
        "lift_order_number": "1",
        "lift_order_date": DAY,
        "lift_reason": "x",
        "lifted_by": composer,
        "lifted_at": NOON,
    }
    with pytest.raises(IntegrityError, match="Составивший акт не снимает"), transaction.atomic():
        Hold.objects.filter(pk=again.pk).update(state="lifted", **lifted)
    lift_hold(again, ORDER, actor=both, at=NOON)
    assert approve_act(act, actor=both, at=NOON).state == Act.State.APPROVED


@pytest.mark.clause("2.5")
def test_an_act_names_the_operator_and_the_address_of_its_day_and_without_them_none_is_composed(
    settings: Settings, tmp_path: Path
) -> None:
    case, settings.ACADEMY_FILE = make_withdrawn(), tmp_path / "academy.toml"
    with pytest.raises(RuleViolation, match="не заданы: администратор"):
        make_act(case)
    text = '[[academy]]\nsince = {}\nlines = ["{}"]\nshort = "{}"\ncity = "Псков"\naddress = "180000, Псков"\n'
    settings.ACADEMY_FILE.write_text(
        text.format("2021-02-01", "АНО «Прежняя»", "Прежняя") + text.format("2027-01-01", "АНО «Новая»", "Новая"),
        "utf-8",
    )
    act = make_done(case)
    settings.ACADEMY_FILE.unlink()
    for kind in ("act", "extract"):
        said = seen(pdf_text(paper(act, kind).content))
        assert seen("АНО «Прежняя»") in said
        assert seen("Новая") not in said
    assert seen("180000, Псков") in seen(pdf_text(paper(act, "act").content))


# --- What is gone ---------------------------------------------------------------------------------------------------------


def test_values_and_salts_are_gone_everywhere_and_the_withdrawal_is_settled() -> None:
    case = make_withdrawn()
    account = make_account("learner", person_uid=case.person.uid)
    type(account).objects.filter(pk=account.pk).update(email=EMAIL)
    change_person(case.person, {"phone": "+79005550022"}, actor=case.methodist, at=NOON)
    before = [event.pk for event in commitments(case.person)]
    act = make_done(case)
    case.person.refresh_from_db()
    account.refresh_from_db()
    assert (case.person.email, account.email, case.person.phone) == ("", "", "+79005550022")
    assert not Opening.objects.filter(event__in=before).exists()
    assert set(before) <= set(DestroyedSalt.objects.values_list("event", flat=True))
    newest = commitments(case.person)[-1]
    assert (newest.type, newest.body["act"]) == (EventType.RECORD_DESTROYED.value, act.pk)
    assert row_commitment(case.person.proven(), bytes(newest.opening.salt)) == newest.commitment
    settled = Withdrawal.objects.get(pk=case.withdrawal.pk)
    assert (settled.state, settled.removed, settled.settled_by) == ("settled", ["email"], case.head)
    assert (act.number, act.extract_number) == ("АУ-26-0001", "ВЖ-26-0001")
    assert EMAIL not in str(act.content)


def test_a_value_deleted_earlier_by_hand_loses_its_salts_too() -> None:
    case = make_withdrawn()
    change_person(case.person, {"email": ""}, actor=case.methodist, at=NOON)
    before = [event.pk for event in commitments(case.person)]
    make_done(case)
    assert not Opening.objects.filter(event__in=before).exists()
    again = make_withdrawn(person=case.person)
    assert not case_of(again.withdrawal, DAY).goes, "what is gone is not destroyed twice"


@pytest.mark.clause("3.3")
def test_nobody_finds_a_destroyed_number_by_trying_and_without_a_salt_everybody_would() -> None:
    case = make_withdrawn("calls")
    event = commitments(case.person)[-1]
    salt, fields = bytes(event.opening.salt), case.person.proven()
    numbers = [f"+7900123{tail:04}" for tail in range(90, 110)]

    def found(salts: list[bytes]) -> list[str]:
        return [
            one
            for one in numbers
            for each in salts
            if row_commitment(fields | {"phone": one}, each) == event.commitment
        ]

    assert found([salt]) == [PHONE], "with the salt it falls: the test can fail"
    make_done(case)
    assert found([bytes(one) for one in Opening.objects.values_list("salt", flat=True)]) == []
    unsalted = sha256(written(PHONE))
    assert [one for one in numbers if sha256(written(one)) == unsalted] == [PHONE]
    assert commitment_to_plain(PHONE, salt) != unsalted


def test_kept_lists_that_hold_the_value_are_destroyed_and_one_that_waits_stops_the_act() -> None:
    case = make_withdrawn()
    table = f"Фамилия;Почта\nЗвягина;{EMAIL.upper()}\n".encode("cp1251")
    other = "Фамилия;Почта\nЗвягина;other@example.ru\n".encode()
    kept, foreign = (
        store_file([content], name="Список.csv", media_type="text/csv", actor=None, at=NOON)
        for content in (table, other)
    )
    for file in (kept, foreign):
        upload = Upload.objects.create(key=uuid4(), file=file, sha256=file.sha256, uploaded_at=NOON)
    upload = Upload.objects.get(file=kept)
    with pytest.raises(RuleViolation, match="ещё ждёт загрузки"):
        make_act(case)
    Upload.objects.filter(pk=upload.pk).update(state="cancelled", ended_at=NOON)
    act = make_act(case)
    assert [(one.what, one.record_id) for one in act.lines.all()] == [
        ("email", str(case.person.pk)),
        ("file", str(kept.pk)),
    ]
    approve_act(act, actor=case.head, at=NOON)
    assert sweep_destroyed() == 1
    assert not store.place(kept.sha256).exists()
    with pytest.raises(Destroyed, match="уничтожено по акту № АУ-26-0001"):
        contents(kept)
    assert contents(foreign) == other


def test_an_act_is_refused_when_what_is_kept_has_changed_meanwhile() -> None:
    case = make_withdrawn()
    act = make_act(case)
    make_enrolment(learner=case.person.learner)
    with pytest.raises(Stale, match="составят новый"):
        approve_act(act, actor=case.head, at=NOON)
    returned = return_act(act, why="снова учится", actor=case.head, at=NOON)
    assert returned.state == Act.State.RETURNED
    assert settle_without_act(case.withdrawal, actor=case.privacy, at=NOON).removed == []


def test_the_same_form_sent_twice_is_one_act_and_another_is_refused() -> None:
    case, key = make_withdrawn(), uuid4()
    first = compose_act(case.withdrawal, key=key, actor=case.privacy, at=NOON)
    assert compose_act(case.withdrawal, key=key, actor=case.privacy, at=NOON) == first
    with pytest.raises(IllegalStep, match="уже составлен"):
        compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON)
    approve_act(first, actor=case.head, at=NOON)
    with pytest.raises(IllegalStep, match="уже решено"):
        approve_act(first, actor=case.head, at=NOON)
    with pytest.raises(IllegalStep, match="уже исполнен"):
        compose_act(case.withdrawal, key=uuid4(), actor=case.privacy, at=NOON)


# --- The one door ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("3.3")
def test_plain_sql_destroys_no_salt_and_changes_no_act_past_the_act() -> None:
    case = make_withdrawn()
    event = commitments(case.person)[-1]
    act = make_act(case)

    def refuses(words: str, statement: str) -> None:
        with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    refuses("утверждённому акту", f"INSERT INTO ledger_destroyedsalt VALUES ({event.pk}, {event.pk})")  # noqa: S608
    refuses("не удаляется", f"DELETE FROM destruction_act WHERE id = {act.pk}")  # noqa: S608
    refuses(
        "утверждённому акту",
        f"INSERT INTO files_destroyedfile (file_id, act, destroyed_at) SELECT 1, 'АУ-26-0001', now() WHERE {act.pk} > 0",
    )
    foreign = f"INSERT INTO destruction_actline (act_id, person_id, what, record_type, record_id, place) SELECT {act.pk}, {{}}, 'x', '{{}}', '{{}}', 'x'"
    other = make_withdrawn("calls", phone="+79001110000")
    for named in (
        (other.person.pk, "people.person", case.person.pk),
        (case.person.pk, "people.person", other.person.pk),
        (case.person.pk, "access.account", other.head.pk),
    ):
        refuses("лишь того, кто отозвал", foreign.format(*named))
    make_done(other)
    line = ActLine.objects.filter(act__state="approved").first()
    assert line is not None
    refuses("ничего не вносят", f"INSERT INTO destruction_actline (act_id, person_id, what, record_type, record_id, place) VALUES ({line.act_id}, {line.person_id}, 'email', 'people.person', '1', 'x')")  # fmt: skip  # noqa: S608


def test_an_act_names_records_accounts_and_files_of_its_own_person_alone() -> None:
    case, other = make_withdrawn(), make_person(email="other@example.ru")
    act = make_act(case)
    own, theirs = (make_account("learner", person_uid=one.uid) for one in (case.person, other))
    file = store_file([b"x"], name="a.txt", media_type="text/plain", actor=None, at=NOON)

    def name(person: Person, record_type: str, record: int) -> None:
        with transaction.atomic():
            ActLine.objects.create(
                act=act, person=person, what="email", record_type=record_type, record_id=str(record), place="x"
            )

    for person, record_type, record in (
        (case.person, "people.person", other.pk),
        (other, "access.account", own.pk),
        (case.person, "access.account", theirs.pk),
        (case.person, "files.storedfile", file.pk),
        (case.person, "people.learner", other.pk),
    ):
        with pytest.raises(IntegrityError, match="записи лишь того"):
            name(person, record_type, record)
    name(case.person, "access.account", own.pk)


def test_an_act_rests_on_a_known_ground_and_says_whose_data_go() -> None:
    case = make_withdrawn()
    act = make_act(case)
    for given, words in (
        ({"kind": "archive"}, "act_rests_on_a_known_ground"),
        ({"kind": "archive", "withdrawal": None}, "чьи данные"),
    ):
        fields = {
            "key": uuid4(), "kind": act.kind, "withdrawal": make_withdrawn("calls", person=case.person).withdrawal,
            "reason": act.reason, "law": act.law, "composed_by": case.privacy,
            "composed_by_person": case.privacy.person_uid, "composed_at": NOON,
        }  # fmt: skip
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            Act.objects.create(**(fields | given))
