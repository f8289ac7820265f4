"""Who looked at a person, when and why; where it was handed to: from the ledger (152-ФЗ ст. 14 ч. 7, ст. 19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zachetka.access.policy import MATRIX, Permission, Role
from zachetka.core.russian import ROW, counted
from zachetka.ledger.events import STATED, WITNESSED, EventType
from zachetka.ledger.models import Event
from zachetka.people.merged import identities_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zachetka.people.models import Person

OF_THE_DOOR: Final = frozenset(
    {
        EventType.ACCESS_REFUSED,
        EventType.ACCOUNT_SIGNED_IN,
        EventType.ACCOUNT_SIGN_IN_REFUSED,
        EventType.ACCOUNT_SIGNED_OUT,
    }
)
"""Who came in, who left, who was refused: nothing was seen of anybody, so it is no part of an answer (152-ФЗ ст. 14 ч. 7)."""
LOOKS: Final = (WITNESSED | STATED | {EventType.EMERGENCY_OPENED}) - OF_THE_DOOR
"""Kinds of events that say that somebody looked or took away; what a new room adds to the ledger's sets is among them."""
TAKEN: Final = frozenset(
    {
        EventType.RECORD_BOOK_EXPORTED,
        EventType.PERSONAL_FILE_EXPORTED,
        EventType.SUBJECT_DATA_EXPORTED,
        EventType.LIST_EXPORTED,
        EventType.JOB_FILE_TAKEN,
    }
)
"""Of those: what left the system."""
RIGHTS: Final[dict[EventType, Permission]] = {
    EventType.PERSON_READ: Permission.PERSON_READ,
    EventType.PERSONAL_DATA_REVEALED: Permission.PERSON_REVEAL,
    EventType.RECORD_BOOK_READ: Permission.RECORD_BOOK_READ,
    EventType.RECORD_BOOK_EXPORTED: Permission.RECORD_BOOK_EXPORT,
    EventType.SUBJECT_DATA_READ: Permission.SUBJECT_READ,
    EventType.SUBJECT_DATA_EXPORTED: Permission.SUBJECT_EXPORT,
    EventType.PERSON_FOUND: Permission.PERSON_READ,
    EventType.COHORT_MARKS_READ: Permission.SHEET_READ,
    EventType.LIST_EXPORTED: Permission.PERSON_EXPORT,
}
"""By which right one looks so: with the role it leads to the line of the job description."""
HIRING: Final = Permission.EMPLOYEE_EDIT
"""By which right one is found by name: whoever hires is told that the name is known."""
OF_OPERATOR: Final = "команда оператора на сервере"
LISTS_SHOWN: Final = 200
OF_PEOPLE: Final = frozenset(
    {"learners", "employees", "accounts", "roles", "doubles", "corrections", "awards", "reopenings", "emergencies",
     "destruction-acts", "subject-requests"}
)  # fmt: skip
"""Lists of the whole academy that hold people: the person may have stood in any of them."""

Stood = tuple[str, str, datetime]
"""A group in which a person stands: its kind and identifier, as events name it, and from which moment they stand in it."""
Groups = Callable[["Person"], "Iterable[Stood]"]
_GROUPS: Final[list[Groups]] = []


def in_groups(read: Groups) -> Groups:
    """Register what tells the groups in which a person stands: a look at the marks of one, or a file of it, is a look at them."""
    _GROUPS.append(read)
    return read


def _of_groups(person: Person) -> Q:
    """True of events about a group since `person` stands in it, of none when there is no such group."""
    stood = sorted(group for read in _GROUPS for group in read(person))
    of_any = (Q(object_type=kind, object_id=key, at__gte=since) for kind, key, since in stood)
    return reduce(or_, of_any, Q(pk__in=()))


@dataclass(frozen=True, slots=True)
class Seen:
    """One look.

    Attributes:
        who: as the account is signed.
        roles: in which capacity, as recorded at the time; "" when it was not.
        what: what was done, in words.
        why: the right and the papers it rests on.
    """

    event: int
    at: datetime
    who: str
    roles: str
    what: str
    why: str
    is_taken: bool


def looks(person: Person) -> QuerySet[Event]:
    """Return the events by which others looked at `person`, newest first."""
    own = Q(subject_uid__in=identities_of(person), type__in=[kind.value for kind in LOOKS])
    of_all = _of_groups(person) & Q(type=EventType.COHORT_MARKS_READ.value)
    return (
        Event.objects.filter(own | of_all)
        .newest_first()
        .exclude(actor__person_uid=person.human_uid)
        .select_related("actor")
    )


def records(person: Person) -> QuerySet[Event]:
    """Return everything else that the ledger says about `person`, their own looks too, newest first."""
    by_others = ~Q(actor__person_uid=person.human_uid) | Q(actor__isnull=True)
    return (
        Event.objects.about(*identities_of(person))
        .exclude(by_others & Q(type__in=[kind.value for kind in LOOKS]))
        .select_related("actor")
    )


def taken(person: Person) -> QuerySet[Event]:
    """Return the events by which something about `person` left the system, their own asking too, newest first."""
    return (
        Event.objects.about(*identities_of(person))
        .filter(type__in=[kind.value for kind in TAKEN])
        .select_related("actor")
    )


def lists_taken(person: Person) -> QuerySet[Event]:
    """Return the files of lists taken since `person` was entered: of everybody, where who stood in them is not recorded by
    name, and of each group since the person stands in it.
    """
    lists = Event.objects.filter(type=EventType.LIST_EXPORTED.value)
    of_all = Q(object_id="", body__list__in=sorted(OF_PEOPLE), at__gte=person.registered_at)
    return lists.filter(of_all | _of_groups(person)).select_related("actor").newest_first()


def told(events: Iterable[Event]) -> list[Seen]:
    """Return events as people read them."""
    return [_told(event) for event in events]


def _told(event: Event) -> Seen:
    held = [Role(name) for name in _many(event.body.get("roles")) if name in set(Role)]
    return Seen(
        event=event.pk,
        at=event.at,
        who=str(event.actor) if event.actor else "Система",
        roles=", ".join(role.label for role in held),
        what=_what(event),
        why=_why(event, held),
        is_taken=event.kind in TAKEN,
    )


def _what(event: Event) -> str:
    said = event.kind.sentence
    fields = [*_many(event.body.get("fields")), *_many(event.body.get("field"))]
    parts = [", ".join(_FIELDS.get(name, name) for name in fields), _FORMS.get(str(event.body.get("form")), "")]
    if event.kind is EventType.LIST_EXPORTED and isinstance(event.body.get("rows"), int):
        parts.append(counted(event.body["rows"], ROW))
    told = ", ".join(filter(None, parts))
    return f"{said}: {told}" if told else said


def _why(event: Event, held: list[Role]) -> str:
    if event.actor is None:
        return OF_OPERATOR
    by_name = event.kind is EventType.PERSON_FOUND and event.body.get("field") == "name"
    right = HIRING if by_name else RIGHTS.get(event.kind)
    if right is None:
        return ""
    bases = [MATRIX[right][role].basis for role in held if role in MATRIX[right]]
    return f"{right.sentence}: {'; '.join(bases)}" if bases else right.sentence


_FIELDS: Final = {
    "birth_date": "дата рождения",
    "snils": "СНИЛС",
    "citizenship": "гражданство",
    "email": "почта",
    "phone": "телефон",
    "sex": "пол",
    "education_document": "документ об образовании",
    "name": "имя",
    "name_basis": "документ о перемене имени",
}
_FORMS: Final = {
    "pdf": "PDF",
    "bundle": "файл доказательств",
    "xlsx": "XLSX",
    "csv": "CSV",
    "zip": "ZIP",
    "edit": "форма правки",
}


def _many(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [value] if isinstance(value, str) else []
