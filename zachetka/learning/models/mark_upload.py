"""A file of marks that a teacher handed in, and what became of it (п. 2.2)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.policy import Permission
from zachetka.intake.handed_in import HandedIn
from zachetka.learning.models.cohort import Cohort
from zachetka.learning.models.sheet import MarkSheet


class MarkUploadQuerySet(ScopedQuerySet["MarkUpload"]):
    """Named reads of files of marks."""

    read_permission = Permission.SHEET_FILL


class MarkUpload(HandedIn):
    """A file of marks: looked at, corrected, then confirmed once or cancelled. Until then no mark is written.

    `corrections` is what the person said about columns, by sheet of the file; see `actions.mark_review`. It holds no names.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "ждёт проверки"
        CONFIRMED = "confirmed", "внесён"
        CANCELLED = "cancelled", "отменён"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    sheet = models.ForeignKey(MarkSheet, on_delete=models.PROTECT, null=True, related_name="+")
    """The one sheet that the file is for; None for all open sheets of the teacher in the cohort."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    marks = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    replaced = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)

    noun: ClassVar[str] = "загрузка оценок"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "cohort_id", "sheet_id", "file", "sha256", "state", "corrections", "uploaded_by_id", "uploaded_at",
        "ended_by_id", "ended_at", "marks", "new", "replaced", "same", "refused", "refused_file_id",
    )  # fmt: skip

    objects = MarkUploadQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "cohort", "sheet", "uploaded_by"],
                condition=Q(state="confirmed"),
                nulls_distinct=False,
                name="mark_upload_of_one_file_is_confirmed_once",
            ),
            models.CheckConstraint(
                condition=Q(state="uploaded", ended_at__isnull=True)
                | (~Q(state="uploaded") & Q(ended_at__isnull=False)),
                name="mark_upload_ended_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(marks=models.F("new") + models.F("replaced") + models.F("same") + models.F("refused")),
                name="mark_upload_accounts_for_every_mark",
            ),
        ]
