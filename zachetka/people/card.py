"""What the card of a person shows to one reader: each particular hidden, masked or revealed (п. 3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from zachetka.access.classes import class_of
from zachetka.access.guard import fields, grants_of
from zachetka.access.policy import FieldClass, Permission, Scope
from zachetka.core.text import search_key
from zachetka.ledger.models import Event
from zachetka.people.fields import BASIS_MASKED, PERSONAL_FIELDS, paper_masked, value_masked
from zachetka.people.rules.name_basis import is_of_other_surname
from zachetka.people.rules.names import FIRST_NAME_FROM
from zachetka.people.sections import sections_of

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import EducationDocument, Person, PersonName

OTHER_SURNAME: Final = "Документ об образовании выдан на другую фамилию: попросите документ о перемене имени и внесите его через «Сменить»."
NOTHING_REVEALED: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Particular:
    """One line of the card.

    Attributes:
        label: what it is.
        hidden: not for this reader: neither the value nor whether it is known is sent.
        masked: what is shown before anybody asks; "" when nothing is known.
        shown: the value in the clear, when it has just been revealed.
        url: where to ask for the value; "" when the reader may not.
    """

    label: str
    hidden: bool
    masked: str = ""
    shown: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a person in time. The first has no date: it would tell the day of birth."""

    text: str
    since: Any
    basis: Particular | None
    is_current: bool
    is_mistaken: bool
    entered: str
    correct_url: str


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do on the card; read once."""

    read: frozenset[FieldClass]
    reveal: frozenset[FieldClass]
    may_edit: bool
    is_own: bool
    sees_journal: bool
    sees_kept: bool
    may_consent: bool

    @classmethod
    def of(cls, reader: Account, person: Person) -> Rights:
        """Return the rights of `reader` on the card of `person`."""
        own = person.uid == reader.person_uid
        journal = grants_of(reader, Permission.EVENT_READ)
        return cls(
            read=fields(reader, person),
            reveal=fields(reader, person, Permission.PERSON_REVEAL),
            may_edit=bool(fields(reader, person, Permission.PERSON_EDIT)),
            is_own=own,
            sees_journal=any(one.grant.scope is Scope.ALL or own for one in journal),
            may_consent=reader.allowed(Permission.CONSENT_EDIT) and not own,
            sees_kept=any(one.grant.scope is Scope.ALL or own for one in grants_of(reader, Permission.SUBJECT_READ)),
        )


def card_of(person: Person, reader: Account, revealed: Mapping[str, str] = NOTHING_REVEALED) -> dict[str, Any]:
    """Return the context of the card.

    Args:
        person: with names, education, learner and employee already read.
        reader: who looks.
        revealed: what was revealed by this very request: name of a field, «paper-<pk>» or «name-<pk>» → the value.
    """
    rights = Rights.of(reader, person)
    shown = particulars_of(person, rights, revealed)
    return {
        "person": person,
        "rights": rights,
        "particulars": [one for one in shown if not one.hidden],
        "withheld": [one.label for one in shown if one.hidden],
        "names": _names(person, rights, revealed),
        "hints": _hints(person, rights),
        "papers": [(paper, _paper(paper, rights, revealed)) for paper in person.education.all()],
        "sections": sections_of(person, reader),
        "is_own": person.uid == reader.person_uid,
        "is_learner": hasattr(person, "learner"),
        "works_here": hasattr(person, "employee"),
    }


def particulars_of(person: Person, rights: Rights, revealed: Mapping[str, str] = NOTHING_REVEALED) -> list[Particular]:
    """Return the personal fields of the card for a reader with `rights`."""
    return [_particular(person, one.name, one.label, one.kind, rights, revealed) for one in PERSONAL_FIELDS]


def _particular(
    person: Person, name: str, label: str, kind: FieldClass, rights: Rights, revealed: Mapping[str, str]
) -> Particular:
    if kind not in rights.read:
        return Particular(label, hidden=True)
    url = reverse("people:reveal", args=[person.uid, name]) if kind in rights.reveal else ""
    return Particular(label, hidden=False, masked=value_masked(person, name), shown=revealed.get(name, ""), url=url)


def _paper(paper: EducationDocument, rights: Rights, revealed: Mapping[str, str]) -> Particular:
    if FieldClass.PERSONAL_DOCUMENTS not in rights.read:
        return Particular("Документ", hidden=True)
    may = FieldClass.PERSONAL_DOCUMENTS in rights.reveal
    url = reverse("people:reveal_paper", args=[paper.person.uid, paper.pk]) if may else ""
    return Particular(
        "Документ", hidden=False, masked=paper_masked(paper), shown=revealed.get(f"paper-{paper.pk}", ""), url=url
    )


def _basis(name: PersonName, rights: Rights, revealed: Mapping[str, str]) -> Particular | None:
    kind = class_of("people.personname", "basis")
    if not name.basis or kind not in rights.read:
        return None
    url = reverse("people:reveal_basis", args=[name.person.uid, name.pk]) if kind in rights.reveal else ""
    label = f"Документ о перемене имени с {name.valid_from:%d.%m.%Y}"
    return Particular(label, hidden=False, masked=BASIS_MASKED, shown=revealed.get(f"name-{name.pk}", ""), url=url)


def _names(person: Person, rights: Rights, revealed: Mapping[str, str]) -> list[Named]:
    """Return every name, the newest first, with who entered it; of two rows of one day the later counts."""
    every: list[PersonName] = list(person.names.all())
    mistaken = {one.supersedes_id for one in every}
    entered = _entered(every)
    may_correct = rights.may_edit and not rights.is_own
    return [
        Named(
            text=str(one),
            since=None if one.valid_from == FIRST_NAME_FROM else one.valid_from,
            basis=_basis(one, rights, revealed),
            is_current=place == len(every) - 1,
            is_mistaken=one.pk in mistaken,
            entered=entered.get(one.pk, ""),
            correct_url=reverse("people:correct_name", args=[person.uid, one.pk])
            if may_correct and one.pk not in mistaken
            else "",
        )
        for place, one in enumerate(every)
    ][::-1]


def _entered(names: Sequence[PersonName]) -> dict[int, str]:
    """Return who entered each of these names, from the ledger; one query."""
    events = Event.objects.filter(object_type="people.personname", object_id__in=[str(one.pk) for one in names])
    return {int(one.object_id): str(one.actor) for one in events.select_related("actor") if one.actor}


def _hints(person: Person, rights: Rights) -> list[str]:
    """Return what does not fit between the papers and the names, for readers to whom papers are open."""
    if FieldClass.PERSONAL_DOCUMENTS not in rights.read:
        return []
    names = list(person.names.all())
    found = (surname_hint(paper, names) for paper in person.education.all())
    return list(dict.fromkeys(filter(None, found)))


def surname_hint(paper: EducationDocument, names: Iterable[PersonName]) -> str:
    """Return what to ask for when a document is made out to a surname that the person never had; "" otherwise."""
    known = frozenset(search_key(name.last_name) for name in names)
    return OTHER_SURNAME if is_of_other_surname(search_key(paper.surname), known) else ""
