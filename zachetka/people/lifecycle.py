"""The steps of an upload of a list (п. 2.1)."""

from __future__ import annotations

from typing import Final

from zachetka.access.policy import Permission
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import Step
from zachetka.people.models import Upload

_OVER: Final = "Этот список уже загружен или отменён: откройте его, там сказано, кем и когда."

CONFIRM_UPLOAD: Final = Step(
    sources=(Upload.State.UPLOADED,), target=Upload.State.CONFIRMED,
    permission=Permission.PERSON_IMPORT, event=EventType.IMPORT_CONFIRMED, clause="2.1", refusal=_OVER,
)  # fmt: skip
CANCEL_UPLOAD: Final = Step(
    sources=(Upload.State.UPLOADED,), target=Upload.State.CANCELLED,
    permission=Permission.PERSON_IMPORT, event=EventType.IMPORT_CANCELLED, clause="2.1", refusal=_OVER,
)  # fmt: skip

UPLOAD_STEPS: Final = {"confirm": CONFIRM_UPLOAD, "cancel": CANCEL_UPLOAD}
