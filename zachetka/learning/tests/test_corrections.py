"""Correcting a mark of a closed sheet: a reason, a document, two people; the old mark stays (п. 2.1)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.learning.actions.marks import confirm_correction, propose_correction, refuse_correction
from zachetka.learning.models import Correction, Mark
from zachetka.learning.queries.mark_history import history_of
from zachetka.learning.tests.make import NOON, make_correction, make_mark, make_sheet, teacher_of
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_teacher
from zachetka.postgres.address import Place


def methodist_of(mark: Mark) -> Account:
    return make_account("methodist", unit=mark.sheet.cohort.program_version.program.unit)


# --- Proposing --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
def test_a_proposal_changes_nothing_yet(db: None):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    assert (correction.state, str(correction)) == ("proposed", "хорошо → отлично")
    assert list(Mark.objects.in_force().filter(enrolment=mark.enrolment)) == [mark]
    assert Event.objects.of(correction).get().type == "correction.proposed"


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(("missing", "field"), [({"reason": ""}, "reason"), ({"basis": ""}, "basis"), ({"text": "6"}, "text"), ({"text": ""}, "text"), ({"text": "4"}, "text")])  # fmt: skip
def test_a_proposal_without_its_parts_is_refused_at_the_field(db: None, missing: dict[str, Any], field: str):
    with pytest.raises(RuleViolation) as refusal:
        make_correction(make_mark(closed=True), **missing)
    assert refusal.value.field == field
    assert not Correction.objects.exists()


@pytest.mark.clause("2.1")
def test_in_an_open_sheet_one_simply_types(db: None):
    with pytest.raises(IllegalStep, match="ещё открыта"):
        make_correction(make_mark())


@pytest.mark.clause("2.1")
def test_one_correction_of_a_mark_waits_at_a_time(db: None):
    mark = make_mark(closed=True)
    make_correction(mark)
    with pytest.raises(RuleViolation, match="уже ждёт"):
        make_correction(mark, text="3")


@pytest.mark.clause("3.8")
def test_only_the_teacher_of_the_sheet_proposes(db: None):
    mark = make_mark(closed=True)
    for stranger in (make_teacher(), methodist_of(mark), make_account("head")):
        with pytest.raises(Forbidden):
            propose_correction(mark, text="5", reason="ошибка", basis="записка № 1", actor=stranger, at=NOON)


# --- Deciding ---------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
def test_a_confirmed_correction_is_a_new_mark_with_both_people(db: None):
    old = make_mark(closed=True)
    correction = make_correction(old)
    methodist = methodist_of(old)
    new = confirm_correction(correction, actor=methodist, at=NOON)
    assert (new.supersedes, str(new), new.reason, new.basis) == (old, "отлично", correction.reason, correction.basis)
    assert (new.recorded_by, new.confirmed_by) == (correction.proposed_by, methodist)
    assert new.held_on == old.held_on
    assert Mark.objects.filter(pk=old.pk).exists()
    assert Event.objects.of(new).get().type == "mark.corrected"
    correction.refresh_from_db()
    assert (correction.state, correction.result) == ("confirmed", new)


@pytest.mark.clause("3.8")
def test_whoever_proposed_may_not_confirm_even_from_another_account(db: None):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    teacher = teacher_of(mark.sheet)
    second = make_account(
        "methodist", unit=mark.sheet.cohort.program_version.program.unit, person_uid=teacher.person_uid
    )
    for act in (
        lambda: confirm_correction(correction, actor=second, at=NOON),
        lambda: refuse_correction(correction, why="так", actor=second, at=NOON),
    ):
        with pytest.raises(RuleViolation, match="нужен другой человек"):
            act()
    assert Correction.objects.waiting().get() == correction


@pytest.mark.clause("3.8")
def test_a_methodist_of_another_unit_does_not_confirm(db: None):
    correction = make_correction()
    with pytest.raises(Forbidden) as refusal:
        confirm_correction(correction, actor=make_account("methodist", unit=make_unit()), at=NOON)
    assert refusal.value.hidden


@pytest.mark.clause("2.1")
def test_a_refusal_says_why_and_leaves_the_mark(db: None):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    with pytest.raises(RuleViolation, match="почему исправление отклонено"):
        refuse_correction(correction, why="", actor=methodist_of(mark), at=NOON)
    refused = refuse_correction(correction, why="записки нет в деле", actor=methodist_of(mark), at=NOON)
    assert (refused.state, refused.refusal) == ("refused", "записки нет в деле")
    assert list(Mark.objects.in_force().filter(enrolment=mark.enrolment)) == [mark]
    make_correction(mark, text="3")  # and it may be asked again


@pytest.mark.clause("2.1")
def test_what_is_decided_stays_decided(db: None):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    confirm_correction(correction, actor=methodist_of(mark), at=NOON)
    with pytest.raises(IllegalStep, match="уже решено"):
        confirm_correction(correction, actor=methodist_of(mark), at=NOON)
    with pytest.raises(Stale, match="тем временем уже исправили"):
        make_correction(mark, text="3")
    with (
        pytest.raises(DatabaseError, match="подтверждают или отклоняют целиком"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE learning_correction SET reason = 'другая' WHERE id = %s", [correction.pk])


@pytest.mark.clause("2.1")
def test_four_people_confirming_at_once_make_one_mark(fresh_database: Place):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    people = [methodist_of(mark) for _ in range(4)]
    results = at_once(*(partial(confirm_correction, correction, actor=who, at=NOON) for who in people))
    assert sum(isinstance(result, Mark) for result in results) == 1
    assert sum(isinstance(result, IllegalStep) for result in results) == 3
    assert Mark.objects.filter(supersedes=mark).count() == 1


@pytest.mark.clause("2.3")
def test_a_correction_of_points_keeps_points(db: None):
    mark = make_mark(sheet=make_sheet(learners=1, scale="hundred_point"), text="86", closed=True)
    with pytest.raises(RuleViolation, match="стёрло бы балл"), transaction.atomic():
        make_correction(mark, text="хорошо")
    assert make_correction(mark, text="81").score == 81


@pytest.mark.clause("2.1")
def test_the_history_of_a_cell_tells_both_marks_and_their_events(db: None):
    old = make_mark(closed=True)
    new = confirm_correction(make_correction(old), actor=methodist_of(old), at=NOON)
    chapters = history_of(new).chapters
    assert [(chapter.mark, chapter.holds) for chapter in chapters] == [(new, True), (old, False)]
    assert [chapter.proof and chapter.proof.event_id for chapter in chapters] == [
        Event.objects.of(new).get().pk,
        Event.objects.of(old).get().pk,
    ]
    assert all(chapter.proof is not None and chapter.proof.index is None for chapter in chapters)  # not sealed yet


# --- Pages ------------------------------------------------------------------------------------------------------------------


def page(client: Client, account: Account, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
    client.force_login(account)
    answer = client.get(path) if form is None else client.post(path, form, follow=True)
    return answer.status_code, answer.content.decode().replace("\u00a0", " ")


@pytest.mark.clause("2.1")
def test_a_correction_goes_from_the_teacher_to_the_methodist(db: None, client: Client):
    mark = make_mark(closed=True)
    teacher, methodist = teacher_of(mark.sheet), methodist_of(mark)
    form = {"text": "5", "reason": "не учтён ответ", "basis": "записка от 18.11.2026 № 41"}
    status, html = page(client, teacher, f"/marks/{mark.pk}/correct/", form)
    correction = Correction.objects.get()
    assert status == 200
    assert "ждёт второго человека" in html
    assert 'aria-disabled="true"' in html  # the proposer sees a locked button and why
    assert f"/corrections/{correction.pk}/confirm/" not in html
    status, html = page(client, methodist, f"/corrections/{correction.pk}/")
    assert "Подтвердить «отлично»" in html
    status, html = page(client, methodist, f"/corrections/{correction.pk}/confirm/", {})
    assert (status, str(Mark.objects.get(supersedes=mark))) == (200, "отлично")
    status, html = page(client, methodist, f"/marks/{mark.pk}/history/")
    assert "<del>хорошо</del>" in html
    assert "записка от 18.11.2026 № 41" in html


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("form", [{}, {"text": "6", "reason": "х", "basis": "х"}, {"text": "5", "reason": " ", "basis": "х"}, {"text": "5", "reason": "х" * 501, "basis": "х"}, {"text": "5", "reason": "х", "basis": "х" * 201}, {"text": "4", "reason": "х", "basis": "х"}, {"text": "5", "reason": "х\x00", "basis": "х"}])  # fmt: skip
def test_a_wrong_proposal_keeps_what_was_typed(db: None, client: Client, form: dict[str, str]):
    mark = make_mark(closed=True)
    status, html = page(client, teacher_of(mark.sheet), f"/marks/{mark.pk}/correct/", form)
    assert status == 422
    assert "is-bad" in html
    assert not Correction.objects.exists()


@pytest.mark.clause("2.1")
def test_a_refusal_without_a_reason_is_422_with_the_page(db: None, client: Client):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    status, html = page(client, methodist_of(mark), f"/corrections/{correction.pk}/refuse/", {"why": ""})
    assert (status, "Почему отклонено" in html) == (422, True)
    status, html = page(client, methodist_of(mark), f"/corrections/{correction.pk}/refuse/", {"why": "нет записки"})
    assert status == 200
    correction.refresh_from_db()
    assert correction.state == "refused"


@pytest.mark.clause("2.1")
def test_the_page_of_an_old_mark_leads_to_the_one_in_force(db: None, client: Client):
    old = make_mark(closed=True)
    new = confirm_correction(make_correction(old), actor=methodist_of(old), at=NOON)
    client.force_login(teacher_of(old.sheet))
    answer = client.get(f"/marks/{old.pk}/correct/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/marks/{new.pk}/correct/")


@pytest.mark.clause("3.8")
def test_strangers_see_neither_the_history_nor_the_correction(db: None, client: Client):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    owner = make_account("learner", person_uid=mark.enrolment.learner.person.uid)
    assert page(client, owner, f"/marks/{mark.pk}/history/")[0] == 200
    assert page(client, owner, f"/corrections/{correction.pk}/")[0] == 403
    for stranger in (make_account("learner"), make_teacher(), make_account("methodist", unit=make_unit())):
        assert page(client, stranger, f"/marks/{mark.pk}/history/")[0] == 404
    for stranger in (make_teacher(), make_account("methodist", unit=make_unit())):
        assert page(client, stranger, f"/corrections/{correction.pk}/")[0] == 404
        assert "Исправлений нет" in page(client, stranger, "/corrections/")[1]


@pytest.mark.clause("3.8")
def test_a_role_taken_away_closes_the_door_at_the_next_request(db: None, client: Client):
    mark = make_mark(closed=True)
    correction = make_correction(mark)
    unit = mark.sheet.cohort.program_version.program.unit
    account = make_account()
    role = give_role(account, "methodist", unit=unit)
    assert page(client, account, f"/corrections/{correction.pk}/")[0] == 200
    role.state = "ended"
    role.save()
    account = Account.objects.get(pk=account.pk)
    assert page(client, account, f"/corrections/{correction.pk}/confirm/", {})[0] == 403
    assert Correction.objects.waiting().exists()
