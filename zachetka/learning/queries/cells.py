"""What stands in the cells of a sheet right now: read at each keystroke, so written in SQL and not composed (п. 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from zachetka.core.composed import Asked
from zachetka.learning.models import Mark, MarkSheet

# The newest mark of a cell is the one in force: each supersedes the one before it, and the table lets no two do so.
_STANDING: Final = """
SELECT e.id, e.state, e.state IN ('active', 'admitted') OR e.state = 'withdrawn' AND e.ended_on > %s,
    o.sort = 'final', a.id IS NOT NULL, coalesce(a.effective_on > %s, false), {relieved}, p.uid, nextval('learning_mark_id_seq'), m.id, m.sheet_id,
    m.enrolment_id, m.grade_id, m.score
FROM learning_enrolment e
JOIN people_learner l ON l.id = e.learner_id JOIN people_person p ON p.id = l.person_id
JOIN programs_module o ON o.id = %s LEFT JOIN learning_order a ON a.id = e.admission_order_id
LEFT JOIN LATERAL (
    SELECT * FROM learning_mark m WHERE m.sheet_id = %s AND m.enrolment_id = e.id ORDER BY m.id DESC LIMIT 1
) m ON true
WHERE e.cohort_id = %s AND e.id = ANY(%s)
"""
_WITH_GROUP: Final = """
AND NOT EXISTS (SELECT FROM learning_planline p WHERE p.plan_id = e.study_plan_id AND p.module_id = o.id)
AND e.started_on <= %s
"""
_NAMED: Final = "AND EXISTS (SELECT FROM learning_sheetmember n WHERE n.sheet_id = %s AND n.enrolment_id = e.id)"
_OF_ALL: Final = _STANDING.format(relieved="false") + _WITH_GROUP
_OF_NAMED: Final = _STANDING.format(relieved="learning_is_relieved(e.id, %s)") + _NAMED
_READ: Final = ("id", "sheet_id", "enrolment_id", "grade_id", "score")


@dataclass(frozen=True, slots=True)
class Seat:
    """A learner of the cohort and what stands in their cell.

    Attributes:
        state: value of `Enrolment.State`.
        sits: who it is learns, or will until the day of an order of withdrawal: the condition of `completeness.sitting`.
        is_final: the cell is of final attestation.
        is_admitted: an order has admitted them to it.
        is_ahead: it does so from a later day than the control is held.
        is_relieved: an earlier attempt has come to be passed: the resit is of them no more.
        person_uid: whom an event about the mark concerns.
        next_mark: the primary key of the mark that is written there next; greater than that of every mark seen there.
        mark: the mark that no later mark supersedes, or None; what is rarely asked of it is read when asked.
    """

    state: str
    sits: bool
    is_final: bool
    is_admitted: bool
    is_ahead: bool
    is_relieved: bool
    person_uid: UUID
    next_mark: int
    mark: Mark | None


def seats_asked(sheet: MarkSheet, enrolments: Iterable[int], day: date) -> Asked[tuple[Any, ...]]:
    """Return the question what stands in the cells of those of `enrolments` whom the sheet is of, on `day`."""
    asked = (sheet.module_id, sheet.pk, sheet.cohort_id, list(enrolments))
    if sheet.is_main:
        return Asked(_OF_ALL, (day, sheet.held_on, *asked, sheet.held_on))
    return Asked(_OF_NAMED, (day, sheet.held_on, sheet.pk, *asked, sheet.pk))


def seats_read(rows: Iterable[tuple[Any, ...]]) -> dict[int, Seat]:
    """Return enrolment → seat of the answer to `seats_asked`."""
    return {
        pk: Seat(
            state,
            sits,
            is_final,
            is_admitted,
            is_ahead,
            is_relieved,
            uid,
            next_mark,
            Mark.from_db(DEFAULT_DB_ALIAS, _READ, mark) if mark[0] else None,
        )
        for pk, state, sits, is_final, is_admitted, is_ahead, is_relieved, uid, next_mark, *mark in rows
    }
