"""`zachetka verify`: the ledger against itself, the database against the ledger."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty

if TYPE_CHECKING:
    from zachetka.ledger.findings import Report

_WIDTH = 30  # characters of the progress bar


@click.command(short_help="Проверить журнал событий и записи.")
@click.option("--json", "as_json", is_flag=True, help="Вывести итог в JSON.")
@click.option("--key", default="", metavar="ОТПЕЧАТОК", help="Отпечаток ключа с бумаги: сверить историю ключей с ним.")
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="ФАЙЛ",
    help="Контрольная точка, хранившаяся вне системы: журнал должен её продолжать.",
)
def verify(*, as_json: bool, key: str, checkpoint: Path | None) -> None:
    """Проверить весь журнал событий и каждую запись по нему; назвать первую, изменённую в обход системы.

    С --checkpoint ещё и доказать, что журнал только дополнял контрольную точку из файла (zachetka export checkpoint).
    Код возврата 0, если всё сошлось, иначе 1; 2, если проверять не по чему: файл не контрольная точка. Система при этом может работать.
    """
    with database(Duty.READER):
        from zachetka.core.clock import now
        from zachetka.ledger import witness
        from zachetka.ledger.verification import verify as check

        if checkpoint is not None:
            try:
                witness.read(checkpoint)
            except witness.UnreadableNote as unread:
                told = f"файл {unread} — не контрольная точка или повреждён; журнал не проверялся."
                raise click.BadParameter(told, param_hint="--checkpoint") from unread
        report = check(
            at=now(),
            trusted="".join(key.split()),
            checkpoint=checkpoint,
            progress=_bar if sys.stderr.isatty() else None,
        )
    if sys.stderr.isatty():
        click.echo("\r\033[K", nl=False, err=True)
    click.echo(json.dumps(report.as_json(), ensure_ascii=False) if as_json else "\n".join(_told(report)))
    sys.exit(0 if report.ok else 1)


def _bar(what: str, done: int, total: int) -> None:
    filled = _WIDTH * done // max(total, 1)
    line = f"{'█' * filled}{'░' * (_WIDTH - filled)} {what}: {done} из {total}"
    click.echo(f"\r\033[K{line}", nl=False, err=True)


def _continued(report: "Report") -> list[str]:
    if report.continued is None:
        return []
    from zachetka.core.russian import counted
    from zachetka.ledger.tree_check import EVENT

    begun = counted(report.continued.tree_size, EVENT)
    return [f"Журнал продолжает контрольную точку на {begun} из файла {report.continued.file}: он только дополнялся."]


def _told(report: "Report") -> list[str]:
    counted = (
        f"Событий: {report.events}, в дереве: {report.tree_size}, записей: {report.rows}, "
        f"контрольных точек вне базы: {report.witnesses}."
    )
    if report.ok:
        return ["Журнал событий и записи в порядке.", *_continued(report), counted]
    shown = [f"  {finding.sentence}" for finding in report.findings[:20]]
    rest = report.found - len(shown)
    return [
        f"Не сошлось: {report.found}. Первое из найденного:",
        *shown,
        *([f"  … и ещё {rest}."] if rest else []),
        counted,
    ]
