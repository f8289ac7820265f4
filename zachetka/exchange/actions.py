"""From another system into the previews of people and of marks: nothing is entered here (п. 2.1, 2.2, 2.4)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.exchange.moodle import Moodle
from zachetka.exchange.tables import marks_table, people_table
from zachetka.jobs.actions import ask_for
from zachetka.learning.actions.mark_uploads import upload_marks
from zachetka.learning.models import MarkSheet
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.actions import upload_list

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.jobs.models import Job
    from zachetka.learning.models import MarkUpload
    from zachetka.people.models import Upload

CLAUSE: Final = "2.4"
PEOPLE, MARKS = "moodle-people", "moodle-marks"


def ask_for_people(cohort: int, *, actor: Account, at: datetime) -> Job:
    """Queue the reading of a global group of Moodle (п. 2.4).

    Raises:
        Forbidden: the role does not grant lists of learners.
    """
    require(actor, Permission.PERSON_IMPORT)
    return ask_for(PEOPLE, f"Список из Moodle, группа {cohort}", actor=actor, at=at, cohort=cohort)


def ask_for_marks(course: int, sheet: MarkSheet, *, actor: Account, at: datetime) -> Job:
    """Queue the reading of the gradebook of a Moodle course for one sheet (п. 2.4).

    Raises:
        Forbidden: it is not the actor's sheet.
    """
    require(actor, Permission.SHEET_FILL, sheet)
    title = f"Оценки из Moodle, курс {course}, {sheet.module.short_title}"
    return ask_for(MARKS, title, actor=actor, at=at, course=course, sheet=sheet.pk)


def take_people(moodle: Moodle, cohort: int, *, actor: Account, at: datetime) -> Upload:
    """Hand in the members of a global group of Moodle as a list; nobody is entered yet (п. 2.1, 2.4).

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: Moodle refuses or has nobody there.
        IllegalStep: this very list was confirmed before.
    """
    require(actor, Permission.PERSON_IMPORT)
    content = people_of(moodle, cohort)
    name = f"Moodle, группа {cohort}, {legal_date(at):%d.%m.%Y}.csv"
    upload = upload_list(content, name=name, key=uuid4(), actor=actor, at=at)
    with transaction.atomic():
        record_event(
            EventType.EXCHANGE_TAKEN, upload, actor=actor, at=at, clause=CLAUSE, system="moodle", cohort=cohort
        )
    return upload


def take_marks(moodle: Moodle, course: int, sheet: MarkSheet, *, actor: Account, at: datetime) -> MarkUpload:
    """Hand in the gradebook of a Moodle course for one sheet; no mark is written yet (п. 2.2, 2.4).

    Raises:
        Forbidden: it is not the actor's sheet.
        RuleViolation: Moodle refuses or has no grades there.
        IllegalStep: these very marks were entered before, or the sheet cannot be filled.
    """
    require(actor, Permission.SHEET_FILL, sheet)
    content = marks_of(moodle, course)
    name = f"Moodle, курс {course}, {legal_date(at):%d.%m.%Y}.csv"
    upload = upload_marks(content, sheet.cohort, sheet, name=name, key=uuid4(), actor=actor, at=at)
    with transaction.atomic():
        record_event(
            EventType.EXCHANGE_TAKEN, upload, actor=actor, at=at, clause=CLAUSE, system="moodle", course=course
        )
    return upload


def people_of(moodle: Moodle, cohort: int | None) -> bytes:
    """Return the members of a global group, or everybody, as a list.

    Raises:
        RuleViolation: Moodle refuses or has nobody there.
    """
    users = moodle.people(cohort)
    if not users:
        raise RuleViolation(CLAUSE, "В этой группе Moodle никого нет, или токену не видно её людей.")
    return people_table(users)


def marks_of(moodle: Moodle, course: int) -> bytes:
    """Return the gradebook of a course as a table.

    Raises:
        RuleViolation: Moodle refuses or has no grades there.
    """
    grades = moodle.grades(course)
    if not grades.rows or not grades.items:
        raise RuleViolation(CLAUSE, "В этом курсе Moodle нет оценок, или токену не видно журнала.")
    return marks_table(grades)
