"""The name by which lists show an account follows the name of its person; papers take the name of their day (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from zachetka.access.models import Account
from zachetka.ledger.actions import Happening
from zachetka.ledger.events import EventType
from zachetka.people.models import Person

CLAUSE: Final = "2.1"
LONGEST: Final = 120


def rename_accounts(people: Sequence[Person], *, actor: Account | None, at: datetime) -> list[Happening]:
    """Show every account of `people` by their present name; return what the caller records in this transaction.

    Two statements, however many people; none when nobody is renamed.
    """
    if not people:
        return []
    names = {person.uid: person.full_name[:LONGEST] for person in people}
    held = Account.objects.select_for_update(no_key=True).filter(person_uid__in=names).order_by("pk")
    stale = [account for account in held if account.display_name != names[account.person_uid]]
    for account in stale:
        account.display_name = names[account.person_uid]
    Account.objects.bulk_update(stale, ["display_name"])
    return [
        Happening(type=EventType.ACCOUNT_RENAMED, subject=one, actor=actor, at=at, clause=CLAUSE, about=one.person_uid)
        for one in stale
    ]
