"""Roles, passwords, emergency access and the matrix tell those whom they concern, with the fact itself (п. 3.8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.access.tests.make import give_role, make_account
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import RuleViolation
from zachetka.notices.models import Notice
from zachetka.people import telling
from zachetka.people.actions.emergency import Wanted, close_emergency, open_emergency, review_emergency
from zachetka.people.actions.matrix import VERDICT, decide_matrix, propose_matrix
from zachetka.people.actions.passwords import ask_password, release_password
from zachetka.people.actions.roles import Basis, approve_role, propose_role
from zachetka.people.tests.make import make_person

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]

TODAY = legal_date(now())
BASIS = Basis("12-к", TODAY, TODAY)


def kinds_of(account: Account) -> list[str]:
    return list(Notice.objects.filter(account=account).order_by("pk").values_list("kind", flat=True))


def test_the_holder_of_a_role_is_told_when_it_is_given_and_not_when_it_is_proposed():
    holder = make_account()
    made = propose_role(holder, Role.TEACHER, unit=None, basis=BASIS, actor=make_account("admin"), at=now())
    assert kinds_of(holder) == []
    approve_role(made, actor=make_account("security"), at=now())
    assert kinds_of(holder) == ["role.given"]
    assert Notice.objects.get().title == f"Вам дана роль: преподаватель, с {TODAY:%d.%m.%Y}"


def test_a_role_that_ends_within_a_week_is_told_once_to_its_holder_and_to_whoever_proposes():
    admin, holder, later = make_account("admin"), make_account(), make_account()
    give_role(holder, "methodist", valid_to=TODAY + timedelta(days=7))
    give_role(later, "methodist", valid_to=TODAY + timedelta(days=8))
    give_role(make_account(), "learner", valid_to=TODAY + timedelta(days=1))
    at = now()
    telling.roles_that_end(at)
    telling.roles_that_end(at + timedelta(hours=1))
    assert kinds_of(holder) == kinds_of(admin) == ["role.ends"]
    assert kinds_of(later) == []
    telling.roles_that_end(at + timedelta(days=1))
    assert kinds_of(later) == ["role.ends"]


def test_the_holder_of_an_account_is_told_that_somebody_gave_it_a_password():
    holder = make_account("teacher")
    ask_password(holder, actor=make_account("admin"), at=now())
    release_password(holder, actor=make_account("security"), at=now())
    assert kinds_of(holder) == ["password.given"]


def test_those_who_review_are_told_of_an_emergency_access_in_the_same_transaction():
    privacy, security, opener = make_account("privacy"), make_account("security"), make_account("teacher")
    person = make_person()
    assert person.birth_date is not None
    wanted = Wanted(person.full_name, person.birth_date)
    reason = "Слушателю стало плохо на занятии, нужен телефон"
    with pytest.raises(RuleViolation, match="Назовите причину"):
        open_emergency(wanted, reason="нужно", minutes=30, actor=opener, at=now())
    assert not Notice.objects.exists()
    opened = open_emergency(wanted, reason=reason, minutes=30, actor=opener, at=now())
    assert kinds_of(privacy) == kinds_of(security) == ["emergency.opened"]
    assert person.last_name not in Notice.objects.filter(account=security).get().title
    at = now() + timedelta(minutes=1)
    close_emergency(opened, actor=Account.objects.get(pk=opener.pk), at=at)
    review_emergency(opened, "justified", "Случай подтверждён журналом медпункта", actor=privacy, at=at)  # type: ignore[arg-type]
    assert kinds_of(opener) == ["emergency.reviewed"]


def test_the_head_is_told_of_the_matrix_and_its_proposer_of_the_decision():
    security, head, at = make_account("security"), make_account("head"), datetime(2026, 9, 2, tzinfo=UTC)
    edition = propose_matrix(actor=security, at=at)
    assert kinds_of(head) == ["matrix.proposed"]
    decide_matrix(edition, VERDICT.REFUSED, actor=head, at=at)
    assert kinds_of(security) == ["matrix.decided"]
    assert Notice.objects.get(account=security).title.endswith("отклонена")
