"""A list of learners that somebody handed in, and what became of it (п. 2.1)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.policy import Permission
from zachetka.intake.handed_in import HandedIn


class UploadQuerySet(ScopedQuerySet["Upload"]):
    """Named reads of uploads."""

    read_permission = Permission.PERSON_IMPORT


class Upload(HandedIn):
    """A file of a list: looked at, corrected, then confirmed once or cancelled. Until then nobody is entered.

    `corrections` is what the person said about columns, by sheet; see `people.corrections`. It holds no personal data.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", "ждёт проверки"
        CONFIRMED = "confirmed", "загружен"
        CANCELLED = "cancelled", "отменён"

    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    people = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)

    noun: ClassVar[str] = "загрузка списка"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "file", "sha256", "state", "uploaded_at", "ended_at", "corrections", "people", "new", "known", "refused",
        "uploaded_by_id", "ended_by_id", "refused_file_id",
    )  # fmt: skip

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"], condition=Q(state="confirmed"), name="upload_of_one_file_is_confirmed_once"
            ),
            models.CheckConstraint(
                condition=Q(state="uploaded", ended_at__isnull=True)
                | (~Q(state="uploaded") & Q(ended_at__isnull=False)),
                name="upload_ended_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(people=models.F("new") + models.F("known") + models.F("refused")),
                name="upload_accounts_for_every_row",
            ),
        ]
