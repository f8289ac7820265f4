"""Taking the file that came of long work: the right to it is asked at that moment, and the taking leaves a trace (п. 3.8).

Who asked for the work had the right then; a role may have ended since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.jobs.models import Job
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model

    from zachetka.access.models import Account
    from zachetka.files.models import StoredFile

Opened = Callable[[Job], "tuple[Permission, Model]"]
OPENED: Final[dict[str, Opened]] = {}
"""By which right, and over what record, the file of each kind of work is handed out; `work.doing` adds to it."""


def take_file(job: Job, file: StoredFile, *, actor: Account, at: datetime) -> None:
    """Record that `actor` takes the file of `job`; call before its bytes leave.

    Raises:
        Forbidden: the policy does not let them have it any more.
    """
    right, subject = OPENED[job.kind](job)
    with transaction.atomic():
        require(actor, right, subject)
        record_event(
            EventType.JOB_FILE_TAKEN,
            subject,
            actor=actor,
            at=at,
            clause="3.8",
            job=job.pk,
            kind=job.kind,
            sha256=file.sha256,
            roles=sorted(actor.roles_held),
        )
