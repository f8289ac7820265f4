"""What the page «Сегодня» tells those who neither teach nor form groups (п. 2.4, 2.6)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from zachetka.access.tests.make import make_account
from zachetka.learning.queries import cohorts
from zachetka.learning.tests.make import NOON, make_cohort
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.registers import queries as registers
from zachetka.web.events import notices as checks
from zachetka.web.home_sections import academy_notices

pytestmark = pytest.mark.django_db


@pytest.mark.clause("3.3")
def test_the_check_of_the_ledger_waits_for_the_inspector_once_the_last_one_is_a_week_old():
    inspector, teacher = make_account("inspector"), make_account("teacher")
    (task,) = checks.tasks(inspector, NOON)
    assert (task.verb, task.term) == ("Проверить", date(2026, 11, 20))
    assert checks.tasks(teacher, NOON) == []
    record_event(EventType.LEDGER_CHECKED, None, actor=inspector, at=NOON, clause="3.3", ok=True)
    assert checks.tasks(inspector, NOON + timedelta(days=6)) == []
    (again,) = checks.tasks(inspector, NOON + timedelta(days=8))
    assert again.term == date(2026, 11, 27)


@pytest.mark.clause("3.3")
def test_a_ledger_that_does_not_agree_is_the_first_task_of_those_who_answer_for_it():
    inspector = make_account("inspector")
    record_event(EventType.LEDGER_CHECKED, None, actor=inspector, at=NOON, clause="3.3", ok=False)
    (task,) = checks.tasks(inspector, NOON + timedelta(days=1))
    assert (task.title, task.verb, task.term) == ("Журнал не сошёлся с базой", "Разобрать", date(2026, 11, 20))


@pytest.mark.clause("2.2")
@pytest.mark.parametrize("role", ["secretary", "chair", "registrar", "head"])
def test_the_attestations_of_two_weeks_are_told_to_the_commission_and_to_who_signs_after_it(role: str):
    near = make_cohort(attestation_on=date(2026, 12, 1), learners=2)
    make_cohort(attestation_on=date(2026, 12, 18), learners=1)
    (notice,) = cohorts.notices(make_account(role), NOON)
    assert notice.title.replace("\u00a0", " ") == f"Итоговая аттестация {near.code} — 1 декабря"
    assert notice.detail.replace("\u00a0", " ") == "допущено 0 из 2 человек"
    assert cohorts.notices(make_account("teacher"), NOON) == []


@pytest.mark.clause("2.5")
def test_the_registrar_sees_the_numbers_given_today():
    registrar = make_account("registrar")
    assert registers.notices(registrar, NOON)[0].title == "Сегодня номеров не давали"
    make_cohort(learners=2, at=NOON)
    assert registers.notices(make_account("teacher"), NOON) == []


@pytest.mark.clause("2.5")
@pytest.mark.parametrize(("role", "is_told"), [("head", True), ("admin", True), ("teacher", False)])
def test_that_nobody_has_named_the_academy_is_told_to_whoever_signs_and_whoever_keeps_the_system(
    role: str, *, is_told: bool, settings: Settings, tmp_path: Path
):
    account = make_account(role)
    settings.ACADEMY_FILE = tmp_path / "academy.toml"
    assert [one.title for one in academy_notices(account, NOON)] == ["Название организации не задано"] * is_told
    named = '[[academy]]\nsince = 2021-02-01\nlines = ["АНО ДПО"]\nshort = "АНО"\ncity = "Псков"\naddress = "180000, Псков"\n'
    settings.ACADEMY_FILE.write_text(named, encoding="utf-8")
    assert academy_notices(account, NOON) == []
