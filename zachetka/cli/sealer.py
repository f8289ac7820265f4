"""`zachetka sealer`: the process that holds the signing key; nothing that answers people is in it (п. 3.3)."""

import signal
import sys
import threading
from types import FrameType

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty


@click.command(short_help="Запустить закрепление журнала событий.")
@click.option("--once", is_flag=True, help="Закрепить всё, что ждёт, и закончить.")
def sealer(*, once: bool) -> None:
    """Закреплять журнал событий, пока не остановят; только этому процессу дан ключ подписи.

    Если ключ утрачен или не тот, процесс заканчивается с кодом 1: несделанное доказательство должно быть замечено.
    """
    if once:
        _seal_what_waits()
        return
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    with database(Duty.SEALER):
        from zachetka.ledger.sealer import seal_forever
        from zachetka.ledger.signing import KeyTrouble

        try:
            seal_forever(stop)
        except KeyTrouble as trouble:
            click.echo(f"zachetka: {trouble}", err=True)
            sys.exit(1)


def _seal_what_waits() -> None:
    """Seal everything that waits, with a bar that moves."""
    with database(Duty.SEALER):
        from zachetka.core.clock import now
        from zachetka.ledger.sealer import Sealer, unsealed
        from zachetka.ledger.signing import KeyTrouble

        with click.progressbar(length=unsealed(), label="Закрепление журнала", show_eta=True) as bar:
            try:
                Sealer().seal(now(), told=lambda events: bar.update(events - bar.pos))
            except KeyTrouble as trouble:
                click.echo(f"zachetka: {trouble}", err=True)
                sys.exit(1)
