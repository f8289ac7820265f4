"""`zachetka import`: lists into the system from the server's own command line."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty

if TYPE_CHECKING:
    from zachetka.people.intake.people import Result as PeopleResult


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
            _refuse(refusal.sentence)
    _tell_people(result, dry_run=dry_run, as_json=as_json)


def _tell_people(result: "PeopleResult", *, dry_run: bool, as_json: bool) -> None:
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


_SHEET = click.option(
    "--sheet", "sheet_id", type=click.IntRange(1, 2**63 - 1), required=True, help="Номер ведомости: он в её адресе."
)
_COLUMN = click.option("--column", default="", help="Название или буква столбца с оценками, если их несколько.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Только проверить: ничего не записывать.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Ответить одним объектом JSON.")


@imports.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_SHEET
@_COLUMN
@_DRY_RUN
@_JSON
def marks(file: Path, *, sheet_id: int, column: str, dry_run: bool, as_json: bool) -> None:
    """Внести оценки из таблицы FILE (.xlsx или .csv) в открытую ведомость от имени её преподавателя.

    Оценки с ошибками не входят, остальные входят все вместе. Тот же файл второй раз ничего не меняет.
    """
    with database(Duty.EDITOR):
        _enter_marks(file.read_bytes, file.name, sheet_id, column, dry_run=dry_run, as_json=as_json)


@imports.group()
def moodle() -> None:
    """Прочитать людей и оценки из Moodle: ZACHETKA_MOODLE_URL и ZACHETKA_MOODLE_TOKEN_FILE."""


@moodle.command()
def cohorts() -> None:
    """Перечислить глобальные группы Moodle с их номерами."""
    with database(Duty.EDITOR):
        from zachetka.core.errors import Refusal
        from zachetka.exchange.site import moodle as site

        try:
            found = site().cohorts()
        except Refusal as refusal:
            _refuse(refusal.sentence)
    for one in found:
        click.echo(f"{one.number:>8}  {one.name}{f' ({one.code})' if one.code else ''}")


@moodle.command()
@click.option("--cohort", type=click.IntRange(1, 2**63 - 1), help="Номер глобальной группы; без него — все.")
@_DRY_RUN
@_JSON
def people(*, cohort: int | None, dry_run: bool, as_json: bool) -> None:
    """Загрузить слушателей: тем же путём, что `import learners`."""
    with database(Duty.EDITOR):
        from zachetka.core.clock import now
        from zachetka.core.errors import Refusal
        from zachetka.exchange.actions import people_of
        from zachetka.exchange.site import moodle as site
        from zachetka.people.actions import import_list

        try:
            content = people_of(site(), cohort)
            result = import_list(content, name="Moodle.csv", at=now(), is_rehearsal=dry_run)
        except Refusal as refusal:
            _refuse(refusal.sentence)
    _tell_people(result, dry_run=dry_run, as_json=as_json)


@moodle.command("marks")
@click.option("--course", type=click.IntRange(1, 2**63 - 1), required=True, help="Номер курса Moodle.")
@_SHEET
@_COLUMN
@_DRY_RUN
@_JSON
def moodle_marks(*, course: int, sheet_id: int, column: str, dry_run: bool, as_json: bool) -> None:
    """Внести оценки курса Moodle в открытую ведомость: тем же путём, что `import marks`."""
    with database(Duty.EDITOR):

        def content() -> bytes:
            from zachetka.exchange.actions import marks_of
            from zachetka.exchange.site import moodle as site

            return marks_of(site(), course)

        _enter_marks(content, f"Moodle, курс {course}.csv", sheet_id, column, dry_run=dry_run, as_json=as_json)


def _enter_marks(
    content: Callable[[], bytes], name: str, sheet_id: int, column: str, *, dry_run: bool, as_json: bool
) -> None:
    from zachetka.core.clock import now
    from zachetka.core.errors import Refusal
    from zachetka.learning.actions.mark_uploads import contract, import_marks
    from zachetka.learning.models import MarkSheet

    sheet = MarkSheet.objects.filter(pk=sheet_id).select_related("cohort", "module", "teacher__person").first()
    if sheet is None:
        _refuse(f"Ведомости {sheet_id} нет: номер стоит в её адресе, /sheets/НОМЕР/.")
    try:
        result = import_marks(content(), sheet, name=name, at=now(), column=column, is_rehearsal=dry_run)
    except Refusal as refusal:
        _refuse(refusal.sentence)
    answer = contract(result, sheet)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    verb = "Войдут" if dry_run else "Итог"
    click.echo(
        f"{verb}: оценок {answer['rows']}, новых {answer['new']}, заменят {answer['replaced']}, те же {answer['same']}, "
        f"не войдут {len(answer['refused'])}."
    )
    for row in answer["refused"]:
        click.echo(f"  {row['sheet']}, строка {row['row']}: {row['reason']}")
    for problem in sorted({layout.problem for layout in result.layouts if layout.problem}):
        click.echo(problem)
    if answer["missing"]:
        click.echo(f"Останутся без оценки: {', '.join(answer['missing'])}.")
    for note in result.notes:
        click.echo(note)


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"zachetka: {sentence}", err=True)
    sys.exit(1)
