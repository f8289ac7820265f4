"""E23 of the bad-input corpus: whoever lost the role between the two hands of an act is its second hand no more (п. 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

import pytest
from django.db import models, transaction

from zachetka.access.models import Account, RoleAssignment
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden
from zachetka.learning.actions.marks import confirm_correction
from zachetka.learning.actions.orders import approve_order, submit_order
from zachetka.learning.tests.make import ENROLLED, NOON, make_cohort, make_correction, make_order
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import approve_role, propose_role
from zachetka.people.actions.consents import Terms, give_consent, settle_withdrawal, withdraw_consent
from zachetka.people.actions.factor_resets import ask_reset, give_reset
from zachetka.people.actions.matrix import decide_matrix, propose_matrix
from zachetka.people.actions.passwords import ask_password, release_password
from zachetka.people.actions.roles import Basis
from zachetka.people.models import MatrixDecision
from zachetka.people.tests.make import make_learners, make_person
from zachetka.people.tests.test_factors import with_app

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.django_db]

DAY: Final = date(2026, 11, 2)


class Begun(NamedTuple):
    """An act of which the first hand has done its part.

    Attributes:
        record: what waits.
        second: whose hand comes next.
        finish: what that hand does.
    """

    record: models.Model
    second: Account
    finish: Callable[[], Any]


def role() -> Begun:
    to, second = make_account(), make_account("security")
    basis = Basis("7-к", DAY, DAY)
    given = propose_role(to, Role.INSPECTOR, unit=None, basis=basis, actor=make_account("admin"), at=NOON)
    return Begun(given, second, lambda: approve_role(given, actor=second, at=NOON))


def password() -> Begun:
    to, second = make_account("methodist"), make_account("security")
    ask_password(to, actor=make_account("admin"), at=NOON)
    return Begun(to, second, lambda: release_password(to, actor=second, at=NOON))


def factors() -> Begun:
    to, second = make_account("methodist"), make_account("security")
    with_app(to)
    reset = ask_reset(to, order_number="8-к", order_date=DAY, actor=make_account("admin"), at=NOON)
    return Begun(reset, second, lambda: give_reset(to, actor=second, at=NOON))


def order() -> Begun:
    draft, second = make_order(make_cohort(), make_learners(2), approved=False), make_account("head")
    waiting = submit_order(draft, actor=draft.drafted_by, at=ENROLLED)
    return Begun(waiting, second, lambda: approve_order(waiting, seen=seen_of(waiting), actor=second, at=ENROLLED))


def correction() -> Begun:
    waiting = make_correction()
    second = make_account("methodist", unit=waiting.mark.sheet.cohort.program_version.program.unit)
    return Begun(waiting, second, lambda: confirm_correction(waiting, actor=second, at=NOON))


def matrix() -> Begun:
    second = make_account("head")
    edition = propose_matrix(actor=make_account("security"), at=NOON)
    verdict = MatrixDecision.Verdict.APPROVED
    return Begun(edition, second, lambda: decide_matrix(edition, verdict, actor=second, at=NOON))


def consent() -> Begun:
    person, first, second = make_person(), make_account("methodist"), make_account("privacy")
    terms = Terms("photo", DAY, None, "письмом", "paper", "бланк 1")
    given = give_consent(person, terms, key=person.uid, actor=first, at=NOON)
    taken = withdraw_consent(given, withdrawn_on=DAY, document="заявление 2", actor=first, at=NOON)
    return Begun(taken, second, lambda: settle_withdrawal(taken, kept_because="", actor=second, at=NOON))


ACTS: Final = (role, password, factors, order, correction, matrix, consent)


def stood(record: models.Model) -> dict[str, Any]:
    return type(record)._base_manager.filter(pk=record.pk).values().get()


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_whoever_was_removed_between_two_hands_is_not_the_second_e23(act: Callable[[], Begun]) -> None:
    begun = act()
    RoleAssignment.objects.filter(account=begun.second).update(state=RoleAssignment.State.ENDED)
    for read in ("given_roles", "suspended", "assignments"):
        begun.second.__dict__.pop(read, None)  # the next request reads them anew
    begun.second.refresh_from_db()
    before, events = stood(begun.record), Event.objects.count()
    with pytest.raises(Forbidden), transaction.atomic():
        begun.finish()
    assert (stood(begun.record), Event.objects.count()) == (before, events)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_whoever_still_holds_the_role_is_its_second_hand(act: Callable[[], Begun]) -> None:
    """The negative control: nothing but the removal stood in the way."""
    begun = act()
    events = Event.objects.count()
    begun.finish()
    assert Event.objects.count() > events
