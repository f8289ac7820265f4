"""Which database each alias speaks to, and as whom. Plain settings: no Django here.

    default   zachetka_app      the web server and the worker
    migrate   zachetka_migrate  migrations, as the owner of the schema
    sealer    zachetka_sealer   leaves, nodes and checkpoints of the ledger
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zachetka.postgres.server import PORT, socket_folder

DATABASE = "zachetka"
LOGINS = {"default": "zachetka_app", "migrate": "zachetka_migrate", "sealer": "zachetka_sealer"}
OWNER = "zachetka_owner"

_OPTIONS = {
    "default": "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s",
    "migrate": f"-c role={OWNER} -c lock_timeout=30s",
    "sealer": "-c lock_timeout=5s -c statement_timeout=300s",
}


def databases(data_dir: Path, url: str) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES: the embedded server in `data_dir`, or the one that `url` names.

    Args:
        data_dir: data folder of this installation.
        url: `postgresql://user:password@host:port/name?sslmode=…`, or "" for the embedded server. The three logins
            share the password of `url`; its user is only for making them.
    """
    return {alias: _database(alias, data_dir, url) for alias in LOGINS}


def _database(alias: str, data_dir: Path, url: str) -> dict[str, Any]:
    place = _server(url) if url else {"NAME": DATABASE, "HOST": str(socket_folder(data_dir)), "PORT": str(PORT)}
    options = place.pop("OPTIONS", {}) | {"options": _OPTIONS[alias], "application_name": f"zachetka {alias}"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "USER": LOGINS[alias],
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **place,
    }


def _server(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.hostname or not parts.path.strip("/"):
        raise ValueError("ZACHETKA_DATABASE_URL: ждём postgresql://пользователь:пароль@сервер:порт/база")
    return {
        "NAME": unquote(parts.path.strip("/")),
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
