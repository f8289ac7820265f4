"""`zachetka migrate`: roles, tables, grants."""

import sys
from typing import Final

import click
import psycopg

from zachetka.cli.demonstration import Academy
from zachetka.cli.session import database
from zachetka.postgres import roles
from zachetka.postgres.address import MIGRATE, Place
from zachetka.postgres.duties import Duty

FOUNDED: Final = ("programs", "0005_result_modules_are_proven")
"""The migration since which a ledger is kept in its present form; the form of the first release."""
_IS_MADE: Final = "SELECT to_regclass('django_migrations') IS NOT NULL AND to_regclass('ledger_event') IS NOT NULL"
_IS_EARLIER: Final = """
SELECT EXISTS (SELECT FROM ledger_event)
   AND NOT EXISTS (SELECT FROM django_migrations WHERE app = %s AND name = %s)
"""

GREW: Final = (
    ("access", "0005_substitution", "access.roleassignment", "substitutes"),
    ("people", "0008_names_are_corrected", "people.personname", "supersedes"),
    ("people", "0011_merges", "people.person", "merged_into"),
    ("learning", "0014_resits", "learning.marksheet", "commission_basis"),
    ("learning", "0014_resits", "learning.marksheet", "serial"),
    ("learning", "0018_reopenings", "learning.mark", "reopening"),
    ("learning", "0020_study_plans", "learning.enrolment", "study_plan"),
    ("learning", "0027_transfers", "learning.enrolment", "continues"),
    ("learning", "0027_transfers", "learning.order", "target"),
)
"""Migrations that add a proven field to a kind of record: what the ledger told of such records before no longer agrees."""
_HAS_GROWN: Final = """
SELECT EXISTS (SELECT FROM ledger_event WHERE object_type = %s)
   AND NOT EXISTS (SELECT FROM django_migrations WHERE app = %s AND name = %s)
"""


@click.command(short_help="Создать или обновить таблицы и права.")
@click.option("--app", default=None, help="Только одно приложение.")
@click.option("--to", "target", default=None, help="До миграции с этим номером (вместе с --app).")
def migrate(app: str | None, target: str | None) -> None:
    """Создать базу данных, роли и таблицы, которых ещё нет, и выдать права по правилу."""
    with database(Duty.OWNER) as place:
        bring_up_to_date(place, *filter(None, (app, target)), verbosity=1)


def bring_up_to_date(place: Place, *targets: str, verbosity: int = 0) -> None:
    """Apply the migrations as the owner, grant by the rule, then let the ledger tell what it has not told yet."""
    from django.core.management import call_command

    refuse_if_of_another_form(place)
    call_command("migrate", *targets, database="migrate", interactive=False, verbosity=verbosity)
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        roles.grant(connection)
    if not targets:
        from zachetka.core.clock import now
        from zachetka.ledger.announcing import announce_keys
        from zachetka.people.actions.services import tell_services
        from zachetka.programs.reference import record_minima

        record_minima(now())
        tell_services(now())
        announce_keys(now())


def refuse_if_of_another_form(place: Place) -> None:
    """End the process when the ledger was begun in a form that no longer verifies (п. 3.3); nothing is changed."""
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        if connection.execute(_IS_MADE).fetchone() != (True,):
            return
        is_earlier = connection.execute(_IS_EARLIER, FOUNDED).fetchone() == (True,)
        if not is_earlier and not any(
            connection.execute(_HAS_GROWN, (kind, app, name)).fetchone() == (True,) for app, name, kind, _field in GREW
        ):
            return
    click.echo(
        "Запуск отклонён: база данных создана до первого выпуска, её журнал записан в прежнем виде и не сойдётся при "
        f"проверке (п. 3.3). До первого выпуска базы пересоздаются: {_way_out(place)} и запустите снова. "
        "В этой базе ничего не изменено.",
        err=True,
    )
    sys.exit(1)


def _way_out(place: Place) -> str:
    if place.url:
        return "укажите в ZACHETKA_DATABASE_URL пустую базу"
    academy = Academy.load(place.data_dir)
    if academy is not None and academy.is_built:
        return f"в этой — демонстрационная академия, удалите папку {place.data_dir}"
    return f"уберите папку {place.data_dir} в сторону"
