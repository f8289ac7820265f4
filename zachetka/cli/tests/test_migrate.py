"""A database of another history, or whose ledger has an earlier form, is not started on (п. 3.3)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel

from zachetka.cli.demonstration import Academy
from zachetka.cli.migrate import GREW, bring_up_to_date, refuse_if_of_another_form
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_learner
from zachetka.postgres.address import Place
from zachetka.postgres.server import SUPERUSER, EmbeddedServer

BEFORE = {
    "access": "0001_initial",
    "ledger": "0001_ledger",
    "learning": "0001_initial",
    "notices": "0001_initial",
    "people": "0001_initial",
    "programs": "0001_initial",
    "registers": "0001_initial",
}
"""With what each history began that was written anew (decision 0163): the name is never used again."""
SAMPLE = ("people", "0004_doubles", "people.person", "merged_into")
"""As if this migration had added the field: no database has grown yet since the histories were written anew."""
ROW = "FROM django_migrations WHERE (app, name) = (%s, %s)"
NOTE = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())"

pytestmark = pytest.mark.clause("3.3")


@pytest.mark.parametrize("begun", sorted(BEFORE.items()))
def test_a_database_of_another_history_is_refused_in_words_and_untouched(
    fresh_database: Place, capsys: pytest.CaptureFixture[str], begun: tuple[str, str]
) -> None:
    refuse_if_of_another_form(fresh_database)  # the control: of this history
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        own = administrator.execute(
            "DELETE FROM django_migrations WHERE app = %s RETURNING app, name", begun[:1]
        ).fetchall()
        administrator.execute(NOTE.encode(), begun)
        with pytest.raises(SystemExit) as end:
            bring_up_to_date(fresh_database)
        assert administrator.execute("SELECT name FROM django_migrations WHERE app = %s", begun[:1]).fetchall() == [
            begun[1:]
        ]
        told = capsys.readouterr().err
        assert end.value.code == 1
        assert f"в этой нет шага {'.'.join(begun)}" in told
        assert f"уберите папку {fresh_database.data_dir} в сторону" in told
        assert own
        assert begun not in own


def test_a_database_of_a_later_edition_of_the_program_is_refused(fresh_database: Place) -> None:
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute(NOTE.encode(), ("elsewhere", "0001_of_a_library"))
        refuse_if_of_another_form(fresh_database)  # the control: of no room of ours
        administrator.execute(NOTE.encode(), ("learning", "9999_of_tomorrow"))
    with pytest.raises(SystemExit):
        refuse_if_of_another_form(fresh_database)


def test_a_ledger_that_told_of_a_kind_before_its_proven_fields_grew_is_refused_untouched(
    fresh_database: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zachetka.cli.migrate.GREW", (*GREW, SAMPLE))
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute(f"DELETE {ROW}".encode(), SAMPLE[:2])
        refuse_if_of_another_form(fresh_database)  # the control: nothing is told of such records yet
        make_learner()
        events = Event.objects.count()
        with pytest.raises(SystemExit) as end:
            bring_up_to_date(fresh_database)
        assert administrator.execute(f"SELECT {ROW}".encode(), SAMPLE[:2]).fetchone() is None
        assert (end.value.code, Event.objects.count()) == (1, events)
        assert "её журнал записан в прежнем виде" in capsys.readouterr().err
        administrator.execute(NOTE.encode(), SAMPLE[:2])
    refuse_if_of_another_form(fresh_database)  # the control: of the present form


def test_whoever_starts_an_old_demo_is_told_which_folder_to_delete(
    fresh_database: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    academy = Academy("demo-password", is_built=True)
    monkeypatch.setattr(Academy, "load", classmethod(lambda _cls, _data_dir: academy))
    with psycopg.connect(fresh_database.administrator(), autocommit=True) as administrator:
        administrator.execute(NOTE.encode(), ("learning", BEFORE["learning"]))
    with pytest.raises(SystemExit):
        refuse_if_of_another_form(fresh_database)
    assert f"удалите папку {fresh_database.data_dir} и запустите снова" in capsys.readouterr().err


def added_since(migrations: Mapping[tuple[str, str], Migration]) -> set[tuple[str, str, str, str]]:
    """Return the proven fields that migrations add to kinds of record which earlier ones made, as `GREW` names them."""
    added = set()
    for (app, name), migration in migrations.items():
        made = {step.name_lower for step in migration.operations if isinstance(step, CreateModel)}
        for step in migration.operations:
            if not isinstance(step, AddField) or step.model_name_lower in made:
                continue
            model = apps.get_model(app, step.model_name)
            proven = getattr(model, "proven_fields", ())
            if {step.name, f"{step.name}_id"} & set(proven):
                added.add((app, name, model._meta.label_lower, step.name))
    return added


def test_every_proven_field_added_since_is_in_the_table() -> None:
    assert added_since(MigrationLoader(None).disk_migrations) == set(GREW), "a field more: add its migration to GREW"

    class Late(Migration):
        operations = [AddField("person", "merged_into", models.ForeignKey("self", models.PROTECT, null=True))]

    assert added_since({("people", "0099_late"): Late("0099_late", "people")}) == {
        ("people", "0099_late", *SAMPLE[2:])
    }, "the control"


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
