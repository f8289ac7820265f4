"""The list of cards that look alike, and what of it waits for whoever keeps cards (п. 2.1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q, QuerySet
from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.russian import Gender, Noun, counted
from zachetka.people import queries
from zachetka.people.models import Person, Resemblance
from zachetka.people.rules.likeness import LIKELY_FROM, SENTENCES, SURE_FROM, Reason, Strength, strength, told
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table
from zachetka.rendering.tasks import Task

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from zachetka.access.models import Account
    from zachetka.people.models.resemblance import ResemblanceQuerySet

PAIRS: Final = Noun("пара", "пары", "пар", Gender.FEMININE)
STATE: Final = Resemblance.State
TONES: Final = {
    Strength.SURE: ("bad", "users"),
    Strength.LIKELY: ("warn", "users"),
    Strength.POSSIBLE: ("neutral", "users"),
}
STATES: Final = {
    STATE.WAITING: ("info", "clock"),
    STATE.APART: ("ok", "users"),
    STATE.MERGED: ("ok", "user-check"),
    STATE.GONE: ("neutral", "users-minus"),
}


def resemblances(actor: Account) -> ResemblanceQuerySet:
    """Return the resemblances that `actor` may see, with both people; one query."""
    return Resemblance.objects.visible_to(actor).select_related("one", "other")


def reasons_of(row: Resemblance) -> list[Reason]:
    """Return why the two look alike; a code of another version of the rules is left out."""
    return [reason for reason in Reason if reason.value in row.reasons]


def strength_badge(row: Resemblance) -> SafeString:
    """Return the badge of how strongly the reasons speak."""
    kind = strength(row.points)
    return badge(*TONES[kind], kind.label)


def state_badge(row: Resemblance) -> SafeString:
    """Return the badge of what was decided."""
    return badge(*STATES[STATE(row.state)], str(STATE(row.state).label))


def _strong(rows: QuerySet[Resemblance], value: str) -> QuerySet[Resemblance]:
    from_points = {"sure": Q(points__gte=SURE_FROM), "likely": Q(points__gte=LIKELY_FROM, points__lt=SURE_FROM)}
    return rows.filter(from_points.get(value, Q(points__lt=LIKELY_FROM)))


def _named(rows: QuerySet[Resemblance], text: str) -> QuerySet[Resemblance]:
    found = queries.by_name(Person.objects.all(), text).values("pk")
    return rows.filter(Q(one__in=found) | Q(other__in=found))


RESEMBLANCES: Table[Resemblance] = Table(
    name="doubles",
    label="Похожие карточки",
    noun="пара,пары,пар",
    columns=(
        Column("one", "Карточка", lambda row: row.one.full_name, sort=("one__sort_key", "pk"),
               link=lambda row: reverse("people:double", args=[row.pk]), width=44),
        Column("other", "Похожа на", lambda row: row.other.full_name, sort=("other__sort_key", "pk"), width=44),
        Column("reasons", "Чем", lambda row: told(reasons_of(row)), width=80),
        Column("points", "Один человек?", lambda row: strength(row.points).label, cell=strength_badge,
               sort=("points", "pk")),
        Column("state", "Решение", lambda row: str(STATE(row.state).label), cell=state_badge, sort=("state", "pk")),
        Column("found", "Найдено", lambda row: row.found_at, sort=("found_at", "pk")),
    ),
    sort="-points",
    filters=(
        Filter("strength", "Любая сила", [(one.value, one.label) for one in Strength], _strong),
        Filter("reason", "Любая причина", [(one.value, SENTENCES[one]) for one in Reason],
               lambda rows, value: rows.filter(reasons__contains=[value])),
        Filter("state", "Любое решение", STATE.choices, lambda rows, value: rows.filter(state=value)),
    ),
    search=_named,
    searchable="Фамилия или имя",
    empty=Empty(title="Похожих карточек нет", text="Новые и изменённые карточки сверяются со всеми сами, за минуту-другую.", icon="users"),
    most_counted=10_000,
)  # fmt: skip


def tasks(actor: Account, at: datetime) -> list[Task]:  # noqa: ARG001 - as every source of tasks
    """Return the one task to look through likely doubles; one query, and none for others."""
    if not actor.allowed(Permission.DOUBLE_EDIT):
        return []
    waiting = resemblances(actor).waiting().filter(points__gte=LIKELY_FROM)
    others = waiting.exclude(one__uid=actor.person_uid).exclude(other__uid=actor.person_uid)
    count = others.count()
    if not count:
        return []
    return [
        Task(
            title=f"Похожие карточки — {counted(count, PAIRS)}",
            detail="Один человек внесён дважды или это разные люди: сверьте и решите",
            url=f"{reverse('people:doubles')}?state={STATE.WAITING.value}",
            verb="Сверить",
        )
    ]
