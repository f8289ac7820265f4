"""`zachetka migrate`: roles, tables, grants."""

import click
import psycopg

from zachetka.cli.session import database
from zachetka.postgres import roles
from zachetka.postgres.address import MIGRATE, Place
from zachetka.postgres.duties import Duty


@click.command(short_help="Создать или обновить таблицы и права.")
@click.option("--app", default=None, help="Только одно приложение.")
@click.option("--to", "target", default=None, help="До миграции с этим номером (вместе с --app).")
def migrate(app: str | None, target: str | None) -> None:
    """Создать базу данных, роли и таблицы, которых ещё нет, и выдать права по правилу."""
    with database(Duty.OWNER) as place:
        roles.prepare(place)
        bring_up_to_date(place, *filter(None, (app, target)), verbosity=1)


def bring_up_to_date(place: Place, *targets: str, verbosity: int = 0) -> None:
    """Apply the migrations as the owner, grant by the rule, then let the ledger tell what it has not told yet."""
    from django.core.management import call_command

    call_command("migrate", *targets, database="migrate", interactive=False, verbosity=verbosity)
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        roles.grant(connection)
    if not targets:
        from zachetka.core.clock import now
        from zachetka.ledger.announcing import announce_keys
        from zachetka.programs.reference import record_minima

        record_minima(now())
        announce_keys(now())
