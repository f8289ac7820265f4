"""Register books and their entries (п. 2.5)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable


class RegisterQuerySet(ScopedQuerySet["Register"]):
    """Named reads of books."""

    read_permission = Permission.REGISTER_READ


class Register(Provable):
    """A book of numbers: one kind of record, one legal year, numbers without gaps."""

    code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    pattern = models.CharField(max_length=40)
    """How a number is written: `{year}`, `{yy}` and `{number}` with a width, as «ЗК-{yy}-{number:04}»."""
    last_number = models.PositiveIntegerField(default=0)

    noun: ClassVar[str] = "журнал регистрации"
    proven_fields: ClassVar[tuple[str, ...]] = ("code", "year", "title", "pattern", "last_number")

    objects = RegisterQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "code")
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="register_is_one_a_year")]

    def __str__(self) -> str:
        return f"{self.title}, {self.year} год"

    def written(self, number: int) -> str:
        """Return `number` as this book writes it."""
        return self.pattern.format(year=self.year, yy=f"{self.year % 100:02}", number=number)


class Entry(Provable):
    """A number given to a record; added, never changed, never used again."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    written = models.CharField(max_length=60)
    record_type = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    entered_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", null=True)
    entered_at = models.DateTimeField()

    noun: ClassVar[str] = "запись в журнале регистрации"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "register_id", "number", "written", "record_type", "record_id", "entered_by_id", "entered_at",
    )  # fmt: skip

    class Meta:
        ordering = ("register", "number")
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="register_number_is_given_once"),
            models.UniqueConstraint(fields=["register", "record_type", "record_id"], name="record_is_entered_once"),
        ]

    def __str__(self) -> str:
        return self.written
