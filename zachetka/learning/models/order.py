"""Orders: enrolment, transfer, admission to final attestation, withdrawal, individual plans (273-ФЗ ст. 34, 53, 57, 59, 61)."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.learning.models.cohort import Cohort
from zachetka.people.models import Learner


class OrderQuerySet(ScopedQuerySet["Order"]):
    """Named reads of orders."""

    read_permission = Permission.ORDER_READ

    def waiting(self) -> Self:
        """Submitted to the head and not yet decided."""
        return self.filter(state=Order.State.SUBMITTED)


class Order(Provable):
    """An order about people of one cohort: drafted by one person, issued by another, numbered without gaps."""

    class Kind(models.TextChoices):
        ENROLMENT = "enrolment", "о зачислении"
        ADMISSION = "admission", "о допуске к итоговой аттестации"
        WITHDRAWAL = "withdrawal", "об отчислении"
        STUDY_PLAN = "study_plan", "об индивидуальном учебном плане"
        TRANSFER = "transfer", "о переводе"

    class State(models.TextChoices):
        DRAFT = "draft", "черновик"
        SUBMITTED = "submitted", "на подписи"
        APPROVED = "approved", "издан"
        CANCELLED = "cancelled", "отменён до издания"

    class Ground(models.TextChoices):
        COMPLETED = "completed", "в связи с завершением обучения"
        OWN_WISH = "own_wish", "по инициативе обучающегося"
        DEBT = "debt", "за невыполнение учебного плана"
        BREACH = "breach", "за нарушение порядка приёма"
        DISCIPLINE = "discipline", "в порядке дисциплинарного взыскания"
        OUTSIDE = "outside", "по обстоятельствам, не зависящим от воли сторон"
        DEATH = "death", "в связи со смертью"

    kind = models.CharField("вид приказа", max_length=12, choices=Kind.choices)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="orders")
    target = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="в группу")
    """Into which cohort an order of transfer moves those whom it names; None of every other order (273-ФЗ ст. 57)."""
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    number = models.CharField("номер", max_length=60, blank=True)
    order_date = models.DateField("дата приказа", null=True, blank=True)
    effective_on = models.DateField("действует с")
    ground = models.CharField("основание отчисления", max_length=12, choices=Ground.choices, blank=True)
    basis = models.CharField("основание", max_length=255, blank=True)
    remark = models.CharField("замечание руководителя", max_length=500, blank=True)
    request_key = models.UUIDField(default=uuid.uuid4, unique=True)
    drafted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    drafted_by_person = models.UUIDField()
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by_person = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    text = models.TextField("текст изданного приказа", blank=True)
    """What the order said when it was issued: canonical JSON made by `order_text.frozen`; empty before."""
    text_hash = models.CharField(max_length=64, blank=True)
    """SHA-256 of `text`, hexadecimal; the database recomputes it."""

    noun: ClassVar[str] = "приказ"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "kind", "cohort_id", "target_id", "state", "number", "order_date", "effective_on", "ground", "basis", "remark",
        "request_key", "drafted_by_id", "drafted_by_person", "drafted_at", "approved_by_id", "approved_by_person",
        "approved_at", "text", "text_hash",
    )  # fmt: skip

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ("-drafted_at", "-pk")
        indexes = [
            models.Index(fields=["state", "kind"], name="order_state"),
            models.Index(Upper("number"), name="order_by_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(order_date__isnull=False, approved_by__isnull=False, approved_at__isnull=False) & ~Q(number=""),
                name="order_issued_is_numbered_and_signed",
            ),
            models.CheckConstraint(
                condition=Q(state="approved") | Q(number="", approved_by__isnull=True),
                name="order_not_issued_has_no_number",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_person__isnull=True) | ~Q(approved_by_person=F("drafted_by_person")),
                name="order_is_issued_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(kind="withdrawal") | ~Q(ground=""), name="order_of_withdrawal_has_a_ground"
            ),
            models.CheckConstraint(
                condition=Q(kind="transfer", target__isnull=False) & ~Q(target=F("cohort"))
                | ~Q(kind="transfer") & Q(target__isnull=True),
                name="order_of_transfer_leads_to_another_cohort",
            ),
        ]

    def __str__(self) -> str:
        if self.number:
            return f"Приказ № {self.number} от {self.order_date:%d.%m.%Y}"
        return f"Проект приказа {self.get_kind_display()}"


class OrderLine(Provable):
    """One person in an order; lines of an issued order never change (the database refuses)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="order_lines")

    noun: ClassVar[str] = "строка приказа"
    proven_fields: ClassVar[tuple[str, ...]] = ("order_id", "learner_id")

    class Meta:
        ordering = ("order", "learner__person__sort_key", "pk")
        constraints = [models.UniqueConstraint(fields=["order", "learner"], name="order_names_a_learner_once")]

    def __str__(self) -> str:
        return f"{self.order}: {self.learner_id}"
