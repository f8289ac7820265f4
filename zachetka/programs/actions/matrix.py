"""The matrix of planned results taken away as a file (п. 1.3, 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.programs.matrix import Matrix, workbook_of
from zachetka.programs.models import ProgramVersion
from zachetka.rendering.taken import count_taking

if TYPE_CHECKING:
    from zachetka.access.models import Account


def export_matrix(version: ProgramVersion, matrix: Matrix, *, actor: Account, at: datetime) -> bytes:
    """Return the matrix of `version` as a file and record who took it; call outside a transaction (п. 3.8).

    Raises:
        TooMany: the actor has used up the lists of these ten minutes.
        Forbidden: the policy does not let the actor read the version.
    """
    count_taking(actor, at)
    require(actor, Permission.PROGRAM_READ, version)
    content = workbook_of(matrix)
    with transaction.atomic():
        record_event(
            EventType.LIST_EXPORTED, version, actor=actor, at=at, clause="1.3", list="matrix", form="xlsx",
            rows=len(matrix.rows),
        )  # fmt: skip
    return content
