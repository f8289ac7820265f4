"""How each role reaches the database: over the embedded server's socket, or by ZACHETKA_DATABASE_URL.

With the embedded server the socket's folder and the system user are the credentials, so there are no passwords.
For a server, `ZACHETKA_DATABASE_URL` is the URL of an administrator of the database; only `migrate` uses it. The
login roles get random passwords, each in a file of its own, `<data folder>/database-logins/<role>` (0600): a process is
given those of its duty (`duties.py`), and where processes run as different system users, can read no others.
"""

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from psycopg.conninfo import make_conninfo

from zachetka.postgres import url as addresses
from zachetka.postgres.server import PORT, SUPERUSER, socket_folder

DATABASE = "zachetka"

_PROJECT = Path(__file__).resolve().parents[2]

OWNER = "zachetka_owner"
MIGRATE = "zachetka_migrate"
APP = "zachetka_app"
SEALER = "zachetka_sealer"
READER = "zachetka_reader"
LOGINS = (MIGRATE, APP, SEALER, READER)

_ALIASES = {"default": APP, "migrate": MIGRATE, "sealer": SEALER, "reader": READER}


@dataclass(frozen=True, slots=True)
class Place:
    """Which server and database: `url` is empty for the embedded server in `data_dir`."""

    data_dir: Path
    url: str = ""
    database: str = DATABASE

    @classmethod
    def from_environment(cls) -> Self:
        """Read ZACHETKA_DATA_DIR (default ./var) and ZACHETKA_DATABASE_URL (default: the embedded server).

        Raises:
            ServerTrouble: ZACHETKA_DATABASE_URL is no address of a database; the sentence repeats nothing of it.
        """
        data_dir = os.environ.get("ZACHETKA_DATA_DIR", "").strip() or _PROJECT / "var"
        url = os.environ.get(addresses.VARIABLE, "").strip()
        if url:
            addresses.parameters(url)
        return cls(Path(data_dir).resolve(), url)

    def administrator(self, *, database: str | None = None) -> str:
        """Return the connection string of who may create roles; `database` overrides the project's own."""
        if self.url:
            return make_conninfo(self.url, **({"dbname": database} if database else {}))
        return make_conninfo(
            host=str(socket_folder(self.data_dir)), port=PORT, user=SUPERUSER, dbname=database or self.database
        )

    def database_name(self) -> str:
        return str(addresses.parameters(self.url)["dbname"]) if self.url else self.database

    def login(self, role: str) -> dict[str, Any]:
        """Return the connection parameters of login `role`; `zachetka_migrate` acts as the schema's owner."""
        options = {"options": f"-c role={OWNER}"} if role == MIGRATE else {}
        if self.url:
            given = addresses.parameters(self.url)
            return {**given, "user": role, "password": self.password(role), **options}
        return {
            "host": str(socket_folder(self.data_dir)),
            "port": PORT,
            "user": role,
            "dbname": self.database,
            **options,
        }

    def conninfo(self, role: str) -> str:
        return make_conninfo(**self.login(role))

    def django_databases(self, aliases: Iterable[str] = tuple(_ALIASES)) -> dict[str, dict[str, Any]]:
        """Return Django's DATABASES: `default` is the app, `migrate` the owner, `sealer` and `reader` themselves."""
        return {alias: _django(self.login(_ALIASES[alias])) for alias in aliases}

    def password(self, role: str) -> str:
        """Return the password of a login role on a server, nothing when `make_passwords` was never called."""
        try:
            return self._password_file(role).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def make_passwords(self) -> dict[str, str]:
        """Return the passwords of the login roles, made and kept on the first call."""
        for role in LOGINS:
            path = self._password_file(role)
            path.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(file, "w", encoding="utf-8") as out:
                    out.write(secrets.token_urlsafe(24))
        return {role: self.password(role) for role in LOGINS}

    def _password_file(self, role: str) -> Path:
        return self.data_dir / "database-logins" / role


def _django(login: dict[str, Any]) -> dict[str, Any]:
    own = {"host", "port", "user", "password", "dbname"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": login["dbname"],
        "USER": login["user"],
        "PASSWORD": login.get("password", ""),
        "HOST": login.get("host", ""),
        "PORT": str(login.get("port", "")),
        "OPTIONS": {name: value for name, value in login.items() if name not in own},
    }
