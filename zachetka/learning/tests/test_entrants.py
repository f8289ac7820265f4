"""Letting learners in: by the order of enrolment, a slip shown once, a whole cohort at once (п. 3.8)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from tests.pages import signed_in, text_of
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import SEPARATED, Role
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.clock import LEGAL_ZONE, legal_date, now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.learning.actions.admitting import admit, admit_cohort
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries.entrants import Way, entrants, of_cohort
from zachetka.learning.tests.make import ENROLLED, NOON, make_cohort, make_enrolment, make_enrolments, make_order
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.passwords import give_password
from zachetka.people.tests.make import make_learner

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.usefixtures("collected_statics")]

OWN = "сорок два кита плывут"


def methodist_of(cohort: Cohort, **given: Any) -> Account:
    return make_account("methodist", unit=cohort.program_version.program.unit, **given)


def fresh(account: Account) -> Account:
    return Account.objects.get(pk=account.pk)


def ways(cohort: Cohort) -> list[Way]:
    return [one.way for one in entrants(of_cohort(cohort, legal_date(now())), now())]


def test_a_cohort_gets_its_slips_on_one_sheet_once(db: None) -> None:
    cohort = make_cohort(learners=3)
    methodist = signed_in(methodist_of(cohort))
    page = f"/cohorts/{cohort.pk}/sign-in/"
    assert "Дать вход: 3" in text_of(methodist.get(page))
    answer = methodist.post(page)
    slips = re.findall(r'slip-key nowrap">([^<]+)<', answer.content.decode())
    assert len(slips) == 6
    assert answer.headers["Cache-Control"] == "no-store"
    for login, password in zip(slips[::2], slips[1::2], strict=True):
        account = Account.objects.get(login=login)
        assert account.check_password(password)
        role = account.roles.get()
        order = Order.objects.get(cohort=cohort)
        assert (role.role, role.order_number, role.order_date) == ("learner", order.number, order.order_date)
    shown = text_of(methodist.get(page))
    assert not [word for word in slips[1::2] if word in shown], "shown once"
    assert ways(cohort) == [Way.WAITING] * 3
    assert "Новых листков нет" in text_of(methodist.post(page))
    assert Account.objects.filter(roles__role="learner").count() == 3


@pytest.mark.clause("2.4")
def test_the_slips_stand_below_their_cohort_or_person_and_are_printed_by_a_button(db: None) -> None:
    enrolment = make_enrolment()
    cohort, person = enrolment.cohort, enrolment.learner.person
    methodist = signed_in(methodist_of(cohort))
    for address, way in (
        (f"/cohorts/{cohort.pk}/sign-in/", ["/cohorts/", f"/cohorts/{cohort.pk}/"]),
        (f"/record-books/{enrolment.pk}/sign-in/", ["/people/", f"/people/{person.uid}/"]),
    ):
        answer = methodist.post(address)
        page = answer.content.decode()
        (crumbs,) = re.findall(r'<nav class="crumbs".*?</nav>', page)
        assert re.findall(r'href="([^"]+)"', crumbs) == way
        assert "Назад" not in crumbs
        assert page.count("data-print") == len(answer.context["slips"]) == 1
        assert "picker" in page
        assert "Ctrl+P" not in page
    assert "data-print" not in methodist.post(f"/cohorts/{cohort.pk}/sign-in/").content.decode(), "nothing to print"


def test_the_slip_opens_ones_own_record_book_and_nothing_before_a_password_of_ones_own(db: None) -> None:
    enrolment = make_enrolment()
    slip = admit(enrolment, actor=methodist_of(enrolment.cohort), at=now())
    learner = Client()
    assert learner.post("/accounts/login/", {"login": slip.login, "password": slip.password}).status_code == 302
    book = f"/record-books/{enrolment.pk}/"
    assert learner.get(book).headers["Location"] == "/accounts/password/change/"
    learner.post("/accounts/password/change/", {"current": slip.password, "new": OWN, "again": OWN})
    assert learner.get(book).status_code == 200
    assert learner.get(f"/record-books/{make_enrolment().pk}/").status_code == 404
    assert ways(enrolment.cohort) == [Way.OPEN]


def test_everything_is_recorded_and_no_password_is(db: None) -> None:
    enrolment = make_enrolment()
    uid, actor = enrolment.learner.person.uid, methodist_of(enrolment.cohort)
    slip = admit(enrolment, actor=actor, at=now())
    steps = list(Event.objects.filter(subject_uid=uid, actor=actor).order_by("pk"))
    assert [step.type for step in steps] == [
        EventType.ACCOUNT_CREATED,
        EventType.ROLE_GRANTED,
        EventType.ACCOUNT_PASSWORD_GIVEN,
    ]
    assert slip.password not in str([step.body for step in steps])
    assert enrolment.learner.person.last_name.lower() not in slip.login


def test_lost_slips_are_given_again_to_those_who_have_not_come_in(db: None) -> None:
    cohort = make_cohort(learners=2)
    actor = methodist_of(cohort)
    first, second = admit_cohort(cohort, again=False, actor=actor, at=now())
    Account.objects.filter(login=second.login).update(initial_until=None)
    assert admit_cohort(cohort, again=False, actor=actor, at=now()) == []
    (renewed,) = admit_cohort(cohort, again=True, actor=actor, at=now())
    assert renewed.login == first.login
    account = Account.objects.get(login=first.login)
    assert account.check_password(renewed.password)
    assert not account.check_password(first.password)
    assert account.initial_given_by == actor
    late = admit_cohort(cohort, again=False, actor=actor, at=now() + timedelta(days=7, minutes=1))
    assert [slip.login for slip in late] == [first.login], "a term that is over is an open door no more"


@pytest.mark.parametrize(("days", "opens"), [(3, True), (6.99, True), (7.01, False)])
def test_a_slip_printed_on_a_friday_opens_on_monday_and_a_week_later_no_more(
    db: None, days: float, opens: object
) -> None:
    enrolment, at = make_enrolment(), now()
    methodist = signed_in(methodist_of(enrolment.cohort))
    answer = methodist.post(f"/record-books/{enrolment.pk}/sign-in/")
    (slip,) = answer.context["slips"]
    assert f"Действует до {slip.until.astimezone(LEGAL_ZONE):%d.%m.%Y %H:%M}" in text_of(answer)
    assert timedelta(days=6, hours=23) < slip.until - at <= timedelta(days=7, minutes=1)
    typed, learner = {"login": slip.login, "password": slip.password}, Client()
    with time_machine.travel(at + timedelta(days=days), tick=False):
        learner.post("/accounts/login/", typed)
        assert ("_auth_user_id" in learner.session) is opens
        if opens:
            learner.post("/accounts/password/change/", {"current": slip.password, "new": OWN, "again": OWN})
            again = Client()
            again.post("/accounts/login/", typed)
            assert "_auth_user_id" not in again.session, "one's own password has taken its place"


def test_the_password_of_an_employee_still_lives_for_a_day(db: None) -> None:
    account = make_account()
    give_password(account, actor=make_account("admin"), at=NOON)
    assert Account.objects.get(pk=account.pk).initial_until == NOON + timedelta(hours=24)


def test_a_forgotten_password_is_replaced_from_the_card(db: None) -> None:
    enrolment = make_enrolment()
    actor = methodist_of(enrolment.cohort)
    slip = admit(enrolment, actor=actor, at=now())
    Account.objects.filter(login=slip.login).update(initial_until=None)
    client, card = signed_in(actor), f"/people/{enrolment.learner.person.uid}/"
    assert "Выдать новый пароль" in text_of(client.get(card))
    answer = client.post(f"/record-books/{enrolment.pk}/sign-in/")
    assert answer.context["slips"][0].login == slip.login
    assert not Account.objects.get(login=slip.login).check_password(slip.password)
    assert RoleAssignment.objects.filter(account__login=slip.login).count() == 1


def test_an_employee_who_learns_keeps_their_account_and_gets_the_role(db: None) -> None:
    teacher = make_account("teacher", password=OWN)
    learner = make_learner(uid=teacher.person_uid)
    enrolment = make_enrolment(learner=learner)
    actor = methodist_of(enrolment.cohort)
    slip = admit(enrolment, actor=actor, at=now())
    assert (slip.login, slip.password) == (teacher.login, "")
    teacher = Account.objects.get(pk=teacher.pk)
    assert teacher.check_password(OWN)
    assert teacher.roles_held == {Role.TEACHER, Role.LEARNER}
    with pytest.raises(RuleViolation, match="Это запись работника"):
        admit(enrolment, actor=actor, at=now())
    assert admit_cohort(enrolment.cohort, again=True, actor=actor, at=now()) == []


def test_the_password_of_an_account_without_roles_ends_with_the_role(db: None) -> None:
    """Whoever opened the account alone could have set its password: the slip replaces it (п. 3.8)."""
    enrolment = make_enrolment()
    account = make_account(person_uid=enrolment.learner.person.uid, password=OWN)
    intruder = signed_in(account)
    assert intruder.get("/").status_code == 403
    slip = admit(enrolment, actor=methodist_of(enrolment.cohort), at=now())
    assert slip.login == account.login
    account = Account.objects.get(pk=account.pk)
    assert account.roles_held == {Role.LEARNER}
    assert not account.check_password(OWN)
    assert account.check_password(slip.password)
    assert intruder.get("/").headers["Location"].startswith("/accounts/login/")


def test_while_a_role_of_the_staff_waits_nobody_is_let_in_by_that_account(db: None) -> None:
    enrolment = make_enrolment()
    account = make_account(person_uid=enrolment.learner.person.uid, password=OWN)
    give_role(account, "teacher", state=RoleAssignment.State.PROPOSED)
    actor = methodist_of(enrolment.cohort)
    with pytest.raises(IllegalStep, match="Роль работника ждёт утверждения"):
        admit(enrolment, actor=actor, at=now())
    assert admit_cohort(enrolment.cohort, again=True, actor=actor, at=now()) == []
    card = text_of(signed_in(actor).get(f"/people/{enrolment.learner.person.uid}/"))
    assert "Роль работника ждёт утверждения" in card
    assert not account.roles.filter(role=Role.LEARNER).exists()


def test_the_role_of_a_learner_stands_beside_any_other() -> None:
    assert not [pair for pair in SEPARATED if Role.LEARNER in pair]


def test_nobody_lets_oneself_in(db: None) -> None:
    cohort = make_cohort()
    me = methodist_of(cohort)
    enrolment, other = make_enrolments(cohort, [make_learner(uid=me.person_uid), make_learner()])
    if enrolment.learner.person.uid != me.person_uid:
        enrolment, other = other, enrolment
    with pytest.raises(RuleViolation, match="Себе"):
        admit(enrolment, actor=me, at=now())
    slips = admit_cohort(cohort, again=True, actor=me, at=now())
    assert [slip.enrolment.pk for slip in slips] == [other.pk]


def test_who_is_withdrawn_or_only_drafted_gets_no_way_in(db: None) -> None:
    cohort = make_cohort(learners=1)
    enrolment = cohort.enrolments.get()
    make_order(cohort, [make_learner()], approved=False)
    at = ENROLLED + timedelta(days=9)
    make_order(cohort, [enrolment.learner], kind="withdrawal", ground="own_wish", effective_on=legal_date(at), at=at)
    actor = methodist_of(cohort)
    assert admit_cohort(cohort, again=True, actor=actor, at=NOON) == []
    with pytest.raises(IllegalStep):
        admit(Enrolment.objects.get(pk=enrolment.pk), actor=actor, at=NOON)
    assert not RoleAssignment.objects.filter(role="learner").exists()


@pytest.mark.clause("273-ФЗ ст. 61 ч. 4")
def test_whoever_is_to_be_withdrawn_is_let_in_until_the_day(db: None) -> None:
    cohort = make_cohort(learners=2)
    leaving, stays = cohort.enrolments.order_by("pk")
    day = legal_date(NOON) + timedelta(days=9)
    make_order(cohort, [leaving.learner], kind="withdrawal", ground="own_wish", effective_on=day, at=NOON)
    actor = methodist_of(cohort)

    def offered(at: datetime) -> set[int]:
        with time_machine.travel(at, tick=False):
            page = signed_in(fresh(actor)).get(f"/cohorts/{cohort.pk}/sign-in/")
        return {one.enrolment.pk for one in page.context["people"]}

    before, on_the_day = NOON + timedelta(days=8), NOON + timedelta(days=9)
    assert offered(before) == {leaving.pk, stays.pk}
    assert offered(on_the_day) == {stays.pk}, "the negative control: the day has come"
    with pytest.raises(IllegalStep, match="Отчисленному"):
        admit(Enrolment.objects.get(pk=leaving.pk), actor=fresh(actor), at=on_the_day)
    assert admit(Enrolment.objects.get(pk=leaving.pk), actor=fresh(actor), at=before).password


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.METHODIST}))
def test_no_other_role_lets_anybody_in(db: None, role: str) -> None:
    enrolment = make_enrolment()
    actor = make_account(role)
    with pytest.raises(Forbidden):
        admit(enrolment, actor=actor, at=now())
    with pytest.raises(Forbidden):
        admit_cohort(enrolment.cohort, again=False, actor=actor, at=now())
    assert signed_in(actor).post(f"/cohorts/{enrolment.cohort_id}/sign-in/").status_code == 403


def test_the_methodist_of_another_unit_sees_no_cohort(db: None) -> None:
    enrolment = make_enrolment()
    client = signed_in(make_account("methodist", unit=make_unit()))
    assert client.get(f"/cohorts/{enrolment.cohort_id}/sign-in/").status_code == 404
    assert client.post(f"/record-books/{enrolment.pk}/sign-in/").status_code == 404
    assert "Дать вход" not in text_of(client.get(f"/people/{enrolment.learner.person.uid}/"))


def test_a_proposed_role_waits_for_its_approval(db: None) -> None:
    enrolment = make_enrolment()
    account = make_account(person_uid=enrolment.learner.person.uid)
    give_role(account, "learner", state=RoleAssignment.State.PROPOSED)
    with pytest.raises(IllegalStep, match="ждёт утверждения"):
        admit(enrolment, actor=methodist_of(enrolment.cohort), at=now())


def test_a_login_that_somebody_holds_is_no_obstacle(db: None) -> None:
    enrolment = make_enrolment()
    make_account(login=f"s{enrolment.learner_id:05}")
    slip = admit(enrolment, actor=methodist_of(enrolment.cohort), at=now())
    assert slip.login.startswith(f"s{enrolment.learner_id:05}-")


def test_the_page_and_the_act_cost_the_same_for_any_number(db: None) -> None:
    counts = []
    for learners in (2, 12):
        cohort = make_cohort(learners=learners)
        client = signed_in(methodist_of(cohort))
        client.get(f"/cohorts/{cohort.pk}/sign-in/")
        with CaptureQueriesContext(connection) as page:
            client.get(f"/cohorts/{cohort.pk}/sign-in/")
        with CaptureQueriesContext(connection) as act:
            client.post(f"/cohorts/{cohort.pk}/sign-in/")
        counts.append((len(page), len(act)))
    assert counts[0] == counts[1]


def test_two_methodists_at_once_let_each_in_once(fresh_database: object) -> None:
    cohort = make_cohort(learners=3)
    hands = [methodist_of(cohort) for _ in range(2)]
    came = at_once(*(partial(admit_cohort, cohort, again=False, actor=actor, at=now()) for actor in hands))
    assert sorted(len(slips) for slips in came if isinstance(slips, list)) == [0, 3]
    assert Account.objects.filter(roles__role="learner").count() == 3
