"""What the database holds of people and lists, asked by plain SQL as the application (п. 2.1, 3.8)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.people.actions import cancel_upload, upload_list
from zachetka.people.intake.tests.make import make_person
from zachetka.people.tests.make import make_employee, make_learners

pytestmark = pytest.mark.clause("2.1")


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def refuses(words: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match=words):
        run(statement)


@pytest.mark.clause("3.8")
def test_people_are_neither_deleted_nor_turned_into_others(db: None) -> None:
    (learner,), employee = make_learners(1), make_employee()
    (other,) = make_learners(1)
    for table, pk in (("learner", learner.pk), ("employee", employee.pk), ("person", learner.person_id)):
        refuses("не удаляются", f"DELETE FROM people_{table} WHERE id = {pk}")  # noqa: S608
    refuses("остаётся собой", f"UPDATE people_person SET uid = gen_random_uuid() WHERE id = {learner.person_id}")  # noqa: S608
    change = f"UPDATE people_learner SET person_id = {other.person_id} WHERE id = {learner.pk}"  # noqa: S608
    refuses("тем же человеком", change)
    run(f"UPDATE people_person SET email = 'a@example.org' WHERE id = {learner.person_id}")  # noqa: S608


def test_a_list_goes_one_way(db: None) -> None:
    actor = make_account("methodist")
    content = make_xlsx({"Пути": [HEADER, make_person(1)]})
    upload = upload_list(content, name="Список.xlsx", key=uuid4(), actor=actor, at=now())
    row = f"WHERE id = {upload.pk}"
    copy = (
        "INSERT INTO people_upload (key, sha256, state, corrections, uploaded_at, ended_at, people, new, known, refused, "
        "file_id, uploaded_by_id) SELECT gen_random_uuid(), sha256, {}, corrections, uploaded_at, {}, people, new, known, "
        "refused, file_id, uploaded_by_id FROM people_upload "
    )
    refuses("сначала загружают", copy.format("'confirmed'", "now()") + row)
    run(copy.format("'uploaded'", "NULL") + row)
    refuses("не удаляется", f"DELETE FROM people_upload {row}")  # noqa: S608
    refuses("не меняется", f"UPDATE people_upload SET sha256 = repeat('0', 64) {row}")  # noqa: S608
    run(f"UPDATE people_upload SET corrections = '{{}}' {row}")  # noqa: S608
    cancel_upload(upload, actor=actor, at=now())
    refuses("не меняется", f"UPDATE people_upload SET state = 'uploaded', ended_at = NULL {row}")  # noqa: S608
