"""Consents on the card of a person (152-ФЗ ст. 9)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.people.models import Consent, Withdrawal
from zachetka.people.rules.purposes import is_in_force, purpose_words
from zachetka.people.sections import CardSection, on_card

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person


@on_card
def consents(person: Person, reader: Account) -> CardSection | None:
    """Return the consents of `person` that `reader` may see, newest first; one query."""
    if not reader.allowed(Permission.CONSENT_READ):
        return None
    found = Consent.objects.visible_to(reader).filter(person__human_uid=person.human_uid).select_related("withdrawal")
    day = legal_date(now())
    return CardSection(
        title="Согласия",
        template="people/consents/_card.html",
        rows=[(one, purpose_words(one.purpose), _withdrawal(one), _is_in_force(one, day)) for one in found],
        empty="Согласий нет: учёт обучения ведётся по закону и договору, без согласия (152-ФЗ ст. 6).",
    )


def _withdrawal(consent: Consent) -> Withdrawal | None:
    return getattr(consent, "withdrawal", None)


def _is_in_force(consent: Consent, day: date) -> bool:
    withdrawal = _withdrawal(consent)
    return is_in_force(consent.given_on, consent.valid_until, withdrawal.withdrawn_on if withdrawal else None, day)
