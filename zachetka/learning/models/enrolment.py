"""A learner in a cohort: from the order of enrolment or transfer to the order that ends it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final, NamedTuple, Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.cohort import Cohort
from zachetka.learning.models.order import Order
from zachetka.people.models import EducationDocument, Learner


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    """Named reads of enrolments; whoever may read one may read its record book."""

    read_permission = Permission.RECORD_BOOK_READ

    def going_on(self, day: date) -> Self:
        """Those who learn on the legal `day`: no order has ended it, or its day has not come (273-ФЗ ст. 61 ч. 4)."""
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day))


class Whose(NamedTuple):
    """Whose a book is.

    Attributes:
        card: by which they were enrolled; a look at the book is about it.
        human: the card that stands for the person today: what is theirs is asked of it (decision 0122).
    """

    card: UUID
    human: UUID


class Enrolment(Provable):
    """The record book of a learner in a cohort, with its number (п. 2.5; 273-ФЗ ст. 53)."""

    class State(models.TextChoices):
        ACTIVE = "active", "обучается"
        ADMITTED = "admitted", "есть допуск к итоговой аттестации"
        COMPLETED = "completed", "обучение завершено"
        WITHDRAWN = "withdrawn", "обучение прекращено"
        MOVED = "moved", "обучение прекращено переводом"

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    number = models.CharField("№ зачётной книжки", max_length=60, unique=True, null=True)  # noqa: DJ001 - numbered right after it is made, and unique
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    started_on = models.DateField("зачислен")
    ended_on = models.DateField("отчислен", null=True, blank=True)
    enrolment_order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")
    admission_order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawal_order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="+")
    continues = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="continued_by")
    """The record book that an order of transfer ended and this one goes on from (273-ФЗ ст. 57)."""
    study_plan = models.ForeignKey("StudyPlan", on_delete=models.PROTECT, null=True, related_name="+")
    """The individual plan in force; None while the learner takes everything with the group (273-ФЗ ст. 34 ч. 1 п. 3)."""
    education = models.ForeignKey(EducationDocument, on_delete=models.PROTECT, null=True, related_name="+")
    issue_deferred = models.BooleanField("выдача документа отложена", default=False)
    """A student gets the document only with the diploma (273-ФЗ ст. 76 ч. 16)."""

    noun: ClassVar[str] = "зачётная книжка"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "learner_id", "cohort_id", "number", "state", "started_on", "ended_on", "enrolment_order_id",
        "admission_order_id", "withdrawal_order_id", "continues_id", "study_plan_id", "education_id", "issue_deferred",
    )  # fmt: skip

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ("cohort", "learner__person__sort_key", "pk")
        indexes = [
            models.Index(fields=["started_on"], name="enrolment_begun", condition=Q(continues__isnull=True)),
            models.Index(fields=["ended_on", "state", "started_on"], name="enrolment_ended"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort"], condition=~Q(state="moved"), name="learner_is_in_a_cohort_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["completed", "withdrawn", "moved"])
                | Q(ended_on__isnull=False, withdrawal_order__isnull=False),
                name="enrolment_ends_by_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="admitted") | Q(admission_order__isnull=False),
                name="enrolment_admitted_by_order",
            ),
        ]

    def is_ahead(self, day: date) -> bool:
        """True while the order has been issued and its day has not come: nobody learns yet (273-ФЗ ст. 53 ч. 1)."""
        return self.state in {self.State.ACTIVE, self.State.ADMITTED} and self.started_on > day

    def ends_ahead(self, day: date) -> bool:
        """True while an order has ended it from a later day: until then everything goes on (273-ФЗ ст. 61 ч. 4)."""
        return self.ended_on is not None and self.ended_on > day

    def state_on(self, day: date) -> State:
        """Return the state that the orders make on the legal `day`: an end that has not come is none yet."""
        if not self.ends_ahead(day):
            return self.State(self.state)
        return self.State.ACTIVE if self.admission_order_id is None else self.State.ADMITTED

    @property
    def end_words(self) -> str:
        """Say what ends it and from which day: «отчисление с 24.12.2026»; "" while no order does."""
        return f"{ENDS[self.State(self.state)]} {self.ended_on:%d.%m.%Y}" if self.ended_on else ""

    def words_on(self, day: date) -> str:
        """Say how it stands on the legal `day`: «зачисление с 30.11.2026», «обучается, с 07.09.2026».

        Of an end that has not come: «обучается, с 07.09.2026, отчисление с 24.12.2026».
        """
        if self.is_ahead(day):
            return f"зачисление с {self.started_on:%d.%m.%Y}"
        if self.ends_ahead(day):
            return f"{self.state_on(day).label}, с {self.started_on:%d.%m.%Y}, {self.end_words}"
        until = f" по {self.ended_on:%d.%m.%Y}" if self.ended_on else ""
        return f"{self.get_state_display()}, с {self.started_on:%d.%m.%Y}{until}"

    @property
    def goes_on_in(self) -> Enrolment | None:
        """The record book that an order of transfer began after this one; None without it."""
        return getattr(self, "continued_by", None)

    @property
    def subject_uid(self) -> UUID:
        """Whose record book it is."""
        return self.learner.person.uid

    @property
    def human_uid(self) -> UUID:
        """Who it is: the card that stands for the person, whichever card they were enrolled by (п. 3.8)."""
        return self.learner.person.human_uid

    @property
    def whose(self) -> Whose:
        """Both: by which card, and who it is."""
        return Whose(self.subject_uid, self.human_uid)

    def __str__(self) -> str:
        return self.number or "без номера"


ENDS: Final = {
    Enrolment.State.COMPLETED: "завершение обучения",
    Enrolment.State.WITHDRAWN: "отчисление с",
    Enrolment.State.MOVED: "перевод с",
}
"""State → what its order does, before the day."""
