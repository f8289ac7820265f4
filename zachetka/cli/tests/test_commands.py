"""The command line says what it can do, quickly, and refuses in sentences."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from zachetka import cli
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
