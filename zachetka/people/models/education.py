"""The education document with which a person comes (273-ФЗ ст. 76 ч. 3)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from zachetka.core.provable import Provable
from zachetka.people.models.person import Person


class EducationDocument(Provable):
    """A diploma, or the fact that the person is getting one; added, never changed."""

    class Level(models.TextChoices):
        HIGHER = "higher", "высшее образование"
        SECONDARY_VOCATIONAL = "secondary_vocational", "среднее профессиональное образование"
        STUDENT = "student", "получает высшее или среднее профессиональное образование"
        SECONDARY_GENERAL = "secondary_general", "среднее общее образование"
        BASIC_GENERAL = "basic_general", "основное общее образование"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="education")
    level = models.CharField("уровень образования", max_length=24, choices=Level.choices)
    series = models.CharField("серия", max_length=20, blank=True)
    number = models.CharField("номер", max_length=40, blank=True)
    surname = models.CharField("фамилия в документе", max_length=120, blank=True)
    issued_on = models.DateField("дата выдачи", null=True, blank=True)
    organisation = models.CharField("кем выдан", max_length=255, blank=True)
    recorded_at = models.DateTimeField()

    noun: ClassVar[str] = "документ об образовании"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "person_id", "level", "series", "number", "surname", "issued_on", "organisation", "recorded_at",
    )  # fmt: skip

    class Meta:
        ordering = ("recorded_at", "pk")
        indexes = [models.Index(fields=["number"], name="education_number", condition=~models.Q(number=""))]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "level", "series", "number"], name="education_document_is_recorded_once"
            )
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose document it is."""
        return self.person.uid

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.series} {self.number}".strip()
