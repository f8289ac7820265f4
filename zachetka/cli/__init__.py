"""The command `zachetka`. One module for each command, imported when the command is asked for.

To add a command, write a `click` command in `zachetka/cli/<noun>.py` and name it in `COMMANDS`: one line.
"""

import importlib
import sys

import click

from zachetka.postgres.programs import ServerTrouble

COMMANDS: dict[str, tuple[str, str]] = {
    # command: (module:object, one line of help)
    "run": ("zachetka.cli.run:run", "Запустить всё: базу данных, веб-сервер, фоновые задания."),
    "install": (
        "zachetka.cli.install:install",
        "Установить систему для настоящей академии.",
    ),
    "serve": ("zachetka.cli.serve:serve", "Запустить только веб-сервер."),
    "worker": ("zachetka.cli.worker:worker", "Запустить только исполнителя фоновых заданий."),
    "sealer": ("zachetka.cli.sealer:sealer", "Запустить только закрепление журнала событий."),
    "migrate": ("zachetka.cli.migrate:migrate", "Создать или обновить таблицы и права в базе данных."),
    "check": ("zachetka.cli.check:check", "Проверить настройки базы данных, роли и защиту журналов."),
    "verify": ("zachetka.cli.verify:verify", "Проверить журнал событий и каждую запись по нему."),
    "import": ("zachetka.cli.imports:imports", "Загрузить слушателей или оценки из таблицы."),
    "key": ("zachetka.cli.key:key", "Показать отпечаток ключа подписи журнала или сменить ключ."),
    "restore-access": (
        "zachetka.cli.restoring:restore_access",
        "Вернуть доступ администратору, который забыл пароль.",
    ),
    "export": (
        "zachetka.cli.exports:export",
        "Выгрузить книжку, матрицу доступа, сведения о человеке.",
    ),
    "demo": ("zachetka.cli.demo:demo", "Построить демонстрационную академию в пустой базе данных."),
    "dbshell": ("zachetka.cli.dbshell:dbshell", "Открыть psql в базе данных системы."),
}


class Commands(click.Group):
    """A group that imports a command only to run it, so that `--help` answers at once."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Команды"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def zachetka() -> None:
    """«Зачётка»: учёт результатов обучения академии дополнительного профессионального образования."""


def main() -> None:
    """Run the command line; trouble with the database is a sentence, not a traceback."""
    try:
        zachetka()
    except ServerTrouble as trouble:
        click.echo(f"zachetka: {trouble}", err=True)
        sys.exit(1)
