"""A case: what of the data under a withdrawn consent has no other ground, where it stands, what stays and why (152-ФЗ ст. 21; T15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q

from zachetka.access.models import Account
from zachetka.destruction.places import PLACES, Fate
from zachetka.destruction.rules import Basis, Ground, ground_of
from zachetka.learning.models import Enrolment
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.models import Consent, Employee, Person, Withdrawal
from zachetka.people.rules.purposes import CATEGORIES, ON_THE_CARD, is_in_force

if TYPE_CHECKING:
    from django.db.models import QuerySet

_CARD: Final = "people.person"
_ACCOUNT: Final = "access.account"
ADDRESS: Final = EmailAddress._meta.label_lower
ADDRESS_OF_SIGN_IN: Final = "адрес, который хранит средство входа"
EMPTIED: Final = frozenset(name for name, place in PLACES.items() if place.fate is Fate.EMPTIED)
"""«room.model.field» that an act empties."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place that an act empties, in the words of the act; equal spots are one place."""

    record_type: str
    record_id: str
    what: str
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One category of data under the consent.

    Attributes:
        code: category.
        ground: what keeps it, None when nothing does.
        spots: where it stands in records; empty when the system keeps nothing of it.
        is_outside: it is kept outside the system, as photographs are.
    """

    code: str
    ground: Ground | None
    spots: tuple[Spot, ...]
    is_outside: bool

    @property
    def called(self) -> str:
        """«почта»."""
        return CATEGORIES.get(self.code, self.code)

    @property
    def goes(self) -> bool:
        """True when there is something to destroy."""
        return self.ground is None and bool(self.spots or self.is_outside)

    @property
    def words(self) -> str:
        """What becomes of it and why."""
        if self.ground is not None:
            return f"остаётся: {self.ground.words}"
        if self.is_outside:
            return "хранится вне системы: уничтожается с носителем, его называет акт"
        if self.spots:
            return "уничтожается: иного основания нет"
        return "иного основания нет; в карточке и учётной записи значения нет, списки просмотрят, когда составляют акт"


@dataclass(frozen=True, slots=True)
class Case:
    """A withdrawal taken apart."""

    withdrawal: Withdrawal
    cards: tuple[Person, ...]
    accounts: tuple[Account, ...]
    addresses: tuple[EmailAddress, ...]
    entries: tuple[Entry, ...]

    @property
    def person(self) -> Person:
        """The card that stands for the person."""
        return next(card for card in self.cards if card.uid == card.human_uid)

    @property
    def spots(self) -> tuple[Spot, ...]:
        """What an act empties among records; files are looked for apart."""
        return tuple(spot for entry in self.entries if entry.ground is None for spot in entry.spots)

    @property
    def goes(self) -> bool:
        """True when records alone show that an act is needed."""
        return any(entry.goes for entry in self.entries)

    @property
    def is_outside(self) -> bool:
        """True when something is kept outside the system and has to go."""
        return any(entry.is_outside and entry.goes for entry in self.entries)

    @property
    def values(self) -> frozenset[str]:
        """The values that go, to be looked for in files."""
        rows = (*self.cards, *self.accounts, *self.addresses)
        held = (getattr(row, name, "") for row in rows for name in self.removed)
        return frozenset(value for value in held if value)

    @property
    def may_lie_in_files(self) -> bool:
        """True when values without a ground may stand in lists, whatever the card says now."""
        return any(code in ON_THE_CARD for code in self.removed)

    @property
    def removed(self) -> list[str]:
        """Codes of what goes."""
        return [entry.code for entry in self.entries if entry.ground is None]

    @property
    def kept_because(self) -> str:
        """What of the categories stays, in one line; "" when nothing does."""
        return "; ".join(f"{entry.called} — {entry.ground.words}" for entry in self.entries if entry.ground is not None)


def case_of(withdrawal: Withdrawal, day: date) -> Case:
    """Take a withdrawal apart as things stand; a fixed number of queries, files apart."""
    person, codes = withdrawal.consent.person, list(withdrawal.consent.categories)
    cards = tuple(Person.objects.filter(human_uid=person.human_uid).order_by("pk"))
    accounts = tuple(Account.objects.filter(person_uid__in=[card.uid for card in cards]).order_by("pk"))
    addresses = tuple(_addresses(cards, accounts)) if "email" in codes else ()
    consents = [
        *Consent.objects.filter(person__in=cards).exclude(pk=withdrawal.consent_id).select_related("withdrawal")
    ]
    standing = _standing(cards, day)
    entries = []
    for code in codes:
        held = standing | ({Basis.CONSENT} if any(_covers(one, code, day) for one in consents) else set())
        spots = (*_spots(_CARD, code, cards), *_spots(_ACCOUNT, code, accounts))
        if code == "email":
            spots += tuple(Spot(ADDRESS, str(one.pk), code, ADDRESS_OF_SIGN_IN) for one in addresses)
        entries.append(Entry(code, ground_of(code, held, day), spots, code not in ON_THE_CARD))
    return Case(withdrawal, cards, accounts, addresses, tuple(entries))


def _addresses(cards: Sequence[Person], accounts: Sequence[Account]) -> QuerySet[EmailAddress]:
    """Return the rows that the means of sign-in keeps: of the person's accounts, and the same address of an account of nobody."""
    known = {email.lower() for email in (*(one.email for one in cards), *(one.email for one in accounts)) if email}
    somebody = Exists(Person.objects.filter(uid=OuterRef("user__person_uid")))
    of_nobody = Q(email__in=known) & ~somebody
    found: QuerySet[EmailAddress] = EmailAddress.objects.filter(Q(user__in=accounts) | of_nobody)
    return found.order_by("pk")


def _standing(cards: Sequence[Person], day: date) -> set[Basis]:
    found = set[Basis]()
    if Enrolment.objects.going_on(day).filter(learner__person__in=cards).exists():
        found.add(Basis.CONTRACT)
    if Employee.objects.filter(person__in=cards, left_on__isnull=True).exists():
        found.add(Basis.SERVICE)
    return found


def _covers(consent: Consent, code: str, day: date) -> bool:
    withdrawal = getattr(consent, "withdrawal", None)
    withdrawn_on = withdrawal.withdrawn_on if withdrawal else None
    return code in consent.categories and is_in_force(consent.given_on, consent.valid_until, withdrawn_on, day)


def _once_told(rows: Sequence[Person] | Sequence[Account], label: str) -> set[tuple[str, str]]:
    """Return (record, field) of what was ever changed: an earlier value is gone, its salt is not, and by it one can guess."""
    changed = Event.objects.filter(
        object_type=label,
        object_id__in=[str(row.pk) for row in rows],
        type__in=[EventType.PERSON_CHANGED.value, EventType.ACCOUNT_EMAIL_CHANGED.value],
        opening__isnull=False,
    ).values_list("object_id", "type", "body")
    return {
        (pk, name)
        for pk, kind, body in changed
        for name in (body.get("fields", ()) if kind == EventType.PERSON_CHANGED else ("email",))
    }


def _spots(label: str, code: str, rows: Sequence[Person] | Sequence[Account]) -> Iterator[Spot]:
    if f"{label}.{code}" not in EMPTIED:
        return
    once = _once_told(rows, label)
    for row in rows:
        if getattr(row, code) or (str(row.pk), code) in once:
            yield Spot(label, str(row.pk), code, _place(row, code))


def _place(row: Person | Account, code: str) -> str:
    if isinstance(row, Account):
        return "учётная запись, адрес для писем системы"
    return f"карточка человека{'' if row.uid == row.human_uid else ', объединённая'}, поле «{CATEGORIES[code]}»"
