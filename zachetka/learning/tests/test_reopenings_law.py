"""What the database holds of sheets that are opened again (п. 2.1, 2.2, 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date
from zachetka.core.errors import Refusal
from zachetka.learning.models import Reopening
from zachetka.learning.tests.make import (
    enrolments_of,
    make_enrolments,
    teacher_of,
)
from zachetka.learning.tests.make_reopenings import (
    DAY,
    LATER,
    ask,
    closed_sheet,
    reopened,
    type_in,
)
from zachetka.people.tests.make import make_learner
from zachetka.programs.queries import reopening_days

pytestmark = [pytest.mark.clause("2.2"), pytest.mark.usefixtures("db")]


class Undone(Exception):
    """Takes back what a control wrote."""


@pytest.fixture
def refused_by_database() -> Callable[..., str]:
    """Run SQL and return the words of the database's refusal; fails when the database lets it pass."""

    def run(statement: str, values: Sequence[Any]) -> str:
        with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
        return str(refusal.value)

    return run


ASKED = """
INSERT INTO learning_reopening (sheet_id, reason, basis, until, state, refusal, asked_by_id, asked_by_person, asked_at)
SELECT id, 'п', 'о', now(), {}, '', closed_by_id, gen_random_uuid(), now() FROM learning_marksheet WHERE id = %s
"""
GRANTED = "UPDATE learning_reopening SET state = 'open', decided_by_id = %s, decided_by_person = %s, decided_at = now() WHERE id = %s"


@pytest.mark.clause("3.8")
def test_the_database_refuses_the_teacher_and_whoever_asked(refused_by_database: Callable[..., str]) -> None:
    sheet = closed_sheet()
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    asked, teacher = ask(sheet, actor=methodist), teacher_of(sheet)
    twin = make_account("head", person_uid=teacher.person_uid)
    for one in (teacher, twin):
        assert "решает не тот" in refused_by_database(GRANTED, [one.pk, one.person_uid, asked.pk])
    assert "reopening_is_decided_by_another" in refused_by_database(
        GRANTED, [methodist.pk, methodist.person_uid, asked.pk]
    )
    head = make_account("head")
    assert "один раз" in refused_by_database(GRANTED, [head.pk, methodist.person_uid, asked.pk]), "somebody else's name"
    with transaction.atomic(), connection.cursor() as cursor:  # the control: only the sheet is missing
        cursor.execute(GRANTED, [head.pk, head.person_uid, asked.pk])
        with pytest.raises(DatabaseError, match="ровно столько"):
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE learning_marksheet SET state = 'reopened' WHERE id = %s", "открывают заново с причиной"),
        ("UPDATE learning_marksheet SET state = 'reopened', teacher_id = teacher_id + 1 WHERE id = %s", "открывают заново"),
        (ASKED.format("'open'"), "сначала просят"),
        (ASKED.format("'asked'"), "под своей учётной записью"),
    ],
)  # fmt: skip
def test_the_database_opens_no_sheet_without_a_decided_request(
    refused_by_database: Callable[..., str], statement: str, words: str
) -> None:
    assert words in refused_by_database(statement, [closed_sheet().pk])


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ("reopening_id = NULL", "называет повторное открытие"),
        ("reason = 'другая'", "с причиной и документом открытия"),
        ("grade_id = NULL, score = NULL", "меняют на другую"),
        ("recorded_at = recorded_at + interval '9 days'", "в срок"),
    ],
)
def test_the_database_takes_only_marks_that_carry_the_reopening(
    refused_by_database: Callable[..., str], changed: str, words: str
) -> None:
    sheet = reopened(learners=1)
    outcome = type_in(sheet, enrolments_of(sheet)[0], "5")
    assert outcome.mark is not None
    given = dict(part.split(" = ", 1) for part in changed.split(", "))
    columns = [
        "sheet_id",
        "enrolment_id",
        "grade_id",
        "score",
        "held_on",
        "teacher_id",
        "supersedes_id",
        "reason",
        "basis",
        "reopening_id",
        "recorded_by_id",
        "recorded_by_person",
        "recorded_at",
    ]
    taken = ", ".join("id" if name == "supersedes_id" else given.get(name, name) for name in columns)
    statement = f"INSERT INTO learning_mark ({', '.join(columns)}) SELECT {taken} FROM learning_mark WHERE id = %s"  # noqa: S608 - names written in this file
    assert words in refused_by_database(statement, [outcome.mark.pk])
    whole = f"INSERT INTO learning_mark ({', '.join(columns)}) SELECT {', '.join('id' if n == 'supersedes_id' else n for n in columns)} FROM learning_mark WHERE id = %s"  # noqa: S608 - likewise
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(whole, [outcome.mark.pk])
        transaction.set_rollback(True)


@pytest.mark.parametrize("days", [-1, 15])
def test_the_database_knows_no_term_longer_than_the_norm(refused_by_database: Callable[..., str], days: int) -> None:
    sheet = closed_sheet()
    asked_at = LATER.replace(hour=22, minute=30, tzinfo=UTC)  # the next day has begun in Moscow
    day, teacher = legal_date(asked_at), teacher_of(sheet)
    assert day == asked_at.date() + DAY
    row = (
        "INSERT INTO learning_reopening (sheet_id, reason, basis, until, state, refusal, asked_by_id, asked_by_person, asked_at) "
        "VALUES (%s, 'п', 'о', %s, 'asked', '', %s, %s, %s)"
    )
    said: list[Any] = [teacher.pk, teacher.person_uid, asked_at]
    assert "не дольше, чем установила организация" in refused_by_database(row, [sheet.pk, day + days * DAY, *said])
    for kept in (day, day + reopening_days(day) * DAY):  # the control: the first and the last day
        with suppress(Undone), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(row, [sheet.pk, kept, *said])
            assert Reopening.objects.get().until == kept
            raise Undone


def test_what_was_decided_stays(refused_by_database: Callable[..., str]) -> None:
    reopened()
    found = Reopening.objects.get()
    assert "один раз" in refused_by_database(
        "UPDATE learning_reopening SET until = until + 1 WHERE id = %s", [found.pk]
    )
    assert "не удаляется" in refused_by_database("DELETE FROM learning_reopening WHERE id = %s", [found.pk])


def test_nobody_is_enrolled_past_a_sheet_that_is_open_again() -> None:
    sheet = reopened()
    with pytest.raises(Refusal):
        make_enrolments(sheet.cohort, [make_learner()])
