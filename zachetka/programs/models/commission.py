"""How many people a commission is, which the law leaves to the academy (273-ФЗ ст. 58 ч. 6)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zachetka.core.provable import Provable
from zachetka.programs.models.dated import DatedQuerySet


class CommissionMinimumQuerySet(DatedQuerySet["CommissionMinimum"]):
    """Named reads of the least people of a commission."""


class CommissionMinimum(Provable):
    """The least people of a commission, its chair included, with the dates and the act that sets it."""

    people = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200)

    noun: ClassVar[str] = "минимум комиссии"
    proven_fields: ClassVar[tuple[str, ...]] = ("people", "valid_from", "valid_to", "basis")

    objects = CommissionMinimumQuerySet.as_manager()

    class Meta:
        ordering = ("valid_from",)
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="commission_minimum_starts_once"),
            models.CheckConstraint(condition=Q(people__range=(2, 20)), name="commission_minimum_is_of_several"),
        ]

    def __str__(self) -> str:
        return f"комиссия: от {self.people} человек"
