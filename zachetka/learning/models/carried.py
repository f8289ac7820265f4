"""What a transfer carries over from one record book to the next (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.mark import Mark
from zachetka.programs.models import Module


class Carried(Provable):
    """The results of `source` in `module` count in the record book `enrolment` too; the rows only grow.

    No mark is copied: every attempt at the module stays where it was sat, with its sheet and its proof, and is read from there, so
    a debt, the resits used and the year of it go along. Whoever is transferred again has a row for each book with results.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="carried")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="given_on")
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="+")
    """The last result in `source` that was in force when the order was issued."""

    noun: ClassVar[str] = "перенесённый результат"
    proven_fields: ClassVar[tuple[str, ...]] = ("enrolment_id", "module_id", "source_id", "mark_id")

    class Meta:
        ordering = ("enrolment", "module__ordinal", "pk")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "module", "source"], name="result_is_carried_once"),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose result it is."""
        return self.enrolment.subject_uid

    def __str__(self) -> str:
        return f"{self.module_id}: {self.source_id} → {self.enrolment_id}"
