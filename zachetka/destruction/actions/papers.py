"""Taking the paper of an act away: who took it is recorded before it leaves (п. 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.destruction.paper import paper
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.rendering.taken import count_taking

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.destruction.models import Act
    from zachetka.rendering.press import Pdf

CLAUSE: Final = "152-ФЗ ст. 21"


def take_paper(act: Act, kind: str, *, actor: Account, at: datetime) -> Pdf:
    """Print the act or the extract and record with its hash that it was taken.

    Raises:
        Forbidden: the policy does not let the actor see it.
        TooMany: too many files were taken just now.
        KeyError: no such paper.
    """
    require(actor, Permission.DESTRUCTION_READ, act)
    count_taking(actor, at)
    pdf = paper(act, kind)
    with transaction.atomic():
        record_event(
            EventType.DESTRUCTION_ACT_EXPORTED, act, actor=actor, at=at, clause=CLAUSE, form=kind, sha256=pdf.sha256
        )
    return pdf
