"""What the database holds of the way of a version, asked by plain SQL as the application (п. 2.3, 3.8)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from zachetka.access.tests.make import make_account
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program, make_program_version

pytestmark = pytest.mark.clause("2.3")


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def refuses(words: str, statement: str, *values: Any) -> None:
    with pytest.raises(IntegrityError, match=words):
        run(statement, *values)


INSERT = """
INSERT INTO programs_programversion (program_id, number, title, qualification, hours, study_form, distance, final_form,
    state, drafted_by_id, drafted_by_person, approved_by_id, approved_by_person, approved_at, valid_from, remark)
SELECT %s, 1, title, qualification, hours, study_form, distance, final_form, {state}, drafted_by_id, drafted_by_person,
    {approved_by_id}, {approved_by_person}, {approved_at}, {valid_from}, ''
FROM programs_programversion WHERE id = %s
"""
DRAFT = {
    "state": "'draft'",
    "approved_by_id": "NULL",
    "approved_by_person": "NULL",
    "approved_at": "NULL",
    "valid_from": "NULL",
}


def test_a_version_begins_as_a_draft(db: None) -> None:
    version, program = make_program_version(), make_program()
    refuses("начинается с черновика", INSERT.format(**{name: name for name in DRAFT}), program.pk, version.pk)
    for name in DRAFT:
        wrong = "'submitted'" if name == "state" else name
        refuses("начинается с черновика", INSERT.format(**DRAFT | {name: wrong}), program.pk, version.pk)
    run(INSERT.format(**DRAFT), program.pk, version.pk)


APPROVE = (
    "UPDATE programs_programversion SET state = 'approved', valid_from = '2026-09-01', approved_at = now(), "
    "approved_by_id = %s, approved_by_person = %s WHERE id = %s"
)
MOVE = "UPDATE programs_programversion SET {} WHERE id = %s"


def test_a_version_goes_its_way_and_no_other(db: None) -> None:
    version, head, other = make_program_version(approved=False), make_account("head"), make_account("head")
    refuses("иного пути нет", APPROVE, head.pk, head.person_uid, version.pk)
    refuses("только у утверждённой", MOVE.format("valid_from = '2026-01-01'"), version.pk)
    run(MOVE.format("title = 'Иная'"), version.pk)
    run(MOVE.format("state = 'submitted'"), version.pk)
    refuses("на утверждении не правят", MOVE.format("title = 'Третья'"), version.pk)
    refuses("на утверждении не правят", MOVE.format("state = 'draft', title = 'Третья'"), version.pk)
    refuses("своей учётной записью", APPROVE, head.pk, other.person_uid, version.pk)
    refuses("иного пути нет", MOVE.format("state = 'retired'"), version.pk)
    run(MOVE.format("state = 'draft', remark = 'часы'"), version.pk)
    run(MOVE.format("state = 'submitted', remark = ''"), version.pk)
    run(APPROVE, head.pk, head.person_uid, version.pk)
    run(MOVE.format("state = 'retired'"), version.pk)
    assert ProgramVersion.objects.get(pk=version.pk).state == "retired"


def test_what_was_in_force_stays(db: None) -> None:
    make_program_version()
    for table in ("programs_scaleversion", "programs_hourminimum"):
        refuses("заканчивают и вводят", f"UPDATE {table} SET valid_from = valid_from - 1")  # noqa: S608
        refuses("не удаляется", f"DELETE FROM {table}")  # noqa: S608
        run(f"UPDATE {table} SET valid_to = '2099-01-01' WHERE valid_to IS NULL")  # noqa: S608
        refuses("заканчивают и вводят", f"UPDATE {table} SET valid_to = NULL")  # noqa: S608
    refuses("не меняются", "UPDATE programs_program SET kind = 'professional_retraining'")
    refuses("не удаляется", "DELETE FROM programs_program")
