"""What a card and the page «что хранится» say of destruction: what is gone by acts, what nothing may destroy (152-ФЗ ст. 14, 21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zachetka.access.policy import Permission
from zachetka.destruction.models import Act, Hold
from zachetka.people.sections import CardSection, on_card, on_kept

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person


@on_kept
@on_card
def destroyed(person: Person, reader: Account) -> CardSection | None:
    """Return the acts that were carried out about `person`, newest first; two queries, and no part where there are none."""
    if not reader.allowed(Permission.DESTRUCTION_READ):
        return None
    seen = Act.objects.visible_to(reader).carried_out().filter(withdrawal__consent__person__human_uid=person.human_uid)
    found = list(seen.prefetch_related("lines").order_by("-decided_at"))
    return CardSection("Уничтожено по актам", "destruction/_card.html", found, "") if found else None


@on_card
def holds(person: Person, reader: Account) -> CardSection | None:
    """Return the holds on `person`, for whoever keeps them; one query."""
    if not reader.allowed(Permission.HOLD_READ):
        return None
    found = list(Hold.objects.visible_to(reader).on(person.human_uid))
    context = [(one, one.state == Hold.State.PLACED) for one in found]
    return CardSection(
        "Запреты на уничтожение",
        "destruction/_holds.html",
        [(person, reader.allowed(Permission.HOLD_EDIT), context)],
        "",
    )
