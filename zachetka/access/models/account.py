"""Accounts, units and roles by order (п. 3.8)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar, Final, Self, cast

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Now

from zachetka.access.policy import EMERGENCY, KEPT, MATRIX, Permission, Role
from zachetka.core.clock import legal_date, now
from zachetka.core.composed import Composed, Given
from zachetka.core.provable import Provable

LOGIN_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,39}$"


class Unit(Provable):
    """A unit of the academy that owns programmes and whose people an order may name."""

    name = models.CharField(max_length=120, unique=True)

    noun: ClassVar[str] = "подразделение"
    proven_fields: ClassVar[tuple[str, ...]] = ("name",)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts with a hashed password and a normal form of the login."""

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> Account:
        """Create an account; `password=None` makes one that cannot sign in yet."""
        account = self.model(login=login.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(Provable, AbstractBaseUser):
    """Somebody who can sign in. A person may hold several accounts; duties are separated by person (п. 3.8)."""

    login = models.CharField("логин", max_length=40, unique=True)
    email = models.EmailField("почта", blank=True)
    person_uid = models.UUIDField(default=uuid.uuid4, db_index=True)
    display_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    initial_until = models.DateTimeField(null=True, blank=True)
    """Until when the password given by an administrator opens the door; null once the holder has set their own."""
    initial_asked_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    initial_asked_by_person = models.UUIDField(null=True, blank=True)
    initial_asked_at = models.DateTimeField(null=True, blank=True)
    """Who asked for a new password and when: an account with a role gets one only from another person (п. 3.8)."""
    initial_given_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    initial_given_by_person = models.UUIDField(null=True, blank=True)
    """Who gave the new password; its holder is told at the door."""

    noun: ClassVar[str] = "учётная запись"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "login", "password", "email", "person_uid", "display_name", "is_active", "created_at", "closed_at",
        "initial_until", "initial_asked_by_id", "initial_asked_by_person", "initial_asked_at", "initial_given_by_id",
        "initial_given_by_person",
    )  # fmt: skip

    confirmed_at: datetime | None = None
    """On the web: when its holder last proved that it is they; None where no session acts, as at the console."""

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(login__regex=LOGIN_PATTERN), name="account_login_is_plain"),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(closed_at__isnull=False), name="account_closed_has_a_moment"
            ),
            models.CheckConstraint(
                condition=Q(initial_asked_by_person__isnull=True)
                | Q(initial_given_by_person__isnull=True)
                | ~Q(initial_asked_by_person=F("initial_given_by_person")),
                name="password_is_given_by_another_person",
            ),
            models.CheckConstraint(
                condition=(Q(initial_asked_by_person__isnull=True) | ~Q(initial_asked_by_person=F("person_uid")))
                & (Q(initial_given_by_person__isnull=True) | ~Q(initial_given_by_person=F("person_uid"))),
                name="password_is_not_given_to_oneself",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.login

    @property
    def subject_uid(self) -> uuid.UUID:
        """Who signs in by it."""
        return self.person_uid

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """Roles in force today that are not suspended: a role taken away is gone at the next request."""
        return [held for held in self.given_roles if Role(held.role) not in self.suspended]

    @cached_property
    def suspended(self) -> frozenset[Role]:
        """Roles that do not act until another person has reviewed an emergency access of this one whose day has passed.

        Those by which one may be opened, whichever account opened it; the review gives them back at once (п. 3.8).
        """
        unreviewed = [held for held in self.given_roles if held.is_unreviewed]  # type: ignore[attr-defined] # annotated by `ROLES_IN_FORCE`
        return frozenset(Role(held.role) for held in unreviewed).intersection(MATRIX[Permission.EMERGENCY_OPEN])

    @cached_property
    def given_roles(self) -> list[RoleAssignment]:
        """Roles in force today by their orders: read once for each request."""
        at = now()
        return ROLES_IN_FORCE(account=self.pk, day=legal_date(at), at=at)

    @cached_property
    def emergency(self) -> Emergency | None:
        """The emergency access that is open now, read together with the roles; it ends with the last role that may open one."""
        opening = MATRIX[Permission.EMERGENCY_OPEN]
        told = next(
            (held.emergency for held in cast("list[Any]", self.assignments) if Role(held.role) in opening), None
        )
        return None if told is None else Emergency.of(told)

    @cached_property
    def roles_held(self) -> frozenset[Role]:
        """The roles in force today, without their units."""
        return frozenset(Role(assignment.role) for assignment in self.assignments)

    @property
    def roles_given(self) -> frozenset[Role]:
        """The roles in force today and those among them that are suspended."""
        return frozenset(Role(assignment.role) for assignment in self.given_roles)

    @property
    def is_staff_member(self) -> bool:
        """True for whoever works here: shorter sessions, more duties. Who is suspended works here as before."""
        return bool(self.roles_given - {Role.LEARNER})

    def allowed(self, permission: Permission) -> bool:
        """True when a role in force, or an open emergency access, grants `permission` at any scope; templates ask this for menus."""
        acting = self.roles_given if permission in KEPT else self.roles_held
        by_role = not acting.isdisjoint(MATRIX.get(permission, {}))
        return by_role or (permission in EMERGENCY and self.emergency is not None)


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency access that is open: its row, the person whom it names, until when."""

    pk: int
    person_uid: uuid.UUID
    until: datetime

    @classmethod
    def of(cls, told: dict[str, Any]) -> Emergency:
        """Return it as the roles in force tell it."""
        return cls(told["pk"], uuid.UUID(told["person_uid"]), datetime.fromisoformat(told["until"]))


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Named reads of roles."""

    def in_force(self, day: date | Given) -> Self:
        """Approved and within its term on the legal `day` (п. 3.8)."""
        return self.filter(state=RoleAssignment.State.ACTIVE, valid_from__lte=day).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )

    def waiting(self) -> Self:
        """Proposed and not yet decided."""
        return self.filter(state=RoleAssignment.State.PROPOSED)


class RoleAssignment(Provable):
    """A role given to an account by an order, for a term (п. 3.8).

    One proposes and another person approves; the database holds that by the persons, not by the accounts.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "на утверждении"
        ACTIVE = "active", "действует"
        REFUSED = "refused", "отклонена"
        ENDED = "ended", "прекращена"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order_number = models.CharField("номер приказа", max_length=40)
    order_date = models.DateField("дата приказа")
    valid_from = models.DateField("действует с")
    valid_to = models.DateField("действует по", null=True, blank=True)
    substitutes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="substitutions"
    )
    """Of a substitute: the role of the employee who is away. A trigger holds that it is the same role, of another person,
    for a year at most."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by_person = models.UUIDField(null=True)
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    noun: ClassVar[str] = "роль"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "account_id", "role", "unit_id", "order_number", "order_date", "valid_from", "valid_to",
        "substitutes_id", "state", "proposed_by_id", "proposed_by_person", "approved_by_id", "approved_by_person", "decided_at",
    )  # fmt: skip

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("role", "valid_from", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="role_term_is_in_order"
            ),
            models.CheckConstraint(
                condition=Q(substitutes__isnull=True) | Q(valid_to__isnull=False), name="role_of_a_substitute_ends"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by_person__isnull=True)
                | Q(approved_by_person__isnull=True)
                | ~Q(proposed_by_person=F("approved_by_person")),
                name="role_is_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "ended"])
                | Q(approved_by_person__isnull=False)
                | Q(proposed_by_person__isnull=True),
                name="role_in_force_was_approved",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "unit"],
                condition=Q(state__in=["proposed", "active"], valid_to__isnull=True),
                nulls_distinct=False,
                name="role_is_open_once",
            ),
            models.UniqueConstraint(
                fields=["account", "role", "unit", "substitutes", "valid_from", "valid_to"],
                condition=Q(state__in=["proposed", "active"], valid_to__isnull=False),
                nulls_distinct=False,
                name="role_of_a_term_is_open_once",
            ),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Who holds the role."""
        return self.account.person_uid

    def __str__(self) -> str:
        return f"{Role(self.role).label}, приказ № {self.order_number}"


class SignInThrottle(models.Model):
    """Failed sign-ins counted by login and by address, in fixed windows; one atomic statement counts one try.

    A window that is over is removed by those that begin (`throttle.count_try`).
    """

    key = models.CharField(max_length=120, primary_key=True)
    window_started_at = models.DateTimeField()
    failures = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["window_started_at"], name="access_signinthrottle_old")]

    def __str__(self) -> str:
        return self.key


class RefusalTally(models.Model):
    """How often the policy refused an account within one hour: so much is recorded one by one, the rest is counted (п. 3.8).

    The row of an hour that is over goes with the event that tells its count (`people.actions.refused_looks`).
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "hour"], name="refusals_are_counted_by_the_hour")]
        indexes = [models.Index(fields=["hour"], name="access_refusaltally_hour")]

    def __str__(self) -> str:
        return f"отказы {self.account_id} с {self.hour}: {self.count}"


class EmergencyAccessQuerySet(models.QuerySet["EmergencyAccess"]):
    """Named reads of emergency accesses."""

    def late(self, day: date | Given) -> Self:
        """Not reviewed, and the last day for it was before `day` (п. 3.8)."""
        return self.filter(reviewed_at__isnull=True, review_by__lt=day)


class EmergencyAccess(Provable):
    """To see one learner beyond one's roles, for an hour at most, with a reason that another person reviews (п. 3.8).

    A trigger holds the term, the one learner, the reason, that nothing changes but the review, and that whoever left one
    unreviewed past its day opens no other.
    """

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "обоснован"
        UNJUSTIFIED = "unjustified", "не обоснован"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="emergencies")
    account_person = models.UUIDField()
    person_uid = models.UUIDField()
    reason = models.CharField("причина", max_length=500)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    review_by = models.DateField("проверить не позже")
    reviewed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_by_person = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=11, choices=Verdict.choices, blank=True)
    conclusion = models.CharField("заключение", max_length=500, blank=True)

    noun: ClassVar[str] = "экстренный доступ"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "account_id", "account_person", "person_uid", "reason", "opened_at", "until", "review_by", "reviewed_by_id",
        "reviewed_by_person", "reviewed_at", "verdict", "conclusion",
    )  # fmt: skip

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at", "-pk")
        indexes = [models.Index(fields=["account", "until"], name="emergency_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True, reviewed_by__isnull=True, reviewed_by_person__isnull=True)
                & Q(verdict="", conclusion="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, reviewed_by_person__isnull=False)
                & Q(verdict__in=["justified", "unjustified"])
                & ~Q(conclusion=""),
                name="emergency_is_reviewed_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by_person__isnull=True) | ~Q(reviewed_by_person=F("account_person")),
                name="emergency_is_reviewed_by_another_person",
            ),
        ]

    @property
    def subject_uid(self) -> uuid.UUID:
        """Whose record was opened."""
        return self.person_uid

    def __str__(self) -> str:
        return f"экстренный доступ № {self.pk}"


ROLES_IN_FORCE: Final = Composed(
    lambda: (
        RoleAssignment.objects.filter(account=Given("account"))
        .in_force(Given("day"))
        .annotate(
            away=F("substitutes__account__person_uid"),
            is_unreviewed=Exists(
                EmergencyAccess.objects.late(Given("day")).filter(account_person=OuterRef("account__person_uid"))
            ),
            emergency=Subquery(
                EmergencyAccess.objects.filter(
                    account=Given("account"), opened_at__lte=Given("at"), until__gt=Given("at")
                )
                .order_by("-pk")
                .values(told=JSONObject(pk="pk", person_uid="person_uid", until="until"))[:1]
            ),
        )
    )
)
"""Read at every request, with whom a substitute stands in for, the emergency access that is open, and whether one was left
unreviewed."""
