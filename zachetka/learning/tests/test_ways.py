"""What the database holds of the ways of records, asked by plain SQL as the application (п. 2.1, 2.2, 2.5, 3.8)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.at_once import meanwhile
from zachetka.access.tests.make import make_account
from zachetka.learning.actions.record_books import token_of
from zachetka.learning.models import Correction, Enrolment, Mark, MarkSheet, Order, VerificationToken
from zachetka.learning.tests.make import (
    NOON,
    make_cohort,
    make_correction,
    make_enrolment,
    make_enrolments,
    make_mark,
    make_order,
    make_sheet,
)
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_learners
from zachetka.postgres.address import APP, Place


def run(statement: str, *values: Any) -> None:
    """Run one statement of the application and what is checked at commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (APP,)
        cursor.execute(statement, values or None)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def refuses(words: str, statement: str, *values: Any) -> None:
    with pytest.raises(IntegrityError, match=words):
        run(statement, *values)


COPY_ORDER = """
INSERT INTO learning_order (kind, cohort_id, state, number, order_date, effective_on, ground, basis, remark,
    request_key, drafted_by_id, drafted_by_person, drafted_at, approved_by_id, approved_by_person, approved_at, text,
    text_hash)
SELECT kind, cohort_id, {state}, {number}, {order_date}, effective_on, ground, basis, remark, gen_random_uuid(),
    drafted_by_id, drafted_by_person, drafted_at, {approved_by_id}, {approved_by_person}, {approved_at}, '', ''
FROM learning_order WHERE id = %s
"""
NOT_DECIDED = {
    "state": "'draft'",
    "number": "''",
    "order_date": "NULL",
    "approved_by_id": "NULL",
    "approved_by_person": "NULL",
    "approved_at": "NULL",
}


@pytest.mark.clause("273-ФЗ ст. 53")
def test_an_order_begins_as_a_draft(db: None) -> None:
    order = make_order(make_cohort(), make_learners(1))
    given = {name: name for name in NOT_DECIDED}
    refuses("начинается с черновика", COPY_ORDER.format(**given), order.pk)
    for name in NOT_DECIDED:
        wrong = "'submitted'" if name == "state" else name
        refuses("начинается с черновика", COPY_ORDER.format(**NOT_DECIDED | {name: wrong}), order.pk)
    run(COPY_ORDER.format(**NOT_DECIDED), order.pk)


APPROVE = """
UPDATE learning_order SET state = 'approved', number = '{number}', order_date = '2026-09-04', approved_by_id = {by},
    approved_by_person = {person}, approved_at = '2026-09-04 12:00+03', text = 'т', text_hash = encode(sha256('т'::bytea), 'hex')
WHERE id = %s
"""


@pytest.mark.clause("2.5")
def test_an_order_is_issued_by_its_way_with_a_number_of_the_register(db: None) -> None:
    issued = make_order(make_cohort(), make_learners(1))
    order = make_order(make_cohort(), make_learners(1), approved=False)
    signer = {"by": str(issued.approved_by_id), "person": f"'{issued.approved_by_person}'"}
    refuses("иного пути нет", APPROVE.format(number=issued.number, **signer), order.pk)
    run("UPDATE learning_order SET state = 'submitted' WHERE id = %s", order.pk)
    refuses("нет в книге приказов", APPROVE.format(number="777-з", **signer), order.pk)
    refuses("нет в книге приказов", APPROVE.format(number=issued.number, **signer), order.pk)
    refuses("своей учётной", APPROVE.format(number="777-з", **signer | {"person": "gen_random_uuid()"}), order.pk)
    for wrong in ("effective_on = '2026-01-01'", "basis = 'иное'", "remark = 'иное'"):
        refuses("на подписи не правят", f"UPDATE learning_order SET {wrong} WHERE id = %s", order.pk)  # noqa: S608
    refuses("на подписи не правят", "UPDATE learning_order SET state = 'draft', basis = 'иное' WHERE id = %s", order.pk)
    refuses("иного пути нет", "UPDATE learning_order SET state = 'cancelled' WHERE id = %s", order.pk)
    run("UPDATE learning_order SET state = 'draft', remark = 'исправьте' WHERE id = %s", order.pk)
    refuses("Вид и группа", "UPDATE learning_order SET kind = 'admission' WHERE id = %s", order.pk)
    run("UPDATE learning_order SET basis = 'иное' WHERE id = %s", order.pk)


@pytest.mark.clause("3.8")
def test_an_issued_order_is_done_for_everybody_it_names_and_not_by_them(db: None) -> None:
    issued = make_order(make_cohort(), make_learners(1))
    order = make_order(make_cohort(), make_learners(1), approved=False)
    run("UPDATE learning_order SET state = 'submitted' WHERE id = %s", order.pk)
    number = """
    WITH book AS (UPDATE registers_register SET last_number = last_number + 1 WHERE code = 'order-enrolment'
                  RETURNING id, last_number)
    INSERT INTO registers_entry (register_id, number, written, record_type, record_id, entered_at)
    SELECT id, last_number, last_number || '-з', 'learning.order', %s, '2026-09-04 12:00+03' FROM book
    """
    refuses("не стоит на записи", number, order.pk)
    signer = {"by": str(issued.approved_by_id), "person": f"'{issued.approved_by_person}'"}
    both = f"{number.strip()}; {APPROVE.format(number='2-з', **signer)}".replace("%s", str(order.pk))
    refuses("исполняется сразу", both)
    named = make_account("head", person_uid=order.lines.get().learner.person.uid)
    signer = {"by": str(named.pk), "person": f"'{named.person_uid}'"}
    refuses("его не издаёт", APPROVE.format(number="2-з", **signer), order.pk)


ENROL = """
INSERT INTO learning_enrolment (learner_id, cohort_id, number, state, started_on, ended_on, enrolment_order_id,
    admission_order_id, withdrawal_order_id, education_id, issue_deferred)
SELECT {learner_id}, cohort_id, {number}, {state}, started_on, {ended_on}, enrolment_order_id, {admission_order_id},
    {withdrawal_order_id}, education_id, issue_deferred
FROM learning_enrolment WHERE id = %s
"""
JUST_ENROLLED = {
    "learner_id": "learner_id",
    "number": "NULL",
    "state": "'active'",
    "ended_on": "NULL",
    "admission_order_id": "NULL",
    "withdrawal_order_id": "NULL",
}


@pytest.mark.clause("2.5")
def test_a_record_book_begins_with_enrolment_of_somebody_named_in_the_order(db: None) -> None:
    enrolment = make_enrolment()
    wrong = {"number": "'ЗК-26-0777'", "state": "'admitted'", "ended_on": "started_on",
             "admission_order_id": "enrolment_order_id", "withdrawal_order_id": "enrolment_order_id"}  # fmt: skip
    for name, value in wrong.items():
        refuses("начинается с зачисления", ENROL.format(**JUST_ENROLLED | {name: value}), enrolment.pk)
    (stranger,) = make_learners(1)
    refuses("названы? в приказе|назван в приказе", ENROL.format(**JUST_ENROLLED | {"learner_id": str(stranger.pk)}),
            enrolment.pk)  # fmt: skip
    refuses("возвращают переводом", ENROL.format(**JUST_ENROLLED), enrolment.pk)


MOVE = "UPDATE learning_enrolment SET {} WHERE id = %s"


@pytest.mark.clause("273-ФЗ ст. 61")
def test_a_learner_moves_only_by_an_issued_order_about_them_and_never_back(db: None) -> None:
    cohort = make_cohort()
    gone, stays = make_enrolments(cohort, 2)
    order = make_order(cohort, [gone.learner], kind=Order.Kind.WITHDRAWAL, ground="own_wish", at=NOON)
    by_order = f"withdrawal_order_id = {order.pk}, ended_on = '{order.effective_on}'"
    refuses("изданным приказом о человеке", MOVE.format(f"state = 'withdrawn', {by_order}"), stays.pk)
    refuses("изданным приказом о человеке", MOVE.format(f"state = 'completed', {by_order}"), stays.pk)
    refuses("изданным приказом о человеке", MOVE.format("state = 'admitted', admission_order_id = enrolment_order_id"),
            stays.pk)  # fmt: skip
    refuses("не подменяют", MOVE.format("withdrawal_order_id = enrolment_order_id"), stays.pk)
    refuses("не подменяют", MOVE.format("ended_on = ended_on + 1"), gone.pk)
    for state in ("active", "admitted", "completed"):
        back = MOVE.format(f"state = '{state}', admission_order_id = enrolment_order_id")
        refuses("назад дороги нет", back, gone.pk)
    refuses("не меняются", MOVE.format("started_on = started_on - 30"), stays.pk)
    refuses("не меняются", MOVE.format("issue_deferred = NOT issue_deferred"), stays.pk)
    refuses("нет в книге зачётных книжек|за своим владельцем", MOVE.format("number = 'ЗК-26-0777'"), stays.pk)
    run(MOVE.format("state = state"), stays.pk)


@pytest.mark.clause("273-ФЗ ст. 61")
def test_a_lawful_order_moves_a_learner_by_plain_sql_too(db: None) -> None:
    """The control of the test above: with the order issued and nothing else amiss, the statement passes."""
    cohort = make_cohort()
    (gone,) = make_enrolments(cohort, 1)
    order = make_order(cohort, [gone.learner], kind=Order.Kind.WITHDRAWAL, ground="own_wish", at=NOON)
    gone.refresh_from_db()
    assert (gone.state, gone.withdrawal_order_id, gone.ended_on) == ("withdrawn", order.pk, order.effective_on)


PROPOSE = """
INSERT INTO learning_correction (mark_id, grade_id, score, reason, basis, state, refusal, proposed_by_id,
    proposed_by_person, proposed_at, decided_by_id, decided_by_person, decided_at, result_id)
SELECT {mark_id}, grade_id, score, reason, basis, {state}, {refusal}, proposed_by_id, {proposed_by_person}, proposed_at,
    {decided_by_id}, {decided_by_person}, {decided_at}, {result_id}
FROM learning_correction WHERE id = %s
"""
PROPOSED = {
    "mark_id": "mark_id",
    "state": "'proposed'",
    "refusal": "''",
    "proposed_by_person": "proposed_by_person",
    "decided_by_id": "NULL",
    "decided_by_person": "NULL",
    "decided_at": "NULL",
    "result_id": "NULL",
}


@pytest.mark.clause("2.1")
def test_a_correction_begins_as_a_proposal_and_is_decided_whole(db: None) -> None:
    correction = make_correction()
    decided = {"state": "'confirmed'", "decided_by_id": "proposed_by_id", "decided_by_person": "gen_random_uuid()",
               "decided_at": "now()", "result_id": "mark_id", "refusal": "'нет'"}  # fmt: skip
    for wrong in ({name: value} for name, value in decided.items()):
        refuses("сначала предлагают", PROPOSE.format(**PROPOSED | wrong), correction.pk)
    refuses("своей учётной", PROPOSE.format(**PROPOSED | {"proposed_by_person": "gen_random_uuid()"}), correction.pk)
    in_open = make_mark()
    refuses("в закрытой ведомости", PROPOSE.format(**PROPOSED | {"mark_id": str(in_open.pk)}), correction.pk)
    decider = "decided_by_id = a.id, decided_by_person = a.person_uid, decided_at = now()"
    change = "UPDATE learning_correction c SET {} FROM access_account a WHERE c.id = %s AND a.person_uid <> c.proposed_by_person"
    for said, words in {
        f"state = 'confirmed', {decider}, result_id = c.mark_id": "какой её предложили",
        "state = 'refused', refusal = 'нет', decided_at = now(), decided_by_id = a.id": "целиком",
        f"state = 'refused', {decider}": "целиком",
        f"state = 'refused', refusal = 'нет', {decider}, basis = 'иное'": "целиком",
        "basis = 'иное'": "целиком",
    }.items():
        refuses(words, change.format(said), correction.pk)
    run(change.format(f"state = 'refused', refusal = 'нет', {decider}"), correction.pk)
    assert Correction.objects.get(pk=correction.pk).state == "refused"


@pytest.mark.clause("2.2")
def test_a_sheet_is_opened_first_and_closed_when_everybody_has_a_mark(db: None) -> None:
    sheet, other = make_sheet(learners=2), make_sheet(learners=0)
    insert = (
        "INSERT INTO learning_marksheet (cohort_id, module_id, attempt, serial, commission_basis, teacher_id, held_on, "
        "due_on, state, closed_by_id, closed_at) SELECT cohort_id, {module}, 2, 1, '', teacher_id, held_on, due_on, {state}, {by}, {at} "
        "FROM learning_marksheet WHERE id = %s"
    )
    lawful = {"module": "module_id", "state": "'open'", "by": "NULL", "at": "NULL"}
    closed = {"state": "'closed'", "by": "(SELECT min(id) FROM access_account)", "at": "now()"}
    refuses("сначала открывают", insert.format(**lawful | closed), sheet.pk)
    refuses("нет в плане", insert.format(**lawful | {"module": str(other.module_id)}), sheet.pk)
    refuses("кому-то поимённо", insert.format(**lawful), sheet.pk)  # nothing else was wrong with it
    close = (
        "UPDATE learning_marksheet SET state = 'closed', closed_at = now(), "
        "closed_by_id = (SELECT min(id) FROM access_account) WHERE id = %s"
    )
    refuses("у каждого есть оценка", close, sheet.pk)
    run(close, MarkSheet.objects.get(pk=other.pk).pk)


@pytest.mark.clause("2.1")
def test_an_open_sheet_takes_a_mark_of_whoever_still_learns(db: None) -> None:
    sheet = make_sheet(learners=2)
    mark = make_mark(sheet=sheet)
    again = (
        "INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, supersedes_id, reason, basis, "
        "recorded_by_id, recorded_by_person, recorded_at) SELECT sheet_id, enrolment_id, grade_id, held_on, teacher_id, id, "
        "'', '', recorded_by_id, recorded_by_person, recorded_at FROM learning_mark WHERE id = %s"
    )
    gone = Enrolment.objects.get(pk=mark.enrolment_id)
    make_order(sheet.cohort, [gone.learner], kind=Order.Kind.WITHDRAWAL, ground="own_wish", at=NOON)
    refuses("кто обучается", again, mark.pk)
    stays = Enrolment.objects.filter(cohort=sheet.cohort).exclude(pk=gone.pk).get()
    run(again, make_mark(stays, sheet).pk)


@pytest.mark.clause("2.1")
def test_a_confirmed_mark_without_its_correction_does_not_stand(db: None) -> None:
    mark = make_mark()
    statement = (
        "INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, held_on, teacher_id, supersedes_id, reason, basis, "
        "recorded_by_id, recorded_by_person, confirmed_by_id, confirmed_by_person, recorded_at) SELECT sheet_id, "
        "enrolment_id, grade_id, held_on, teacher_id, id, 'ошибка', 'записка', recorded_by_id, recorded_by_person, %s, %s, "
        "recorded_at FROM learning_mark WHERE id = %s"
    )
    second = make_account("methodist")
    refuses("вместе с подтверждением", statement, second.pk, second.person_uid, mark.pk)
    assert Mark.objects.count() == 1


@pytest.mark.clause("2.1")
def test_a_mark_is_committed_to_by_one_event(db: None) -> None:
    mark = make_mark()
    with pytest.raises(IntegrityError, match="event_commits_to_what_is_only_added_once"), transaction.atomic():
        record_event(EventType.MARK_SET, mark, actor=None, at=NOON, clause="2.1")
    with transaction.atomic():  # the control: a sheet changes, so it is committed to again and again
        record_event(EventType.SHEET_OPENED, mark.sheet, actor=None, at=NOON, clause="2.1")


@pytest.mark.clause("2.5")
def test_a_record_book_has_one_address_of_the_public_check(db: None) -> None:
    enrolment = make_enrolment()
    token = token_of(enrolment, actor=None, at=NOON)
    assert token_of(enrolment, actor=None, at=NOON) == token
    assert Event.objects.of(token).count() == 1
    with pytest.raises(IntegrityError, match="token_is_one_a_book"), transaction.atomic():
        VerificationToken.objects.create(enrolment=enrolment, made_at=NOON)


@pytest.mark.clause("2.2")
def test_a_cohort_keeps_its_program_and_learns_by_an_approved_one(db: None) -> None:
    cohort = make_cohort()
    copy = (
        "INSERT INTO learning_cohort (code, program_version_id, starts_on, ends_on, attestation_on, created_at) "
        "SELECT 'Иная', {version}, {starts_on}, ends_on, attestation_on, created_at FROM learning_cohort WHERE id = %s"
    )
    run("UPDATE learning_cohort SET ends_on = ends_on + 1 WHERE id = %s", cohort.pk)
    refuses("при своём шифре", "UPDATE learning_cohort SET code = 'Иная' WHERE id = %s", cohort.pk)
    refuses("не удаляется", "DELETE FROM learning_cohort WHERE id = %s", cohort.pk)
    refuses("утверждённой", copy.format(version="program_version_id", starts_on="'2001-01-09'"), cohort.pk)
    run(copy.format(version="program_version_id", starts_on="starts_on"), cohort.pk)
    run("UPDATE programs_programversion SET state = 'retired' WHERE id = %s", cohort.program_version_id)
    refuses("утверждённой", copy.format(version="program_version_id", starts_on="starts_on"), cohort.pk)


@pytest.mark.clause("273-ФЗ ст. 53")
def test_a_line_waits_for_whoever_decides_on_the_order(fresh_database: Place) -> None:
    """Added while the order is being handed over, a person must not slip into what is signed."""
    order = make_order(make_cohort(), make_learners(1), approved=False)
    (late,) = make_learners(1)
    with pytest.raises(IntegrityError, match="только в черновике"):
        meanwhile(
            partial(Order.objects.filter(pk=order.pk).update, state="submitted"),
            partial(run, "INSERT INTO learning_orderline (order_id, learner_id) VALUES (%s, %s)", order.pk, late.pk),
        )
