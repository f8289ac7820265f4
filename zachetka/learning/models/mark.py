"""Marks: only added, corrected by a mark that supersedes (п. 2.1)."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.reopening import Reopening
from zachetka.learning.models.sheet import MarkSheet
from zachetka.people.models import Employee
from zachetka.programs.models import Grade


class MarkQuerySet(ScopedQuerySet["Mark"]):
    """Named reads of marks."""

    read_permission = Permission.SHEET_READ

    def in_force(self) -> Self:
        """Marks that no later mark supersedes; each is looked up in the index, however many were ever superseded."""
        return self.filter(~Exists(Mark._base_manager.filter(supersedes=OuterRef("pk"))))


class Mark(Provable):
    """What a learner got; a mark without a grade takes back the one it supersedes.

    The table only grows. While the sheet is open the teacher supersedes their own entry freely; in a closed sheet
    a mark needs a reason, a basis and a second person, and the database refuses one without them. In a sheet opened
    again it carries the reopening, with its reason and basis.
    """

    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, related_name="marks", db_index=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="marks", db_index=False)
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    score = models.DecimalField("балл", max_digits=4, decimal_places=1, null=True)
    held_on = models.DateField("дата")
    teacher = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    reason = models.CharField("причина исправления", max_length=500, blank=True)
    basis = models.CharField("документ-основание", max_length=200, blank=True)
    reopening = models.ForeignKey(Reopening, on_delete=models.PROTECT, null=True, related_name="marks", db_index=False)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_by_person = models.UUIDField()
    confirmed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    confirmed_by_person = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "оценка"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "sheet_id", "enrolment_id", "grade_id", "score", "held_on", "teacher_id", "supersedes_id", "reason", "basis",
        "reopening_id", "recorded_by_id", "recorded_by_person", "confirmed_by_id", "confirmed_by_person", "recorded_at",
    )  # fmt: skip

    objects = MarkQuerySet.as_manager()

    class Meta:
        ordering = ("recorded_at", "pk")
        indexes = [
            models.Index(fields=["enrolment", "recorded_at"], name="mark_of_a_learner"),
            models.Index(fields=["sheet", "enrolment", "id"], name="mark_in_a_cell"),
        ]  # and none that nothing is found by: every index is paid for at each keystroke
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "enrolment"], condition=Q(supersedes__isnull=True), name="mark_has_one_first"
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100), name="mark_score_is_within_a_hundred"
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=False) | Q(supersedes__isnull=False, score__isnull=True),
                name="mark_without_grade_takes_one_back",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | Q(supersedes__lt=F("id")), name="mark_supersedes_an_earlier_one"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_person__isnull=True) | ~Q(confirmed_by_person=F("recorded_by_person")),
                name="mark_is_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.grade) if self.grade_id else "снята"
