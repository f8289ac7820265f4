"""Builders for the ledger's tests: two kinds of provable record that no room knows, and a forger with all rights.

The models live in a registry of their own, so that they exist for nobody else; `trial` makes their tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID, uuid4

import psycopg
from django.apps.registry import Apps
from django.db import connections, models, transaction

from zachetka.access.models import Account
from zachetka.core.provable import Provable
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.ledger.findings import Finding, Report
from zachetka.ledger.models import Event
from zachetka.postgres import roles
from zachetka.postgres.address import MIGRATE, Place

NOON = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LEARNER = UUID(int=7)

_APART = Apps()


class Grade(Provable):
    """A grade of a scale."""

    name = models.CharField(max_length=40)

    noun: ClassVar[str] = "балл шкалы"
    proven_fields: ClassVar[tuple[str, ...]] = ("name",)

    class Meta:
        apps = _APART
        app_label = "trial"

    def __str__(self) -> str:
        return self.name


class Mark(Provable):
    """A mark with a column of every type that records have."""

    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True)
    module = models.CharField(max_length=80)
    points = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    set_on = models.DateField()
    set_at = models.DateTimeField()
    counts = models.BooleanField(default=True)
    number = models.IntegerField(default=0)
    learner = models.UUIDField()
    details = models.JSONField(default=dict)
    note = models.CharField(max_length=80, blank=True)

    objects: ClassVar[models.Manager[Mark]] = models.Manager()

    noun: ClassVar[str] = "оценка"
    proven_fields: ClassVar[tuple[str, ...]] = (
        *("grade", "module", "points", "set_on", "set_at", "counts", "number", "learner", "details"),
    )

    class Meta:
        apps = _APART
        app_label = "trial"

    def __str__(self) -> str:
        return self.module

    @property
    def subject_uid(self) -> UUID | None:
        return self.learner


TRIAL_MODELS: tuple[type[Provable], ...] = (Grade, Mark)


def make_tables(place: Place) -> None:
    """Create the tables of the trial models as the owner and grant what the rule says."""
    with connections["migrate"].schema_editor() as editor:
        for model in TRIAL_MODELS:
            editor.create_model(model)
    connections["migrate"].close()
    with psycopg.connect(place.conninfo(MIGRATE), autocommit=True) as connection:
        roles.grant(connection)


def make_account(login: str = "teacher") -> Account:
    """Return the account with this login, made if need be."""
    return Account.objects.get_or_create(login=login, defaults={"display_name": login, "person_uid": uuid4()})[0]


def make_grade(name: str = "отлично") -> Grade:
    """Return a saved grade with its event."""
    grade = Grade(name=name)
    with transaction.atomic():
        grade.save()
        record_event(EventType.GRADE_APPROVED, grade, actor=None, at=NOON, clause="2.3")
    return grade


def draft_mark(**given: Any) -> Mark:
    """Return a mark in memory."""
    usual: dict[str, Any] = {
        "module": "Педагогика",
        "points": Decimal("87.5"),
        "set_on": date(2026, 3, 1),
        "set_at": NOON,
        "number": 3,
        "learner": LEARNER,
        "details": {"hours": 36},
    }
    return Mark(**(usual | given))


def make_mark(*, actor: Account | None = None, at: datetime = NOON, **given: Any) -> tuple[Mark, Event]:
    """Return a saved mark and the event that committed to it."""
    mark = draft_mark(**given)
    with transaction.atomic():
        mark.save()
        event = record_event(EventType.MARK_SET, mark, actor=actor, at=at, clause="2.1", module=mark.module)
    return mark, event


def make_marks(count: int, **given: Any) -> list[Mark]:
    """Return many saved marks with their events, in one transaction."""
    with transaction.atomic():
        marks = Mark.objects.bulk_create([draft_mark(number=number, **given) for number in range(count)])
        record_events(
            Happening(type=EventType.MARK_SET, subject=mark, actor=None, at=NOON, clause="2.1", body={"n": mark.number})
            for mark in marks
        )
    return marks


def committed(event: Event) -> bytes:
    """Return the commitment of an event that has one."""
    assert event.commitment is not None
    return bytes(event.commitment)


def happen(count: int = 1, *, at: datetime = NOON) -> list[int]:
    """Record events about nothing in particular, in one transaction; return their numbers."""
    with transaction.atomic():
        return record_events(
            Happening(
                type=EventType.SIGNING_KEY_ANNOUNCED, subject=None, actor=None, at=at, clause="3.9", body={"n": n}
            )
            for n in range(count)
        )


GUARDED = (
    *("ledger_event", "ledger_opening", "ledger_leaf", "ledger_node", "ledger_checkpoint", "ledger_signingkey"),
    *("trial_mark", "trial_grade"),
)


def forge(place: Place, *statements: str | tuple[str, Sequence[object]]) -> int:
    """Do what no role of the system may: run statements as superuser with every trigger off; return rows touched."""
    touched = 0
    with psycopg.connect(place.administrator()) as connection:
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for each in statements:
            statement, arguments = (each, ()) if isinstance(each, str) else each
            touched += connection.execute(statement, arguments or None).rowcount
        for table in GUARDED:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    return touched


def first(report: Report) -> Finding:
    assert report.first_bad is not None
    return report.first_bad
