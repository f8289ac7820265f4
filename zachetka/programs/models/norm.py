"""What the law leaves to the academy: numbers that an act sets from a day on (п. 2.2, 2.3)."""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from zachetka.core.provable import Provable
from zachetka.core.russian import Gender, Noun, counted
from zachetka.programs.models.dated import DatedQuerySet
from zachetka.programs.models.program import Kind

PEOPLE: Final = (2, 20)
PERCENT: Final = (1, 100)
DAYS: Final = (1, 60)
"""Between which numbers a commission, a share and a term lie, ends included."""
DAY_OF: Final = Noun("дня", "дней", "дней", Gender.MASCULINE)
"""In the genitive: «до 21 дня»."""


class DatedNorm(Provable):
    """A number with its dates and the act that sets it; it stands in `column`, and every other field here is of every norm."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200)

    column: ClassVar[str]
    proven_fields: ClassVar[tuple[str, ...]] = ("valid_from", "valid_to", "basis")

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("valid_from",)

    @property
    def number(self) -> int:
        """What the norm sets."""
        return int(getattr(self, self.column))


class HourMinimum(DatedNorm):
    """The least number of hours of a kind of programme."""

    kind = models.CharField(max_length=32, choices=Kind.choices)
    hours = models.PositiveSmallIntegerField()

    noun: ClassVar[str] = "минимум часов"
    column: ClassVar[str] = "hours"
    proven_fields: ClassVar[tuple[str, ...]] = ("kind", "hours", *DatedNorm.proven_fields)

    class Meta:
        ordering = ("kind", "valid_from")
        constraints = [models.UniqueConstraint(fields=["kind", "valid_from"], name="hour_minimum_starts_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.hours} ч"


class CommissionMinimum(DatedNorm):
    """The least people of a commission, its chair included (273-ФЗ ст. 58 ч. 6)."""

    people = models.PositiveSmallIntegerField()

    noun: ClassVar[str] = "минимум комиссии"
    column: ClassVar[str] = "people"
    proven_fields: ClassVar[tuple[str, ...]] = ("people", *DatedNorm.proven_fields)

    class Meta(DatedNorm.Meta):
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="commission_minimum_starts_once"),
            models.CheckConstraint(condition=Q(people__range=PEOPLE), name="commission_minimum_is_of_several"),
        ]

    def __str__(self) -> str:
        return f"комиссия: от {self.people} человек"


class HourShare(DatedNorm):
    """The least share of the hours of a module that an earlier one makes up to be credited, percent (273-ФЗ ст. 34 ч. 1 п. 7)."""

    percent = models.PositiveSmallIntegerField()

    noun: ClassVar[str] = "доля часов для зачёта"
    column: ClassVar[str] = "percent"
    proven_fields: ClassVar[tuple[str, ...]] = ("percent", *DatedNorm.proven_fields)

    class Meta(DatedNorm.Meta):
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="hour_share_starts_once"),
            models.CheckConstraint(condition=Q(percent__range=PERCENT), name="hour_share_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"зачёт: от {self.percent} % часов"


class ReopeningTerm(DatedNorm):
    """The most days after the asking for which a closed sheet is open again (п. 2.2)."""

    days = models.PositiveSmallIntegerField()

    noun: ClassVar[str] = "срок повторного открытия"
    column: ClassVar[str] = "days"
    proven_fields: ClassVar[tuple[str, ...]] = ("days", *DatedNorm.proven_fields)

    class Meta(DatedNorm.Meta):
        constraints = [
            models.UniqueConstraint(fields=["valid_from"], name="reopening_term_starts_once"),
            models.CheckConstraint(condition=Q(days__range=DAYS), name="reopening_term_is_of_days"),
        ]

    def __str__(self) -> str:
        return f"повторное открытие: на срок до {counted(self.days, DAY_OF)}"
