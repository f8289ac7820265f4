"""A program that lacks a law, or holds one it does not name, neither migrates nor starts (п. 3.3)."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from zachetka.cli.check import refuse_if_weakened
from zachetka.cli.migrate import bring_up_to_date
from zachetka.postgres import laws, selfcheck
from zachetka.postgres.address import MIGRATE, Place

pytestmark = pytest.mark.clause("3.3")

COUNT = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the laws that a test may spoil; the program reads this one."""
    for path in laws.paths():
        to = tmp_path / path.relative_to(laws.PACKAGE)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    monkeypatch.setattr(laws, "PACKAGE", tmp_path)
    return tmp_path


def triggers(place: Place) -> object:
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as owner:
        return owner.execute(COUNT).fetchone()


def without_a_room(package: Path) -> str:
    shutil.rmtree(package / "learning" / "laws")
    return "нет законов базы данных: learning/laws/attempts.sql, learning/laws/awards.sql"


def without_a_file(package: Path) -> str:
    (package / "registers" / "laws" / "numbers.sql").unlink()
    return "нет законов базы данных: registers/laws/numbers.sql. Программа установлена не полностью"


def without_a_text(package: Path) -> str:
    (package / "destruction" / "laws" / "acts.sql").write_text("-- To be written (п. 3.3).\n", encoding="utf-8")
    return "нет законов базы данных: destruction/laws/acts.sql."


def with_a_stray(package: Path) -> str:
    (package / "people" / "laws" / "later.sql").write_text("CREATE FUNCTION people_later", encoding="utf-8")
    return "законы базы данных не названы в списке программы: people/laws/later.sql"


@pytest.mark.parametrize("spoil", [without_a_room, without_a_file, without_a_text, with_a_stray])
def test_laws_that_are_not_whole_are_neither_laid_nor_started_on_and_nothing_is_taken_away(
    fresh_database: Place, package: Path, capsys: pytest.CaptureFixture[str], spoil
):
    bring_up_to_date(fresh_database)  # the control: whole
    before, told = triggers(fresh_database), spoil(package)
    for refusing in (bring_up_to_date, refuse_if_weakened):
        with pytest.raises(SystemExit) as end:
            refusing(fresh_database)
        assert end.value.code == 1
        assert told in capsys.readouterr().err
    assert triggers(fresh_database) == before


def test_whole_laws_start(fresh_database: Place, package: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(selfcheck, "findings", lambda *_, **__: [])  # of the haste of test databases
    assert laws.fault() == ""
    refuse_if_weakened(fresh_database)
