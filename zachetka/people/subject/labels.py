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


NAMED: Final = {
    "actor": "кто сделал",
    "asked_by": "кто поставил",
    "cancelled_by": "кто отменил",
    "closed_by": "кто закрыл",
    "drafted_by": "кто подготовил",
    "employee": "член комиссии",
    "ended_by": "кто завершил",
    "entered_by": "кто внёс",
    "given_by": "кто дал",
    "handed_by": "кто передал",
    "merged_by": "кто объединил",
    "named_by": "кто назначил",
    "reviewed_by": "кто проверил",
    "settled_by": "кто исполнил",
    "stored_by": "кто сохранил",
    "undone_by": "кто разъединил",
    "uploaded_by": "кто загрузил",
    "was": "прежний преподаватель",
    "written_by": "кто написал",
}
"""Name of a field by which somebody is named in what is not about them → what they are there."""
UNGROUNDED: Final = {"jobs.job": "Фоновые задания"}
"""Kinds that are about nobody and name whoever asked."""


def named_as(field: models.Field[Any, Any]) -> str:
    """Return what somebody is in a record of others, by the field that names them; its own name when it is new."""
    return NAMED.get(field.name) or label_of(field) or field.name


def kind_named(model: type[models.Model], called: str) -> str:
    """Return what the kind of such a record is called: `called` where the ground of keeping says so, else its noun."""
    label = model._meta.label_lower
    noun = str(getattr(model, "noun", ""))
    return called if called != label else UNGROUNDED.get(label) or f"{noun[:1].upper()}{noun[1:]}" or label
