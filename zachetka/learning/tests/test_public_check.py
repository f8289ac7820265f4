"""The public check confirms what the signed ledger says, and nothing else (п. 2.5, 3.3)."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from zachetka.core.clock import now
from zachetka.learning.actions.record_books import token_of
from zachetka.learning.queries.public_check import Trust, checked
from zachetka.learning.tests.make import NOON, make_enrolment
from zachetka.ledger.sealer import seal
from zachetka.postgres.address import Place

pytestmark = pytest.mark.clause("3.3")

FORGERIES = {
    "learning_enrolment": ("state = 'completed'", "number = 'ЗК-26-9999'"),
    "learning_cohort": ("code = 'ПК-26-99'",),
    "programs_programversion": ("hours = hours + 1",),
    "people_personname": ("last_name = 'Подложнова'",),
    "people_learner": ("registered_at = registered_at - interval '1 day'",),
    "learning_verificationtoken": ("made_at = made_at - interval '1 day'",),
}
"""What a superuser changes past the system, by table."""


def forge(place: Place, table: str, change: str) -> None:
    with psycopg.connect(place.administrator()) as administrator:
        administrator.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        administrator.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS enrolment_ends_by_order")
        administrator.execute(f"UPDATE {table} SET {change}")  # noqa: S608 - ours
        administrator.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


@pytest.mark.clause("2.1", "3.3")
def test_only_what_the_signed_ledger_says_is_confirmed(
    client: Client, fresh_database: Place, settings: Settings, tmp_path: Path
):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    token = token_of(make_enrolment(), actor=None, at=NOON).token
    unsealed = client.get(f"/verify/{token}").content.decode()
    assert "verdict-warn" in unsealed
    assert "подтверждена" not in unsealed
    assert "есть в подписанном журнале" not in unsealed
    seal(now())
    sealed = client.get(f"/verify/{token}").content.decode()
    assert "verdict-ok" in sealed
    assert "есть в подписанном журнале" in sealed
    for table, changes in FORGERIES.items():
        for change in changes:
            column = change.split(" = ", 1)[0]
            with psycopg.connect(fresh_database.administrator()) as administrator:
                administrator.execute(f"CREATE TABLE kept AS SELECT id, {column} FROM {table}")  # noqa: S608 - ours
            forge(fresh_database, table, change)
            answer = checked(token, now())
            assert answer is not None
            assert answer.trust is Trust.DIFFERS, change
            assert answer.event is None
            forge(fresh_database, table, f"{column} = (SELECT {column} FROM kept WHERE kept.id = {table}.id)")  # noqa: S608 - ours
            answer = checked(token, now())
            assert answer is not None
            assert answer.trust is Trust.PROVEN, change
            with psycopg.connect(fresh_database.administrator()) as administrator:
                administrator.execute("DROP TABLE kept")
    forge(fresh_database, "learning_enrolment", "number = 'ЗК-26-9999'")
    forged = client.get(f"/verify/{token}")
    told = forged.content.decode()
    assert forged.status_code == 200
    assert "verdict-bad" in told
    assert "не подтверждена" in told
    assert "ЗК-26-9999" not in told
    assert "есть в подписанном журнале" not in told


@pytest.mark.clause("3.3")
def test_a_tree_that_leads_to_another_root_confirms_nothing(fresh_database: Place, settings: Settings, tmp_path: Path):
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    token = token_of(make_enrolment(), actor=None, at=NOON).token
    seal(now())
    before = checked(token, now())
    assert before is not None
    assert before.trust is Trust.PROVEN
    forge(fresh_database, "ledger_checkpoint", "root = sha256('other')")
    after = checked(token, now())
    assert after is not None
    assert after.trust is Trust.DIFFERS
