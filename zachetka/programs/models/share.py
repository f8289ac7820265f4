"""Which part of the hours of a module an earlier one has to make up to be credited, which the law leaves to the academy."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zachetka.core.provable import Provable
from zachetka.programs.models.dated import DatedQuerySet


class HourShareQuerySet(DatedQuerySet["HourShare"]):
    """Named reads of the share."""


class HourShare(Provable):
    """The least share of hours for credit, percent, with the dates and the act that sets it (273-ФЗ ст. 34 ч. 1 п. 7)."""

    percent = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200)

    noun: ClassVar[str] = "доля часов для зачёта"
    proven_fields: ClassVar[tuple[str, ...]] = ("percent", "valid_from", "valid_to", "basis")

    objects = HourShareQuerySet.as_manager()

    class Meta:
        ordering = ("valid_from",)
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="hour_share_starts_once"),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="hour_share_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"зачёт: от {self.percent} % часов"
