"""Looking at the marks of a whole group: each page of them leaves an event before it is shown (п. 3.8; 152-ФЗ ст. 19)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from zachetka.learning.models import Cohort, Enrolment
from zachetka.ledger.actions import Happening, record_looks
from zachetka.ledger.events import EventType
from zachetka.people.subject.seen import Stood, in_groups

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from zachetka.access.models import Account
    from zachetka.people.models import Person

CLAUSE: Final = "3.8"


class Section(StrEnum):
    """Which page of a group names its people beside their marks."""

    GRID = "grid"
    SHEET = "sheet"
    SUMMARY = "summary"
    PLANNED = "planned"
    DEBTS = "debts"
    ADMISSION = "admission"
    COHORT = "cohort"
    CLOSING = "closing"
    RESIT = "resit"
    FILE = "file"
    DRAFT = "draft"
    ORDER = "order"
    REOPENING = "reopening"
    CORRECTIONS = "corrections"


def look_at_marks(cohort: Cohort, section: Section, *, reader: Account, at: datetime) -> None:
    """Record that `reader`, who found the cohort through the policy, is about to see its marks. Call before they are shown."""
    look_at_groups([cohort], section, reader=reader, at=at)


def look_at_groups(cohorts: Iterable[Cohort], section: Section, *, reader: Account, at: datetime) -> None:
    """Record, as `look_at_marks`, a page that names people of several cohorts: each cohort once; one statement."""
    said = {"section": section.value, "roles": sorted(reader.roles_held)}
    record_looks(
        [
            Happening(type=EventType.COHORT_MARKS_READ, subject=cohort, actor=reader, at=at, clause=CLAUSE, body=said)
            for cohort in dict.fromkeys(cohorts)
        ]
    )


@in_groups
def cohorts_of(person: Person) -> list[Stood]:
    """Return the cohorts in which `person` learns or learnt, since each order of enrolment: who looked at one since looked at them."""
    books = Enrolment.objects.filter(learner__person__human_uid=person.human_uid)
    issued = books.values_list("cohort", "enrolment_order__approved_at")
    return [(Cohort._meta.label_lower, str(pk), since) for pk, since in issued if since is not None]
