"""Looking at people is an act of its own: each look leaves an event before anything is shown (п. 3.8; 152-ФЗ ст. 19).

The event is written in the transaction in which the page reads; when it cannot be written, there is no page.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zachetka.access.classes import class_of
from zachetka.access.guard import fields, is_own, require
from zachetka.access.policy import FieldClass, Permission
from zachetka.core.errors import Forbidden
from zachetka.ledger.actions import record_event, record_look
from zachetka.ledger.events import EventType
from zachetka.people import queries
from zachetka.people.fields import PERSONAL_FIELDS, paper_shown
from zachetka.people.models import EducationDocument, Person, PersonName, SubjectRequest, Upload
from zachetka.people.models.person import asks_for_a_number

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.rendering.tables import Table

CLAUSE = "3.8"


def read_card(person: Person, *, actor: Account, at: datetime) -> None:
    """Record that `actor` opened somebody else's card; one's own leaves nothing.

    Raises:
        Forbidden: the card is out of reach.
    """
    if is_own(person.human_uid, actor):
        return
    with transaction.atomic():
        require(actor, Permission.PERSON_READ, person)
        record_event(EventType.PERSON_READ, person, actor=actor, at=at, clause=CLAUSE, roles=sorted(actor.roles_held))


def find_by_number(text: str, *, actor: Account, at: datetime) -> None:
    """Record whom a whole СНИЛС in a search leads `actor` to: the answer tells whose the number is; nothing for other texts."""
    if not asks_for_a_number(text):
        return
    for person in queries.found_by(actor, Person.objects.visible_to(actor), text):
        if not is_own(person.human_uid, actor):
            roles = sorted(actor.roles_held)
            record_look(EventType.PERSON_FOUND, person, actor=actor, at=at, clause=CLAUSE, field="snils", roles=roles)


def read_kept(person: Person, *, actor: Account, at: datetime) -> None:
    """Record that `actor` looked at everything that is kept of somebody else; one's own leaves nothing.

    Raises:
        Forbidden: it is out of reach.
    """
    if is_own(person.human_uid, actor):
        return
    with transaction.atomic():
        require(actor, Permission.SUBJECT_READ, person)
        roles = sorted(actor.roles_held)
        record_event(EventType.SUBJECT_DATA_READ, person, actor=actor, at=at, clause=CLAUSE, roles=roles)


def take_answer(request: SubjectRequest, *, actor: Account, at: datetime) -> None:
    """Record that the file of an answer was taken; one's own leaves nothing.

    Raises:
        Forbidden: it is out of reach.
    """
    require(actor, Permission.SUBJECT_EXPORT, request)
    if is_own(request.person.human_uid, actor):
        return
    with transaction.atomic():
        record_event(
            EventType.SUBJECT_DATA_READ,
            request.person,
            actor=actor,
            at=at,
            clause=CLAUSE,
            request=request.pk,
            form="zip",
            roles=sorted(actor.roles_held),
        )


def reveal_paper(paper: EducationDocument, *, actor: Account, at: datetime) -> str:
    """Return an education document in the clear and record who looked.

    Raises:
        Forbidden: the policy does not open personal documents to the actor.
    """
    person = paper.person
    with transaction.atomic():
        require(actor, Permission.PERSON_REVEAL, person)
        if FieldClass.PERSONAL_DOCUMENTS not in fields(actor, person, Permission.PERSON_REVEAL):
            raise Forbidden("Ваша роль не открывает личных документов.")
        _revealed(paper, "education_document", actor=actor, at=at)
    return paper_shown(paper)


def reveal_basis(name: PersonName, *, actor: Account, at: datetime) -> str:
    """Return the document behind a change of name in the clear and record who looked.

    Raises:
        Forbidden: the policy does not open it to the actor.
    """
    person = name.person
    with transaction.atomic():
        require(actor, Permission.PERSON_REVEAL, person)
        if class_of("people.personname", "basis") not in fields(actor, person, Permission.PERSON_REVEAL):
            raise Forbidden("Ваша роль не открывает личных документов.")
        _revealed(name, "name_basis", actor=actor, at=at)
    return name.basis


def _revealed(record: EducationDocument | PersonName, field: str, *, actor: Account, at: datetime) -> None:
    kind, roles = EventType.PERSONAL_DATA_REVEALED, sorted(actor.roles_held)
    record_event(kind, record, actor=actor, at=at, clause=CLAUSE, field=field, roles=roles)


def look_through(upload: Upload, *, rows: int, actor: Account, at: datetime) -> None:
    """Record that the people of an open list were looked at, how many.

    Raises:
        Forbidden: the role does not grant it.
    """
    require(actor, Permission.PERSON_IMPORT, upload)
    with transaction.atomic():
        record_event(
            EventType.PERSONAL_DATA_REVEALED, upload, actor=actor, at=at, clause=CLAUSE, list="upload", rows=rows
        )


def take_refused(upload: Upload, *, rows: int, actor: Account, at: datetime) -> None:
    """Record that the rows that do not enter left the system as a file, how many.

    Raises:
        Forbidden: the role does not grant it.
    """
    require(actor, Permission.PERSON_IMPORT, upload)
    with transaction.atomic():
        record_event(
            EventType.LIST_EXPORTED, upload, actor=actor, at=at, clause=CLAUSE, list="refused", form="xlsx", rows=rows
        )


def open_for_editing(person: Person, *, actor: Account, at: datetime) -> None:
    """Record that the form with every particular in the clear was opened (п. 3.8)."""
    with transaction.atomic():
        require(actor, Permission.PERSON_EDIT, person)
        known = [field.name for field in PERSONAL_FIELDS if getattr(person, field.name)]
        record_event(
            EventType.PERSONAL_DATA_REVEALED,
            person,
            actor=actor,
            at=at,
            clause=CLAUSE,
            fields=known,
            form="edit",
            roles=sorted(actor.roles_held),
        )


def export_list(
    table: Table[Any], *, kind: str, rows: int, opened: frozenset[FieldClass], actor: Account, at: datetime
) -> None:
    """Record that a list of people left the system as a file: how many rows, which columns (п. 3.8).

    Raises:
        Forbidden: the role does not grant it.
    """
    require(actor, Permission.PERSON_EXPORT)
    columns = [one.name for one in table.columns if one.field_class in opened | {FieldClass.PUBLIC}]
    with transaction.atomic():
        record_event(
            EventType.LIST_EXPORTED,
            None,
            actor=actor,
            at=at,
            clause=CLAUSE,
            list=table.name,
            form=kind,
            rows=rows,
            columns=columns,
        )
