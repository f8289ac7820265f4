"""The list of acts of destruction: whose data, why, who composed and who approved (152-ФЗ ст. 21)."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from zachetka.access.models import Account
from zachetka.core.text import search_key
from zachetka.destruction.models import Act
from zachetka.people import queries
from zachetka.people.models import Person
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table

State = Act.State
BADGES: Final = {
    State.COMPOSED: ("warn", "clock"),
    State.APPROVED: ("ok", "check"),
    State.RETURNED: ("neutral", "arrow-back-up"),
}


def acts_seen(actor: Account) -> QuerySet[Act]:
    """Return the acts that `actor` may see with everything a row shows."""
    return Act.objects.visible_to(actor).select_related("withdrawal__consent__person", "composed_by", "decided_by")


def _found(rows: QuerySet[Act], text: str) -> QuerySet[Act]:
    people = queries.by_name(Person.objects.all(), text)
    return rows.filter(
        Q(withdrawal__consent__person__in=people) | Q(number__icontains=search_key(text)) | Q(number__icontains=text)
    )


def _with_state(rows: QuerySet[Act], value: str) -> QuerySet[Act]:
    return rows.filter(state=value)


def whose(act: Act) -> str:
    """Return whose data an act is about."""
    return act.withdrawal.consent.person.full_name if act.withdrawal else ""


def state_badge(act: Act) -> SafeString:
    """Return the badge of the state of an act."""
    return badge(*BADGES[State(act.state)], str(State(act.state).label))


ACTS: Final[Table[Act]] = Table(
    name="destruction-acts",
    label="Акты об уничтожении",
    noun="акт,акта,актов",
    columns=(
        Column("act", "Акт", lambda row: row.number or "без номера", sort=("number",),
               link=lambda row: reverse("destruction:act", args=[row.pk]), width=18),
        Column("person", "Чьи данные", whose, sort=("withdrawal__consent__person__sort_key",), width=40),
        Column("reason", "Основание", lambda row: str(Act.Kind(row.kind).label), sort=("kind",)),
        Column("composed", "Составлен", lambda row: row.composed_at, sort=("composed_at",)),
        Column("composer", "Кто составил", lambda row: str(row.composed_by), width=32),
        Column("decided", "Решено", lambda row: row.decided_at, sort=("decided_at",)),
        Column("by", "Кто решил", lambda row: str(row.decided_by or ""), width=32),
        Column("state", "Состояние", lambda row: str(State(row.state).label), sort=("state", "composed_at"), cell=state_badge),
    ),
    sort="-composed",
    filters=(Filter("state", "Любое состояние", State.choices, _with_state),),
    search=_found,
    searchable="Фамилия или номер акта",
    empty=Empty(
        title="Актов ещё не было",
        text="Акт составляет ответственный за персональные данные, разбирая отзыв согласия; утверждает руководитель.",
        icon="file-shredder",
    ),
    most_counted=10_000,
)  # fmt: skip
