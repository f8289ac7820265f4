"""`zachetka verify` keeps its contract; `zachetka key` shows what is to be printed on paper (п. 3.3, 3.5)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from zachetka import cli
from zachetka.ledger.models import Event
from zachetka.ledger.sealer import Sealer, key_history
from zachetka.ledger.signing import KEY_FILE
from zachetka.ledger.tests.make import NOON, happen
from zachetka.postgres.address import Place


@pytest.fixture
def here(fresh_database: Place, settings, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Commands run against the test's database, with notes and keys of its own."""
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"

    @contextmanager
    def database(_duty: object) -> Iterator[Place]:
        yield fresh_database

    for command in ("verify", "key"):
        monkeypatch.setattr(f"zachetka.cli.{command}.database", database)
    return fresh_database


@pytest.mark.clause("3.3")
def test_verify_says_in_json_and_by_its_exit_code_whether_everything_agrees(here):
    happen(3)
    Sealer().seal(NOON)
    happen()
    fine = CliRunner().invoke(cli.zachetka, ["verify", "--json"])
    assert fine.exit_code == 0
    assert json.loads(fine.stdout) == {"ok": True, "events": 4, "tree_size": 3, "first_bad": None}
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
    assert Event.objects.get(type="signing_key.announced").body == {"key": key_history()[1].id}
    (Sealer().keys / KEY_FILE).unlink()
    lost = CliRunner().invoke(cli.zachetka, ["key", "--change"])
    assert lost.exit_code == 1
    assert "резервной копии" in lost.stderr
