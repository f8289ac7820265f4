"""The demo academy: built once, remembered, begun again when it was interrupted."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import transaction

from zachetka import demo
from zachetka.access.models import Account
from zachetka.cli import demonstration
from zachetka.cli.demonstration import Academy
from zachetka.core.clock import now
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.actions import create_unit
from zachetka.postgres.address import Place
from zachetka.postgres.programs import ServerTrouble
from zachetka.postgres.server import socket_folder
from zachetka.programs.actions.norms import record_minima


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


@pytest.fixture
def half(fresh_database: Place, tmp_path: Path) -> Place:
    """A database of its own beside the memory of an interrupted build."""
    Academy(password="half", is_built=False).save(tmp_path)
    (tmp_path / "socket").symlink_to(socket_folder(fresh_database.data_dir))
    return Place(tmp_path, database=fresh_database.database)


def has_tables(place: Place) -> bool:
    with psycopg.connect(place.administrator()) as connection:
        return connection.execute("SELECT to_regclass('access_account')").fetchone() != (None,)


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("logins", [(), ("admin", "security")])
def test_an_interrupted_build_is_forgotten_with_what_it_left(half: Place, logins: tuple[str, ...]) -> None:
    record_minima(now())
    for login in logins:
        Account.objects.create_user(login, "half")
    if logins:
        Account.objects.create_user("colleague")
    assert has_tables(half)
    demonstration.forget_unfinished(half)
    assert Academy.load(half.data_dir) is None
    assert not has_tables(half)


def sign_in() -> None:
    record_event(EventType.ACCOUNT_SIGNED_IN, Account.objects.get(), actor=None, at=now(), clause="3.8")


def own_password() -> None:
    Account.objects.create_user("security", "сорок два кита плывут")


WORK: dict[str, tuple[tuple[str, str | None] | None, Callable[[], object]]] = {
    "another's password": (("admin", "half"), own_password),
    "nobody's password": (("admin", None), lambda: None),
    "a sign-in": (("admin", "half"), sign_in),
    "a unit without accounts": (None, lambda: create_unit("Кафедра", actor=None, at=now())),
}
"""What is in the database beside half a demo: its account, then what people did."""


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("work", WORK)
def test_the_work_of_people_is_never_dropped(half: Place, work: str) -> None:
    account, did = WORK[work]
    if account is not None:
        Account.objects.create_user(*account)
    with transaction.atomic():
        did()
    with pytest.raises(ServerTrouble, match="ничего не удаляю"):
        demonstration.forget_unfinished(half)
    assert has_tables(half)
    assert Academy.load(half.data_dir) is not None


@pytest.mark.clause("2.4")
def test_what_is_being_built_is_not_dropped_by_another_command(half: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def build(**_given: object) -> None:
        with pytest.raises(ServerTrouble, match="дождитесь") as trouble:
            demonstration.forget_unfinished(half)
        said.append(str(trouble.value))

    monkeypatch.setattr(demo, "build_academy", build)
    assert demonstration.make(half.data_dir, learners=1, seed=1).is_built
    assert len(said) == 1
    assert has_tables(half)
    Academy(password="half", is_built=False).save(half.data_dir)
    demonstration.forget_unfinished(half)
    assert not has_tables(half)


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
