"""The demo academy: built once, remembered, begun again when it was interrupted."""

from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from zachetka import demo
from zachetka.access.models import Account
from zachetka.cli import demonstration
from zachetka.cli.demonstration import Academy
from zachetka.postgres.address import Place
from zachetka.postgres.programs import ServerTrouble


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """What the builder was asked for; it builds nothing."""
    asked: list[SimpleNamespace] = []

    def build(**given: object) -> None:
        asked.append(SimpleNamespace(**given))

    monkeypatch.setattr(demo, "build_academy", build)
    return asked


@pytest.mark.clause("2.4")
def test_the_academy_is_built_once_and_its_password_is_kept(
    db: None, built: list[SimpleNamespace], tmp_path: Path
) -> None:
    first = demonstration.ensure(tmp_path)
    assert first is not None
    assert demonstration.ensure(tmp_path) == first
    assert [asked.password for asked in built] == [first.password]
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.clause("2.4")
def test_a_system_in_use_gets_no_academy(db: None, built: list[SimpleNamespace], tmp_path: Path) -> None:
    Account.objects.create(login="methodist")
    assert demonstration.ensure(tmp_path) is None
    assert not built


@pytest.mark.clause("2.4")
def test_an_interrupted_build_is_forgotten_with_what_it_left(fresh_database: Place) -> None:
    Academy(password="half", is_built=False).save(fresh_database.data_dir)
    demonstration.forget_unfinished(fresh_database)
    assert Academy.load(fresh_database.data_dir) is None
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(fresh_database.administrator())


@pytest.mark.clause("2.4")
def test_on_a_server_nothing_is_dropped(tmp_path: Path) -> None:
    Academy(password="half", is_built=False).save(tmp_path)
    with pytest.raises(ServerTrouble, match="Очистите базу данных"):
        demonstration.forget_unfinished(Place(tmp_path, "postgresql://elsewhere/zachetka"))


@pytest.mark.clause("2.4")
def test_a_finished_academy_is_left_alone(tmp_path: Path) -> None:
    whole = Academy(password="whole", is_built=True)
    whole.save(tmp_path)
    demonstration.forget_unfinished(Place(tmp_path, "postgresql://elsewhere/zachetka"))
    assert Academy.load(tmp_path) == whole


@pytest.mark.clause("2.4")
def test_the_password_is_the_given_one_or_long_and_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZACHETKA_DEMO_PASSWORD", raising=False)
    made = {demonstration.make_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 19 and not set(password) & set("01lio") for password in made)
    monkeypatch.setenv("ZACHETKA_DEMO_PASSWORD", "given")
    assert demonstration.make_password() == "given"


@pytest.mark.clause("2.4")
def test_the_table_names_every_account_and_the_password(capsys: pytest.CaptureFixture[str]) -> None:
    demonstration.print_accounts(Academy(password="seen", is_built=True))
    shown = capsys.readouterr().out
    assert "seen" in shown
    assert all(login in shown for login, _ in demo.ACCOUNTS)
