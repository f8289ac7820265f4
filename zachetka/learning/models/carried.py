"""What a transfer carries over from one record book to the next (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57, 58)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.mark import Mark
from zachetka.programs.models import Module, ScaleVersion


class Carried(Provable):
    """The results of `source` in `origin` count as `module` in the record book `enrolment`; the rows only grow.

    No mark is copied: every attempt at the earlier module stays where it was sat, with its sheet and its proof, and is read from
    there, so a debt, the resits used and the year of it go along. Whoever is transferred again has a row for each book with
    results. Within a version of a programme `origin` is `module` itself.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="carried")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="given_on")
    origin = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    mark = models.ForeignKey(Mark, on_delete=models.PROTECT, related_name="+")
    """The last result in `source` that was in force when the order was issued."""
    edition = models.ForeignKey(ScaleVersion, on_delete=models.PROTECT, null=True, related_name="+")
    """Through which edition of the scale of `module` a mark of another scale is read; None of the same scale (п. 2.3)."""
    is_shared = models.BooleanField(default=False)
    """The same results count in another module of the book too, as the order says."""

    noun: ClassVar[str] = "перенесённый результат"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "enrolment_id", "module_id", "source_id", "origin_id", "mark_id", "edition_id", "is_shared",
    )  # fmt: skip

    class Meta:
        ordering = ("enrolment", "module__ordinal", "pk")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "module", "source"], name="result_is_carried_once"),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose result it is."""
        return self.enrolment.subject_uid

    @property
    def is_matched(self) -> bool:
        """It counts as a module of another plan, by the correspondence of the order (273-ФЗ ст. 34 ч. 1 п. 7)."""
        return self.origin_id != self.module_id

    def __str__(self) -> str:
        return f"{self.origin_id}: {self.source_id} → {self.enrolment_id}"
