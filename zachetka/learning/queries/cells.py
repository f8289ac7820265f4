"""What stands in the cells of a sheet right now: read at each keystroke, so written in SQL and not composed (п. 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from zachetka.learning.models import Mark, MarkSheet

_PEOPLE: Final = """
SELECT e.id, e.state, p.uid FROM learning_enrolment e
JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
WHERE e.cohort_id = %s AND e.id = ANY(%s)
"""
_HOLDING: Final = """
SELECT m.* FROM learning_mark m
WHERE m.sheet_id = %s AND m.enrolment_id = ANY(%s)
AND NOT EXISTS (SELECT FROM learning_mark later WHERE later.supersedes_id = m.id)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A learner of the cohort.

    Attributes:
        state: value of `Enrolment.State`.
        person_uid: whom an event about the mark concerns.
    """

    state: str
    person_uid: UUID


def rows_of(sheet: MarkSheet, enrolments: Iterable[int]) -> dict[int, Row]:
    """Return those of `enrolments` that are of the sheet's cohort; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [sheet.cohort_id, list(enrolments)])
        return {pk: Row(state, uid) for pk, state, uid in cursor.fetchall()}


def holding_in(sheet: MarkSheet, enrolments: Iterable[int]) -> dict[int, Mark]:
    """Return enrolment → the mark that no later mark supersedes; one query."""
    return {mark.enrolment_id: mark for mark in Mark.objects.raw(_HOLDING, [sheet.pk, list(enrolments)])}
