"""Builders of debts and of what is refused about them, by the actions themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from zachetka.access.tests.make import make_account
from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.errors import Refusal
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Cohort, Enrolment, MarkSheet
from zachetka.learning.tests.make import enrolments_of, make_mark, make_sheet, teacher_of
from zachetka.people.tests.make import make_employee

FAILED = date(2026, 2, 10)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=LEGAL_ZONE)


class Debtors:
    """A cohort of one module whose learners failed on 10 February 2026; `sit` lets them try again."""

    def __init__(self, learners: int = 1, text: str = "2") -> None:
        self.sheet = make_sheet(
            learners=learners,
            starts_on=date(2026, 1, 12),
            ends_on=date(2027, 12, 24),
            attestation_on=None,
            held_on=[FAILED],
            at=noon(date(2026, 1, 10)),
        )
        self.cohort: Cohort = self.sheet.cohort
        self.people: list[Enrolment] = enrolments_of(self.sheet)
        for one in self.people:
            make_mark(one, self.sheet, text, at=noon(FAILED))
        close_sheet(self.sheet, actor=teacher_of(self.sheet), at=noon(FAILED))
        self.methodist = make_account("methodist", unit=self.cohort.program_version.program.unit)

    def appoint(self, day: date, **given: Any) -> MarkSheet:
        known: dict[str, Any] = {
            "enrolments": self.people,
            "teacher": self.sheet.teacher,
            "held_on": day,
            "due_on": day + timedelta(days=3),
            "actor": self.methodist,
            "at": noon(day - timedelta(days=5)),
        }
        return appoint_resit(self.cohort, self.sheet.module, **(known | given))

    def sit(self, day: date, text: str = "2", **given: Any) -> MarkSheet:
        sheet = self.appoint(day, **given)
        people = given.get("enrolments", self.people)
        outcomes = set_marks(sheet, [Cell(one.pk, text, None) for one in people], actor=teacher_of(sheet), at=noon(day))
        assert not [outcome.refusal for outcome in outcomes if outcome.refusal]
        return close_sheet(sheet, actor=teacher_of(sheet), at=noon(day))

    def panel(self) -> dict[str, Any]:
        members = [make_employee(unit=self.sheet.teacher.unit) for _ in range(2)]
        return {"commission": members, "basis": "приказ № 41-к от 01.04.2026"}


def refused(act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        act()
    return refusal.value
