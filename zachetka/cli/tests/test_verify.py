"""`zachetka verify` keeps its contract; `zachetka key` shows what is to be printed on paper (п. 3.3, 3.5)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from django.db import transaction

from zachetka import cli
from zachetka.cli.migrate import bring_up_to_date
from zachetka.ledger.actions import record_event
from zachetka.ledger.announcing import announce_keys
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import Sealer, key_history, unsealed
from zachetka.ledger.signing import KEY_FILE
from zachetka.ledger.tests.make import NOON, happen
from zachetka.people.actions import create_unit
from zachetka.people.models import Employee
from zachetka.people.tests.make import make_person
from zachetka.postgres.address import Place
from zachetka.programs.actions.norms import record_minima

BORN = 7
"""Events of a new system: the minima of hours and of a commission the share of hours and the days of a reopening that migrations enter."""


@pytest.fixture
def here(fresh_database: Place, settings, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Commands run against the test's database as `zachetka migrate` leaves it, with notes and keys of its own."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"

    @contextmanager
    def database(_duty: object) -> Iterator[Place]:
        yield fresh_database

    for command in ("verify", "key", "exports", "sealer"):
        monkeypatch.setattr(f"zachetka.cli.{command}.database", database)
    assert record_minima(NOON) == BORN
    assert record_minima(NOON) == 0
    return fresh_database


@pytest.mark.clause("3.3")
def test_verify_says_in_json_and_by_its_exit_code_whether_everything_agrees(here):
    happen(3)
    Sealer().seal(NOON)
    happen()
    fine = CliRunner().invoke(cli.zachetka, ["verify", "--json"])
    assert fine.exit_code == 0
    assert json.loads(fine.stdout) == {"ok": True, "events": BORN + 4, "tree_size": BORN + 3, "first_bad": None}
    assert "в порядке" in CliRunner().invoke(cli.zachetka, ["verify"]).stdout
    assert CliRunner().invoke(cli.zachetka, ["verify", "--key", "0" * 64]).exit_code == 1

    (note,) = (Sealer().notes).glob("*.txt")
    note.write_text("damaged")
    bad = CliRunner().invoke(cli.zachetka, ["verify", "--json"])
    assert bad.exit_code == 1
    found = json.loads(bad.stdout)
    assert found.keys() == {"ok", "events", "tree_size", "first_bad"}
    assert note.name in found["first_bad"]["reason"]
    assert note.name in CliRunner().invoke(cli.zachetka, ["verify"]).stdout


@pytest.mark.clause("3.3")
def test_the_sealer_asked_once_seals_what_waits_and_ends(here):
    happen(3)
    assert unsealed() == BORN + 3
    sealed = CliRunner().invoke(cli.zachetka, ["sealer", "--once"])
    assert sealed.exit_code == 0, sealed.output
    assert unsealed() == 0
    assert CliRunner().invoke(cli.zachetka, ["sealer", "--once"]).exit_code == 0
    (Sealer().keys / KEY_FILE).unlink()
    happen()
    refused = CliRunner().invoke(cli.zachetka, ["sealer", "--once"])
    assert refused.exit_code == 1
    assert "ключ" in refused.stderr
    assert unsealed() == 1


@pytest.mark.clause("3.3")
def test_a_checkpoint_taken_away_proves_later_that_the_ledger_only_grew(here, tmp_path):
    out = tmp_path / "outside.txt"
    happen(3)
    exported = CliRunner().invoke(cli.zachetka, ["export", "checkpoint", "--out", str(out)])
    assert exported.exit_code == 0, exported.output
    assert json.loads(exported.stdout)["tree_size"] == BORN + 3
    happen(2)
    Sealer().seal(NOON)
    fine = CliRunner().invoke(cli.zachetka, ["verify", "--checkpoint", str(out), "--json"])
    assert json.loads(fine.stdout) == {"ok": True, "events": BORN + 5, "tree_size": BORN + 5, "first_bad": None}
    told = CliRunner().invoke(cli.zachetka, ["verify", "--checkpoint", str(out)])
    assert f"продолжает контрольную точку на {BORN + 3}\u00a0событий из файла outside.txt" in told.stdout
    out.write_bytes(out.read_bytes().replace(b"\n%d\n" % (BORN + 3), b"\n%d\n" % (BORN + 4)))
    bad = CliRunner().invoke(cli.zachetka, ["verify", "--checkpoint", str(out), "--json"])
    assert bad.exit_code == 1
    found = json.loads(bad.stdout)
    assert found.keys() == {"ok", "events", "tree_size", "first_bad"}
    assert "подписана не этим журналом" in found["first_bad"]["reason"]
    assert CliRunner().invoke(cli.zachetka, ["verify", "--checkpoint", str(tmp_path / "none")]).exit_code == 2


@pytest.mark.clause("3.5")
def test_the_fingerprint_for_paper_is_shown_and_a_new_key_is_announced_in_the_ledger(here):
    assert CliRunner().invoke(cli.zachetka, ["key"]).exit_code == 1
    happen()
    Sealer().seal(NOON)
    first = CliRunner().invoke(cli.zachetka, ["key"]).stdout.split()
    assert "".join(first[2:]) == key_history()[0].id
    changed = CliRunner().invoke(cli.zachetka, ["key", "--change"])
    assert changed.exit_code == 0
    assert len(changed.stdout.splitlines()) == 2
    assert announced() == [key_history()[1].id]
    (Sealer().keys / KEY_FILE).unlink()
    lost = CliRunner().invoke(cli.zachetka, ["key", "--change"])
    assert lost.exit_code == 1
    assert "резервной копии" in lost.stderr


def announced() -> list[str]:
    events = Event.objects.filter(type="signing_key.announced", body__has_key="key").order_by("pk")
    return [event.body["key"] for event in events]


@pytest.mark.clause("3.3")
def test_a_change_of_key_that_was_cut_short_is_announced_once(here):
    happen()
    Sealer().seal(NOON)
    assert announce_keys(NOON) == 0
    following = Sealer().change_key(NOON)
    assert announced() == []
    for _ in range(2):
        assert CliRunner().invoke(cli.zachetka, ["key"]).exit_code == 0
        assert announced() == [following]
    assert CliRunner().invoke(cli.zachetka, ["key", "--change"]).exit_code == 0
    assert announced() == [following, key_history()[2].id]
    bring_up_to_date(here)
    assert len(announced()) == 2


@pytest.mark.clause("3.3", "3.8")
def test_a_start_announces_what_was_cut_short_and_tells_the_services_that_nobody_kept(here):
    happen()
    following = Sealer().change_key(NOON)
    with transaction.atomic():
        employee = Employee.objects.create(
            person=make_person(),
            unit=create_unit("Отдел", actor=None, at=NOON),
            position="методист",
            hired_on=NOON.date(),
        )
        record_event(EventType.EMPLOYEE_REGISTERED, employee, actor=None, at=NOON, clause="3.8")
    for _again in range(2):
        bring_up_to_date(here)
        assert announced() == [following]
        assert employee.postings.get().kind == "hired"
    Sealer().seal(NOON)
    checked = CliRunner().invoke(cli.zachetka, ["verify"])
    assert checked.exit_code == 0, checked.stdout


@pytest.mark.clause("3.3")
def test_a_file_that_is_no_checkpoint_is_a_wrong_argument_and_no_finding_of_the_ledger(here, tmp_path):
    (tmp_path / "letter.txt").write_text("Здравствуйте!", encoding="utf-8")
    asked = ["verify", "--json", "--checkpoint", str(tmp_path / "letter.txt")]
    told = CliRunner().invoke(cli.zachetka, asked)
    assert told.exit_code == 2
    assert "letter.txt — не контрольная точка" in told.stderr
    assert told.stdout == ""
    assert CliRunner().invoke(cli.zachetka, asked[:2]).exit_code == 0  # the control
