"""What stands in the cells of a sheet right now: read at each keystroke, so written in SQL and not composed (п. 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from zachetka.learning.models import Mark, MarkSheet

# The newest mark of a cell is the one in force: each supersedes the one before it, and the table lets no two do so.
_STANDING: Final = """
SELECT e.id, e.state, p.uid, m.id, m.sheet_id, m.enrolment_id, m.grade_id, m.score
FROM learning_enrolment e
JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
LEFT JOIN LATERAL (
    SELECT * FROM learning_mark m WHERE m.sheet_id = %s AND m.enrolment_id = e.id ORDER BY m.id DESC LIMIT 1
) m ON true
WHERE e.cohort_id = %s AND e.id = ANY(%s)
"""
_READ: Final = ("id", "sheet_id", "enrolment_id", "grade_id", "score")


@dataclass(frozen=True, slots=True)
class Standing:
    """A learner of the cohort and what stands in their cell.

    Attributes:
        state: value of `Enrolment.State`.
        person_uid: whom an event about the mark concerns.
        mark: the mark that no later mark supersedes, or None; what is rarely asked of it is read when asked.
    """

    state: str
    person_uid: UUID
    mark: Mark | None


def standing_in(sheet: MarkSheet, enrolments: Iterable[int]) -> dict[int, Standing]:
    """Return enrolment → standing for those of `enrolments` that are of the sheet's cohort; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [sheet.pk, sheet.cohort_id, list(enrolments)])
        return {
            pk: Standing(state, uid, Mark.from_db(connection.alias, _READ, mark) if mark[0] else None)
            for pk, state, uid, *mark in cursor.fetchall()
        }
