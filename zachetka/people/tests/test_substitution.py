"""Substitution: the role of somebody who is away, by an order, for a term, ending by itself (п. 3.8)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.pages import signed_in, words_of
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Permission, Role
from zachetka.access.tests.make import SINCE, give_role, make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people import matrix, queries, signing
from zachetka.people.actions.roles import Basis, approve_role
from zachetka.people.actions.substitution import last_day, propose_substitute
from zachetka.people.rules.difference import difference
from zachetka.people.tests.make import make_employee, make_learner, make_teacher

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

TODAY = legal_date(now())
TERM = Basis("52-к", TODAY, TODAY, TODAY + timedelta(days=27))


@pytest.fixture
def away(db: None) -> RoleAssignment:
    """The role of a head who goes on leave."""
    head = make_teacher(make_employee(position="директор"), roles=())
    return give_role(head, "head")


@pytest.fixture
def deputy(db: None) -> Account:
    return make_teacher(make_employee(position="заместитель директора"), roles=())


def proposed(away: RoleAssignment, deputy: Account, basis: Basis = TERM) -> RoleAssignment:
    return propose_substitute(away, deputy, basis=basis, actor=make_account("admin"), at=now())


def given(away: RoleAssignment, deputy: Account, basis: Basis = TERM) -> RoleAssignment:
    return approve_role(proposed(away, deputy, basis), actor=make_account("security"), at=now())


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def test_a_substitute_has_the_role_once_two_people_gave_it(away: RoleAssignment, deputy: Account):
    made = proposed(away, deputy)
    assert not fresh(deputy).allowed(Permission.ORDER_APPROVE)
    with pytest.raises(Forbidden):
        approve_role(made, actor=make_account("admin"), at=now())
    approve_role(made, actor=make_account("security"), at=now())
    assert fresh(deputy).allowed(Permission.ORDER_APPROVE)
    assert Event.objects.get(type=EventType.ROLE_GRANTED, object_id=str(made.pk)).body["substitutes"] == away.pk


def test_it_ends_by_itself_and_the_holder_keeps_the_role(away: RoleAssignment, deputy: Account):
    given(away, deputy)
    for days, stands in ((27, True), (28, False)):
        held = RoleAssignment.objects.in_force(TODAY + timedelta(days=days)).filter(role=Role.HEAD)
        assert {one.account_id for one in held} == ({away.account_id, deputy.pk} if stands else {away.account_id})


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis("52-к", TODAY, TODAY), "последний день"),
        (Basis("52-к", TODAY, TODAY, last_day(TODAY) + timedelta(days=1)), "не дольше года"),
        (Basis("52-к", TODAY, TODAY - timedelta(days=9), TODAY - timedelta(days=1)), "уже прошёл"),
        (Basis("52-к", TODAY, TODAY + timedelta(days=9), TODAY + timedelta(days=1)), "раньше, чем начинается"),
    ],
)
def test_the_term_is_named_and_no_longer_than_a_year(basis: Basis, words: str, away: RoleAssignment, deputy: Account):
    with pytest.raises(RuleViolation, match=words):
        proposed(away, deputy, basis)
    assert proposed(away, deputy, Basis("52-к", TODAY, TODAY, last_day(TODAY))).valid_to == last_day(TODAY)


def test_the_same_day_of_the_next_year_of_a_leap_day_is_the_last_of_february():
    assert last_day(date(2028, 2, 29)) == date(2029, 2, 28)
    assert last_day(date(2026, 7, 1)) == date(2027, 7, 1)


def test_nobody_substitutes_themself_or_a_substitute_or_a_role_they_have(away: RoleAssignment, deputy: Account):
    with pytest.raises(RuleViolation, match="сам себя"):
        proposed(away, make_account(person_uid=away.account.person_uid))
    substitution = given(away, deputy)
    with pytest.raises(IllegalStep, match="замещающего не замещают"):
        proposed(substitution, make_account())
    with pytest.raises(RuleViolation, match="уже есть"):
        proposed(away, deputy)
    with pytest.raises(IllegalStep):
        proposed(give_role(make_account(), "head", state=RoleAssignment.State.ENDED), make_account())
    with pytest.raises(IllegalStep):
        proposed(give_role(make_account(), "learner"), make_account())


def test_roles_kept_apart_stay_apart_for_a_substitute_on_any_account(away: RoleAssignment):
    for apart in ("admin", "inspector"):
        held = make_account(apart)
        with pytest.raises(RuleViolation, match="одному человеку не дают"):
            proposed(away, make_account(person_uid=held.person_uid))


def test_a_substitute_reaches_no_further_than_the_order_of_the_one_away(deputy: Account):
    unit = make_unit()
    substitution = given(give_role(make_account(), "methodist", unit=unit), deputy)
    assert substitution.unit == unit


def test_the_database_refuses_the_same_whoever_comes_past_the_action(away: RoleAssignment, deputy: Account):
    known = {
        "account": deputy, "role": "head", "order_number": "1", "order_date": SINCE, "valid_from": SINCE,
        "valid_to": date(2020, 2, 1), "proposed_by_person": deputy.person_uid, "substitutes": away,
    }  # fmt: skip
    for change, words in (
        ({"role": "teacher"}, "ту же и там же"),
        ({"unit": make_unit()}, "ту же и там же"),
        ({"account": away.account}, "сам себя"),
        ({"valid_to": date(2021, 1, 10)}, "не позже чем через год"),
        ({"valid_to": None}, "не позже чем через год"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            RoleAssignment.objects.create(**(known | change))
    made = RoleAssignment.objects.create(**known)
    with pytest.raises(IntegrityError, match="какой её назвал приказ"), transaction.atomic():
        RoleAssignment.objects.filter(pk=made.pk).update(substitutes=None)


def test_whoever_acts_for_the_head_is_named_so(away: RoleAssignment, deputy: Account):
    given(away, deputy)
    assert signing.acting(deputy.person_uid, Role.HEAD, TODAY) == "и. о. руководителя"
    assert signing.acting(deputy.person_uid, Role.HEAD, TODAY + timedelta(days=28)) == ""
    assert signing.acting(away.account.person_uid, Role.HEAD, TODAY) == ""
    assert all(role.acting.startswith("и. о. ") for role in Role)


def test_the_matrix_and_the_card_say_whom_they_substitute(away: RoleAssignment, deputy: Account):
    before = matrix.content(queries.holders(now()))
    substitution = given(away, deputy)
    content = matrix.content(queries.holders(now()))
    (line,) = [one for one in difference(before, content) if one.row.get("assignment") == substitution.pk]
    assert line.row["substitutes"] == away.account.display_name
    admin = signed_in(make_account("admin"))
    for where in ("/roles/matrix/", f"/accounts/{deputy.pk}/"):
        assert f"замещает: {away.account.display_name}" in words_of(admin.get(where))
    assert "И. о. руководителя" in words_of(admin.get(f"/roles/{substitution.pk}/"))
    assert deputy.display_name in words_of(admin.get(f"/roles/{away.pk}/"))
    assert "и. о. руководителя" in words_of(admin.get("/roles/"))


def test_the_way_of_a_substitution_through_the_pages(away: RoleAssignment, deputy: Account):
    admin, security = signed_in(make_account("admin")), signed_in(make_account("security"))
    assert "Назначить замещение" in words_of(admin.get(f"/roles/{away.pk}/"))
    assert "Назначить замещение" not in words_of(security.get(f"/roles/{away.pk}/"))
    assert security.get(f"/roles/{away.pk}/substitute/").status_code == 403
    typed = {
        "account": deputy.pk, "order_number": "52-к", "order_date": f"{TODAY:%d.%m.%Y}",
        "valid_from": f"{TODAY:%d.%m.%Y}", "valid_to": f"{TODAY + timedelta(days=400):%d.%m.%Y}",
    }  # fmt: skip
    late = admin.post(f"/roles/{away.pk}/substitute/", typed)
    assert late.status_code == 422
    assert "не дольше года" in words_of(late)
    made = admin.post(f"/roles/{away.pk}/substitute/", typed | {"valid_to": f"{TERM.valid_to:%d.%m.%Y}"})
    assert made.status_code == 302
    assert security.post(f"{made['Location']}approve/").status_code == 302
    assert fresh(deputy).allowed(Permission.ORDER_APPROVE)


def test_ones_own_record_stays_closed_to_a_substitute(away: RoleAssignment):
    """The pairs and «one's own» are held by person: a substitute methodist does not edit their own card."""
    person = make_learner().person
    account = make_account(person_uid=person.uid)
    given(give_role(make_account(), "methodist"), account)
    answer = signed_in(fresh(account)).post(f"/people/{person.uid}/edit/", {})
    assert answer.status_code in {403, 404, 422}
