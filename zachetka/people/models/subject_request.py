"""A request of a data subject: what is kept about me, who saw it, where it went (152-ФЗ ст. 14, 20)."""

from __future__ import annotations

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from zachetka.access.guard import ScopedQuerySet
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.provable import Provable
from zachetka.files.models import StoredFile
from zachetka.people.models.person import Person


class SubjectRequestQuerySet(ScopedQuerySet["SubjectRequest"]):
    """Named reads of requests."""

    read_permission = Permission.REQUEST_READ

    def unanswered(self) -> Self:
        """Waiting for an answer, or with an answer that has not been handed over."""
        return self.exclude(state=SubjectRequest.State.ANSWERED)


class SubjectRequest(Provable):
    """Asked in the system by the person themself, or in writing and entered by whoever answers for personal data.

    Goes one way: waiting, prepared, answered; what it was asked for and when never changes.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "ждёт ответа"
        PREPARED = "prepared", "ответ готов"
        ANSWERED = "answered", "отвечено"

    class Way(models.TextChoices):
        SYSTEM = "system", "в системе"
        PAPER = "paper", "письменно"

    key = models.UUIDField(unique=True, editable=False)
    """Given by the form: a second sending of it is the same request."""
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="requests")
    way = models.CharField("как обратился", max_length=6, choices=Way.choices)
    document = models.CharField("документ", max_length=200, blank=True)
    """Of a written request: its number and date among incoming papers."""
    asked_on = models.DateField("когда обратился")
    due_on = models.DateField("ответить до")
    """Frozen: the term of the law that was in force on the day of the request."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(null=True)
    answered_on = models.DateField("отвечено", null=True)
    answered_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField("как передан ответ", max_length=200, blank=True)

    noun: ClassVar[str] = "запрос субъекта данных"
    proven_fields: ClassVar[tuple[str, ...]] = (
        "key", "person_id", "way", "document", "asked_on", "due_on", "state", "recorded_by_id", "recorded_at", "file_id",
        "prepared_at", "answered_on", "answered_by_id", "answer",
    )  # fmt: skip

    objects = SubjectRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_on", "-pk")
        indexes = [models.Index(fields=["due_on"], condition=~Q(state="answered"), name="subject_request_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(way="system", document="") | Q(way="paper") & ~Q(document=""),
                name="subject_request_on_paper_has_a_document",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("asked_on")), name="subject_request_has_a_term"),
            models.CheckConstraint(
                condition=Q(state="waiting", file__isnull=True, prepared_at__isnull=True)
                | Q(state__in=["prepared", "answered"], file__isnull=False, prepared_at__isnull=False),
                name="subject_request_prepared_has_a_file",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_on__isnull=False, answered_by__isnull=False) & ~Q(answer="")
                | ~Q(state="answered") & Q(answered_on__isnull=True, answered_by__isnull=True, answer=""),
                name="subject_request_answered_says_how",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(way="system") & ~Q(state="answered"),
                name="subject_request_is_open_once",
            ),
        ]

    @property
    def subject_uid(self) -> UUID:
        """Who asks."""
        return self.person.uid

    def __str__(self) -> str:
        return f"Запрос от {self.asked_on:%d.%m.%Y}"
