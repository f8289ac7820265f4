"""A person who works here."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Unit
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.people.models.person import Person


class EmployeeQuerySet(ScopedQuerySet["Employee"]):
    """Named reads of employees."""

    read_permission = Permission.EMPLOYEE_READ


class Employee(Provable):
    """A person with a position in a unit of the academy."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="employee")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="employees")
    position = models.CharField("должность", max_length=120)
    hired_on = models.DateField("принят")
    left_on = models.DateField("уволен", null=True, blank=True)

    noun: ClassVar[str] = "работник"
    proven_fields: ClassVar[tuple[str, ...]] = ("person_id", "unit_id", "position", "hired_on", "left_on")

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        ordering = ("person__sort_key", "pk")

    @property
    def subject_uid(self) -> UUID:
        """Who works."""
        return self.person.uid

    def __str__(self) -> str:
        return self.person.full_name
