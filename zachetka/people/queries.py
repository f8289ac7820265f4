"""Reads of people, employees, accounts and roles for pages; what they cost does not depend on how many there are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat
from django.urls import reverse

from zachetka.access.guard import grants_of, visible
from zachetka.access.models import Account, FactorReset, RoleAssignment
from zachetka.access.policy import STAFF, FieldClass, Permission, Role, Scope
from zachetka.core.clock import legal_date, now
from zachetka.core.russian import Gender, Noun, counted
from zachetka.core.text import search_key
from zachetka.ledger.agreement import name_of, openings
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.merged import found_cards
from zachetka.people.models import EducationDocument, Employee, Person, Posting
from zachetka.people.models.person import PersonQuerySet
from zachetka.people.suspensions import with_suspension
from zachetka.rendering.tasks import Hit, Notice, Task

if TYPE_CHECKING:
    from uuid import UUID

ROLES: Final = Noun("роль", "роли", "ролей", Gender.FEMININE)
REVEALS: Final = Noun("раскрытие", "раскрытия", "раскрытий", Gender.NEUTER)
WEEK: Final = timedelta(days=7)
ASKED_TERM: Final = timedelta(hours=24)
"""How long a request for a password or for a reset of second factors waits (`actions.passwords`, `actions.factor_resets`)."""
KEYS: Final = ("name_key", "sort_key", "search")
"""What lists are found and sorted by: the database reads it, pages do not."""


# --- People -------------------------------------------------------------------------------------------------------------


def learners(actor: Account) -> PersonQuerySet:
    """Return the learners whom `actor` may see, as people."""
    found = Person.objects.visible_to(actor).filter(learner__isnull=False, merged_into=None)
    return found.defer(*KEYS).prefetch_related("education")


def opened_to(actor: Account, permission: Permission = Permission.PERSON_READ) -> frozenset[FieldClass]:
    """Return the classes of fields that `permission` opens to `actor` for everybody they see.

    A list has one set of columns for all its rows, so no row may show more than its card: a role that reaches everybody
    opens its classes everywhere, roles that reach some people open only what all of them do.
    """
    held = grants_of(actor, permission)
    everywhere = [one.grant.fields for one in held if one.grant.scope is Scope.ALL]
    if everywhere:
        return frozenset[FieldClass]().union(*everywhere)
    given = [one.grant.fields for one in held]
    return frozenset.intersection(*given) if given else frozenset()


def sees_only_self(actor: Account) -> bool:
    """True for a learner who does not work here: the list of people is one card, their own."""
    return all(held.grant.scope is Scope.OWN for held in grants_of(actor, Permission.PERSON_READ))


def by_name(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Find by any part of the name; digits find nothing: СНИЛС is not for this reader (security.md E5)."""
    if not any(sign.isalpha() for sign in text):
        return rows.none()
    return rows.filter(found_cards(text))


def by_name_or_snils(rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Find by any part of the name, or by the whole СНИЛС in any writing; part of a number finds nothing (п. 3.8)."""
    return rows.filter(found_cards(text))


def found_by(actor: Account, rows: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Find by the name; by the whole СНИЛС too for whoever may see it (п. 3.8)."""
    find = by_name_or_snils if FieldClass.PERSONAL_DOCUMENTS in opened_to(actor) else by_name
    return find(rows, text)


def searched(actor: Account, text: str, limit: int) -> list[Person]:
    """Return people for the search over everything; one query."""
    if not actor.allowed(Permission.PERSON_READ):
        return []
    # No index has this order: walking one, PostgreSQL goes past everybody to find nobody.
    in_turn = Concat("sort_key", Value(""))
    found = found_by(actor, Person.objects.visible_to(actor), text).order_by(in_turn, "pk")
    # Of a thousand namesakes only these are read whole.
    shown = Person.objects.filter(pk__in=found.values("pk")[:limit])
    return list(shown.select_related("learner", "employee").defer(*KEYS).order_by("sort_key", "pk"))


def hit_of(person: Person, *more: str) -> Hit:
    """Return how the search shows `person`: the position and `more` tell namesakes apart; the card is the place."""
    detail = " · ".join(filter(None, (_position(person), *more)))
    return Hit(person.full_name, detail, reverse("people:card", args=[person.uid]), _kind(person), "user")


def _kind(person: Person) -> str:
    return "слушатель" if hasattr(person, "learner") else "работник" if hasattr(person, "employee") else "человек"


def _position(person: Person) -> str:
    return person.employee.position if hasattr(person, "employee") else ""


def card(actor: Account, uid: UUID) -> QuerySet[Person]:
    """Return the person of a card with everything the card shows."""
    return (
        Person.objects.visible_to(actor)
        .filter(uid=uid)
        .select_related("learner", "employee__unit", "merged_into")
        .prefetch_related("names", Prefetch("education", EducationDocument.objects.select_related("person")))
    )


class Named(Protocol):
    """Whoever has a name and a birth date: typed just now, or recorded."""

    @property
    def last_name(self) -> str: ...
    @property
    def first_name(self) -> str: ...
    @property
    def patronymic(self) -> str: ...
    @property
    def birth_date(self) -> date | None: ...


def namesakes(one: Named) -> QuerySet[Person]:
    """Return people of the same full name and birth date: most likely the same person coming again (п. 2.1).

    Of an employee no birth date may be known yet: the name is enough to ask.
    """
    full = " ".join(filter(None, (one.last_name, one.first_name, one.patronymic)))
    born = Q(birth_date=one.birth_date) | Q(birth_date=None, employee__isnull=False, learner__isnull=True)
    return Person.objects.matching(full).filter(born, name_key=search_key(full))


def lacking(rows: QuerySet[Person], what: str) -> QuerySet[Person]:
    """Leave the people of whom something is not known yet."""
    if what == "education":
        return rows.filter(~Exists(EducationDocument.objects.filter(person=OuterRef("pk"))))
    return rows.filter(**{f"{what}__isnull": True})


def of_education(rows: QuerySet[Person], level: str) -> QuerySet[Person]:
    """Leave the people with a document of this level."""
    return rows.filter(Exists(EducationDocument.objects.filter(person=OuterRef("pk"), level=level)))


def learners_exactly(name: str, birth_date: date) -> list[Person]:
    """Return the learners of exactly this full name and birth date; for whoever knows whom they need and may not search."""
    named = Person.objects.filter(
        name_key=search_key(name), birth_date=birth_date, learner__isnull=False, merged_into=None
    )
    return list(named.order_by("pk")[:2])


# --- Employees, accounts, roles ------------------------------------------------------------------------------------------


def employees(actor: Account) -> QuerySet[Employee]:
    """Return the employees, with how many accounts each has."""
    account = Account.objects.filter(person_uid=OuterRef("person__uid")).order_by("-is_active", "pk")
    return (
        Employee.objects.visible_to(actor)
        .select_related("person", "unit")
        .annotate(
            account_pk=Subquery(account.values("pk")[:1]),
            login=Subquery(account.values("login")[:1]),
            account_is_active=Subquery(account.values("is_active")[:1]),
        )
    )


class Served(NamedTuple):
    """A step of a service and what the ledger says of it.

    Attributes:
        agrees: the row is what its event committed to.
        event: the number of that event, None when there is none.
        is_sealed: the event has its place in the tree.
    """

    posting: Posting
    agrees: bool
    event: int | None
    is_sealed: bool


def service(employee: Employee) -> list[Served]:
    """Return the service of an employee, the newest step first, each compared with the ledger; two queries (п. 3.3, 3.8)."""
    rows = list(employee.postings.select_related("unit").reverse())
    opened = openings(name_of(row) for row in rows)
    found = ((row, opened.get(name_of(row))) for row in rows)
    return [
        Served(row, one is not None and one.agrees(row), one and one.row.id, one is not None and one.leaf is not None)
        for row, one in found
    ]


def of_learner_alone(account: str = "pk", person_uid: str = "person_uid") -> Q:
    """True of an account of somebody who learns here and has never worked: its holder's name is personal data (п. 3.8).

    Args:
        account: where its key stands in the rows asked about.
        person_uid: where its person stands.
    """
    roles = RoleAssignment.objects.filter(account=OuterRef(account)).exclude(state=RoleAssignment.State.REFUSED)
    works = Employee.objects.filter(person__uid=OuterRef(person_uid))
    return Q(Exists(roles.filter(role=Role.LEARNER))) & ~Q(Exists(roles.filter(role__in=STAFF))) & ~Q(Exists(works))


def shown_name(actor: Account, before: str = "") -> Case | F:
    """How `actor` is shown an account: by name, or by login alone when it is a learner's and people are closed to them.

    Args:
        actor: who looks.
        before: the way to the account from the rows asked about, «account__» or nothing.
    """
    name = F(f"{before}display_name")
    if actor.allowed(Permission.PERSON_READ):
        return name
    alone = of_learner_alone(f"{before}pk", f"{before}person_uid")
    return Case(When(alone, then=F(f"{before}login")), default=name)


def accounts(actor: Account) -> QuerySet[Account]:
    """Return the accounts with their roles, as whom they are shown, and the last sign-in, which the ledger knows."""
    signed_in = Event.objects.filter(actor=OuterRef("pk"), type=EventType.ACCOUNT_SIGNED_IN.value).order_by("-pk")
    return (
        Account.objects.filter(visible(actor, Permission.ACCOUNT_READ, Account))
        .annotate(last_in=Subquery(signed_in.values("at")[:1]), shown_name=shown_name(actor))
        .prefetch_related(
            Prefetch(
                "roles",
                with_suspension(
                    RoleAssignment.objects.select_related("unit", "substitutes__account"), legal_date(now())
                ),
                to_attr="all_roles",
            )
        )
    )


def waiting_reset(account: Account, at: datetime) -> FactorReset | None:
    """Return the request to reset the second factors of `account` that waits for another person, not older than a day."""
    asked = account.factor_resets.filter(given_at=None, asked_at__gt=at - ASKED_TERM)
    return asked.select_related("account", "asked_by").order_by("-pk").first()


def accounts_for(actor: Account, permission: Permission) -> QuerySet[Account]:
    """Return the accounts on which `actor` may use `permission`."""
    return Account.objects.filter(visible(actor, permission, Account)).annotate(shown_name=shown_name(actor))


def assignments(actor: Account) -> QuerySet[RoleAssignment]:
    """Return the roles given, proposed and ended, with everybody who had a hand in them, and which of them do not act today."""
    seen = RoleAssignment.objects.filter(visible(actor, Permission.ACCOUNT_READ, RoleAssignment))
    return (
        with_suspension(seen, legal_date(now()))
        .select_related("account", "unit", "proposed_by", "approved_by", "substitutes__account")
        .annotate(shown_name=shown_name(actor, "account__"))
    )


def substitutions(actor: Account, assignment: RoleAssignment) -> QuerySet[RoleAssignment]:
    """Return the roles by which somebody substitutes the holder of `assignment`, the newest first."""
    return assignments(actor).filter(substitutes=assignment).order_by("-valid_from", "-pk")


def holders(at: datetime) -> list[RoleAssignment]:
    """Return the roles in force of open accounts with the positions of their holders, suspended ones too, in the order of the matrix.

    ПП РФ № 1119, п. 13; one query.
    """
    employed = Employee.objects.filter(person__uid=OuterRef("account__person_uid"))
    held = (
        with_suspension(RoleAssignment.objects.in_force(legal_date(at)), legal_date(at))
        .filter(account__is_active=True)
        .exclude(role=Role.LEARNER)
        .select_related("account", "unit", "substitutes__account")
        .annotate(position=Subquery(employed.values("position")[:1]))
    )
    order = list(Role)
    return sorted(held, key=lambda one: (order.index(Role(one.role)), one.account.display_name, one.pk))


# --- What waits and what is worth knowing --------------------------------------------------------------------------------


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return the roles, passwords and resets that wait for this person (п. 3.8); one query each, and none for others."""
    return [*_roles_to_decide(actor, at), *_passwords_to_give(actor, at), *_factors_to_reset(actor, at)]


def _factors_to_reset(actor: Account, at: datetime) -> list[Task]:
    if not actor.allowed(Permission.ACCOUNT_RESTORE):
        return []
    asked = (
        FactorReset.objects.filter(account__is_active=True, given_at=None, asked_at__gt=at - ASKED_TERM)
        .exclude(account__person_uid=actor.person_uid)
        .exclude(asked_by_person=actor.person_uid)
        .select_related("account", "asked_by")
        .order_by("asked_at", "pk")
    )
    return [
        Task(
            title=f"Сброс второго фактора — {one.shown_name}",
            detail=f"Логин {one.account.login} · приказ № {one.order_number} · кто запросил — {one.asked_by}",
            url=reverse("people:account", args=[one.account_id]),
            verb="Открыть",
            term=legal_date(at),
        )
        for one in asked.annotate(shown_name=shown_name(actor, "account__"))
    ]


def _passwords_to_give(actor: Account, at: datetime) -> list[Task]:
    if not actor.allowed(Permission.ACCOUNT_RESTORE):
        return []
    asked = (
        Account.objects.filter(is_active=True, initial_asked_at__gt=at - ASKED_TERM, initial_given_by_person=None)
        .exclude(person_uid=actor.person_uid)
        .exclude(initial_asked_by_person=actor.person_uid)
        .order_by("initial_asked_at", "pk")
    )
    return [
        Task(
            title=f"Временный пароль — {one.shown_name}",
            detail=f"Логин {one.login} · кто запросил — {one.initial_asked_by}",
            url=reverse("people:account", args=[one.pk]),
            verb="Открыть",
            term=legal_date(at),
        )
        for one in asked.select_related("initial_asked_by").annotate(shown_name=shown_name(actor))
    ]


def _roles_to_decide(actor: Account, at: datetime) -> list[Task]:
    if not actor.allowed(Permission.ROLE_APPROVE):
        return []
    waiting: QuerySet[Any] = (
        RoleAssignment.objects.waiting()
        .exclude(account__person_uid=actor.person_uid)
        .exclude(proposed_by_person=actor.person_uid)
        .select_related("account", "unit")
        .annotate(shown_name=shown_name(actor, "account__"))
        .order_by("valid_from", "pk")
    )
    return [
        Task(
            title=f"Роль «{Role(one.role).label}» — {one.shown_name}",
            detail=f"Приказ № {one.order_number} от {one.order_date:%d.%m.%Y} · {one.unit or 'вся академия'}",
            url=reverse("people:role", args=[one.pk]),
            verb="Решить",
            term=max(one.valid_from, legal_date(at)),
        )
        for one in waiting
    ]


def notices(actor: Account, at: datetime) -> list[Notice]:
    """Return what is worth knowing about roles and looks at personal data; at most two queries."""
    found: list[Notice] = []
    if actor.allowed(Permission.ROLE_PROPOSE):
        count = RoleAssignment.objects.waiting().count()
        if count:
            found.append(
                Notice(
                    f"{counted(count, ROLES)} на утверждении",
                    "Решает администратор безопасности",
                    "user-check",
                    "warn",
                    f"{reverse('people:roles')}?state=proposed",
                )
            )
    if Role.PRIVACY in actor.roles_held:
        looked = Event.objects.filter(type=EventType.PERSONAL_DATA_REVEALED.value, at__gte=at - WEEK)
        count = looked.count()
        title = f"{counted(count, REVEALS)} персональных данных" if count else "Персональные данные не раскрывали"
        journal = f"{reverse('events:list')}?kind={EventType.PERSONAL_DATA_REVEALED.value}"
        found.append(Notice(title, "За семь дней", "eye", "info", journal if count else ""))
    return found
