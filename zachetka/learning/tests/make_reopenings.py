"""Builders of sheets that were opened again, by the actions themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.marks import (
    Cell,
    Outcome,
    close_sheet,
    set_marks,
)
from zachetka.learning.actions.reopenings import (
    ask_reopening,
    grant_reopening,
)
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Reopening
from zachetka.learning.tests.make import (
    NOON,
    fill_sheet,
    make_sheet,
    teacher_of,
)
from zachetka.ledger.models import Event
from zachetka.notices.models import Notice

DAY = timedelta(days=1)
LATER = NOON + DAY
UNTIL = date(2026, 11, 24)
SAID = {"reason": "баллы внесены по черновику", "basis": "служебная записка № 41 от 20.11.2026", "until": UNTIL}


def closed_sheet(learners: int = 2, text: str = "4") -> MarkSheet:
    sheet = make_sheet(learners=learners)
    fill_sheet(sheet, text)
    return close_sheet(sheet, actor=teacher_of(sheet), at=NOON)


def ask(sheet: MarkSheet, *, actor: Account | None = None, at: datetime = LATER, **given: object) -> Reopening:
    return ask_reopening(sheet, **(SAID | given), actor=actor or teacher_of(sheet), at=at)  # type: ignore[arg-type]


def reopened(learners: int = 2, text: str = "4") -> MarkSheet:
    sheet = closed_sheet(learners, text)
    grant_reopening(ask(sheet), actor=make_account("head"), at=LATER)
    return MarkSheet.objects.select_related("cohort", "module", "teacher__person").get(pk=sheet.pk)


def type_in(sheet: MarkSheet, row: Enrolment, text: str, *, at: datetime = LATER) -> Outcome:
    seen = Mark.objects.in_force().get(sheet=sheet, enrolment=row).pk
    (outcome,) = set_marks(sheet, [Cell(row.pk, text, seen)], actor=teacher_of(sheet), at=at)
    return outcome


def told(kind: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=kind).values_list("account__login", flat=True))


def events(*kinds: str) -> list[str]:
    return list(Event.objects.filter(type__in=kinds).order_by("pk").values_list("type", flat=True))


def refused(clause: str, act: Callable[[], object]) -> str:
    """Return the sentence; nothing is left behind."""
    before = Event.objects.count()
    with pytest.raises(RuleViolation) as refusal, transaction.atomic():
        act()
    assert Event.objects.count() == before
    assert refusal.value.clause == clause
    return refusal.value.sentence
