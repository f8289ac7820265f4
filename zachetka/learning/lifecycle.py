"""The tables of steps: orders, sheets, corrections. The diagrams in docs are drawn from them."""

from __future__ import annotations

from zachetka.access.policy import Permission
from zachetka.learning.models import Correction, MarkSheet, MarkUpload, Order, Reopening
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
REOPEN_SHEET = Step(
    sources=(SHEET.CLOSED,),
    target=SHEET.REOPENED,
    permission=Permission.REOPENING_DECIDE,
    event=EventType.SHEET_REOPENED,
    clause="2.2",
    refusal="Открывают заново закрытую ведомость; эта уже открыта.",
)
CLOSE_SHEET_AGAIN = Step(
    sources=(SHEET.REOPENED,),
    target=SHEET.CLOSED,
    permission=Permission.SHEET_CLOSE,
    event=EventType.SHEET_CLOSED_AGAIN,
    clause="2.2",
    refusal="Ведомость уже закрыта снова.",
)
CANCEL_SHEET = Step(
    sources=(SHEET.OPEN,),
    target=SHEET.CANCELLED,
    permission=Permission.RESIT_APPOINT,
    event=EventType.SHEET_CANCELLED,
    clause="273-ФЗ ст. 58",
    refusal="Отменяют назначенную пересдачу, пока её ведомость не закрыта; эта закрыта или уже отменена.",
)
SHEET_STEPS = {"close": CLOSE_SHEET, "cancel": CANCEL_SHEET, "reopen": REOPEN_SHEET, "close_again": CLOSE_SHEET_AGAIN}

REOPENING = Reopening.State
GRANT_REOPENING = Step(
    sources=(REOPENING.ASKED,),
    target=REOPENING.OPEN,
    permission=Permission.REOPENING_DECIDE,
    event=EventType.REOPENING_GRANTED,
    clause="2.2",
    refusal="Об этой просьбе уже решено.",
)
REFUSE_REOPENING = Step(
    sources=(REOPENING.ASKED,),
    target=REOPENING.REFUSED,
    permission=Permission.REOPENING_DECIDE,
    event=EventType.REOPENING_REFUSED,
    clause="2.2",
    refusal="Об этой просьбе уже решено.",
)
END_REOPENING = Step(
    sources=(REOPENING.OPEN,),
    target=REOPENING.ENDED,
    permission=Permission.SHEET_CLOSE,
    event=EventType.REOPENING_ENDED,
    clause="2.2",
    refusal="Ведомость уже закрыта снова.",
)
REOPENING_STEPS = {"grant": GRANT_REOPENING, "refuse": REFUSE_REOPENING, "end": END_REOPENING}

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
