"""A database whose ledger has the form before the first release is not started on (п. 3.3)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from zachetka.cli.migrate import FOUNDED, bring_up_to_date, refuse_if_of_another_form
from zachetka.ledger.models import Event
from zachetka.people.tests.make import make_learner
from zachetka.postgres.address import Place
from zachetka.postgres.server import SUPERUSER, EmbeddedServer

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
