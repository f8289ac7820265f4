"""`zachetka run`: everything on one machine, one Ctrl-C to stop it. Each child is given the duty it has and no more."""

import errno
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import FrameType

import click

from zachetka.cli import demonstration, statics
from zachetka.cli.check import refuse_if_weakened
from zachetka.cli.children import Child, stop
from zachetka.cli.migrate import bring_up_to_date
from zachetka.cli.naming import tell_if_unnamed
from zachetka.cli.session import reaching, set_up
from zachetka.postgres import roles
from zachetka.postgres.address import Place
from zachetka.postgres.duties import Duty
from zachetka.postgres.server import EmbeddedServer

_READY_SECONDS = 60.0
_TICK = 0.2


@click.command(short_help="Запустить всё.")
@click.option("--host", envvar="ZACHETKA_HOST", default="127.0.0.1", show_default=True, help="Сетевой адрес.")
@click.option("--port", envvar="ZACHETKA_PORT", default=8000, show_default=True, help="Порт.")
@click.option("--empty", is_flag=True, help="Не строить демонстрационную академию при первом запуске.")
def run(*, host: str, port: int, empty: bool) -> None:
    """Запустить базу данных, веб-сервер, исполнителя заданий и закрепление журнала; при первом запуске построить демонстрационную академию."""
    os.environ["ZACHETKA_HOST"], os.environ["ZACHETKA_PORT"] = host, str(port)
    place = Place.from_environment()
    _refuse_if_taken(host, port)
    _interrupt_on_signals()
    try:
        with _alone(place.data_dir), reaching(place, administers=True), _database(place) as embedded:
            asked_to_stop = _run_until_stopped(host, port, embedded, _prepare(place, empty=empty))
    except KeyboardInterrupt:
        asked_to_stop = True
    click.echo("Остановлено.")
    sys.exit(0 if asked_to_stop else 1)


def _run_until_stopped(
    host: str, port: int, embedded: EmbeddedServer | None, academy: demonstration.Academy | None
) -> bool:
    """Run the children; return whether a person asked to stop, rather than something everything depends on ending."""
    stopping = _stop_on_signals()
    web = Child("веб-сервер", ("serve",), Duty.WEB, restarts=False)
    worker = Child("исполнитель заданий", ("worker",), Duty.WORKER, restarts=True)
    sealer = Child("закрепление журнала", ("sealer",), Duty.SEALER, restarts=True)
    children = (web, worker, sealer)
    try:
        web.start()  # the others, whom nobody waits for, leave it the processors until it answers
        is_up = _is_up(host, port, lambda: stopping.is_set() or web.code() is not None)
        if not stopping.is_set():
            worker.start()
            sealer.start()
        if is_up:
            _greet(academy)
        _watch(children, embedded, stopping)
    finally:
        click.echo("\nОстанавливаюсь: веб-сервер, исполнитель заданий, закрепление журнала, база данных…")
        stop(children)
    return stopping.is_set()


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def _interrupt_on_signals() -> None:
    """While preparing: the first Ctrl-C or SIGTERM ends the work at once, the next ones wait until it has been undone."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in _SIGNALS:
        signal.signal(number, interrupt)


def _stop_on_signals() -> threading.Event:
    """While running: Ctrl-C or SIGTERM is an event that the watch looks at."""
    stopping = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in _SIGNALS:
        signal.signal(number, on_signal)
    return stopping


def _refuse_if_taken(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as refused:
            reason = {
                errno.EADDRINUSE: f"Порт {port} занят другой программой.",
                errno.EACCES: f"Нет права открыть порт {port}.",
            }.get(refused.errno or 0, f"Не удалось открыть {host}:{port}: {refused.strerror}.")
            click.echo(f"{reason} Укажите другой: ZACHETKA_PORT=8001 make run", err=True)
            sys.exit(1)


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Hold the data folder: one `run` at a time."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            click.echo(f"Уже запущено с папкой {data_dir} (процесс {lock.read().strip()}).", err=True)
            sys.exit(1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def _database(place: Place) -> Iterator[EmbeddedServer | None]:
    """Run the embedded server for as long as the block; whatever happens, it is stopped."""
    if place.url:
        yield None
        return
    embedded = EmbeddedServer(place.data_dir)
    if not embedded.cluster.exists():
        click.echo("Создаю базу данных…")
    with embedded.held():
        yield embedded


def _prepare(place: Place, *, empty: bool) -> demonstration.Academy | None:
    roles.prepare(place)
    set_up(Duty.KEEPER)
    from django.db import connections

    demonstration.forget_unfinished(place)
    bring_up_to_date(place)
    refuse_if_weakened(place)
    statics.collect()
    academy = None if empty else demonstration.ensure(place.data_dir)
    connections.close_all()
    return academy


def _is_up(host: str, port: int, given_up: Callable[[], bool]) -> bool:
    """Wait until the web server answers; say whether it does. Of one that is silent too long its address and the reason are told."""
    limit = time.monotonic() + _READY_SECONDS
    reason = ""
    while time.monotonic() < limit and not given_up():
        connection = HTTPConnection(host if host != "0.0.0.0" else "127.0.0.1", port, timeout=5)  # noqa: S104 - compared
        try:
            connection.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
            connection.getresponse().read()
        except (OSError, HTTPException) as silent:
            refused = isinstance(silent, ConnectionRefusedError)
            reason = "порт никто не слушает" if refused else "соединение есть, ответа нет"
            time.sleep(0.05)
        else:
            return True
        finally:
            connection.close()
    if not given_up():
        click.echo(
            f"Веб-сервер не ответил за {_READY_SECONDS:.0f} с по адресу http://{host}:{port}/healthz: {reason}. "
            "Он не остановлен: откройте этот адрес позже или остановите всё (Ctrl-C) и посмотрите сообщения выше.",
            err=True,
        )
    return False


def _greet(academy: demonstration.Academy | None) -> None:
    from django.conf import settings

    if academy is not None:
        demonstration.print_accounts(academy)
    click.echo(f"\n«Зачётка» работает: {click.style(settings.PUBLIC_URL, bold=True)}")
    tell_if_unnamed()
    if not settings.HTTPS:
        click.echo("Соединение без шифрования: только для этого компьютера. Остановить: Ctrl-C")


def _watch(children: tuple[Child, ...], embedded: EmbeddedServer | None, stopping: threading.Event) -> None:
    """Return when asked to stop or when a child that everything depends on has ended."""
    while not stopping.wait(_TICK):
        if embedded is not None and embedded.pid() is None:
            click.echo("База данных остановилась; запускаю снова.", err=True)
            embedded.start()
        for child in children:
            if child.is_due():
                child.start()
            code = child.code()
            if code is None:
                continue
            if not child.restarts:
                click.echo(f"Завершился {child.title} (код {code}).", err=True)
                return
            click.echo(
                f"Завершился {child.title} (код {code}); запускаю снова через {child.put_off():.0f} с.", err=True
            )
