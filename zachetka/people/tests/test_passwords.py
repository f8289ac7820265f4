"""A password for an account with a role: one asks, another gives, the holder is told by whom (п. 3.8)."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tests.pages import signed_in
from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Role
from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import now
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.passwords import ask_password, give_password, release_password

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]

OWN = "сорок два кита плывут"


@pytest.mark.parametrize("role", sorted(Role))
@pytest.mark.parametrize("state", [RoleAssignment.State.ACTIVE, RoleAssignment.State.PROPOSED])
def test_nobody_alone_gives_a_password_to_an_account_with_a_role(role: str, state: RoleAssignment.State) -> None:
    account = make_account(password=OWN)
    give_role(account, role, state=state)
    before = Account.objects.get(pk=account.pk).password
    with pytest.raises(RuleViolation, match="администратор безопасности"):
        give_password(account, actor=make_account("admin"), at=now())
    with pytest.raises(Forbidden):
        give_password(account, actor=make_account("security"), at=now())
    with pytest.raises(IllegalStep, match="по запросу"):
        release_password(account, actor=make_account("security"), at=now())
    with pytest.raises(Forbidden):
        ask_password(account, actor=make_account("security"), at=now())
    assert Account.objects.get(pk=account.pk).password == before


@pytest.mark.parametrize("state", [RoleAssignment.State.REFUSED, RoleAssignment.State.ENDED])
def test_an_account_whose_roles_are_over_needs_one_person(state: RoleAssignment.State) -> None:
    account = make_account()
    give_role(account, "head", state=state)
    assert give_password(account, actor=make_account("admin"), at=now())


def test_one_asks_another_gives_and_the_holder_is_told_by_whom() -> None:
    admin, security = make_account("admin", name="Рыбаков Денис"), make_account("security", name="Громова Алла")
    head = make_account("head", name="Самойлов Игорь", password=OWN)
    door = f"/accounts/{head.pk}/password/"
    assert signed_in(security).post(door).status_code == 403
    assert signed_in(admin).post(f"{door}release/").status_code == 403
    assert signed_in(admin).post(door).status_code == 302
    assert signed_in(admin).post(door).status_code == 409, "asked already"
    head.refresh_from_db()
    assert head.check_password(OWN), "the old one works until another person has given the new one"
    assert "Временный пароль — Самойлов Игорь" in unescape(signed_in(security).get("/").content.decode())
    assert "Рыбаков Денис" in signed_in(security).get(f"/accounts/{head.pk}/").content.decode()
    answer = signed_in(security).post(f"{door}release/")
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert signed_in(security).post(f"{door}release/").status_code == 409, "shown once"
    steps = Event.objects.filter(subject_uid=head.person_uid).order_by("pk").values_list("type", "actor")
    assert list(steps) == [
        (EventType.ACCOUNT_PASSWORD_ASKED, admin.pk),
        (EventType.ACCOUNT_PASSWORD_GIVEN, security.pk),
    ]
    holder = Client()
    assert holder.post("/accounts/login/", {"login": head.login, "password": password}).status_code == 302
    told = unescape(holder.get("/", follow=True).content.decode()).replace("\u00a0", " ")
    assert "Пароль выдан заново: кто запросил — Рыбаков Денис, кто выдал — Громова Алла." in told


def test_a_request_waits_a_day() -> None:
    head, admin, at = make_account("head"), make_account("admin"), now()
    ask_password(head, actor=admin, at=at - timedelta(hours=24))
    with pytest.raises(IllegalStep):
        release_password(head, actor=make_account("security"), at=at)
    ask_password(head, actor=admin, at=at)
    assert release_password(head, actor=make_account("security"), at=at)


def test_the_security_officer_gets_a_password_from_another_one() -> None:
    officer = make_account("security")
    twin = make_account("security", person_uid=officer.person_uid)
    ask_password(officer, actor=make_account("admin"), at=now())
    for own in (officer, twin):
        with pytest.raises(RuleViolation, match="Свой пароль"):
            release_password(officer, actor=own, at=now())
    assert release_password(officer, actor=make_account("security"), at=now())


def test_who_asked_does_not_give_from_another_account() -> None:
    admin, head = make_account("admin"), make_account("head")
    ask_password(head, actor=admin, at=now())
    with pytest.raises(IntegrityError, match="Разделённые роли"), transaction.atomic():
        make_account("security", person_uid=admin.person_uid)
    assert release_password(head, actor=make_account("security"), at=now())  # the control: another person


def test_a_password_given_before_the_role_is_no_way_round() -> None:
    account, admin = make_account(), make_account("admin")
    assert give_password(account, actor=admin, at=now())
    give_role(account, Role.HEAD, state=RoleAssignment.State.PROPOSED)
    with pytest.raises(RuleViolation, match="У записи есть роль"):
        give_password(account, actor=admin, at=now())


@pytest.mark.parametrize(
    ("asked", "given", "said"),
    [
        (None, None, "запрашивает один человек"),
        (None, "another", "запрашивает один человек"),
        ("one", None, "запрашивает один человек"),
        ("one", "one", "password_is_given_by_another_person"),
        ("one", "holder", "password_is_not_given_to_oneself"),
        ("holder", "one", "password_is_not_given_to_oneself"),
    ],
)
def test_the_database_refuses_a_password_from_one_pair_of_hands(
    asked: str | None, given: str | None, said: str
) -> None:
    head = make_account("head")
    people = {None: None, "one": uuid4(), "another": uuid4(), "holder": head.person_uid}
    with pytest.raises(IntegrityError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_account SET initial_until = now(), initial_asked_by_person = %s, initial_given_by_person = %s"
            " WHERE id = %s",
            [people[asked], people[given], head.pk],
        )
