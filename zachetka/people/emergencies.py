"""Reads of emergency accesses: the list, what was looked at under one, what waits for review (п. 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Substr, Trim
from django.urls import reverse

from zachetka.access.guard import visible
from zachetka.access.models import EmergencyAccess
from zachetka.access.policy import Permission
from zachetka.core.clock import LEGAL_ZONE, legal_date, now
from zachetka.core.russian import clock
from zachetka.ledger.events import WITNESSED
from zachetka.ledger.models import Event
from zachetka.people.models import Person
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table
from zachetka.rendering.tasks import Notice, Task

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from zachetka.access.models import Account

SHOWN: Final = 200
"""Looks listed on the page of one access."""


def emergencies(actor: Account) -> QuerySet[Any]:
    """Return the accesses that `actor` may see, each with whom it names, as `actor` may be told."""
    seen = EmergencyAccess.objects.filter(visible(actor, Permission.EMERGENCY_READ, EmergencyAccess))
    return seen.select_related("account", "reviewed_by").annotate(whom=_whom(actor))


def _whom(actor: Account) -> Any:
    """How the learner is named: by name to whoever sees the card and to whoever opened the access, to others by a code."""
    own = _full_name(Person.objects.filter(uid=OuterRef("person_uid")))
    seen = _full_name(Person.objects.visible_to(actor).filter(uid=OuterRef("person_uid")))
    code = Concat(Value("карточка "), Substr(Cast("person_uid", CharField()), 1, 8))
    return Case(When(account_person=actor.person_uid, then=own), default=Coalesce(seen, code), output_field=CharField())


def _full_name(person: QuerySet[Person]) -> Subquery:
    parts = Concat("last_name", Value(" "), "first_name", Value(" "), "patronymic")
    return Subquery(person.values(full=Trim(parts))[:1])


def looks(opened: EmergencyAccess) -> list[Event]:
    """Return what was looked at under an access, in the order of time; one query."""
    about = Event.objects.filter(subject_uid=opened.person_uid, actor=opened.account, body__emergency=opened.pk)
    return list(about.filter(type__in=[kind.value for kind in WITNESSED]).order_by("pk")[:SHOWN])


def state_of(opened: EmergencyAccess, at: datetime) -> tuple[str, str, str]:
    """Return tone, icon and word of the state of an access."""
    if opened.reviewed_at is not None:
        return ("ok", "check", "обоснован") if opened.verdict == "justified" else ("bad", "x", "не обоснован")
    if opened.until > at:
        return "warn", "lock-open", f"открыт до {clock(opened.until.astimezone(LEGAL_ZONE))}"
    if opened.review_by < legal_date(at):
        return "bad", "clock-exclamation", "проверка просрочена"
    return "warn", "clock", "ждёт проверки"


# --- The list -----------------------------------------------------------------------------------------------------------

_STATES: Final = (("waiting", "не проверены"), ("justified", "обоснованы"), ("unjustified", "не обоснованы"))


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    return rows.filter(reviewed_at__isnull=True) if state == "waiting" else rows.filter(verdict=state)


def _state(row: Any) -> SafeString:
    return badge(*state_of(row, now()))


EMERGENCIES: Table[Any] = Table(
    name="emergencies",
    label="Экстренный доступ",
    noun="доступ,доступа,доступов",
    columns=(
        Column("account", "Кто открыл", lambda row: row.account.display_name, sort=("account__display_name",), width=40,
               link=lambda row: reverse("people:emergency", args=[row.pk])),
        Column("whom", "К чьей записи", lambda row: row.whom or "", width=40),
        Column("reason", "Причина", lambda row: row.reason, width=60),
        Column("opened", "Открыт", lambda row: row.opened_at, sort=("opened_at",), width=20),
        Column("review", "Проверить до", lambda row: row.review_by, sort=("review_by",), width=14),
        Column("state", "Состояние", lambda row: state_of(row, now())[2], cell=_state, width=24),
    ),
    sort="-opened",
    filters=(Filter("state", "Все", _STATES, _in_state),),
    empty=Empty(title="Экстренного доступа не открывали", text="Его открывают к записи одного слушателя, когда ждать нельзя.", icon="lock-open"),
)  # fmt: skip


# --- What waits ---------------------------------------------------------------------------------------------------------


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the accesses of others that wait for a review, from the moment they are opened; one query, none for others."""
    if not actor.allowed(Permission.EMERGENCY_REVIEW):
        return []
    waiting = emergencies(actor).filter(reviewed_at__isnull=True).exclude(account_person=actor.person_uid)
    return [
        Task(
            title=f"Экстренный доступ — {one.account}",
            detail=f"К записи: {one.whom} · {one.reason}",
            url=reverse("people:emergency", args=[one.pk]),
            verb="Посмотреть" if one.until > at else "Проверить",
            term=one.review_by,
        )
        for one in waiting.order_by("review_by", "pk")
    ]


def notices(actor: Account, _at: datetime) -> list[Notice]:
    """Remind whoever has one open until when it is; no query beyond the roles."""
    opened = actor.emergency
    if opened is None:
        return []
    until = clock(opened.until.astimezone(LEGAL_ZONE))
    card = reverse("people:card", args=[opened.person_uid])
    return [Notice(f"Экстренный доступ открыт до {until}", "Каждый просмотр записан", "lock-open", "warn", card)]
