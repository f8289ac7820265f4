"""The demo academy of the first start and the password of its accounts."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click
import psycopg

from zachetka.postgres import roles
from zachetka.postgres.address import Place
from zachetka.postgres.programs import ServerTrouble

LEARNERS = 1200
SEED = 1

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look alike: people type it from the screen


@dataclass(frozen=True, slots=True)
class Academy:
    """What `<data folder>/demo.json` remembers, readable by its owner only."""

    password: str
    is_built: bool

    @classmethod
    def load(cls, data_dir: Path) -> "Academy | None":
        try:
            return cls(**json.loads(_file(data_dir).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def save(self, data_dir: Path) -> None:
        fresh = _file(data_dir).with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            json.dump(asdict(self), out)
        fresh.rename(_file(data_dir))


def _file(data_dir: Path) -> Path:
    return data_dir / "demo.json"


def make_password() -> str:
    """Return ZACHETKA_DEMO_PASSWORD, or four random groups of four: 79 bits."""
    given = os.environ.get("ZACHETKA_DEMO_PASSWORD", "").strip()
    return given or "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def forget_unfinished(place: Place) -> None:
    """Drop what an interrupted build has left and make the database anew, if half a demo is all that is in it.

    Raises:
        ServerTrouble: somebody's work is in the database, or it is on a server, where dropping it is not ours to decide.
    """
    known = Academy.load(place.data_dir)
    if known is None or known.is_built:
        return
    if place.url:
        raise ServerTrouble(
            "Построение демонстрационной академии было прервано. Очистите базу данных "
            f"и удалите файл {_file(place.data_dir)}, затем запустите снова."
        )
    with _building(place.data_dir):
        _drop_half(place, known)


def _drop_half(place: Place, known: Academy) -> None:
    if not _is_all_demo(place, known.password):
        raise ServerTrouble(
            "Построение демонстрационной академии было когда-то прервано, но теперь в базе данных есть и другие записи: "
            "ничего не удаляю. Если академия настоящая, удалите только файл "
            f"{_file(place.data_dir)} и запустите снова."
        )
    click.echo("Прошлое построение демонстрационной академии было прервано; начинаю заново.")
    roles.drop_database(place)
    _file(place.data_dir).unlink()
    roles.prepare(place)


def forget(data_dir: Path) -> None:
    """Forget the demo academy: the system of this folder is a real one."""
    _file(data_dir).unlink(missing_ok=True)


_WORK_OF_PEOPLE = ("import.%", "account.signed_in", "account.password_given")
"""Events that a build never makes."""


def _is_all_demo(place: Place, password: str) -> bool:
    """True when the password of the demo opens every account that has one; without accounts, when nothing has happened.

    The logins prove nothing: the first administrator of a real academy is «admin» as well.
    """
    from django.contrib.auth.hashers import check_password

    from zachetka.programs.norms import ENTERED_BY_MIGRATIONS

    with psycopg.connect(place.administrator()) as connection:
        (tables,) = connection.execute("SELECT to_regclass('ledger_event'), to_regclass('access_account')").fetchall()
        if None in tables:
            return tables == (None, None)
        accounts = [str(encoded) for (encoded,) in connection.execute("SELECT password FROM access_account")]
        foreign = connection.execute(
            "SELECT FROM ledger_event WHERE type LIKE ANY (%s) OR type <> ALL (%s) AND %s LIMIT 1",
            [list(_WORK_OF_PEOPLE), [str(one) for one in ENTERED_BY_MIGRATIONS], not accounts],
        ).fetchone()
    open_by_password = [encoded for encoded in accounts if not encoded.startswith("!")]
    return (
        foreign is None
        and bool(open_by_password) == bool(accounts)
        and all(check_password(password, encoded) for encoded in open_by_password)
    )


def ensure(data_dir: Path) -> Academy | None:
    """Build the demo academy in an empty system, once; return None when the system is in use without one."""
    from zachetka.access.models import Account
    from zachetka.programs.queries import happened

    known = Academy.load(data_dir)
    if known is not None:
        name_academy()
    if known is not None or Account.objects.exists() or happened().exists():
        return known
    return make(data_dir, learners=LEARNERS, seed=SEED)


def make(data_dir: Path, *, learners: int, seed: int) -> Academy:
    """Build the demo academy in an empty system and remember its password."""
    with _building(data_dir):
        academy = Academy(password=make_password(), is_built=False)
        academy.save(data_dir)
        name_academy()
        build(learners=learners, seed=seed, password=academy.password)
        finished = Academy(password=academy.password, is_built=True)
        finished.save(data_dir)
    return finished


def name_academy() -> None:
    """Give the papers of a demo the synthetic name and address, unless somebody has set others."""
    from django.conf import settings

    from zachetka import demo

    if not settings.ACADEMY_FILE.exists():
        shutil.copyfile(Path(demo.__file__).parent / "academy.toml", settings.ACADEMY_FILE)


@contextmanager
def _building(data_dir: Path) -> Iterator[None]:
    """Be the only one who builds or drops a demo academy here; a build that was killed holds nothing.

    Raises:
        ServerTrouble: another command is building it now.
    """
    with (data_dir / "demo.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServerTrouble("Демонстрационную академию сейчас строит другая команда: дождитесь её конца.") from None
        yield


def build(*, learners: int, seed: int, password: str) -> None:
    """Build the academy with a bar that moves; let the planner look at the tables as they grow.

    A large academy fills them within minutes, sooner than autovacuum looks.
    """
    from zachetka import demo
    from zachetka.core.clock import now

    with click.progressbar(length=100, label="Демонстрационная академия", show_eta=True) as bar:
        due = list(_ANALYSED_AT)

        def progress(done: int, total: int) -> None:
            percent = done * 100 // max(total, 1)
            bar.update(percent - bar.pos)
            if due and percent >= due[0]:
                due[:] = [later for later in due if later > percent]
                _analyse()

        demo.build_academy(learners=learners, seed=seed, password=password, at=now(), progress=progress)


_ANALYSED_AT: Final = (2, 8, 30, 60, 100)
"""Percent of the building."""


def _analyse() -> None:
    from django.db import connections

    with connections["migrate"].cursor() as cursor:
        cursor.execute("SET client_min_messages = error; ANALYZE")  # the system's own tables are not the owner's
    connections["migrate"].close()


def print_accounts(academy: Academy) -> None:
    from django.conf import settings

    from zachetka import demo

    width = max(len(login) for login, _ in demo.ACCOUNTS)
    click.echo(f"\nДемонстрационные учётные записи, пароль у всех: {click.style(academy.password, bold=True)}")
    for login, role in demo.ACCOUNTS:
        click.echo(f"  {login:<{width}}  {role}")
    if not settings.MFA_REQUIRED:
        click.echo("Второй фактор здесь не требуется: академия ненастоящая. В настоящей без него не работают.")
