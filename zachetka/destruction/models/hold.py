"""A hold: by an order nothing of a person is destroyed until another order lifts it (domain.md 4.4; T18)."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.people.models import Person


class HoldQuerySet(ScopedQuerySet["Hold"]):
    """Named reads of holds."""

    read_permission = Permission.HOLD_READ

    def in_force(self) -> Self:
        """Not lifted."""
        return self.filter(state=Hold.State.PLACED)

    def on(self, human_uid: UUID) -> Self:
        """On any card of one person."""
        return self.filter(person__human_uid=human_uid)


class Hold(Provable):
    """A court, an inspection or a dispute needs the data: placed by an order, lifted by an order, never changed otherwise."""

    class State(models.TextChoices):
        PLACED = "placed", "действует"
        LIFTED = "lifted", "снят"

    key = models.UUIDField(unique=True, editable=False)
    """Given by the form: a second sending of it is the same hold."""
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holds")
    state = models.CharField("состояние", max_length=6, choices=State.choices, default=State.PLACED)
    order_number = models.CharField("номер приказа", max_length=40)
    order_date = models.DateField("дата приказа")
    reason = models.CharField("почему нельзя уничтожать", max_length=400)
    placed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="кто ввёл")
    placed_at = models.DateTimeField("когда введён")
    lift_order_number = models.CharField("номер приказа о снятии", max_length=40, blank=True)
    lift_order_date = models.DateField("дата приказа о снятии", null=True)
    lift_reason = models.CharField("почему снят", max_length=400, blank=True)
    lifted_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="кто снял"
    )
    lifted_at = models.DateTimeField("когда снят", null=True)

    noun: ClassVar[str] = "запрет на уничтожение"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "person_id", "state", "order_number", "order_date", "reason", "placed_by_id", "placed_at", "lift_order_number",
        "lift_order_date", "lift_reason", "lifted_by_id", "lifted_at",
    )  # fmt: skip

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ("-placed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(order_number="") & ~Q(reason=""), name="hold_has_an_order_and_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state="placed", lifted_by__isnull=True, lifted_at__isnull=True)
                & Q(lift_order_date__isnull=True, lift_order_number="", lift_reason="")
                | Q(state="lifted", lifted_by__isnull=False, lifted_at__isnull=False)
                & Q(lift_order_date__gte=F("order_date"))
                & ~Q(lift_order_number="")
                & ~Q(lift_reason=""),
                name="hold_is_lifted_by_an_order",
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose data stay."""
        return self.person.uid

    @property
    def order_words(self) -> str:
        """«приказ № 12 от 03.11.2026»."""
        return f"приказ № {self.order_number} от {self.order_date:%d.%m.%Y}"

    def __str__(self) -> str:
        return f"Запрет, {self.order_words}"
