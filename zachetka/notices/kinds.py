"""Every kind of notice, one line each: what it says in the settings, whose it is, how it is mailed unless they choose (п. 2.4).

The words of a notice itself are handed in by the room that knows the cause; a line is never removed or renamed while notices
of it are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zachetka.access.policy import STAFF, Role


class Mail(StrEnum):
    """How a notice goes by e-mail."""

    NONE = "none"
    AT_ONCE = "at_once"
    DIGEST = "digest"

    @property
    def label(self) -> str:
        """What the settings call it."""
        return {"none": "только здесь", "at_once": "здесь и письмом сразу", "digest": "здесь и в сводке дня"}[
            self.value
        ]


class NoticeKind(StrEnum):
    """What a notice is about."""

    ORDER_WAITS = "order.waits"
    ORDER_RETURNED = "order.returned"
    ORDER_ISSUED = "order.issued"
    SHEET_OVERDUE = "sheet.overdue"
    SHEET_HANDED_OVER = "sheet.handed_over"
    RESIT_CANCELLED = "resit.cancelled"
    CORRECTION_PROPOSED = "correction.proposed"
    CORRECTION_DECIDED = "correction.decided"
    MARK_CORRECTED = "mark.corrected"
    REOPENING_ASKED = "reopening.asked"
    REOPENING_DECIDED = "reopening.decided"
    REOPENING_ENDED = "reopening.ended"
    DEBT_AROSE = "debt.arose"
    RESIT_APPOINTED = "resit.appointed"
    PLAN_SET = "study_plan.set"
    AWARD_CHANGED = "award.changed"
    MOVED = "enrolment.moved"
    ROLE_GIVEN = "role.given"
    ROLE_ENDS = "role.ends"
    PASSWORD_GIVEN = "password.given"  # noqa: S105 - the name of a kind
    ACCESS_REFUSED = "access.refused"
    EMERGENCY_OPENED = "emergency.opened"
    EMERGENCY_UNREVIEWED = "emergency.unreviewed"
    EMERGENCY_REVIEWED = "emergency.reviewed"
    MATRIX_PROPOSED = "matrix.proposed"
    MATRIX_DECIDED = "matrix.decided"
    DOUBLES_FOUND = "doubles.found"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    DESTRUCTION_WAITS = "destruction.waits"
    DESTRUCTION_DECIDED = "destruction.decided"
    DATA_DESTROYED = "data.destroyed"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table.

    Attributes:
        sentence: what the settings call it.
        roles: whom it can come to: the settings of others do not show it.
        mail: how it is mailed to whoever has not chosen.
        icon: a drawing of tabler.io/icons.
    """

    sentence: str
    roles: frozenset[Role]
    mail: Mail
    icon: str


K, R, M = NoticeKind, Role, Mail
_LEARNER: Final = frozenset({R.LEARNER})
EVERYBODY: Final = frozenset(Role)

KINDS: Final[dict[NoticeKind, Line]] = {
    K.ORDER_WAITS: Line("приказ ждёт подписи", frozenset({R.HEAD}), M.AT_ONCE, "file-text"),
    K.ORDER_RETURNED: Line("приказ возвращён на доработку", frozenset({R.METHODIST}), M.AT_ONCE, "file-text"),
    K.ORDER_ISSUED: Line("приказ, который вы готовили, издан", frozenset({R.METHODIST}), M.DIGEST, "file-text"),
    K.SHEET_OVERDUE: Line("ведомость не закрыта в срок", frozenset({R.TEACHER, R.METHODIST}), M.DIGEST, "table"),
    K.SHEET_HANDED_OVER: Line("ведомость передана вам или от вас", frozenset({R.TEACHER}), M.AT_ONCE, "table"),
    K.RESIT_CANCELLED: Line(
        "отменена назначенная пересдача", frozenset({R.LEARNER, R.TEACHER}), M.AT_ONCE, "calendar-x"
    ),
    K.CORRECTION_PROPOSED: Line("предложено исправление оценки", frozenset({R.METHODIST}), M.DIGEST, "pencil-check"),
    K.CORRECTION_DECIDED: Line("решено о предложенном исправлении", frozenset({R.TEACHER}), M.DIGEST, "pencil-check"),
    K.REOPENING_ASKED: Line("просят открыть ведомость заново", frozenset({R.HEAD}), M.AT_ONCE, "lock-open"),
    K.REOPENING_DECIDED: Line(
        "решено о повторном открытии ведомости", frozenset({R.TEACHER, R.METHODIST}), M.AT_ONCE, "lock-open"
    ),
    K.REOPENING_ENDED: Line(
        "ведомость, открытая заново, закрыта", frozenset({R.TEACHER, R.METHODIST}), M.DIGEST, "lock"
    ),
    K.MARK_CORRECTED: Line("оценка исправлена", _LEARNER, M.AT_ONCE, "pencil"),
    K.DEBT_AROSE: Line("появилась академическая задолженность", _LEARNER, M.AT_ONCE, "alert-circle"),
    K.RESIT_APPOINTED: Line("назначена пересдача", frozenset({R.LEARNER, R.TEACHER}), M.AT_ONCE, "calendar-due"),
    K.PLAN_SET: Line("утверждён индивидуальный учебный план", _LEARNER, M.AT_ONCE, "calendar-event"),
    K.AWARD_CHANGED: Line("внесено или отозвано поощрение", _LEARNER, M.AT_ONCE, "certificate"),
    K.MOVED: Line("перевод в другую группу", frozenset({R.LEARNER, R.TEACHER}), M.AT_ONCE, "arrow-forward-up"),
    K.ROLE_GIVEN: Line("вам дана роль", EVERYBODY, M.DIGEST, "user-check"),
    K.ROLE_ENDS: Line("срок роли кончается", STAFF, M.DIGEST, "calendar-due"),
    K.PASSWORD_GIVEN: Line("вам выдан временный пароль", EVERYBODY, M.AT_ONCE, "key"),
    K.ACCESS_REFUSED: Line(
        "одной учётной записи много раз отказано в доступе", frozenset({R.PRIVACY, R.SECURITY}), M.AT_ONCE, "lock-x"
    ),
    K.EMERGENCY_OPENED: Line("открыт экстренный доступ", frozenset({R.PRIVACY, R.SECURITY}), M.AT_ONCE, "lock-open"),
    K.EMERGENCY_UNREVIEWED: Line(
        "экстренный доступ не проверен в срок, роль приостановлена", STAFF, M.AT_ONCE, "lock-pause"
    ),
    K.EMERGENCY_REVIEWED: Line("ваш экстренный доступ проверен", STAFF, M.DIGEST, "lock-open"),
    K.MATRIX_PROPOSED: Line("«Матрица доступа» ждёт утверждения", frozenset({R.HEAD}), M.AT_ONCE, "table"),
    K.MATRIX_DECIDED: Line("решено о «Матрице доступа»", frozenset({R.SECURITY}), M.DIGEST, "table"),
    K.DOUBLES_FOUND: Line("найдены похожие карточки", frozenset({R.METHODIST}), M.DIGEST, "users"),
    K.CONSENT_WITHDRAWN: Line("отозвано согласие", frozenset({R.PRIVACY}), M.AT_ONCE, "writing-sign-off"),
    K.DESTRUCTION_WAITS: Line("акт об уничтожении ждёт утверждения", frozenset({R.HEAD}), M.AT_ONCE, "file-text"),
    K.DESTRUCTION_DECIDED: Line("решено об акте об уничтожении", frozenset({R.PRIVACY}), M.DIGEST, "file-text"),
    K.DATA_DESTROYED: Line("ваш отзыв согласия исполнен", _LEARNER, M.AT_ONCE, "writing-sign-off"),
}
"""The table, in the order of the settings."""


def kinds_for(roles: frozenset[Role]) -> list[NoticeKind]:
    """Return the kinds that can come to somebody with these roles, in the order of the table."""
    return [kind for kind, line in KINDS.items() if line.roles & roles]
