"""Which part of the hours suffices for credit: a norm with dates and an act, never a number in the code (273-ФЗ ст. 34 ч. 1 п. 7)."""

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
from zachetka.programs.models import HourShare
from zachetka.programs.queries import happened, least_share
from zachetka.programs.reference import SHARES, Share
from zachetka.programs.tests.make import make_hour_share
from zachetka.programs.tests.test_ways import refuses, run

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7")]


def test_the_norm_is_that_of_the_day():
    make_hour_share(100, valid_from=date(2026, 9, 1))
    assert (least_share(date(2026, 8, 31)), least_share(date(2026, 9, 1))) == (80, 100)


def test_a_day_without_a_norm_is_said_so():
    with pytest.raises(RuleViolation, match=r"31\.08\.2013 не установлено"):
        least_share(date(2013, 8, 31))


def test_a_norm_is_ended_and_set_anew_never_changed():
    refuses("заканчивают и вводят", "UPDATE programs_hourshare SET percent = 20")
    refuses("не удаляется", "DELETE FROM programs_hourshare")
    run("UPDATE programs_hourshare SET valid_to = '2026-08-31'")
    refuses("заканчивают и вводят", "UPDATE programs_hourshare SET valid_to = NULL")


def test_one_norm_holds_on_a_day():
    refuses(
        "hour_share_is_alone_on_its_days",
        "INSERT INTO programs_hourshare (percent, valid_from, basis) VALUES (50, '2026-09-01', '№ 5-од')",
    )


@pytest.mark.parametrize(("percent", "fits"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_share_is_of_a_whole(percent: int, fits: bool):  # noqa: FBT001 - a case of the table
    def enter() -> None:
        with transaction.atomic():
            make_hour_share(percent, valid_from=date(2026, 9, 1))

    if fits:
        enter()
    else:
        with pytest.raises(DatabaseError, match="hour_share_is_a_share"):
            enter()


def test_what_the_migration_entered_is_recorded_once_and_nothing_else():
    assert {Share.of(row) for row in HourShare.objects.all()} == SHARES
    past_the_system = HourShare.objects.create(
        percent=1, valid_from=date(2012, 1, 1), valid_to=date(2012, 12, 31), basis="никакой"
    )
    record_minima(now())
    assert record_minima(now()) == 0
    (recorded,) = Event.objects.filter(type="hour_share.set").values_list("object_id", flat=True)
    assert recorded != str(past_the_system.pk)
    assert not happened().exists()


@pytest.mark.clause("2.3")
def test_the_page_of_minima_says_which_part_since_when_and_by_which_act(client: Client, collected_statics: None):
    make_hour_share(100, valid_from=date(2026, 9, 1), basis="Положение о зачёте, приказ № 6-од")
    client.force_login(make_account("head"))
    page = client.get("/programs/minima/").content.decode().replace("\u00a0", " ").replace("\u2060", "")
    assert "100 %" in page
    assert "приказ № 6-од" in page
    assert "с 01.09.2013 по 31.08.2026" in page
