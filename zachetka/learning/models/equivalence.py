"""Which earlier module counts as which module of another plan: said line by line in the draft of a transfer (273-ФЗ ст. 57)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.access.models import Account
from zachetka.core.provable import Provable
from zachetka.learning.models.enrolment import Enrolment
from zachetka.learning.models.order import Order
from zachetka.people.models import Learner
from zachetka.programs.models import Module


class Equivalence(Provable):
    """What the order of a transfer to another plan says of one person and one `module` of that plan; the rows only grow.

    Each saving writes all modules of the plan anew: the newest row of an order, a person and a module is what the order says.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="equivalences")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, related_name="+")
    """The record book of the earlier module; None where nothing counts and the module is to be taken."""
    origin = models.ForeignKey(Module, on_delete=models.PROTECT, null=True, related_name="+")
    is_shared = models.BooleanField("засчитывается и в другую дисциплину", default=False)
    written_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    written_by_person = models.UUIDField()
    written_at = models.DateTimeField()

    noun: ClassVar[str] = "соответствие дисциплин"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "order_id", "learner_id", "module_id", "source_id", "origin_id", "is_shared", "written_by_id", "written_by_person",
        "written_at",
    )  # fmt: skip

    class Meta:
        ordering = ("order", "learner", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=True, origin__isnull=True, is_shared=False)
                | Q(source__isnull=False, origin__isnull=False),
                name="equivalence_is_of_a_book_and_a_module",
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose it is."""
        return self.learner.person.uid

    def __str__(self) -> str:
        return f"{self.module_id} ← {self.origin_id}"
