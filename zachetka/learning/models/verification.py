"""The address under which anybody may check a record book: opaque, never changed, never used again (п. 2.5, 3.8)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.tokens import PATTERN, new_token


class VerificationToken(Provable):
    """The token in the QR code of an extract; the table only grows."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="tokens")
    token = models.CharField(max_length=26, unique=True, default=new_token, editable=False)
    made_at = models.DateTimeField()

    noun: ClassVar[str] = "адрес проверки"
    proven_fields: ClassVar[tuple[str, ...]] = ("enrolment_id", "token", "made_at")

    class Meta:
        ordering = ("made_at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(token__regex=PATTERN), name="token_is_crockford"),
            models.UniqueConstraint(fields=["enrolment"], name="token_is_one_a_book"),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose record book it opens to the check."""
        return self.enrolment.subject_uid

    def __str__(self) -> str:
        return f"проверка зачётной книжки {self.enrolment_id}"
