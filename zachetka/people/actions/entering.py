"""The people of a checked list entered: new ones as a whole, known ones as the list changes them (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from zachetka.core.clock import legal_date
from zachetka.core.errors import RuleViolation
from zachetka.ledger.actions import Happening, record_events
from zachetka.ledger.events import EventType
from zachetka.people.actions.account_names import rename_accounts
from zachetka.people.actions.persons import Particulars, Schooling, register_learners
from zachetka.people.actions.uniqueness import recorded_once
from zachetka.people.intake.columns import Field
from zachetka.people.intake.people import Candidate, Checked, Result, Verdict
from zachetka.people.models import EducationDocument, Learner, Person, PersonName

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.core.provable import Provable
    from zachetka.people.models import Upload

CLAUSE: Final = "2.1"
NAMES: Final = ("last_name", "first_name", "patronymic")
PARTICULARS: Final = ("birth_date", "snils", "sex", "citizenship", "email", "phone")
SAVED: Final = (*NAMES, *PARTICULARS, "name_key", "sort_key", "search")


def enter(result: Result, upload: Upload, *, actor: Account | None, at: datetime) -> None:
    """Enter every row without problems, in the caller's transaction and a constant number of statements.

    `result` is of a review that locks: nobody changes the known people between the verdicts and this.

    Raises:
        RuleViolation: a name was changed today already, or a СНИЛС or a document was recorded by somebody else this
            moment.
    """
    register_learners([_particulars(row.person) for row in result.having(Verdict.NEW)], actor=actor, at=at)
    known = {row.known.key: row for row in result.having(Verdict.KNOWN, Verdict.CHANGED) if row.known}
    people = Person.objects.select_for_update(no_key=True).filter(pk__in=known).order_by("pk")
    happened: list[Happening] = []

    def say(event: EventType, records: Sequence[Provable]) -> None:
        happened.extend(Happening(type=event, subject=one, actor=actor, at=at, clause=CLAUSE) for one in records)

    changed = [person for person in people if known[person.pk].changes]
    renamed = [person for person in changed if _has(known[person.pk], *NAMES)]
    _refuse_second_name(renamed, known, at)
    touched = {person.pk: _apply(person, known[person.pk]) for person in changed}
    altered = [person for person in changed if touched[person.pk]]
    with recorded_once():
        Person.objects.bulk_update(altered, SAVED)
    say(
        EventType.NAME_CHANGED, PersonName.objects.bulk_create(_name(one, known[one.pk], upload, at) for one in renamed)
    )
    happened.extend(
        Happening(
            type=EventType.PERSON_CHANGED,
            subject=one,
            actor=actor,
            at=at,
            clause=CLAUSE,
            body={"fields": touched[one.pk]},
        )
        for one in altered
    )
    happened.extend(rename_accounts(renamed, actor=actor, at=at))
    papers = [_paper(known[one.pk].person, one, at) for one in changed if _has(known[one.pk], Field.DIPLOMA)]
    with recorded_once():
        added = EducationDocument.objects.bulk_create(papers)
    say(EventType.EDUCATION_DOCUMENT_ADDED, added)
    learners = set(Learner.objects.filter(person__in=known).values_list("person_id", flat=True))
    fresh = [Learner(person_id=key, registered_at=at) for key in known if key not in learners]
    say(EventType.LEARNER_REGISTERED, Learner.objects.bulk_create(fresh))
    record_events(happened)


def _particulars(person: Candidate) -> Particulars:
    return Particulars(
        last_name=person.last_name,
        first_name=person.first_name,
        patronymic=person.patronymic,
        sex=person.sex,
        birth_date=person.birth_date,
        snils=person.snils or None,
        citizenship=person.citizenship,
        email=person.email,
        phone=person.phone,
        education=(_schooling(person),) if person.education else (),
    )


def _schooling(person: Candidate) -> Schooling:
    return Schooling(
        level=person.education,
        series=person.diploma_series,
        number=person.diploma_number,
        surname=person.diploma_last_name,
    )


def _has(row: Checked, *fields: str) -> bool:
    return any(change.field in fields for change in row.changes)


def _apply(person: Person, row: Checked) -> list[str]:
    """Set on `person` what the list changes; return the names of what changed, a name of a person as «name»."""
    told = {change.field for change in row.changes}
    for name in (*NAMES, *PARTICULARS):
        if name in told:
            setattr(person, name, getattr(row.person, name))
    if told & set(NAMES):
        person.take_keys()
    return sorted(({"name"} if told & set(NAMES) else set()) | (told & set(PARTICULARS)))


def _refuse_second_name(renamed: Sequence[Person], known: dict[int, Checked], at: datetime) -> None:
    later = PersonName.objects.filter(person__in=renamed, valid_from__gte=legal_date(at)).first()
    if later is not None:
        row = known[later.person_id]
        raise RuleViolation(
            CLAUSE,
            f"Строка {row.row.number} листа «{row.sheet}»: имя этого человека сегодня уже меняли. Загрузите завтра.",
        )


def _name(person: Person, row: Checked, upload: Upload, at: datetime) -> PersonName:
    return PersonName(
        person=person,
        last_name=person.last_name,
        first_name=person.first_name,
        patronymic=person.patronymic,
        valid_from=legal_date(at),
        basis=f"Список «{upload.file.name[:120]}», строка {row.row.number}",
        recorded_at=at,
    )


def _paper(told: Candidate, person: Person, at: datetime) -> EducationDocument:
    return EducationDocument(
        person=person,
        level=told.education,
        series=told.diploma_series,
        number=told.diploma_number,
        surname=told.diploma_last_name,
        recorded_at=at,
    )
