"""Names in time: changed by a document, corrected by a row that supersedes the mistaken one (п. 2.1; 152-ФЗ ст. 21)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people.actions.account_names import rename_accounts
from zachetka.people.merged import require_unmerged
from zachetka.people.models import Person, PersonName
from zachetka.people.rules.own_card import OWN_CARD

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "2.1"
MISTAKE: Final = "исправлена ошибка ввода: {reason}"


def change_name(
    person: Person,
    *,
    last_name: str,
    first_name: str,
    patronymic: str,
    valid_from: date,
    basis: str,
    actor: Account,
    at: datetime,
) -> PersonName:
    """Give `person` another name from a date, by a document; earlier papers keep the earlier name (п. 2.1).

    Raises:
        Forbidden: the policy does not allow it.
        RuleViolation: no document is named, the date is not after the last change or lies ahead, it is one's own card.
    """
    if not basis:
        raise RuleViolation(CLAUSE, "Назовите документ о перемене имени: вид, номер, дата.", field="basis")
    with transaction.atomic():
        person = lock(person)
        require(actor, Permission.PERSON_EDIT, person)
        require_another_person(person.uid, actor, OWN_CARD)
        require_unmerged(person)
        if valid_from > (today := legal_date(at)):
            raise RuleViolation(
                CLAUSE, f"Имя меняют, когда оно уже действует: дата не позже {today:%d.%m.%Y}.", field="valid_from"
            )
        last = person.names.order_by("-valid_from", "-pk").first()
        if last is not None and last.valid_from >= valid_from:
            raise RuleViolation(
                CLAUSE,
                f"Нынешнее имя действует с {last.valid_from:%d.%m.%Y}: дата должна быть позже.",
                field="valid_from",
            )
        name = PersonName.objects.create(
            person=person,
            last_name=last_name,
            first_name=first_name,
            patronymic=patronymic,
            valid_from=valid_from,
            basis=basis,
            recorded_at=at,
        )
        record_event(EventType.NAME_CHANGED, name, actor=actor, at=at, clause=CLAUSE)
        _take(person, name, actor=actor, at=at)
    return name


def correct_name(
    name: PersonName, *, last_name: str, first_name: str, patronymic: str, reason: str, actor: Account, at: datetime
) -> PersonName:
    """Correct a mistaken entry: another row of the same day counts instead of it, the mistaken one stays (п. 2.1).

    Papers that were set meanwhile keep what they say; what is set from now on has the corrected name.

    Raises:
        Forbidden: the policy does not allow it.
        IllegalStep: the entry was corrected already.
        RuleViolation: no reason is given, nothing differs, or it is one's own card.
    """
    if not reason:
        raise RuleViolation(CLAUSE, "Назовите, в чём ошибка и по какому документу её видно.", field="reason")
    with transaction.atomic():
        person = lock(name.person)
        require(actor, Permission.PERSON_EDIT, person)
        require_another_person(person.uid, actor, OWN_CARD)
        require_unmerged(person)
        if person.names.filter(supersedes=name).exists():
            raise IllegalStep(CLAUSE, "Эту запись уже исправили: исправляют последнюю, она наверху.")
        if (name.last_name, name.first_name, name.patronymic) == (last_name, first_name, patronymic):
            raise RuleViolation(CLAUSE, "Имя то же самое: исправлять нечего.", field="last_name")
        right = PersonName.objects.create(
            person=person,
            last_name=last_name,
            first_name=first_name,
            patronymic=patronymic,
            valid_from=name.valid_from,
            basis=MISTAKE.format(reason=reason),
            supersedes=name,
            recorded_at=at,
        )
        record_event(EventType.NAME_CORRECTED, right, actor=actor, at=at, clause=CLAUSE)
        if person.names.order_by("-valid_from", "-pk").first() == right:
            _take(person, right, actor=actor, at=at)
    return right


def _take(person: Person, name: PersonName, *, actor: Account, at: datetime) -> None:
    """Make `name` the present one of a locked person, on the card, in search and in the accounts."""
    person.last_name, person.first_name, person.patronymic = name.last_name, name.first_name, name.patronymic
    person.take_keys()
    person.save()
    record_event(EventType.PERSON_CHANGED, person, actor=actor, at=at, clause=CLAUSE, fields=["name"])
    record_events(rename_accounts([person], actor=actor, at=at))
