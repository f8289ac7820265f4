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


@imports.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--sheet", "sheet_id", type=click.IntRange(1, 2**63 - 1), required=True, help="Номер ведомости: он в её адресе."
)
@click.option("--dry-run", is_flag=True, help="Только проверить: ничего не записывать.")
@click.option("--json", "as_json", is_flag=True, help="Ответить одним объектом JSON.")
def marks(file: Path, *, sheet_id: int, dry_run: bool, as_json: bool) -> None:
    """Внести оценки из таблицы FILE (.xlsx или .csv) в открытую ведомость от имени её преподавателя.

    Оценки с ошибками не входят, остальные входят все вместе. Тот же файл второй раз ничего не меняет.
    """
    with database(Duty.EDITOR):
        from zachetka.core.clock import now
        from zachetka.core.errors import Refusal
        from zachetka.learning.actions.mark_uploads import contract, import_marks
        from zachetka.learning.models import MarkSheet

        sheet = MarkSheet.objects.filter(pk=sheet_id).select_related("cohort", "module", "teacher__person").first()
        if sheet is None:
            click.echo(f"zachetka: Ведомости {sheet_id} нет: номер стоит в её адресе, /sheets/НОМЕР/.", err=True)
            sys.exit(1)
        try:
            result = import_marks(file.read_bytes(), sheet, name=file.name, at=now(), is_rehearsal=dry_run)
        except Refusal as refusal:
            click.echo(f"zachetka: {refusal.sentence}", err=True)
            sys.exit(1)
    answer = contract(result, sheet)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    verb = "Войдут" if dry_run else "Итог"
    refused = answer["refused"]
    click.echo(
        f"{verb}: оценок {answer['rows']}, новых {answer['new']}, заменят {answer['replaced']}, те же {answer['same']}, "
        f"не войдут {len(refused)}."
    )
    for row in refused:
        click.echo(f"  {row['sheet']}, строка {row['row']}: {row['reason']}")
    for problem in sorted({layout.problem for layout in result.layouts if layout.problem}):
        click.echo(problem)
    if answer["missing"]:
        click.echo(f"Останутся без оценки: {', '.join(answer['missing'])}.")
    for note in result.notes:
        click.echo(note)
