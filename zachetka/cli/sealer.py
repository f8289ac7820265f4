"""`zachetka sealer`: the process that holds the signing key; nothing that answers people is in it (п. 3.3)."""

import signal
import sys
import threading
from types import FrameType

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty


@click.command(short_help="Запустить закрепление журнала событий.")
def sealer() -> None:
    """Закреплять журнал событий, пока не остановят; только этому процессу дан ключ подписи.

    Если ключ утрачен или не тот, процесс заканчивается с кодом 1: несделанное доказательство должно быть замечено.
    """
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
