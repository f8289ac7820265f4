"""Two cards of one person made one: the absorbed card points at the one that stays, until somebody parts them again (п. 2.1)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.people.models.person import Person


class MergeQuerySet(ScopedQuerySet["Merge"]):
    """Named reads of merges."""

    read_permission = Permission.DOUBLE_READ


class Merge(Provable):
    """Somebody found that two cards are one person. Done once, undone by another person, and never changed otherwise.

    Nothing is copied out of the cards but what the surviving one lacked; `taken` names those fields.
    """

    class State(models.TextChoices):
        DONE = "done", "объединены"
        UNDONE = "undone", "разъединены"

    key = models.UUIDField(unique=True, editable=False)
    """Given by the form: a second sending of it is the same merge."""
    survivor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="главная карточка")
    absorbed = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name="поглощённая карточка"
    )
    taken = models.JSONField("что взято из поглощённой")
    reason = models.CharField("по чему видно", max_length=400)
    state = models.CharField(max_length=6, choices=State.choices, default=State.DONE)
    merged_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    merged_by_person = models.UUIDField()
    merged_at = models.DateTimeField("когда объединены")
    undone_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    undone_by_person = models.UUIDField(null=True)
    undone_at = models.DateTimeField("когда разъединены", null=True)
    undo_reason = models.CharField("почему разъединены", max_length=400, blank=True)

    noun: ClassVar[str] = "объединение карточек"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "survivor_id", "absorbed_id", "taken", "reason", "state", "merged_by_id", "merged_by_person", "merged_at",
        "undone_by_id", "undone_by_person", "undone_at", "undo_reason",
    )  # fmt: skip

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ("-merged_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="merge_is_of_two"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_has_a_reason"),
            models.UniqueConstraint(fields=["absorbed"], condition=Q(state="done"), name="card_is_absorbed_once"),
            models.CheckConstraint(
                condition=Q(state="done", undone_by__isnull=True, undone_by_person__isnull=True, undone_at__isnull=True)
                & Q(undo_reason="")
                | Q(state="undone", undone_by__isnull=False, undone_by_person__isnull=False, undone_at__isnull=False)
                & ~Q(undo_reason=""),
                name="merge_undone_says_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=Q(undone_by_person__isnull=True) | ~Q(undone_by_person=F("merged_by_person")),
                name="merge_is_undone_by_another_person",
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """The card that stays; the absorbed one has events of its own."""
        return self.survivor.uid

    def __str__(self) -> str:
        return f"№ {self.pk}"
