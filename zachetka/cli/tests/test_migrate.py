"""A database whose ledger has the form before the first release is not started on (п. 3.3)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel

from zachetka.access.policy import Role
from zachetka.access.tests.make import give_role, make_account
from zachetka.cli.demonstration import Academy
from zachetka.cli.migrate import FOUNDED, GREW, bring_up_to_date, refuse_if_of_another_form
from zachetka.core.clock import now
from zachetka.learning.tests.make import make_mark
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_learner
from zachetka.people.tests.test_name_basis import renamed
from zachetka.postgres.address import Place
from zachetka.postgres.server import SUPERUSER, EmbeddedServer

BEFORE_FOUNDED = {
    ("access", "0002_initial_password"),
    ("access", "0003_roles_are_lawful"),
    ("learning", "0004_order_text"),
    ("programs", "0003_remark_and_one_draft"),
}
"""Migrations that added a proven field before the ledger had its first form: `FOUNDED` answers for them."""

pytestmark = pytest.mark.clause("3.3")


def test_a_ledger_of_the_form_before_the_first_release_is_refused_untouched(
    fresh_database: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    row = "FROM django_migrations WHERE (app, name) = (%s, %s)"
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute(f"DELETE {row}".encode(), FOUNDED)
        assert not Event.objects.exists()
        refuse_if_of_another_form(fresh_database)  # nothing is written yet: it can be brought up to date
        make_learner()
        events = Event.objects.count()
        with pytest.raises(SystemExit) as end:
            bring_up_to_date(fresh_database)
        assert administrator.execute(f"SELECT {row}".encode(), FOUNDED).fetchone() is None
        assert (end.value.code, Event.objects.count()) == (1, events)
        assert "базы пересоздаются" in capsys.readouterr().err
        administrator.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", FOUNDED)
    refuse_if_of_another_form(fresh_database)  # of the present form


@pytest.mark.parametrize("grown", sorted({(app, name) for app, name, _kind, _field in GREW}))
def test_a_ledger_that_told_of_a_kind_before_its_proven_fields_grew_is_refused_untouched(
    fresh_database: Place, capsys: pytest.CaptureFixture[str], grown: tuple[str, str]
) -> None:
    row = "FROM django_migrations WHERE (app, name) = (%s, %s)"
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute(f"DELETE {row}".encode(), grown)
        refuse_if_of_another_form(fresh_database)  # the control: nothing is told of such records yet
        make_mark()
        renamed()
        assignment = give_role(make_account(), Role.HEAD)
        with transaction.atomic():
            record_event(EventType.ROLE_PROPOSED, assignment, actor=None, at=now(), clause="3.8")
        events = Event.objects.count()
        with pytest.raises(SystemExit) as end:
            bring_up_to_date(fresh_database)
        assert administrator.execute(f"SELECT {row}".encode(), grown).fetchone() is None
        assert (end.value.code, Event.objects.count()) == (1, events)
        assert f"уберите папку {fresh_database.data_dir} в сторону" in capsys.readouterr().err
        administrator.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", grown)
    refuse_if_of_another_form(fresh_database)  # the control: of the present form


def test_whoever_starts_an_old_demo_is_told_which_folder_to_delete(
    fresh_database: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    academy = Academy("demo-password", is_built=True)
    monkeypatch.setattr(Academy, "load", classmethod(lambda _cls, _data_dir: academy))
    make_mark()
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute("DELETE FROM django_migrations WHERE name = '0018_reopenings'")
    with pytest.raises(SystemExit):
        refuse_if_of_another_form(fresh_database)
    assert f"удалите папку {fresh_database.data_dir} и запустите снова" in capsys.readouterr().err


def test_every_proven_field_added_since_is_in_the_table() -> None:
    added = set()
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        made = {step.name_lower for step in migration.operations if isinstance(step, CreateModel)}
        for step in migration.operations:
            if not isinstance(step, AddField) or step.model_name_lower in made:
                continue
            model = apps.get_model(app, step.model_name)
            proven = getattr(model, "proven_fields", ())
            if {step.name, f"{step.name}_id"} & set(proven):
                added.add((app, name, model._meta.label_lower, step.name))
    assert {step[:2] for step in added - set(GREW)} == BEFORE_FOUNDED, "a field more: add its migration to GREW"
    assert set(GREW) <= added, "the control: what the table names is found"


@pytest.mark.clause("3.8")
def test_the_first_command_of_all_on_a_server_that_asks_everybody_for_a_password(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "server")
    server.start()
    try:
        with psycopg.connect(Place(server.data_dir).administrator(database="postgres"), autocommit=True) as superuser:
            superuser.execute("CREATE ROLE dba LOGIN CREATEROLE PASSWORD 'known'")
            superuser.execute("CREATE DATABASE elsewhere OWNER dba")
            (rules,) = superuser.execute("SELECT current_setting('hba_file')").fetchone() or ("",)
            Path(rules).write_text(f"local all {SUPERUSER} trust\nlocal all all scram-sha-256\n", encoding="ascii")
            superuser.execute("SELECT pg_reload_conf()")
        given = {
            "ZACHETKA_DATABASE_URL": f"postgresql://dba:known@/elsewhere?host={server.socket_folder}",
            "ZACHETKA_DATA_DIR": str(tmp_path / "var"),
        }
        command = [sys.executable, "-m", "zachetka", "migrate", "--app", "contenttypes", "--to", "0001"]
        answer = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
    finally:
        server.stop()
