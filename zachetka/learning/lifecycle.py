"""The tables of steps: orders, sheets, corrections. The diagrams in docs are drawn from them."""

from __future__ import annotations

from zachetka.access.policy import Permission
from zachetka.learning.models import Correction, MarkSheet, MarkUpload, Order
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import Step

ORDER = Order.State
SHEET = MarkSheet.State
CORRECTION = Correction.State

SUBMIT_ORDER = Step(
    sources=(ORDER.DRAFT,),
    target=ORDER.SUBMITTED,
    permission=Permission.ORDER_DRAFT,
    event=EventType.ORDER_SUBMITTED,
    clause="273-ФЗ ст. 53",
    refusal="На подпись передают черновик; этот приказ уже передан, издан или отменён.",
)
RETURN_ORDER = Step(
    sources=(ORDER.SUBMITTED,),
    target=ORDER.DRAFT,
    permission=Permission.ORDER_APPROVE,
    event=EventType.ORDER_RETURNED,
    clause="273-ФЗ ст. 53",
    refusal="Вернуть можно приказ, который ждёт подписи.",
)
APPROVE_ORDER = Step(
    sources=(ORDER.SUBMITTED,),
    target=ORDER.APPROVED,
    permission=Permission.ORDER_APPROVE,
    event=EventType.ORDER_APPROVED,
    clause="273-ФЗ ст. 53",
    refusal="Издать можно приказ, который ждёт подписи; этот уже издан, отменён или возвращён.",
)
CANCEL_ORDER = Step(
    sources=(ORDER.DRAFT,),
    target=ORDER.CANCELLED,
    permission=Permission.ORDER_DRAFT,
    event=EventType.ORDER_CANCELLED,
    clause="273-ФЗ ст. 53",
    refusal="Отменить можно черновик. Изданный приказ отменяют новым приказом.",
)
WRITTEN_BY = (EventType.ORDER_DRAFTED, EventType.ORDER_CHANGED, EventType.ORDER_SUBMITTED)
"""Whoever caused one of these does not issue the order (п. 3.8)."""
ORDER_STEPS = {"submit": SUBMIT_ORDER, "return": RETURN_ORDER, "approve": APPROVE_ORDER, "cancel": CANCEL_ORDER}

CLOSE_SHEET = Step(
    sources=(SHEET.OPEN,),
    target=SHEET.CLOSED,
    permission=Permission.SHEET_CLOSE,
    event=EventType.SHEET_CLOSED,
    clause="2.2",
    refusal="Ведомость уже закрыта.",
)
SHEET_STEPS = {"close": CLOSE_SHEET}

CONFIRM_CORRECTION = Step(
    sources=(CORRECTION.PROPOSED,),
    target=CORRECTION.CONFIRMED,
    permission=Permission.CORRECTION_CONFIRM,
    event=EventType.CORRECTION_CONFIRMED,
    clause="2.1",
    refusal="По этому исправлению уже решено.",
)
REFUSE_CORRECTION = Step(
    sources=(CORRECTION.PROPOSED,),
    target=CORRECTION.REFUSED,
    permission=Permission.CORRECTION_CONFIRM,
    event=EventType.CORRECTION_REFUSED,
    clause="2.1",
    refusal="По этому исправлению уже решено.",
)
CORRECTION_STEPS = {"confirm": CONFIRM_CORRECTION, "refuse": REFUSE_CORRECTION}

UPLOAD = MarkUpload.State
_OVER = "Оценки этого файла уже внесены, или он отменён: откройте его, там сказано, кем и когда."

CONFIRM_MARKS = Step(
    sources=(UPLOAD.UPLOADED,),
    target=UPLOAD.CONFIRMED,
    permission=Permission.SHEET_FILL,
    event=EventType.MARKS_CONFIRMED,
    clause="2.2",
    refusal=_OVER,
)
CANCEL_MARKS = Step(
    sources=(UPLOAD.UPLOADED,),
    target=UPLOAD.CANCELLED,
    permission=Permission.SHEET_FILL,
    event=EventType.MARKS_CANCELLED,
    clause="2.2",
    refusal=_OVER,
)
MARK_UPLOAD_STEPS = {"confirm": CONFIRM_MARKS, "cancel": CANCEL_MARKS}
