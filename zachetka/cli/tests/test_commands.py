"""The command line says what it can do, quickly, and refuses in sentences."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import click
import pytest
from click.testing import CliRunner
from django.db import ProgrammingError, connection, connections, transaction

from zachetka import cli
from zachetka.cli import migrate, session
from zachetka.postgres.duties import Duty
from zachetka.postgres.programs import ServerTrouble


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_listed_command_exists_and_explains_itself(name: str) -> None:
    answer = CliRunner().invoke(cli.zachetka, [name, "--help"])
    assert answer.exit_code == 0
    assert cli.COMMANDS[name][1].endswith(".")


@pytest.mark.clause("2.4")
def test_help_lists_every_command_and_needs_no_django() -> None:
    script = (
        "import sys; from zachetka.cli import zachetka\n"
        "try: zachetka(['--help'])\n"
        "except SystemExit: assert 'django' not in sys.modules, 'help would be slow'"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    for name, (_, line) in cli.COMMANDS.items():
        assert name in answer.stdout
        assert line in answer.stdout


@pytest.mark.clause("2.4")
def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(cli.zachetka, ["fly"]).exit_code == 2


@pytest.mark.clause("2.4")
def test_trouble_with_the_database_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def broken() -> None:
        raise ServerTrouble("База данных не открывается.")

    monkeypatch.setattr(cli, "zachetka", lambda: broken([], standalone_mode=False))
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    assert capsys.readouterr().err == "zachetka: База данных не открывается.\n"


@pytest.mark.clause("3.3")
@pytest.mark.parametrize(
    "asked", ["SELECT 1 FROM there_is_no_such_table", "SELECT no_such_column FROM django_migrations"]
)
@pytest.mark.django_db
def test_a_database_of_another_version_is_named_in_a_sentence(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def here(*, administers: bool) -> Iterator[None]:
        yield None

    monkeypatch.setattr(session, "server", here)
    monkeypatch.setattr(session, "take_up", lambda _duty: None)
    monkeypatch.setattr(connections, "close_all", lambda: None)

    def ask(text: str) -> None:
        with session.database(Duty.WEB), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)

    with pytest.raises(ServerTrouble, match="от другой версии программы"):
        ask(asked)
    with pytest.raises(ProgrammingError):  # the control: a fault of ours stays one
        ask("SELEKT 1")


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--app", "nosuch"], "приложения с миграциями «nosuch» нет"),
        (["--app", "people", "--to", "99"], "с «99» начинается миграций: 0"),
        (["--app", "people", "--to", "000"], "а нужна одна"),
        (["--to", "0001"], "вместе с --app"),
    ],
)
def test_a_migration_that_is_none_is_refused_before_anything_changes(
    arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied: list[tuple[str, ...]] = []
    monkeypatch.setattr(migrate, "database", lambda _duty: nullcontext())
    monkeypatch.setattr(migrate, "bring_up_to_date", lambda _place, *targets, **_: applied.append(targets))
    answer = CliRunner().invoke(migrate.migrate, arguments)
    assert answer.exit_code == 2
    assert told in answer.output
    assert applied == []
    for lawful in (["--app", "people", "--to", "0001"], ["--app", "people", "--to", "zero"], []):  # the control
        assert CliRunner().invoke(migrate.migrate, lawful).exit_code == 0
    assert applied == [("people", "0001"), ("people", "zero"), ()]
