"""A person who learns here (273-ФЗ ст. 33 ч. 1 п. 8)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.people.models.person import Person


class LearnerQuerySet(ScopedQuerySet["Learner"]):
    """Named reads of learners."""

    read_permission = Permission.PERSON_READ


class Learner(Provable):
    """A person entered in the academy's books as a learner."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="learner")
    registered_at = models.DateTimeField()

    noun: ClassVar[str] = "слушатель"
    proven_fields: ClassVar[tuple[str, ...]] = ("person_id", "registered_at")

    objects = LearnerQuerySet.as_manager()

    class Meta:
        ordering = ("person__sort_key", "pk")

    @property
    def subject_uid(self) -> UUID:
        """Who learns."""
        return self.person.uid

    def __str__(self) -> str:
        return self.person.full_name
