"""Each process reaches what its duty needs and nothing else (п. 3.8, 3.3)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from zachetka.postgres.address import APP, LOGINS, SEALER, Place
from zachetka.postgres.duties import REACH, Duty, surroundings

pytestmark = pytest.mark.clause("3.8")

ADMINISTRATOR = "postgresql://dba:not-for-the-web@db.example:5433/zachetka?sslmode=verify-full"

ASK = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "zachetka.settings"
django.setup()
from django.conf import settings
print(json.dumps({
    "aliases": sorted(settings.DATABASES),
    "roles": sorted({one.get("USER", "") for one in settings.DATABASES.values()}),
    "keys": str(settings.KEYS_DIR or ""),
    "environment": dict(os.environ),
    "settings": repr([value for value in vars(settings._wrapped).values()]) + repr(settings.DATABASES),
}))
"""


def started(duty: Duty, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> dict[str, object]:
    """Return what a process sees that is started as `zachetka run` starts its children."""
    monkeypatch.setenv("ZACHETKA_DATA_DIR", str(data_dir))
    monkeypatch.setenv("ZACHETKA_DATABASE_URL", ADMINISTRATOR)
    monkeypatch.setenv("ZACHETKA_KEYS_DIR", str(data_dir / "vault"))
    Place(data_dir, ADMINISTRATOR).make_passwords()
    told = subprocess.run(
        [sys.executable, "-c", ASK], env=surroundings(duty), capture_output=True, text=True, check=True, timeout=60
    )
    return dict(json.loads(told.stdout))


def test_the_web_server_has_neither_the_sealer_nor_the_owner_nor_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = started(Duty.WEB, monkeypatch, tmp_path)
    assert seen["aliases"] == ["default"]
    assert seen["roles"] == [APP]
    assert seen["keys"] == ""
    told = json.dumps(seen)
    place = Place(tmp_path, ADMINISTRATOR)
    for role in LOGINS:
        assert (place.password(role) in told) == (role == APP), role
    assert "not-for-the-web" not in told
    assert "vault" not in told
    assert "sslmode" in told


def test_the_same_question_finds_the_key_and_the_roles_where_they_are_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = started(Duty.EVERYTHING, monkeypatch, tmp_path)
    told = json.dumps(seen)
    assert seen["aliases"] == ["default", "migrate", "reader", "sealer"]
    assert seen["keys"] == str(tmp_path / "vault")
    assert "not-for-the-web" in told


def test_the_sealer_has_the_key_and_its_own_role_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZACHETKA_SECRET_KEY", "the secret of sessions")
    seen = started(Duty.SEALER, monkeypatch, tmp_path)
    assert seen["keys"] == str(tmp_path / "vault")
    place, told = Place(tmp_path, ADMINISTRATOR), json.dumps(seen)
    assert [role for role in LOGINS if place.password(role) in told] == [SEALER]
    assert "the secret of sessions" not in told


LIBPQ = {
    "PGPASSWORD": "dba's secret",
    "PGPASSFILE": "/dba/pgpass",
    "PGSERVICE": "dba",
    "PGUSER": "dba",
    "PGSSLKEY": "/dba/key",
}


@pytest.mark.parametrize("duty", Duty)
def test_what_libpq_reads_is_for_those_who_administer(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LIBPQ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("ZACHETKA_DATABASE_URL", ADMINISTRATOR)
    kept = surroundings(duty)
    assert kept["PGSSLMODE"] == "verify-full"
    assert (LIBPQ.keys() & kept.keys()) == (LIBPQ.keys() if REACH[duty].administers else set())
    assert kept["PATH"] == os.environ["PATH"]
    assert "db.example" in kept["ZACHETKA_DATABASE_URL"]


def test_a_process_that_names_no_duty_is_the_least(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZACHETKA_DATA_DIR", str(tmp_path))
    without = {name: value for name, value in os.environ.items() if name != "ZACHETKA_DUTY"}
    told = subprocess.run(
        [sys.executable, "-c", ASK], env=without, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert json.loads(told)["aliases"] == ["default"]


def test_only_the_sealer_signs_while_the_system_runs() -> None:
    assert {duty for duty in (Duty.WEB, Duty.WORKER, Duty.SEALER) if REACH[duty].signs} == {Duty.SEALER}
    assert [duty for duty in REACH if "migrate" in REACH[duty].aliases and duty in (Duty.WEB, Duty.WORKER)] == []
    assert REACH.keys() == set(Duty)
