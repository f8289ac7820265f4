"""What each process of the system may reach: aliases of the database and secrets, one line a duty (п. 3.8).

A command names its duty before Django reads its settings; an alias that is not on its line does not exist in the
process, a secret that is not on its line is neither read nor pointed to. A process that names no duty is the web server:
the least.

On a server the line is a wall: the process is not given the password of a role that it does not need. With the embedded
server every process of the same system user can open the socket by itself, so there the line only keeps our own code,
and whoever bends it, from another role by mistake (docs/decisions/0050-duties.md).
"""

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from psycopg.conninfo import make_conninfo

from zachetka.postgres.url import VARIABLE as OF_THE_DATABASE
from zachetka.postgres.url import parameters


class Duty(StrEnum):
    """What a process is for."""

    WEB = "web"
    WORKER = "worker"
    SEALER = "sealer"
    READER = "reader"
    EDITOR = "editor"
    EXPORTER = "exporter"
    OWNER = "owner"
    KEEPER = "keeper"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Reach:
    """A line of the table.

    Attributes:
        aliases: of the database, as Django knows them.
        signs: has the ledger's private key.
        has_sessions: has the secrets of the web: the one that signs sessions and links, the one of second factors.
        mails: has the password at the mail server.
        administers: has ZACHETKA_DATABASE_URL as it was given, with the administrator's name and password.
    """

    aliases: tuple[str, ...]
    signs: bool = False
    has_sessions: bool = False
    mails: bool = False
    administers: bool = False


REACH: Final[dict[Duty, Reach]] = {
    Duty.WEB: Reach(("default",), has_sessions=True),
    Duty.WORKER: Reach(("default", "reader"), mails=True),
    Duty.SEALER: Reach(("sealer",), signs=True),
    Duty.READER: Reach(("default", "reader")),
    Duty.EDITOR: Reach(("default",)),
    Duty.EXPORTER: Reach(("default", "sealer"), signs=True),
    Duty.OWNER: Reach(("default", "migrate"), administers=True),
    Duty.KEEPER: Reach(("default", "migrate"), signs=True, has_sessions=True, mails=True, administers=True),
    Duty.EVERYTHING: Reach(
        ("default", "reader", "sealer", "migrate"), signs=True, has_sessions=True, mails=True, administers=True
    ),
}
"""The table. `keeper` is `zachetka run`, which answers nobody and hands each child its share; `everything` is for tests and
measurements, which play every part."""

VARIABLE: Final = "ZACHETKA_DUTY"
OF_THE_KEY: Final = "ZACHETKA_KEYS_DIR"
OF_SESSIONS: Final = ("ZACHETKA_SECRET_KEY", "ZACHETKA_FACTORS_KEY")
OF_MAIL: Final = "ZACHETKA_SMTP_PASSWORD"
OF_LIBPQ: Final = "PG"
"""PGPASSWORD, PGPASSFILE, PGSERVICE and the others: libpq takes from them whatever the URL leaves out."""
HARMLESS: Final = frozenset(
    {
        "PGHOST", "PGHOSTADDR", "PGPORT", "PGCONNECT_TIMEOUT", "PGTARGETSESSIONATTRS", "PGSSLMODE", "PGSSLROOTCERT",
        "PGSSLCRL", "PGSSLCRLDIR", "PGSSLNEGOTIATION", "PGSSLMINPROTOCOLVERSION", "PGCHANNELBINDING", "PGREQUIREAUTH",
        "PGGSSENCMODE",
    }
)  # fmt: skip
"""Of those: where the server is and how its name is proved. Without them a child would trust more than was asked."""
OF_THE_ADMINISTRATOR: Final = ("user", "password", "passfile")


def take_up(duty: Duty) -> None:
    """Settle for this process, and for those it starts, what it may reach; nothing once Django has read its settings."""
    conf = sys.modules.get("django.conf")
    if conf is not None and conf.settings.configured:
        return
    kept = surroundings(duty)
    for name in os.environ.keys() - kept.keys():
        del os.environ[name]
    os.environ.update(kept)


def duty_of_process() -> Duty:
    """Return the duty that was taken up; the web server's when none was.

    Raises:
        ValueError: ZACHETKA_DUTY names none of the duties.
    """
    return Duty(os.environ.get(VARIABLE, "").strip() or Duty.WEB)


def surroundings(duty: Duty) -> dict[str, str]:
    """Return the environment for a process with `duty`: ours without the secrets that are not on its line."""
    reach = REACH[duty]
    kept = os.environ | {VARIABLE: duty}
    if not reach.signs:
        kept.pop(OF_THE_KEY, None)
    if not reach.has_sessions:
        for name in OF_SESSIONS:
            kept.pop(name, None)
    if not reach.mails:
        kept.pop(OF_MAIL, None)
    if not reach.administers:
        kept = {name: value for name, value in kept.items() if not name.startswith(OF_LIBPQ) or name in HARMLESS}
        if kept.get(OF_THE_DATABASE, "").strip():
            kept[OF_THE_DATABASE] = _without_administrator(kept[OF_THE_DATABASE].strip())
    return kept


def _without_administrator(url: str) -> str:
    given = parameters(url)
    return make_conninfo("", **{name: value for name, value in given.items() if name not in OF_THE_ADMINISTRATOR})
