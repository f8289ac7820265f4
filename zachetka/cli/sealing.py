"""The sealer beside the worker's jobs: a thread of the same process, ended with it."""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

log = logging.getLogger("zachetka.ledger")


@contextmanager
def sealing() -> Iterator[None]:
    """Seal the ledger for the length of the block.

    A sealer that cannot go on (its key is gone) ends the whole process: evidence that is not being made must be
    noticed, and `zachetka run` says so and tries again.
    """
    from zachetka.ledger.sealer import seal_forever

    stop = Event()

    def run() -> None:
        try:
            seal_forever(stop)
        except BaseException:
            log.critical("the sealer has stopped", exc_info=True)
            os.kill(os.getpid(), signal.SIGTERM)
            raise

    thread = Thread(target=run, name="sealer")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
