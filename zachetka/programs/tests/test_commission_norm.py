"""How many people a commission is at least: a norm with dates and an act, never a number in the code (273-ФЗ ст. 58 ч. 6)."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.core.errors import RuleViolation
from zachetka.ledger.models import Event
from zachetka.programs.actions.norms import record_minima
from zachetka.programs.models import CommissionMinimum
from zachetka.programs.queries import happened, least_commission
from zachetka.programs.reference import PANELS, Panel
from zachetka.programs.tests.make import make_commission_minimum
from zachetka.programs.tests.test_ways import refuses, run

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 58 ч. 6")]


def test_the_norm_is_that_of_the_day_of_the_resit():
    make_commission_minimum(5, valid_from=date(2026, 9, 1))
    assert (least_commission(date(2026, 8, 31)), least_commission(date(2026, 9, 1))) == (3, 5)


def test_a_day_without_a_norm_is_said_so():
    with pytest.raises(RuleViolation, match=r"31\.08\.2013 не установлено"):
        least_commission(date(2013, 8, 31))


def test_a_norm_is_ended_and_set_anew_never_changed():
    refuses("заканчивают и вводят", "UPDATE programs_commissionminimum SET people = 2")
    refuses("не удаляется", "DELETE FROM programs_commissionminimum")
    run("UPDATE programs_commissionminimum SET valid_to = '2026-08-31'")
    refuses("заканчивают и вводят", "UPDATE programs_commissionminimum SET valid_to = NULL")


def test_one_norm_holds_on_a_day():
    refuses(
        "commission_minimum_is_alone_on_its_days",
        "INSERT INTO programs_commissionminimum (people, valid_from, basis) VALUES (5, '2026-09-01', '№ 5-од')",
    )


@pytest.mark.parametrize(("people", "fits"), [(1, False), (2, True), (20, True), (21, False)])
def test_a_commission_is_of_several(people: int, fits: bool):  # noqa: FBT001 - a case of the table
    def enter() -> None:
        with transaction.atomic():
            make_commission_minimum(people, valid_from=date(2026, 9, 1))

    if fits:
        enter()
    else:
        with pytest.raises(DatabaseError, match="commission_minimum_is_of_several"):
            enter()


def test_what_the_migration_entered_is_recorded_once_and_nothing_else():
    assert {Panel.of(row) for row in CommissionMinimum.objects.all()} == PANELS
    past_the_system = CommissionMinimum.objects.create(
        people=2, valid_from=date(2012, 1, 1), valid_to=date(2012, 12, 31), basis="никакой"
    )
    record_minima(now())
    assert record_minima(now()) == 0
    (recorded,) = Event.objects.filter(type="commission_minimum.set").values_list("object_id", flat=True)
    assert recorded != str(past_the_system.pk)
    assert not happened().exists()


@pytest.mark.clause("2.3")
def test_the_page_of_minima_says_how_many_since_when_and_by_which_act(client: Client, collected_statics: None):
    make_commission_minimum(5, valid_from=date(2026, 9, 1), basis="Положение о комиссиях, приказ № 5-од")
    client.force_login(make_account("head"))
    page = client.get("/programs/minima/").content.decode()
    assert "5 человек" in page.replace("\u00a0", " ")
    assert "приказ № 5-од" in page.replace("\u00a0", " ").replace("\u2060", "")
    assert "с 01.09.2013 по 31.08.2026" in page.replace("\u00a0", " ")
