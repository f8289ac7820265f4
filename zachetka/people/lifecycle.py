"""The steps of an upload of a list (п. 2.1), of a request of a data subject, of a withdrawn consent (152-ФЗ ст. 14, 20, 21)."""

from __future__ import annotations

from typing import Final

from zachetka.access.policy import Permission
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import Step
from zachetka.people.models import Merge, SubjectRequest, Upload, Withdrawal

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

PREPARE_ANSWER: Final = Step(
    sources=(SubjectRequest.State.WAITING,), target=SubjectRequest.State.PREPARED,
    permission=Permission.REQUEST_ANSWER, event=EventType.SUBJECT_REQUEST_PREPARED, clause="152-ФЗ ст. 20",
    refusal="Ответ на этот запрос уже готов: откройте его, там файл.",
)  # fmt: skip
DELIVER_ANSWER: Final = Step(
    sources=(SubjectRequest.State.WAITING,), target=SubjectRequest.State.ANSWERED,
    permission=Permission.SUBJECT_EXPORT, event=EventType.SUBJECT_REQUEST_DELIVERED, clause="152-ФЗ ст. 14",
    refusal="На этот запрос уже ответили: файл — в списке ваших запросов.",
)  # fmt: skip
HAND_ANSWER_OVER: Final = Step(
    sources=(SubjectRequest.State.PREPARED,), target=SubjectRequest.State.ANSWERED,
    permission=Permission.REQUEST_ANSWER, event=EventType.SUBJECT_REQUEST_ANSWERED, clause="152-ФЗ ст. 20",
    refusal="Сначала подготовьте ответ; на отвеченный запрос второй раз не отвечают.",
)  # fmt: skip

SUBJECT_REQUEST_STEPS: Final = {
    "prepare": PREPARE_ANSWER,
    "deliver": DELIVER_ANSWER,
    "hand_over": HAND_ANSWER_OVER,
}

SETTLE_WITHDRAWAL: Final = Step(
    sources=(Withdrawal.State.WAITING,), target=Withdrawal.State.SETTLED,
    permission=Permission.CONSENT_SETTLE, event=EventType.WITHDRAWAL_SETTLED, clause="152-ФЗ ст. 21 ч. 5",
    refusal="Этот отзыв уже исполнен: в нём сказано, кем, когда и что осталось.",
)  # fmt: skip

FULFIL_WITHDRAWAL: Final = Step(
    sources=(Withdrawal.State.WAITING,), target=Withdrawal.State.SETTLED,
    permission=Permission.DESTRUCTION_APPROVE, event=EventType.WITHDRAWAL_FULFILLED, clause="152-ФЗ ст. 21 ч. 5",
    refusal="Этот отзыв уже исполнен: в нём сказано, кем, когда и что осталось.",
)  # fmt: skip

WITHDRAWAL_STEPS: Final = {"settle": SETTLE_WITHDRAWAL, "fulfil": FULFIL_WITHDRAWAL}

UNDO_MERGE: Final = Step(
    sources=(Merge.State.DONE,), target=Merge.State.UNDONE,
    permission=Permission.DOUBLE_MERGE, event=EventType.MERGE_UNDONE, clause="2.1",
    refusal="Эти карточки уже разъединены: сказано, кто, когда и почему.",
)  # fmt: skip

MERGE_STEPS: Final = {"undo": UNDO_MERGE}
