"""From the page of rights to queries: `visible`, `can`, `require`, `fields`, `needs` (п. 3.8).

`can` is defined through `visible`, so a list, a card, an export and a count cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache, reduce, wraps
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Final, ParamSpec, Self, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase

from zachetka.access.policy import ANEW, EMERGENCY, KEPT, MATRIX, FieldClass, Grant, Permission, Role, Scope
from zachetka.core.clock import now
from zachetka.core.composed import Asked, Composed, Given, together
from zachetka.core.errors import ConfirmAnew, Forbidden, RuleViolation

if TYPE_CHECKING:
    from zachetka.access.models import Account

_Row_co = TypeVar("_Row_co", bound=models.Model, covariant=True)
_Args = ParamSpec("_Args")

SCOPE_PATHS: dict[str, dict[Scope, str]] = {
    "access.account": {Scope.OWN: "person_uid"},
    "access.roleassignment": {Scope.OWN: "account__person_uid"},
    "access.emergencyaccess": {Scope.OWN: "account__person_uid"},
    "ledger.event": {Scope.OWN: "subject_uid"},
    "jobs.job": {Scope.OWN: "asked_by__person_uid"},
    "notices.notice": {Scope.OWN: "account__person_uid"},
    "people.person": {
        Scope.OWN: "human_uid",
        Scope.TAUGHT: "learner__enrolments__cohort__sheets__teacher__person__uid",
    },
    "people.learner": {
        Scope.OWN: "person__human_uid",
        Scope.TAUGHT: "enrolments__cohort__sheets__teacher__person__uid",
    },
    "people.employee": {Scope.OWN: "person__uid"},
    "people.upload": {},
    "people.matrixedition": {},
    "people.subjectrequest": {Scope.OWN: "person__human_uid"},
    "people.consent": {Scope.OWN: "person__human_uid"},
    "people.withdrawal": {Scope.OWN: "consent__person__human_uid"},
    "people.merge": {},
    "people.distinction": {},
    "people.resemblance": {},
    "programs.program": {
        Scope.OWN: "versions__cohorts__enrolments__learner__person__human_uid",
        Scope.TAUGHT: "versions__cohorts__sheets__teacher__person__uid",
        Scope.UNIT: "unit",
    },
    "programs.programversion": {
        Scope.OWN: "cohorts__enrolments__learner__person__human_uid",
        Scope.TAUGHT: "cohorts__sheets__teacher__person__uid",
        Scope.UNIT: "program__unit",
    },
    "registers.register": {},
    "learning.cohort": {
        Scope.OWN: "enrolments__learner__person__human_uid",
        Scope.TAUGHT: "sheets__teacher__person__uid",
        Scope.UNIT: "program_version__program__unit",
    },
    "learning.order": {Scope.UNIT: "cohort__program_version__program__unit"},
    "learning.enrolment": {
        Scope.OWN: "learner__person__human_uid",
        Scope.TAUGHT: "cohort__sheets__teacher__person__uid",
        Scope.UNIT: "cohort__program_version__program__unit",
    },
    "learning.marksheet": {
        Scope.TAUGHT: "teacher__person__uid",
        Scope.UNIT: "cohort__program_version__program__unit",
    },
    "learning.mark": {
        Scope.OWN: "enrolment__learner__person__human_uid",
        Scope.TAUGHT: "sheet__teacher__person__uid",
        Scope.UNIT: "sheet__cohort__program_version__program__unit",
    },
    "learning.markupload": {Scope.TAUGHT: "uploaded_by__person_uid"},
    "learning.award": {
        Scope.OWN: "enrolment__learner__person__human_uid",
        Scope.TAUGHT: "enrolment__cohort__sheets__teacher__person__uid",
        Scope.UNIT: "enrolment__cohort__program_version__program__unit",
    },
    "learning.excuse": {Scope.UNIT: "enrolment__cohort__program_version__program__unit"},
    "learning.reopening": {
        Scope.TAUGHT: "sheet__teacher__person__uid",
        Scope.UNIT: "sheet__cohort__program_version__program__unit",
    },
    "destruction.act": {Scope.OWN: "withdrawal__consent__person__human_uid"},
    "destruction.hold": {},
    "learning.correction": {
        Scope.TAUGHT: "mark__sheet__teacher__person__uid",
        Scope.UNIT: "mark__sheet__cohort__program_version__program__unit",
    },
}
"""For each kind of record: the way from it to the person or unit that a scope speaks of. No way, no rows."""
OF_CARDS: Final = {"ledger.event": "subject_uid"}
"""Kinds of records that name a card and not who it is of: «one's own» are those of every card of the person."""
CARD: Final = "people.person"
SUSPENDED: Final = (
    "Роль приостановлена: ваш экстренный доступ не проверен в срок. Она действует снова, как только его проверит ответственный за "
    "персональные данные или администратор безопасности: обратитесь к ним."
)


@dataclass(frozen=True, slots=True)
class Held:
    """A grant together with where it reaches.

    Attributes:
        unit_id: the unit of the order that gave the role; None: the whole academy.
        person_uid: the one person whom an emergency access names, or whom a substitute stands in for; None for what a role
            gives of itself.
    """

    grant: Grant
    unit_id: int | None = None
    person_uid: UUID | None = None

    @property
    def reach(self) -> Reach:
        """How far it reaches."""
        return self.grant.scope, self.unit_id if self.person_uid is None else self.person_uid


def grants_of(actor: Account, permission: Permission) -> list[Held]:
    """Return what gives `actor` the `permission`: roles in force, and an emergency access while it is open.

    A substitute teaches what whoever is away teaches, too, for as long as the substitution holds; nothing that is one's own
    passes to them (decision 0192). Empty means no (default deny).
    """
    cells = MATRIX.get(permission, {})
    acting = actor.given_roles if permission in KEPT else actor.assignments
    roles = [held for held in acting if Role(held.role) in cells]
    granted = [Held(cells[Role(held.role)], held.unit_id) for held in roles]
    granted += [
        Held(cells[Role(held.role)], person_uid=away)
        for held in roles
        if cells[Role(held.role)].scope is Scope.TAUGHT and (away := getattr(held, "away", None)) is not None
    ]
    if permission in EMERGENCY and actor.emergency is not None:
        granted.append(Held(EMERGENCY[permission], person_uid=actor.emergency.person_uid))
    return granted


def visible(actor: Account, permission: Permission, model: type[models.Model]) -> Q:
    """Return the condition that leaves of `model` only the rows on which `actor` may use `permission`."""
    return reach(scopes_of(actor, permission), model, actor.person_uid)


Reach = tuple[Scope, int | UUID | None]
"""A scope with the unit of its order (None: the whole academy), or with the person whom an emergency access names or a
substitute stands in for."""
Scopes = tuple[Reach, ...]
"""How far somebody's roles reach, and their emergency access."""
READER: Final = Given("person_uid")
"""Stands for the person in a query that is composed once for all whose roles reach equally far."""


def scopes_of(actor: Account, permission: Permission) -> Scopes:
    """Return how far `permission` of `actor` reaches; empty means nowhere (default deny)."""
    return tuple(held.reach for held in grants_of(actor, permission))


def reach(scopes: Scopes, model: type[models.Model], person_uid: UUID | Given = READER) -> Q:
    """Return the condition that leaves of `model` only the rows within `scopes`."""
    return reduce(or_, (_reach_of(scope, where, person_uid, model) for scope, where in scopes), Q(pk__in=[]))


def _reach_of(scope: Scope, where: int | UUID | None, person_uid: UUID | Given, model: type[models.Model]) -> Q:
    if scope is Scope.ALL or (scope is Scope.UNIT and where is None):
        return Q(pk__isnull=False)
    paths = SCOPE_PATHS.get(model._meta.label_lower, {})
    path = paths.get(Scope.OWN if scope is Scope.ONE else scope)
    if path is None or (scope is Scope.ONE and not isinstance(where, UUID)):
        return Q(pk__in=[])
    value = where if scope is Scope.UNIT or isinstance(where, UUID) else person_uid
    if path == OF_CARDS.get(model._meta.label_lower):
        cards = apps.get_model(CARD)._base_manager.filter(human_uid=value)
        return Q(**{path: value}) | Q(**{f"{path}__any": ArraySubquery(cards.values("uid"))})
    if scope is Scope.UNIT or "s__" not in path:
        return Q(**{path: value})
    return Q(pk__in=_at_the_end_of(path, value, model).values("pk"))


def _at_the_end_of(path: str, value: Any, model: type[models.Model]) -> models.QuerySet[Any]:
    """Return the rows of `model` from which `path` leads to `value`.

    A cohort has a sheet for each module: who is taught in it is asked of the cohort once, not of each of its sheets.
    """
    before, found, after = path.partition("__sheets__")
    if not found:
        return model._base_manager.filter(**{path: value})
    cohorts = _model_at(model, before)._base_manager.filter(**{f"sheets__{after}": value})
    return model._base_manager.filter(**{f"{before}__id__any": ArraySubquery(cohorts.values("pk"))})


def _model_at(model: type[models.Model], path: str) -> type[models.Model]:
    for step in path.split("__"):
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model


def can(actor: Account, permission: Permission, record: models.Model | None = None) -> bool:
    """True when `actor` may use `permission` on `record`, or, without a record, anywhere at all."""
    if record is None:
        return bool(grants_of(actor, permission))
    return _reaches(scopes_of(actor, permission), actor, record)


def _reaches(scopes: Scopes, actor: Account, record: models.Model) -> bool:
    return bool(_question(scopes, type(record))(person_uid=actor.person_uid, pk=record.pk))


@lru_cache(maxsize=1024)
def _question(scopes: Scopes, model: type[models.Model]) -> Composed[Any]:
    """Compose «is this record within reach?» from the same condition as `visible`: every write asks it."""
    return Composed(lambda: model._base_manager.filter(reach(scopes, model), pk=Given("pk")).values_list("pk"))


def require(actor: Account, permission: Permission, record: models.Model | None = None) -> None:
    """Let pass or refuse.

    Raises:
        Forbidden: the role does not grant it (403), or the record is out of its reach (`hidden`, 404).
        ConfirmAnew: it cannot be taken back, and it is long since the session proved whose it is.
    """
    scopes = _granted(actor, permission)
    if record is not None and not _reaches(scopes, actor, record):
        raise _out_of_reach(permission)
    if permission in ANEW:
        require_confirmed(actor, ANEW[permission])


def require_confirmed(actor: Account, reason: str) -> None:
    """Let pass whoever proved within `settings.CONFIRMATION_TERM` that it is they; where no session acts, everybody.

    Raises:
        ConfirmAnew: it is longer ago; it says `reason`.
    """
    if actor.confirmed_at is not None and actor.confirmed_at + settings.CONFIRMATION_TERM < now():
        raise ConfirmAnew(reason)


def require_reading(
    actor: Account, permission: Permission, record: models.Model, *asked: Asked[Any]
) -> list[list[Any]]:
    """As `require`, and read `asked` in the same journey to the database: for what is done at each keystroke.

    Returns:
        The rows of each of `asked`.

    Raises:
        Forbidden, ConfirmAnew: as `require`; what was read is dropped.
    """
    scopes = _granted(actor, permission)
    right = _question(scopes, type(record)).told(person_uid=actor.person_uid, pk=record.pk)
    reached, *found = together(right, *asked)
    if not reached:
        raise _out_of_reach(permission)
    if permission in ANEW:
        require_confirmed(actor, ANEW[permission])
    return found


def _granted(actor: Account, permission: Permission) -> Scopes:
    scopes = scopes_of(actor, permission)
    if not scopes and not actor.suspended.isdisjoint(MATRIX.get(permission, {})):
        raise Forbidden(SUSPENDED)
    if not scopes:
        raise Forbidden(f"Ваша роль не даёт права {permission.sentence}.")
    return scopes


def _out_of_reach(permission: Permission) -> Forbidden:
    return Forbidden(f"Ваша роль не даёт права {permission.sentence} здесь.", hidden=True)


def is_own(person_uid: UUID, actor: Account) -> bool:
    """True when a record about this natural person is the record of `actor`, whichever account they use.

    Of somebody with several cards `person_uid` is that of the card that stands for them (`Person.human_uid`): the accounts of
    an absorbed card are closed, so whoever acts does so as the person.
    """
    return person_uid == actor.person_uid


def require_another_person(person_uid: UUID, actor: Account, sentence: str) -> None:
    """Refuse to grade, correct, confirm, enrol or edit one's own record (п. 3.8).

    Raises:
        RuleViolation: the record is about the actor; it says `sentence`.
    """
    if is_own(person_uid, actor):
        raise RuleViolation("3.8", sentence)


def fields(
    actor: Account, record: models.Model, permission: Permission = Permission.PERSON_READ
) -> frozenset[FieldClass]:
    """Return the classes of fields of `record` that `permission` opens to `actor` (masked ones included)."""
    opened: frozenset[FieldClass] = frozenset()
    for held in grants_of(actor, permission):
        if held.grant.fields <= opened:
            continue
        if held.grant.scope is Scope.ALL or _reaches((held.reach,), actor, record):
            opened |= held.grant.fields
    return opened


class ScopedQuerySet(models.QuerySet[_Row_co]):
    """A queryset whose rows a person sees only through the policy."""

    read_permission: ClassVar[Permission]
    """The permission that opens rows of this model for reading."""

    def visible_to(self, actor: Account, permission: Permission | None = None) -> Self:
        """Leave the rows on which `actor` may use `permission` (by default: read)."""
        return self.filter(visible(actor, permission or self.read_permission, self.model))


class ActorRequest(HttpRequest):
    """A request of somebody who has signed in.

    Attributes:
        face: tells all that the shell of a page shows besides its address and the day; None while it has something to say once.
    """

    user: Account
    htmx: Any
    face: Callable[[], Hashable | None]


def place_of(request: HttpRequest) -> str:
    """Return where to come back to after signing in: the page that was asked for, or that a form was sent from.

    An address that only takes what is sent to it is no place.
    """
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    if sent_from.netloc != request.get_host():
        return "/"
    return urlunsplit(("", "", sent_from.path, sent_from.query, "")) or "/"


def needs(
    *permissions: Permission,
) -> Callable[
    [Callable[Concatenate[ActorRequest, _Args], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, _Args], HttpResponseBase],
]:
    """Guard a view: somebody who has signed in and holds any of `permissions` at some scope (п. 3.8).

    The view still picks its record through `visible_to`, and its action asks `require` for that record.
    A stranger is sent to sign in; a role without the permission gets 403.
    """

    def guard(
        view: Callable[Concatenate[ActorRequest, _Args], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, _Args], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: _Args.args, **kwargs: _Args.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(place_of(request))
            if not any(grants_of(request.user, permission) for permission in permissions):
                require(request.user, permissions[0])
            return view(cast("ActorRequest", request), *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded

    return guard
