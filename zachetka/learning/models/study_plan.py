"""Individual study plans: what a learner takes otherwise than the group, by an order (273-ФЗ ст. 34 ч. 1 п. 3)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.access.models import Account
from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.order import Order
from zachetka.programs.models import Module


class StudyPlan(Provable):
    """The plan that an order sets for one enrolment; the rows only grow.

    Each saving of the draft writes the plan anew: the newest row of an order is what the order says. Whatever it does not
    name, the learner takes with the group.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="plans")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="plans")
    ends_on = models.DateField("окончание обучения")
    written_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    written_by_person = models.UUIDField()
    written_at = models.DateTimeField()

    noun: ClassVar[str] = "индивидуальный учебный план"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "order_id", "enrolment_id", "ends_on", "written_by_id", "written_by_person", "written_at",
    )  # fmt: skip

    class Meta:
        ordering = ("enrolment", "pk")

    @property
    def subject_uid(self) -> UUID:
        """Whose plan it is."""
        return self.enrolment.subject_uid

    def __str__(self) -> str:
        return f"план до {self.ends_on:%d.%m.%Y}"


class PlanLine(Provable):
    """A module that the learner does not take with the group; the rows only grow."""

    class Way(models.TextChoices):
        APART = "apart", "отдельно, в свой срок"
        CREDITED = "credited", "зачтено ранее"
        NEEDS = "needs", "не изучается по образовательным потребностям"
        CARRIED = "carried", "перенесено из прежней зачётной книжки"

    plan = models.ForeignKey(StudyPlan, on_delete=models.PROTECT, related_name="lines")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    way = models.CharField("как осваивается", max_length=8, choices=Way.choices)
    held_by = models.DateField("сдать до", null=True)
    basis = models.CharField("документ", max_length=200, blank=True)

    noun: ClassVar[str] = "строка индивидуального плана"
    proven_fields: ClassVar[tuple[str, ...]] = ("plan_id", "module_id", "way", "held_by", "basis")

    class Meta:
        ordering = ("plan", "module__ordinal", "pk")
        constraints = [
            models.UniqueConstraint(fields=["plan", "module"], name="plan_names_a_module_once"),
            models.CheckConstraint(
                condition=Q(way="apart", held_by__isnull=False, basis="")
                | Q(way__in=["credited", "needs", "carried"], held_by__isnull=True) & ~Q(basis=""),
                name="plan_line_has_a_term_or_a_paper",
            ),
        ]

    @property
    def is_out(self) -> bool:
        """The learner does not take the module."""
        return self.way in {self.Way.CREDITED, self.Way.NEEDS}

    @property
    def words(self) -> str:
        """What a record book says of it: «зачтено ранее», «не изучается по ИУП», «по ИУП до 14.12.2026», «перенесено»."""
        if self.held_by is not None:
            return f"по ИУП до {self.held_by:%d.%m.%Y}"
        if self.way == self.Way.CARRIED:
            return "перенесено"
        return "зачтено ранее" if self.way == self.Way.CREDITED else "не изучается по ИУП"

    def __str__(self) -> str:
        return f"{self.module_id}: {self.get_way_display()}"
