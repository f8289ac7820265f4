"""Acts of destruction: composed by one person, approved by another, carried out as they are approved (152-ФЗ ст. 21)."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.people.models import Person, Withdrawal


class ActQuerySet(ScopedQuerySet["Act"]):
    """Named reads of acts."""

    read_permission = Permission.DESTRUCTION_READ

    def waiting(self) -> Self:
        """Composed, and nobody has decided yet."""
        return self.filter(state=Act.State.COMPOSED)

    def carried_out(self) -> Self:
        """Approved: what they name is gone."""
        return self.filter(state=Act.State.APPROVED)


class Act(Provable):
    """An act of destruction of personal data.

    Whoever approves it carries it out: values and salts go in the same transaction. A returned act destroys nothing; another
    is composed. What it rests on is its `kind`: the archive has kinds of its own.
    """

    class State(models.TextChoices):
        COMPOSED = "composed", "ждёт утверждения"
        APPROVED = "approved", "исполнен"
        RETURNED = "returned", "возвращён"

    class Kind(models.TextChoices):
        WITHDRAWAL = "withdrawal", "отзыв согласия"

    key = models.UUIDField(unique=True, editable=False)
    """Given by the form: a second sending of it is the same act."""
    kind = models.CharField("основание", max_length=12, choices=Kind.choices)
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, null=True, related_name="acts")
    reason = models.CharField("причина уничтожения", max_length=400)
    law = models.CharField("по какому документу составлен", max_length=200)
    """Frozen: the paper that said on that day what an act has to say."""
    carrier = models.CharField("носитель вне системы", max_length=200, blank=True)
    sheets = models.PositiveIntegerField("листов на носителе", null=True)
    state = models.CharField("состояние", max_length=8, choices=State.choices, default=State.COMPOSED)
    composed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="кто составил")
    composed_by_person = models.UUIDField()
    composed_at = models.DateTimeField("когда составлен")
    decided_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="кто решил"
    )
    decided_by_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField("когда решено", null=True)
    refusal = models.CharField("почему возвращён", max_length=400, blank=True)
    number = models.CharField("номер акта", max_length=40, null=True, unique=True)  # noqa: DJ001 - until it is approved
    extract_number = models.CharField("номер выгрузки", max_length=40, null=True, unique=True)  # noqa: DJ001 - likewise
    content = models.JSONField("содержание бумаг", default=dict)
    """What both papers say, frozen when it is approved."""

    noun: ClassVar[str] = "акт об уничтожении"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "kind", "withdrawal_id", "reason", "law", "carrier", "sheets", "state", "composed_by_id", "composed_by_person",
        "composed_at", "decided_by_id", "decided_by_person", "decided_at", "refusal", "number", "extract_number", "content",
    )  # fmt: skip

    objects = ActQuerySet.as_manager()

    class Meta:
        ordering = ("-composed_at", "-pk")
        indexes = [models.Index(fields=["state", "composed_at"], name="act_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(state__in=["composed", "approved"]),
                name="withdrawal_has_one_act",
            ),
            models.CheckConstraint(
                condition=~Q(kind="withdrawal") | Q(withdrawal__isnull=False), name="act_names_what_it_rests_on"
            ),
            models.CheckConstraint(condition=Q(kind__in=["withdrawal"]), name="act_rests_on_a_known_ground"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(law=""), name="act_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="composed", decided_by__isnull=True, decided_by_person__isnull=True)
                & Q(decided_at__isnull=True, number__isnull=True, extract_number__isnull=True, refusal="")
                | Q(state="approved", decided_by__isnull=False, decided_by_person__isnull=False)
                & Q(decided_at__isnull=False, number__isnull=False, extract_number__isnull=False, refusal="")
                | Q(state="returned", decided_by__isnull=False, decided_by_person__isnull=False)
                & Q(decided_at__isnull=False, number__isnull=True, extract_number__isnull=True)
                & ~Q(refusal=""),
                name="act_decided_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_person__isnull=True) | ~Q(decided_by_person=F("composed_by_person")),
                name="act_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(sheets__isnull=True) | ~Q(carrier=""), name="act_sheets_are_of_a_carrier"
            ),
        ]

    @property
    def subject_uid(self) -> UUID | None:
        """Whose data."""
        return None if self.withdrawal is None else self.withdrawal.subject_uid

    def __str__(self) -> str:
        return f"Акт № {self.number}" if self.number else f"Акт от {self.composed_at:%d.%m.%Y}, без номера"


class ActLine(Provable):
    """One place that an act empties: a field of a record, or the bytes of a file. Added with the act, never changed."""

    class What(models.TextChoices):
        EMAIL = "email", "почта"
        PHONE = "phone", "телефон"
        FILE = "file", "файл"

    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="lines")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    what = models.CharField("что", max_length=10, choices=What.choices)
    record_type = models.CharField(max_length=60)
    record_id = models.CharField(max_length=40)
    place = models.CharField("где", max_length=200)
    """In words, without the value."""

    noun: ClassVar[str] = "строка акта об уничтожении"
    proven_fields: ClassVar[tuple[str, ...]] = ("act_id", "person_id", "what", "record_type", "record_id", "place")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["act", "record_type", "record_id", "what"], name="act_names_a_place_once")
        ]

    @property
    def subject_uid(self) -> UUID:
        """Whose data."""
        return self.person.uid

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.place}"
