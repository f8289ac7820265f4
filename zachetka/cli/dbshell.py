"""`zachetka dbshell`: psql of the embedded server's own version, in the system's database."""

import subprocess
import sys

import click
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zachetka.cli.session import server
from zachetka.postgres.address import APP, MIGRATE, READER, SEALER
from zachetka.postgres.programs import environment, program

_LOGINS = {"owner": MIGRATE, "app": APP, "sealer": SEALER, "reader": READER}


@click.command(short_help="Открыть psql.", context_settings={"ignore_unknown_options": True})
@click.option(
    "--role",
    type=click.Choice([*_LOGINS, "superuser"]),
    default="owner",
    show_default=True,
    help="Под какой ролью подключиться.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def dbshell(role: str, arguments: tuple[str, ...]) -> None:
    """Открыть psql; всё, что указано после «--», передаётся ему: zachetka dbshell -- -c "SELECT 1"."""
    with server(administers=False) as place:
        conninfo = place.administrator() if role == "superuser" else place.conninfo(_LOGINS[role])
        given = conninfo_to_dict(conninfo)
        password = given.pop("password", None)  # not on the command line, where every user of the machine reads it
        surroundings = environment() | ({"PGPASSWORD": str(password)} if password else {})
        command = [str(program("psql")), "--dbname", make_conninfo("", **given), *arguments]
        code = subprocess.run(command, env=surroundings, check=False).returncode
    sys.exit(code)
