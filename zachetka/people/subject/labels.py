"""What a field is called in the answer: by its own Russian name, or by this page when it has none; "" is for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from django.db import models

LABELS: Final = {
    "account": "учётная запись",
    "admission_order": "приказ о допуске",
    "answered_by": "кто ответил",
    "approved_by": "кто утвердил",
    "closed_at": "закрыта",
    "cohort": "группа",
    "confirmed_by": "кто подтвердил",
    "created_at": "создана",
    "decided_at": "когда решено",
    "decided_by": "кто решил",
    "display_name": "имя в учётной записи",
    "enrolment": "зачётная книжка",
    "enrolment_order": "приказ о зачислении",
    "file": "файл",
    "grade": "оценка",
    "initial_asked_by": "кто запросил пароль",
    "initial_given_by": "кто выдал пароль",
    "initial_until": "выданный пароль действует до",
    "is_active": "открыта",
    "kind": "что записано",
    "made_at": "когда создан",
    "mark": "исправляемая оценка",
    "order": "приказ",
    "prepared_at": "ответ готов",
    "proposed_at": "когда предложено",
    "proposed_by": "кто предложил",
    "recorded_at": "когда внесено",
    "recorded_by": "кто внёс",
    "registered_at": "когда внесено",
    "role": "роль",
    "sheet": "ведомость",
    "state": "состояние",
    "supersedes": "взамен записи",
    "teacher": "преподаватель",
    "unit": "подразделение",
    "withdrawal_order": "приказ об отчислении",
}
"""Name of a field → its name in Russian."""


def label_of(field: models.Field[Any, Any]) -> str:
    """Return the Russian name of a field, "" when it has none and means nothing to people."""
    own = str(field.verbose_name)
    return LABELS.get(field.name, "") if own.isascii() else own
