"""The whole check: the ledger against itself, and the database against the ledger (п. 3.3).

Reads as `zachetka_reader` in one snapshot, so the system may go on working meanwhile. Finds what a superuser did
with the triggers off; what remains is whoever rewrites everything, holds the signing key and the kept checkpoints:
against that stands the fingerprint and the root on paper (docs/ledger.md).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from zachetka.core.provable import Provable, provable_models
from zachetka.ledger.continuation import check_continuation
from zachetka.ledger.findings import Report
from zachetka.ledger.row_check import RowCheck
from zachetka.ledger.salt_check import check_salts
from zachetka.ledger.tree_check import TreeCheck

ALIAS: Final = "reader"

Progress = Callable[[str, int, int], None]
"""What is being checked, how much is done, how much there is."""

Check = Callable[[str, Report], None]
"""Asks by the connection of this name and adds what does not agree."""
_TOO: Final[list[Check]] = []


def checked_too(check: Check) -> Check:
    """Have `check`, of a room that stands above this one, run at the end of every whole check."""
    _TOO.append(check)
    return check


def verify(
    *,
    alias: str = ALIAS,
    notes: Path | None = None,
    trusted: str = "",
    models: Sequence[type[Provable]] | None = None,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    at: datetime | None = None,
) -> Report:
    """Check everything; memory does not grow with the ledger.

    Args:
        alias: the connection to read by.
        notes: folder of checkpoints kept outside the database; by default the one in the data folder.
        trusted: fingerprint of a key of the history, or its beginning, as printed on paper.
        models: whose rows to check; by default every provable model.
        progress: called now and then.
        checkpoint: a checkpoint kept outside that the ledger has to continue.
        at: the moment of the check; with it, a sealer that stopped is a finding.
    """
    report = Report()
    tell = progress or (lambda _what, _done, _all: None)
    folder = Path(settings.DATA_DIR) / "checkpoints" if notes is None else notes
    with _snapshot(alias) as cursor:
        tree = TreeCheck(cursor, report, partial(tell, "журнал событий"), notes=folder, trusted=trusted.lower(), at=at)
        tree.run()
        if checkpoint is not None:
            report.continued = check_continuation(
                cursor, report, checkpoint, keys=tree.keys.values(), origin=tree.origin
            )
        for model in provable_models() if models is None else models:
            RowCheck(cursor, report, partial(tell, model.noun), alias=alias).run(model)
        check_salts(cursor, report)
    for check in _TOO:
        check(alias, report)
    return report


@contextmanager
def _snapshot(alias: str) -> Iterator[CursorWrapper]:
    """Read everything as it was at one moment."""
    with transaction.atomic(using=alias, durable=True), connections[alias].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield cursor
