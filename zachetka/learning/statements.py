"""Marks written in one statement: a keystroke waits for it, a pasted column is a hundred of them (п. 2.2)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from django.db import connection

from zachetka.core.canonical import plain
from zachetka.learning.models import Mark

_INSERT: Final = """
INSERT INTO learning_mark (sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, supersedes_id,
    reason, basis, recorded_by_id, recorded_by_person, recorded_at)
SELECT sheet_id, enrolment_id, grade_id, score, held_on, teacher_id, supersedes_id,
    '', '', recorded_by_id, recorded_by_person, recorded_at
FROM json_to_recordset(%s::json) AS row(n integer, sheet_id bigint, enrolment_id bigint, grade_id bigint,
    score numeric, held_on date, teacher_id bigint, supersedes_id bigint,
    recorded_by_id bigint, recorded_by_person uuid, recorded_at timestamptz)
ORDER BY n
RETURNING id
"""
_GIVEN: Final = (
    "sheet_id", "enrolment_id", "grade_id", "score", "held_on", "teacher_id", "supersedes_id", "recorded_by_id",
    "recorded_by_person", "recorded_at",
)  # fmt: skip


def insert_marks(marks: Sequence[Mark]) -> None:
    """Insert marks of an open sheet in their order and give each its primary key.

    Raises:
        IntegrityError: a constraint or a guard of the table refuses one; then none is written.
    """
    rows = [{"n": place, **{name: plain(getattr(mark, name)) for name in _GIVEN}} for place, mark in enumerate(marks)]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [json.dumps(rows)])
        for mark, (pk,) in zip(marks, cursor.fetchall(), strict=True):
            mark.pk = pk
            mark._state.adding, mark._state.db = False, connection.alias
