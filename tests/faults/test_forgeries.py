"""Whatever a superuser changes past the system with every trigger off, `zachetka verify` names (п. 2.1, 3.3)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.test import Client

from tests.academy import PASSWORD, Academy
from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.core.clock import legal_date, now
from zachetka.ledger.verification import verify
from zachetka.people.actions import approve_role, create_account, end_role, propose_role
from zachetka.people.actions.passwords import ask_password, release_password
from zachetka.people.actions.registering import close_account
from zachetka.people.actions.roles import Basis

pytestmark = [pytest.mark.clause("2.1", "3.3"), pytest.mark.timeout(300)]

OWN: Final = "сорок два кита плывут"

FORGERIES: Final = (
    ("access.account", "person_uid = gen_random_uuid()", "login = 'teacher'"),
    ("access.account", "password = (SELECT password FROM access_account WHERE login = 'learner')", "login = 'head'"),
    ("access.account", "is_active = true", "login = 'second'"),
    ("access.roleassignment", "role = 'head'", "role = 'teacher'"),
    ("access.unit", "name = name || ' и закупок'", "true"),
    ("learning.award", "wording = wording || '!'", "true"),
    ("learning.correction", "proposed_by_person = gen_random_uuid()", "true"),
    ("learning.mark", "recorded_by_person = gen_random_uuid()", "true"),
    ("learning.order", "approved_at = approved_at - interval '30 days'", "state = 'approved'"),
    ("learning.order", "approved_by_person = gen_random_uuid()", "id = (SELECT max(id) FROM learning_order)"),
    (
        "people.person",
        "human_uid = (SELECT uid FROM people_person ORDER BY uid DESC LIMIT 1)",
        "merged_into_id IS NULL",
    ),
    ("people.person", "search = '{}'", "id > (SELECT min(id) FROM people_person)"),
    ("people.posting", "since = since - 365", "true"),
    ("people.posting", "unit_id = (SELECT max(id) FROM access_unit)", "kind = 'moved'"),
    ("programs.commissionminimum", "people = 2", "true"),
    ("programs.grade", "ordinal = ordinal + 100", "true"),
    ("programs.gradingscale", "name = name || '!'", "true"),
    ("programs.hourminimum", "hours = 1", "true"),
    ("programs.hourshare", "percent = 1", "true"),
    ("programs.reopeningterm", "days = 60", "true"),
    ("programs.module", "short_title = 'Другое'", "true"),
    ("programs.program", "kind = 'general_development'", "kind <> 'general_development'"),
    ("programs.programversion", "drafted_by_person = gen_random_uuid()", "true"),
    ("programs.resultmodule", "module_id = (SELECT max(id) FROM programs_module)", "true"),
    ("programs.scaleversion", "valid_from = valid_from - 365", "true"),
    ("registers.entry", "entered_at = entered_at - interval '1 day'", "true"),
    ("registers.register", "last_number = last_number + 1", "true"),
)
"""Kind of record, what the superuser sets in the first such row, which rows are such."""


def live(client: Client) -> None:
    """Do with accounts and roles what the system lets one do: none of it is a finding."""
    admin, security = (Account.objects.get(login=login) for login in ("admin", "security"))
    at, today = now(), legal_date(now())
    signed = client.post("/accounts/login/", {"login": "inspector", "password": PASSWORD})
    assert signed.status_code == 302
    typed = {"current": PASSWORD, "new": OWN, "again": OWN}
    assert client.post("/accounts/password/change/", typed).status_code == 302
    assert client.post("/accounts/logout/").status_code == 302
    account = create_account("second", person_uid=uuid4(), display_name="Второй", password=None, actor=admin, at=at)
    role = propose_role(account, Role.INSPECTOR, unit=None, basis=Basis("77-к", today, today), actor=admin, at=at)
    end_role(approve_role(role, actor=security, at=at), actor=security, at=at + timedelta(seconds=1))
    release_password(ask_password(Account.objects.get(login="head"), actor=admin, at=at), actor=security, at=at)
    close_account(account, actor=admin, at=at)


def test_lawful_life_is_no_finding_and_every_forgery_is_named(academy: Academy, client: Client, tmp_path: Path) -> None:
    live(client)
    clean = verify(notes=tmp_path)
    assert clean.ok, clean.findings
    with psycopg.connect(academy.place.administrator()) as administrator:
        for kind, change, such in FORGERIES:
            table = apps.get_model(kind)._meta.db_table
            administrator.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            first = f"(SELECT min(id) FROM {table} WHERE {such})"  # noqa: S608 - ours, here and below
            touched = administrator.execute(f"UPDATE {table} SET {change} WHERE id = {first}")  # noqa: S608
            assert touched.rowcount == 1, (kind, change)
            administrator.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    found = Counter(finding.object_type for finding in verify(notes=tmp_path).findings)
    assert found == Counter(kind for kind, _change, _such in FORGERIES)
