"""`zachetka check`: the start-up self-check of the database, which `serve` and `worker` cannot skip."""

import sys

import click
import psycopg

from zachetka.cli.session import database
from zachetka.postgres import append_only, guards, laws, selfcheck
from zachetka.postgres.address import APP, Place
from zachetka.postgres.duties import Duty
from zachetka.postgres.finding import Finding


@click.command(short_help="Проверить базу данных.")
def check() -> None:
    """Проверить, что база данных не ослаблена: роли, права, триггеры, ограничения, надёжность записи."""
    with database(Duty.EDITOR) as place:
        refuse_if_weakened(place)
        click.echo("База данных в порядке: роли, права, триггеры, ограничения, надёжность записи.")


def refuse_if_weakened(place: Place) -> None:
    """End the process with the findings of the self-check, if there are any. Django must be set up."""
    if lacking := laws.fault():
        found = [Finding("laws", f"Нечем сверить базу данных: {lacking}.")]
    else:
        with psycopg.connect(place.conninfo(APP), autocommit=True) as connection:
            found = selfcheck.findings(connection, append_only=append_only.declared(), guards=guards.declared())
    if found:
        click.echo("Запуск отклонён: база данных не отвечает требованиям (п. 3.3).", err=True)
        for finding in found:
            click.echo(f"  [{finding.check}] {finding.sentence}", err=True)
        sys.exit(1)
