"""The embedded PostgreSQL: our own small wrapper of the wheel's initdb and postgres.

The cluster lives in `<data folder>/postgres`, its socket in a 0700 folder, its log in `<data folder>/postgres.log`.
It listens to nothing but the socket and lets in nobody but the system user who started it.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from zachetka.postgres.programs import MAJOR, Runner, ServerTrouble, environment, program, runner_for

SUPERUSER = "postgres"
PORT = 5432

_SOCKET_PATH_LIMIT = 107  # bytes, sun_path of unix(7)
_PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)  # the list of socket folders is comma-separated and unquoted
_START_SECONDS = 120.0  # crash recovery of a large log included
_STOP_SECONDS = 60.0
_ORPHANS_SECONDS = 20.0

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # «Key (snils)=(…) already exists» is nobody's to read in a log
    "log_min_error_statement": "panic",  # nor is the statement with the values in it
    "jit": "off",  # pages ask short questions
    "max_parallel_workers_per_gather": "0",  # a container's /dev/shm is often 64 MB
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",  # disks without heads, and most pages in memory: an index pays from the first rows
}


def socket_folder(data_dir: Path) -> Path:
    """Return the folder of the socket: inside the data folder, or a short one when the path would not fit."""
    folder = data_dir.resolve() / "socket"
    socket = f"{folder}/.s.PGSQL.{PORT}.lock"
    if len(os.fsencode(socket)) <= _SOCKET_PATH_LIMIT and _PLAIN_PATH.fullmatch(socket):
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path("/tmp") / f"zachetka-{digest}"  # noqa: S108 - its owner and mode are checked before use


class EmbeddedServer:
    """One cluster in one data folder."""

    def __init__(self, data_dir: Path, *, settings: dict[str, str] | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.cluster = self.data_dir / "postgres"
        self.log = self.data_dir / "postgres.log"
        self.socket_folder = socket_folder(data_dir)
        self._settings = _SETTINGS | (settings or {})
        self._child: int | None = None

    @contextmanager
    def session(self) -> Iterator[None]:
        """Keep the server running inside the block; the last to leave stops it, unless it is `held`."""
        with self._in_use() as users:
            self.start()
            try:
                yield
            finally:
                if _last(users):
                    self.stop()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the server running inside the block, and no longer; sessions that come and go leave it running."""
        with self._in_use():
            try:
                self.start()
                yield
            finally:
                self.stop()

    @contextmanager
    def _in_use(self) -> Iterator[int]:
        """Share the lock of those who use the server; give the file that carries it."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "postgres.users").open("w", encoding="ascii") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            yield users.fileno()

    def start(self) -> bool:
        """Start the server, or attach to the one that already runs on this folder.

        Returns:
            True if it was started here, False if it was already running.

        Raises:
            ServerTrouble: with the reason and the last lines of the log.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self.pid() is not None:
                self._wait_until_ready()
                return False
            runner = runner_for(self.cluster)
            self._initialise(runner)
            self._prepare_socket_folder(runner)
            self._write_access_rules(runner)
            self._launch_until_ready(runner)
            return True

    def stop(self) -> None:
        """Stop the server, ending open connections; do nothing if it does not run."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)  # «fast»: roll back, write a checkpoint, leave
        if not _until(lambda: self.pid() is None and self._child is None, _STOP_SECONDS):
            raise ServerTrouble(
                f"PostgreSQL (процесс {pid}) не остановился за {_STOP_SECONDS:.0f} с; журнал: {self.log}"
            )

    def pid(self) -> int | None:
        """Return the process id of the live server of this cluster, or None."""
        self._reap()
        lines = self._pid_file_lines()
        if not lines:
            return None
        pid = int(lines[0])
        return pid if _serves(pid, self.cluster) else None

    def _reap(self) -> None:
        """Collect our child if it has ended: a zombie would keep its number, and PostgreSQL would believe it."""
        if self._child is not None and os.waitpid(self._child, os.WNOHANG)[0] != 0:
            self._child = None

    def _initialise(self, runner: Runner) -> None:
        if self.cluster.exists():
            self._check_version()
            return
        unfinished = self.data_dir / "postgres.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        runner.own(unfinished)
        options = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        command = runner.command(
            program("initdb"), "-D", unfinished, "-U", SUPERUSER, "--auth=peer", "--data-checksums", *options
        )
        result = subprocess.run(command, cwd="/", env=environment(), capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ServerTrouble(f"Не удалось создать базу данных в {self.cluster}:\n{result.stderr.strip()}")
        unfinished.rename(self.cluster)

    def _check_version(self) -> None:
        version = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if version != str(MAJOR):
            raise ServerTrouble(
                f"Папка {self.cluster} создана PostgreSQL {version}, установлен PostgreSQL {MAJOR}. "
                "Перенесите данные: выгрузка старой версией (pg_dump), затем загрузка в новую папку."
            )

    def _prepare_socket_folder(self, runner: Runner) -> None:
        folder = self.socket_folder
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            runner.own(folder)
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid != runner.uid or status.st_mode & 0o777 != 0o700:
            raise ServerTrouble(f"Папка {folder} не наша или открыта другим пользователям. Удалите её и повторите.")

    def _write_access_rules(self, runner: Runner) -> None:
        """Let in the system user who starts us, under any role, and nobody else."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        for name, text in (
            ("pg_hba.conf", "local all all peer map=zachetka\n"),
            ("pg_ident.conf", f'zachetka "{me}" all\n'),
        ):
            path = self.cluster / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
            runner.own(path)

    def _launch_until_ready(self, runner: Runner) -> None:
        """Launch; after a crash, again until the killed server's last processes have let go of its memory."""
        limit = time.monotonic() + (_ORPHANS_SECONDS if self._disown_lock_files() else 0)
        while True:
            self._launch(runner)
            try:
                self._wait_until_ready()
            except ServerTrouble:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.2)
            else:
                return

    def _disown_lock_files(self) -> bool:
        """Deal with the lock files of a crash; say whether there were any.

        PostgreSQL believes a process id that is alive, though after a crash it may be anybody's. We know that it is
        not our server's, so we put our own in its place: its parent's is the one a starting server disregards. The
        rest of postmaster.pid stays: by it the server makes sure that no orphan still writes to the cluster.
        """
        (self.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        lines = self._pid_file_lines()
        if lines:
            text = "\n".join([str(os.getpid()), *lines[1:], ""])
            (self.cluster / "postmaster.pid").write_text(text, encoding="utf-8")
        return bool(lines)

    def _launch(self, runner: Runner) -> None:
        settings = self._settings | {"unix_socket_directories": str(self.socket_folder), "port": str(PORT)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            command = runner.command(program("postgres"), "-D", self.cluster, *options)
            self._child = os.posix_spawn(
                command[0],
                command,
                environment(),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_DUP2, log, 1),
                    (os.POSIX_SPAWN_DUP2, log, 2),
                ],
                setsid=True,  # Ctrl-C reaches us; we decide when the database stops
            )
        finally:
            os.close(log)

    def _wait_until_ready(self) -> None:
        started_here = self._child is not None

        def settled() -> bool:
            self._reap()
            return self._is_ready() or (self._child is None if started_here else self.pid() is None)

        if not _until(settled, _START_SECONDS) or not self._is_ready():
            raise ServerTrouble(f"PostgreSQL не запустился. Журнал {self.log}:\n{self._log_tail()}")

    def _is_ready(self) -> bool:
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready" and int(lines[0]) == self.pid()

    def _pid_file_lines(self) -> Sequence[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ()

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the folder while starting: two starts at once must not make two clusters."""
        with (self.data_dir / "postgres.lock").open("w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _serves(pid: int, cluster: Path) -> bool:
    """Say whether process `pid` is the live server of `cluster`.

    After a crash the number in postmaster.pid may be a zombie's or, later, anybody's.
    """
    process = Path("/proc") / str(pid)
    try:
        state = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
        arguments = (process / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX" and os.fsencode(cluster) in arguments


def _last(users: int) -> bool:
    """Say whether nobody else holds the lock on open file `users`; the lock is then ours alone."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until `condition` holds; say whether it did within `seconds`."""
    limit = time.monotonic() + seconds
    pause = 0.005
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
    return True
