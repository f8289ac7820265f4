"""Grading scales: what a mark may be, on which dates (п. 2.3)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from zachetka.core.provable import Provable
from zachetka.programs.models.dated import DatedQuerySet
from zachetka.programs.rules import holds_on
from zachetka.programs.scale_rules import Shape, Value


class GradingScale(Provable):
    """A system of marks that the academy's local act allows: five-point, зачтено, hundred-point."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField("название", max_length=80)

    noun: ClassVar[str] = "шкала"
    proven_fields: ClassVar[tuple[str, ...]] = ("code", "name")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class ScaleVersionQuerySet(DatedQuerySet["ScaleVersion"]):
    """Named reads of editions of scales."""


class ScaleVersion(Provable):
    """A scale as a local act sets it from a date; changing the scale means a new edition (п. 2.3).

    No two editions of a scale share a day: a constraint excludes it, so the last day of the one comes before the first
    of the next.
    """

    scale = models.ForeignKey(GradingScale, on_delete=models.PROTECT, related_name="versions")
    valid_from = models.DateField("действует с")
    valid_to = models.DateField("действует по", null=True, blank=True)
    basis = models.CharField("локальный акт", max_length=200)

    noun: ClassVar[str] = "редакция шкалы"
    proven_fields: ClassVar[tuple[str, ...]] = ("scale_id", "valid_from", "valid_to", "basis")

    objects = ScaleVersionQuerySet.as_manager()

    class Meta:
        ordering = ("scale", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=["scale", "valid_from"], name="scale_version_starts_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="scale_version_term_is_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scale}, с {self.valid_from:%d.%m.%Y}"

    def holds_on(self, day: date) -> bool:
        """True when marks of a control held on the legal `day` are of this edition."""
        return holds_on(self.valid_from, self.valid_to, day)

    def values(self) -> tuple[Value, ...]:
        """Return what its grades say, in their order."""
        return tuple(grade.value() for grade in self.grades.all())

    def shape(self) -> Shape:
        """Return what the next edition keeps of this one."""
        return Shape.of(self.values())


class Grade(Provable):
    """One value of an edition of a scale, with the part of a hundred points that it stands for (п. 2.3)."""

    version = models.ForeignKey(ScaleVersion, on_delete=models.PROTECT, related_name="grades")
    ordinal = models.PositiveSmallIntegerField()
    symbol = models.CharField("знак в ведомости", max_length=4)
    label = models.CharField("прописью", max_length=40)
    is_passing = models.BooleanField("положительная")
    is_absence = models.BooleanField("неявка", default=False)
    points = models.PositiveSmallIntegerField("в средний балл", null=True, blank=True)
    score_from = models.PositiveSmallIntegerField("баллы от", null=True, blank=True)
    score_to = models.PositiveSmallIntegerField("баллы до", null=True, blank=True)

    noun: ClassVar[str] = "значение шкалы"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "version_id", "ordinal", "symbol", "label", "is_passing", "is_absence", "points", "score_from", "score_to",
    )  # fmt: skip

    class Meta:
        ordering = ("version", "ordinal")
        constraints = [
            models.UniqueConstraint(fields=["version", "symbol"], name="grade_symbol_is_unique"),
            models.CheckConstraint(
                condition=Q(score_from__isnull=True, score_to__isnull=True)
                | Q(score_from__lte=F("score_to"), score_to__lte=100),
                name="grade_scores_are_in_order",
            ),
            models.CheckConstraint(
                condition=Q(is_absence=False) | Q(is_passing=False), name="grade_absence_does_not_pass"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def value(self) -> Value:
        """Return what it says, as the rules see it."""
        scores = None if self.score_from is None or self.score_to is None else (self.score_from, self.score_to)
        return Value(self.symbol, self.label, self.is_passing, self.points, scores, self.is_absence)
