"""The list of orders: its columns, filters and search."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from zachetka.core.clock import legal_date
from zachetka.core.text import search_key
from zachetka.learning.models import Order
from zachetka.rendering.pieces import badge, code, two_lines
from zachetka.rendering.tables import Column, Empty, Filter, Table

STATE = Order.State
BADGES = {
    STATE.DRAFT: ("neutral", "pencil"),
    STATE.SUBMITTED: ("info", "send"),
    STATE.APPROVED: ("ok", "check"),
    STATE.CANCELLED: ("neutral", "ban"),
}


def _state(row: Order) -> SafeString:
    if row.state == STATE.DRAFT and row.remark:
        return badge("warn", "arrow-back-up", "возвращён")
    tone, icon = BADGES[STATE(row.state)]
    return badge(tone, icon, row.get_state_display())


def _name(row: Order) -> SafeString:
    return code(f"№\u00a0{row.number}" if row.number else "Проект")


def _searched(rows: QuerySet[Order], text: str) -> QuerySet[Order]:
    key = search_key(text)
    named = Q(number__folded__contains=key) | Q(cohort__code__folded__contains=key)
    return rows.filter(named | Q(basis__folded__contains=key))


def _people(row: Any) -> int:
    return int(row.people)


ORDERS: Table[Order] = Table(
    name="orders",
    label="Приказы",
    noun="приказ,приказа,приказов",
    columns=(
        Column("number", "Приказ", lambda row: row.number, cell=_name, sort=("order_date", "number"),
               link=lambda row: reverse("learning:order", args=[row.pk])),
        Column("about", "О чём", lambda row: row.get_kind_display(), width=34),
        Column("cohort", "Группа", lambda row: row.cohort.code, sort=("cohort__code",),
               cell=lambda row: two_lines(code(row.cohort.code), row.cohort.program_version.title)),
        Column("people", "Чел.", _people, sort=("people",), align="right", width=8),
        Column("date", "Дата", lambda row: row.order_date, sort=("order_date",), align="right"),
        Column("effective", "Действует с", lambda row: row.effective_on, sort=("effective_on",), align="right"),
        Column("drafted", "Подготовлен", lambda row: legal_date(row.drafted_at), sort=("drafted_at",), align="right"),
        Column("state", "Состояние", lambda row: row.get_state_display(), cell=_state, sort=("state",)),
    ),
    sort="-drafted",
    filters=(
        Filter("state", "Любое состояние", STATE.choices, lambda rows, value: rows.filter(state=value)),
        Filter("kind", "Все виды", Order.Kind.choices, lambda rows, value: rows.filter(kind=value)),
    ),
    search=_searched,
    searchable="Номер или группа",
    empty=Empty(
        title="Приказов пока нет",
        text="Приказ готовит методист — из карточки группы или отсюда, издаёт руководитель.",
        icon="file-text",
    ),
)  # fmt: skip
