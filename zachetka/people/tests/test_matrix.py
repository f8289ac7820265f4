"""«Матрица доступа»: frozen, approved by another person, compared with what is now, taken away under a trace (п. 3.8)."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connection, transaction
from pytest_django.fixtures import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from tests.at_once import at_once, meanwhile
from tests.pages import signed_in, words_of
from zachetka.access.models import Account
from zachetka.access.policy import MATRIX, SEPARATED, Grant, Permission, Role, Scope
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people import editions, matrix, queries
from zachetka.people.actions.matrix import VERDICT, decide_matrix, matrix_file, propose_matrix
from zachetka.people.models import MatrixDecision, MatrixEdition
from zachetka.people.rules.difference import Change, difference
from zachetka.people.tests.make import employee_of, make_employee, make_teacher

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

AT = datetime(2026, 9, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def head(db: None) -> Account:
    return make_account("head", name="Северцев Константин Александрович", person_uid=make_employee().person.uid)


@pytest.fixture
def security(db: None) -> Account:
    return make_account("security", name="Громова Алла Степановна")


def approved(security: Account, head: Account, at: datetime = AT) -> MatrixEdition:
    edition = propose_matrix(actor=security, at=at)
    decide_matrix(edition, VERDICT.APPROVED, actor=head, at=at)
    return editions.editions().get(pk=edition.pk)


# --- Freezing and approving ----------------------------------------------------------------------------------------------


def test_an_edition_is_the_whole_matrix_of_its_moment_and_its_hash(security: Account, head: Account):
    teacher = make_teacher(make_employee(position="доцент"))
    edition = propose_matrix(actor=security, at=AT)
    told = edition.told
    assert edition.sha256 == hashlib.sha256(edition.content.encode()).hexdigest()
    assert len(told["grants"]) == sum(len(row) for row in MATRIX.values())
    assert len(told["pairs"]) == len(SEPARATED)
    held = next(one for one in told["holders"] if one["name"] == teacher.display_name)
    assert (held["role"], held["position"], held["order_date"]) == ("teacher", "доцент", "09.01.2020")
    assert edition.number == 1


def test_who_put_it_never_approves_it_whatever_the_account(security: Account, head: Account):
    same_person = make_account("head", person_uid=security.person_uid)
    edition = propose_matrix(actor=security, at=AT)
    with pytest.raises(RuleViolation, match="другой человек"):
        decide_matrix(edition, VERDICT.APPROVED, actor=same_person, at=AT)
    with pytest.raises(Forbidden):
        decide_matrix(edition, VERDICT.APPROVED, actor=security, at=AT)
    decide_matrix(edition, VERDICT.APPROVED, actor=head, at=AT)
    assert Event.objects.get(type=EventType.MATRIX_APPROVED).body == {"content_sha256": edition.sha256, "edition": 1}


def test_what_changed_since_it_was_put_is_not_approved_unseen(security: Account, head: Account):
    edition = propose_matrix(actor=security, at=AT)
    give_role(make_account(), "methodist")
    with pytest.raises(Stale):
        decide_matrix(edition, VERDICT.APPROVED, actor=head, at=AT)
    decide_matrix(edition, VERDICT.REFUSED, actor=head, at=AT)
    assert editions.approved_edition() is None


def test_only_the_last_edition_is_decided_and_only_once(security: Account, head: Account):
    first = propose_matrix(actor=security, at=AT)
    with pytest.raises(RuleViolation, match="уже ждёт"):
        propose_matrix(actor=security, at=AT)
    give_role(make_account(), "methodist")
    second = propose_matrix(actor=security, at=AT)
    with pytest.raises(IllegalStep, match="представлена другая"):
        decide_matrix(first, VERDICT.APPROVED, actor=head, at=AT)
    decide_matrix(second, VERDICT.APPROVED, actor=head, at=AT)
    with pytest.raises(IllegalStep, match="уже решено"):
        decide_matrix(second, VERDICT.REFUSED, actor=head, at=AT)
    with pytest.raises(RuleViolation, match="не изменилась"):
        propose_matrix(actor=security, at=AT)


def _raw(table: str, **row: Any) -> None:
    columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))  # noqa: S608


def test_the_database_refuses_the_same_whoever_comes_past_the_action(security: Account, head: Account):
    edition = propose_matrix(actor=security, at=AT)
    given = {"proposed_by_id": security.pk, "proposed_by_person": security.person_uid, "proposed_at": AT}
    with pytest.raises(IntegrityError, match="подряд"):
        _raw("people_matrixedition", number=7, content="{}", sha256="0" * 64, **given)
    with pytest.raises(IntegrityError, match="не от её содержания"):
        _raw("people_matrixedition", number=2, content="{}", sha256="0" * 64, **given)
    decided = {"edition_id": edition.pk, "verdict": "approved", "decided_at": AT}
    with pytest.raises(IntegrityError, match="другой человек"):
        _raw("people_matrixdecision", decided_by_id=security.pk, decided_by_person=security.person_uid, **decided)
    with pytest.raises(IntegrityError, match="не за тем человеком"):
        _raw("people_matrixdecision", decided_by_id=security.pk, decided_by_person=head.person_uid, **decided)
    _raw("people_matrixdecision", decided_by_id=head.pk, decided_by_person=head.person_uid, **decided)
    for model, field in ((MatrixEdition, "number"), (MatrixDecision, "edition_id")):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            model._base_manager.all()._raw_delete(DEFAULT_DB_ALIAS)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            model._base_manager.update(**{field: 999})


@pytest.mark.usefixtures("fresh_database")
def test_two_who_put_it_at_once_make_one_edition():
    one, other = make_account("security"), make_account("security")
    outcomes = at_once(lambda: propose_matrix(actor=one, at=AT), lambda: propose_matrix(actor=other, at=AT))
    assert MatrixEdition.objects.count() == 1
    assert sum(isinstance(outcome, MatrixEdition) for outcome in outcomes) == 1
    (refusal,) = (outcome for outcome in outcomes if isinstance(outcome, RuleViolation))
    assert "уже ждёт руководителя" in refusal.sentence


@pytest.mark.usefixtures("fresh_database")
def test_who_comes_before_the_first_commits_waits_and_is_told_in_words():
    """Without the turn the second reads no edition, and the guard of the database refuses its number with its own error."""
    one, other = make_account("security"), make_account("security")
    second = meanwhile(lambda: propose_matrix(actor=one, at=AT), lambda: propose_matrix(actor=other, at=AT))
    assert isinstance(second, RuleViolation)
    assert "уже ждёт руководителя" in second.sentence


@pytest.mark.usefixtures("fresh_database")
def test_an_edition_that_is_being_replaced_is_not_decided():
    one, other, head = make_account("security"), make_account("security"), make_account("head")
    edition = propose_matrix(actor=one, at=AT)
    give_role(make_account(), "methodist")
    decision = meanwhile(
        lambda: propose_matrix(actor=other, at=AT), lambda: decide_matrix(edition, VERDICT.APPROVED, actor=head, at=AT)
    )
    assert isinstance(decision, IllegalStep)
    assert "представлена другая" in decision.sentence


# --- What differs --------------------------------------------------------------------------------------------------------


def test_every_change_of_the_page_of_rights_is_a_difference(security: Account, head: Account, monkeypatch: Any):
    approved(security, head)
    assert editions.taken(None, AT).differs == []
    row = {**MATRIX[Permission.PERSON_READ], Role.ARCHIVIST: Grant(Scope.ALL, "проверка")}
    row.pop(Role.TEACHER)
    row[Role.HEAD] = Grant(Scope.ALL, "ДИ руководителя, п. 2.1")
    monkeypatch.setitem(MATRIX, Permission.PERSON_READ, row)
    found = {(one.change, one.row["role"]) for one in editions.taken(None, AT).differs}
    assert found == {(Change.ADDED, "archivist"), (Change.REMOVED, "teacher"), (Change.CHANGED, "head")}


def test_who_comes_goes_or_is_moved_is_a_difference(security: Account, head: Account):
    teacher, leaving = make_teacher(), give_role(make_account(), "chair", valid_to=date(2026, 9, 10))
    approved(security, head)
    employee = employee_of(teacher)
    employee.position = "доцент"
    employee.save()
    come = give_role(make_account(), "secretary", unit=make_unit())
    later = editions.taken(None, AT + timedelta(days=30)).differs
    assert {(one.change, one.row["assignment"]) for one in later} == {
        (Change.ADDED, come.pk),
        (Change.REMOVED, leaving.pk),
        (Change.CHANGED, teacher.roles.get().pk),
    }
    told = matrix.told_of(later)
    assert all(one.before != one.after for one in told)


def test_another_word_for_the_same_right_is_no_difference():
    content = matrix.content([])
    reworded = json.loads(json.dumps(content))
    for grant in reworded["grants"]:
        grant["sentence"] = grant["role_label"] = "иначе"
    assert difference(content, reworded) == []
    reworded["grants"][0]["scope"] = "all" if reworded["grants"][0]["scope"] != "all" else "own"
    assert len(difference(content, reworded)) == 1


def test_whoever_answers_for_it_is_told_on_the_home_page(security: Account, head: Account):
    assert "«Матрица доступа» не утверждена" in words_of(signed_in(security).get("/"))
    propose_matrix(actor=security, at=now())
    assert "«Матрица доступа», редакция № 1" in words_of(signed_in(head).get("/"))
    signed_in(head).post("/roles/matrix/1/approve/")
    assert "«Матрица доступа»" not in words_of(signed_in(security).get("/")).split("Ждёт меня")[1]
    give_role(make_account(), "methodist")
    assert "1 отличие от утверждённой: редакция № 1" in words_of(signed_in(security).get("/"))


# --- Pages and files -----------------------------------------------------------------------------------------------------


def test_the_way_of_an_edition_through_the_pages(security: Account, head: Account):
    assert signed_in(head).post("/roles/matrix/propose/").status_code == 403
    answer = signed_in(security).post("/roles/matrix/propose/", follow=True)
    assert "Проект: редакция № 1 представлена и ждёт решения руководителя." in words_of(answer)
    assert "Утвердит другой человек" in words_of(answer)
    assert signed_in(security).post("/roles/matrix/1/approve/").status_code == 403
    assert signed_in(head).post("/roles/matrix/1/nonsense/").status_code == 404
    answer = signed_in(head).post("/roles/matrix/1/approve/", follow=True)
    assert "Кто утвердил — Северцев Константин Александрович" in words_of(answer)
    assert "Кто утвердил — Северцев" in words_of(signed_in(security).get("/roles/matrix/"))
    assert signed_in(head).get("/roles/matrix/2/").status_code == 404


def test_an_approved_edition_is_shown_as_it_was(security: Account, head: Account, monkeypatch: Any):
    approved(security, head)
    give_role(make_account(name="Поздняков Пётр Петрович"), "methodist")
    monkeypatch.setitem(MATRIX, Permission.DESIGN_READ, {Role.HEAD: Grant(Scope.ALL, "новое основание")})
    assert "Поздняков" not in words_of(signed_in(head).get("/roles/matrix/1/"))
    page = words_of(signed_in(head).get("/roles/matrix/"))
    assert "Поздняков" in page
    assert "новое основание" in page


def test_a_file_says_what_the_page_says_and_leaves_a_trace(security: Account, head: Account):
    teacher = make_teacher(make_employee(position="доцент"))
    approved(security, head)
    give_role(make_account(name="Поздняков Пётр Петрович"), "methodist")
    made = matrix_file("xlsx", None, actor=security, at=AT)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made.content))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert len(sheets["Права"]) == 1 + sum(len(row) for row in MATRIX.values())
    assert len(sheets["Таблица"]) == 1 + len(Permission)
    assert [row[1] for row in sheets["Держатели ролей"][1:]].count(teacher.display_name) == 1
    assert len(sheets["Не вместе"]) == 1 + len(SEPARATED)
    assert [row[0] for row in sheets["Отличия"][1:]] == ["добавлено"]
    event = Event.objects.get(type=EventType.MATRIX_EXPORTED)
    assert event.body["sha256"] == hashlib.sha256(made.content).hexdigest()
    assert (event.actor_id, event.body["form"]) == (security.pk, "xlsx")


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_files_are_for_those_who_read_it(kind: str, security: Account, head: Account):
    approved(security, head)
    for address in (f"/roles/matrix/export/{kind}/", f"/roles/matrix/1/export/{kind}/"):
        assert signed_in(make_account("methodist")).get(address).status_code == 403
        answer = signed_in(make_account("inspector")).get(address)
        assert answer.status_code == 200
        assert answer.content[:4] in {b"%PDF", b"PK\x03\x04"}
    assert Event.objects.filter(type=EventType.MATRIX_EXPORTED).count() == 2
    assert signed_in(head).get("/roles/matrix/export/exe/").status_code == 404


@pytest.mark.clause("2.4")
def test_the_page_costs_the_same_for_few_and_many(
    security: Account, head: Account, django_assert_max_num_queries: DjangoAssertNumQueries
):
    client, costs = signed_in(head), set()
    client.get("/")
    for more in (1, 9):
        for _ in range(more):
            make_teacher()
        approved(security, head)
        with django_assert_max_num_queries(9) as counted:
            client.get("/roles/matrix/")
        costs.add(len(counted))
    assert len(costs) == 1
    assert len(queries.holders(AT)) == 12
