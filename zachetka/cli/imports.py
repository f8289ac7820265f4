"""`zachetka import`: lists into the system from the server's own command line."""

import json
import sys
from pathlib import Path

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty


@click.group("import")
def imports() -> None:
    """Загрузить данные из файла."""


@imports.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Только проверить: ничего не записывать.")
@click.option("--json", "as_json", is_flag=True, help="Ответить одним объектом JSON.")
def learners(file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Загрузить слушателей из списка FILE (.xlsx или .csv).

    Строки с ошибками не входят, остальные входят все вместе. Файл, загруженный раньше, ничего не меняет.
    """
    with database(Duty.EDITOR):
        from zachetka.core.clock import now
        from zachetka.core.errors import Refusal
        from zachetka.people.actions import import_list

        try:
            result = import_list(file.read_bytes(), name=file.name, at=now(), is_rehearsal=dry_run)
        except Refusal as refusal:
            click.echo(f"zachetka: {refusal.sentence}", err=True)
            sys.exit(1)
    answer = result.contract()
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    verb = "Войдут" if dry_run else "Итог"
    refused = answer["refused"]
    click.echo(
        f"{verb}: строк {answer['people']}, новых {answer['new']}, уже есть {answer['known']}, не войдут {len(refused)}."
    )
    for row in refused:
        click.echo(f"  {row['sheet']}, строка {row['row']}: {row['reason']}")
    for note in result.notes:
        click.echo(note)
