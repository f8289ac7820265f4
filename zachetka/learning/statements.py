"""What is written in one statement however many rows it is: marks of a sheet, numbers of record books (п. 2.2, 2.5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from django.db import connection

from zachetka.core.canonical import plain
from zachetka.learning.models import Enrolment, Mark
from zachetka.ledger.actions import Fact

_INSERT: Final = """
INSERT INTO learning_mark (id, sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, supersedes_id,
    reason, basis, reopening_id, recorded_by_id, recorded_by_person, recorded_at)
SELECT id, sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, supersedes_id,
    reason, basis, reopening_id, recorded_by_id, recorded_by_person, recorded_at
FROM json_to_recordset(%s::json) AS row(n integer, id bigint, sheet_id bigint, enrolment_id bigint, grade_id bigint,
    score numeric, held_on date, teacher_id bigint, supersedes_id bigint, reason text, basis text,
    reopening_id bigint, recorded_by_id bigint, recorded_by_person uuid, recorded_at timestamptz)
ORDER BY n
"""
_GIVEN: Final = (
    "id", "sheet_id", "enrolment_id", "grade_id", "score", "held_on", "teacher_id", "supersedes_id", "reason",
    "basis", "reopening_id", "recorded_by_id", "recorded_by_person", "recorded_at",
)  # fmt: skip


def marks_written(marks: Sequence[Mark]) -> Fact:
    """Return the INSERT of marks of a sheet that is open, or open again, in their order; they have their primary keys."""
    rows = [{"n": place, **{name: plain(getattr(mark, name)) for name in _GIVEN}} for place, mark in enumerate(marks)]
    return Fact(_INSERT, (json.dumps(rows),))


_NUMBERS: Final = """
UPDATE learning_enrolment e SET number = given.number
FROM unnest(%s::bigint[], %s::text[]) AS given(id, number) WHERE e.id = given.id
"""


def write_numbers(books: Sequence[Enrolment]) -> None:
    """Write the numbers that the register gave to record books just made, as they stand in memory (п. 2.5)."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, [[book.pk for book in books], [book.number for book in books]])
