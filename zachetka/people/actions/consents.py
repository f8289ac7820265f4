"""Consents and their withdrawal: each a row with its document, each withdrawal with a term (152-ФЗ ст. 9, 21 ч. 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.people import telling
from zachetka.people.lifecycle import FULFIL_WITHDRAWAL, SETTLE_WITHDRAWAL
from zachetka.people.merged import require_unmerged
from zachetka.people.models import Consent, Person, Withdrawal
from zachetka.people.rules.own_card import OWN_CARD
from zachetka.people.rules.purposes import CATEGORIES, ON_THE_CARD, purposes_on, settle_by
from zachetka.people.rules.subject_terms import term_on

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "152-ФЗ ст. 9"
SETTLING: Final = "152-ФЗ ст. 21 ч. 5"
LONGEST: Final = 400
"""Characters of what stays and why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a consent says."""

    purpose: str
    given_on: date
    valid_until: date | None
    withdrawal_way: str
    signature: str
    document: str


def give_consent(person: Person, terms: Terms, *, key: UUID, actor: Account, at: datetime) -> Consent:
    """Enter a consent; the same `key` gives the consent already entered (152-ФЗ ст. 9 ч. 4).

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: no such purpose on that day, a day ahead, a term that ends before it begins, one's own consent.
    """
    require(actor, Permission.CONSENT_EDIT)
    require(actor, Permission.PERSON_READ, person)
    require_another_person(person.uid, actor, OWN_CARD)
    if terms.given_on > legal_date(at):
        raise RuleViolation(CLAUSE, "Согласие не могли дать позже, чем сегодня.", field="given_on")
    if terms.valid_until is not None and terms.valid_until < terms.given_on:
        raise RuleViolation(CLAUSE, "Срок кончается раньше, чем согласие дано.", field="valid_until")
    purpose = next((one for one in purposes_on(terms.given_on) if one.code == terms.purpose), None)
    if purpose is None:
        raise RuleViolation(CLAUSE, "На этот день такой цели в перечне нет.", field="purpose")
    with transaction.atomic():
        require_unmerged(lock(person))
        known = Consent.objects.filter(key=key).first()
        if known is not None:
            return known
        consent = Consent.objects.create(
            key=key,
            person=person,
            purpose=purpose.code,
            categories=[*purpose.categories],
            given_on=terms.given_on,
            valid_until=terms.valid_until,
            withdrawal_way=terms.withdrawal_way,
            signature=terms.signature,
            document=terms.document,
            recorded_by=actor,
            recorded_at=at,
        )
        record_event(EventType.CONSENT_GIVEN, consent, actor=actor, at=at, clause=CLAUSE)
    return consent


def withdraw_consent(
    consent: Consent, *, withdrawn_on: date, document: str, actor: Account, at: datetime
) -> Withdrawal:
    """Record that a consent is taken back; the term of the law runs from that day (152-ФЗ ст. 9 ч. 2, ст. 21 ч. 5).

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: it was withdrawn already.
        RuleViolation: the day lies ahead or before the consent.
    """
    require(actor, Permission.CONSENT_WITHDRAW, consent)
    if not consent.given_on <= withdrawn_on <= legal_date(at):
        raise RuleViolation(CLAUSE, "Отзывают не раньше, чем дали, и не позже сегодня.", field="withdrawn_on")
    with transaction.atomic():
        lock(consent.person)
        if Withdrawal.objects.filter(consent=consent).exists():
            raise IllegalStep(CLAUSE, "Это согласие уже отозвано.")
        withdrawal = Withdrawal.objects.create(
            consent=consent,
            withdrawn_on=withdrawn_on,
            document=document,
            due_on=settle_by(withdrawn_on, term_on(settings.PERSONAL_DATA_TERMS["withdrawal"], withdrawn_on)),
            recorded_by=actor,
            recorded_at=at,
        )
        record_event(EventType.CONSENT_WITHDRAWN, withdrawal, actor=actor, at=at, clause=CLAUSE)
        telling.consent_withdrawn(withdrawal, actor=actor, at=at)
    return withdrawal


def still_kept(consent: Consent, person: Person) -> list[str]:
    """Return the categories of a consent that stand on any card of the person."""
    cards = [*Person.objects.filter(human_uid=person.human_uid)]
    return [one for one in consent.categories if one in ON_THE_CARD and any(getattr(card, one) for card in cards)]


def settle_withdrawal(withdrawal: Withdrawal, *, kept_because: str, actor: Account, at: datetime) -> Withdrawal:
    """Say that a withdrawal is carried out without an act: the use ended, and why what the card holds stays (152-ФЗ ст. 21 ч. 5).

    Whether another ground holds is computed where acts are composed; what has none goes by an act, see `fulfil_withdrawal`.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: it is settled already.
        RuleViolation: data are still on the card and no other ground is named.
    """
    with transaction.atomic():
        consent = withdrawal.consent
        person = lock(consent.person)
        telling.withdrawal_settled(withdrawal, at=at)
        with take(SETTLE_WITHDRAWAL, withdrawal, actor=actor, at=at) as locked:
            kept = still_kept(consent, person)
            if kept and not kept_because:
                named = ", ".join(CATEGORIES[one] for one in kept)
                raise RuleViolation(
                    SETTLING,
                    f"Ещё в карточке: {named}. Без иного основания их уничтожают по акту.",
                    field="kept_because",
                )
            locked.removed = [one for one in consent.categories if one not in kept]
            locked.kept_because, locked.settled_by, locked.settled_at = kept_because, actor, at
    return locked


def fulfil_withdrawal(
    withdrawal: Withdrawal, *, removed: list[str], kept_because: str, act: int, actor: Account, at: datetime
) -> Withdrawal:
    """Say that a withdrawal is carried out by an act of destruction, in the transaction that approves it (152-ФЗ ст. 21 ч. 5).

    Args:
        withdrawal: one that waits.
        removed: codes of the categories that are gone.
        kept_because: what stays and on which ground.
        act: key of the act.
        actor: who approved it.
        at: the moment.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: it is settled already.
    """
    with take(FULFIL_WITHDRAWAL, withdrawal, actor=actor, at=at, act=act) as locked:
        locked.removed, locked.kept_because = removed, kept_because[:LONGEST]
        locked.settled_by, locked.settled_at = actor, at
    return locked
