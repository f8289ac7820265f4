"""`take`: policy, lock, state, change, ledger, in one transaction (п. 2.1)."""

from functools import partial

import pytest
from django.db import connection, transaction

from tests.at_once import at_once
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import Busy, Forbidden, IllegalStep, RuleViolation
from zachetka.ledger.models import Event
from zachetka.lifecycle.steps import allowed, lock, take
from zachetka.programs.lifecycle import APPROVE_VERSION, RETIRE_VERSION, RETURN_VERSION
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version

pytestmark = pytest.mark.clause("2.1")


def test_a_step_changes_the_state_and_records_its_event(db):
    version, head = make_program_version(), make_account(Role.HEAD)
    with take(RETIRE_VERSION, version, actor=head, at=now()):
        pass
    assert ProgramVersion.objects.get(pk=version.pk).state == RETIRE_VERSION.target
    assert Event.objects.newest_first()[0].type == RETIRE_VERSION.event


def test_a_step_from_another_state_is_refused_with_its_sentence(db):
    version, head = make_program_version(), make_account(Role.HEAD)
    with (
        pytest.raises(IllegalStep, match="Утвердить можно редакцию") as refusal,
        take(APPROVE_VERSION, version, actor=head, at=now()),
    ):
        pytest.fail("the step was taken")
    assert refusal.value.sentence == APPROVE_VERSION.refusal


def test_a_step_without_the_right_is_refused(db):
    version = make_program_version()
    with pytest.raises(Forbidden), take(RETIRE_VERSION, version, actor=make_account(Role.METHODIST), at=now()):
        pytest.fail("the step was taken")


def test_an_error_inside_a_step_leaves_nothing_behind(db):
    version, head = make_program_version(), make_account(Role.HEAD)
    events = Event.objects.count()

    def change_and_fail() -> None:
        with take(RETIRE_VERSION, version, actor=head, at=now()) as taken:
            taken.title = "другое"
            raise RuleViolation("2.3", "Нельзя.")

    with pytest.raises(RuleViolation, match="Нельзя"):
        change_and_fail()
    assert ProgramVersion.objects.get(pk=version.pk).state == ProgramVersion.State.APPROVED
    assert Event.objects.count() == events


def test_the_buttons_of_a_page_agree_with_the_steps(db):
    version, head = make_program_version(), make_account(Role.HEAD)
    table = {"approve": APPROVE_VERSION, "return": RETURN_VERSION, "retire": RETIRE_VERSION}
    assert allowed(table, version, head) == {"approve": False, "return": False, "retire": True}


def test_six_people_take_one_step_and_one_of_them_does(fresh_database):
    version = make_program_version()
    heads = [make_account(Role.HEAD) for _ in range(6)]

    def retire(head):
        with take(RETIRE_VERSION, version, actor=head, at=now()):
            pass

    came = at_once(*(partial(retire, head) for head in heads))
    losers = [one for one in came if one is not None]
    assert [(type(one), one.sentence) for one in losers] == [(IllegalStep, RETIRE_VERSION.refusal)] * 5
    assert Event.objects.filter(type=RETIRE_VERSION.event).count() == 1


def test_a_row_held_by_another_is_said_to_be_busy(fresh_database):
    version = make_program_version()

    @transaction.atomic
    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        lock(version)

    with transaction.atomic():
        lock(version)
        (came,) = at_once(ask)
    assert isinstance(came, Busy)
