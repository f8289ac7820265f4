"""For how many days a closed sheet is opened again, which the academy sets itself (п. 2.2)."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from zachetka.core.provable import Provable
from zachetka.core.russian import Gender, Noun, counted
from zachetka.programs.models.dated import DatedQuerySet

DAY_OF: Final = Noun("дня", "дней", "дней", Gender.MASCULINE)
"""In the genitive: «до 21 дня»."""


class ReopeningTermQuerySet(DatedQuerySet["ReopeningTerm"]):
    """Named reads of the term."""


class ReopeningTerm(Provable):
    """The most days after the asking for which a closed sheet is open again, with the dates and the act that sets it."""

    days = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200)

    noun: ClassVar[str] = "срок повторного открытия"
    proven_fields: ClassVar[tuple[str, ...]] = ("days", "valid_from", "valid_to", "basis")

    objects = ReopeningTermQuerySet.as_manager()

    class Meta:
        ordering = ("valid_from",)
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="reopening_term_starts_once"),
            models.CheckConstraint(condition=Q(days__range=(1, 60)), name="reopening_term_is_of_days"),
        ]

    def __str__(self) -> str:
        return f"повторное открытие: на срок до {counted(self.days, DAY_OF)}"
