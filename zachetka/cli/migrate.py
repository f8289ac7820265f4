"""`zachetka migrate`: roles, tables, grants."""

import sys
from typing import Final

import click
import psycopg

from zachetka.cli.demonstration import Academy
from zachetka.cli.session import database
from zachetka.postgres import laws, roles
from zachetka.postgres.address import MIGRATE, Place
from zachetka.postgres.duties import Duty

_IS_MADE: Final = "SELECT to_regclass('django_migrations') IS NOT NULL"
_IS_TOLD: Final = "SELECT to_regclass('ledger_event') IS NOT NULL"
_APPLIED: Final = "SELECT app, name FROM django_migrations ORDER BY app, name"

GREW: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("learning", "0006_equivalences", "learning.carried", "edition"),
    ("learning", "0006_equivalences", "learning.carried", "is_shared"),
    ("learning", "0006_equivalences", "learning.carried", "origin"),
    ("learning", "0008_who_named_whom", "learning.sheetmember", "named_at"),
    ("learning", "0008_who_named_whom", "learning.sheetmember", "named_by"),
    ("learning", "0008_who_named_whom", "learning.sheetmember", "named_by_person"),
)
"""Room, migration, kind of record, field: migrations that add a proven field. What the ledger told of
such records before no longer agrees."""
_HAS_GROWN: Final = """
SELECT EXISTS (SELECT FROM ledger_event WHERE object_type = %s)
   AND NOT EXISTS (SELECT FROM django_migrations WHERE app = %s AND name = %s)
"""


@click.command(short_help="Создать или обновить таблицы и права.")
@click.option("--app", default=None, help="Только одно приложение.")
@click.option("--to", "target", default=None, help="До миграции с этим номером (вместе с --app).")
def migrate(app: str | None, target: str | None) -> None:
    """Создать базу данных, роли и таблицы, которых ещё нет, и выдать права по правилу."""
    if target and not app:
        raise click.UsageError("--to указывают вместе с --app.")
    with database(Duty.OWNER) as place:
        if app:
            _refuse_unknown(app, target)
        bring_up_to_date(place, *filter(None, (app, target)), verbosity=1)


def _refuse_unknown(app: str, target: str | None) -> None:
    """End the process when there is no such room with migrations, or no one migration that `target` begins the name of."""
    from zachetka.postgres.history import on_disk

    if app not in on_disk().migrated_apps:
        raise click.BadParameter(f"приложения с миграциями «{app}» нет.", param_hint="--app")
    found = [name for room, name in on_disk().disk_migrations if room == app and name.startswith(target or "")]
    if target and target != "zero" and len(found) != 1 and target not in found:
        raise click.BadParameter(
            f"у «{app}» с «{target}» начинается миграций: {len(found)}, а нужна одна.", param_hint="--to"
        )


def bring_up_to_date(place: Place, *targets: str, verbosity: int = 0) -> None:
    """Apply the migrations as the owner, lay the laws, grant by the rule, then let the ledger tell what it has not told yet."""
    from django.core.management import call_command

    from zachetka.postgres import laying

    refuse_if_not_whole()
    refuse_if_of_another_form(place)
    if targets or verbosity or _waits():
        call_command("migrate", *targets, database="migrate", interactive=False, verbosity=verbosity)
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        if not targets:
            laying.lay(connection)
        roles.grant(connection)
    if not targets:
        from zachetka.core.clock import now
        from zachetka.ledger.announcing import announce_keys
        from zachetka.people.actions.services import tell_services
        from zachetka.programs.actions.norms import record_minima

        record_minima(now())
        tell_services(now())
        announce_keys(now())


def _waits() -> bool:
    """Say whether Django has anything to apply, or to complain of: most starts find nothing, and are spared its command,
    which first builds the models of every migration.
    """
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["migrate"])
    return bool(executor.loader.detect_conflicts() or executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_made(place: Place) -> bool:
    """Say whether the database has tables of ours, whatever their version."""
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        return connection.execute(_IS_MADE).fetchone() == (True,)


def refuse_if_not_whole() -> None:
    """End the process when a file of laws is missing: what it says would be taken away from the database (п. 3.3)."""
    if lacking := laws.fault():
        click.echo(f"Запуск отклонён: {lacking} (п. 3.3). В базе данных ничего не изменено.", err=True)
        sys.exit(1)


def refuse_if_of_another_form(place: Place) -> None:
    """End the process when another history of migrations made the database, or when its ledger was begun in a form that no
    longer verifies (п. 3.3); nothing is changed.
    """
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        if connection.execute(_IS_MADE).fetchone() != (True,):
            return
        unknown = _unknown(connection)
        has_grown = connection.execute(_IS_TOLD).fetchone() == (True,) and any(
            connection.execute(_HAS_GROWN, (kind, app, name)).fetchone() == (True,) for app, name, kind, _field in GREW
        )
    if unknown:
        why = f"база данных создана другой редакцией программы (в этой нет шага {'.'.join(unknown[0])})"
    elif has_grown:
        why = "база данных создана до первого выпуска, её журнал записан в прежнем виде и не сойдётся при проверке"
    else:
        return
    click.echo(
        f"Запуск отклонён: {why} (п. 3.3). До первого выпуска базы пересоздаются: {_way_out(place)} и запустите снова. "
        "В этой базе ничего не изменено.",
        err=True,
    )
    sys.exit(1)


def _unknown(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, str]]:
    """Return the migrations of our rooms that the database knows and this program does not."""
    from django.apps import apps

    from zachetka.postgres.history import on_disk

    known = on_disk().disk_migrations
    rooms = {room.label for room in apps.get_app_configs() if room.name.startswith(laws.OURS)}
    applied = [(str(app), str(name)) for app, name in connection.execute(_APPLIED)]
    return [key for key in applied if key[0] in rooms and key not in known]


def _way_out(place: Place) -> str:
    if place.url:
        return "укажите в ZACHETKA_DATABASE_URL пустую базу"
    academy = Academy.load(place.data_dir)
    if academy is not None and academy.is_built:
        return f"в этой — демонстрационная академия, удалите папку {place.data_dir}"
    return f"уберите папку {place.data_dir} в сторону"
