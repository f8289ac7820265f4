"""Cards that were absorbed by another of the same person: whoever comes to one is led to the one that stays (п. 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q
from django.urls import reverse

from zachetka.core.errors import Door, IllegalStep
from zachetka.people.models import Merge, Person
from zachetka.people.models.person import matches
from zachetka.people.sections import CardSection, on_card

if TYPE_CHECKING:
    from uuid import UUID

    from zachetka.access.models import Account

MERGED: Final = "Эта карточка объединена с другой карточкой того же человека: правьте ту."


def require_unmerged(person: Person) -> None:
    """Refuse to write into an absorbed card.

    Raises:
        IllegalStep: it is one; the refusal leads to the card that stays.
    """
    if person.merged_into is not None:
        door = Door("Открыть главную карточку", reverse("people:card", args=[person.merged_into.uid]))
        raise IllegalStep("2.1", MERGED, door=door)


def survivor_of(person: Person) -> Person:
    """Return the card that stands for the person: the one that absorbed it, or itself."""
    return person.merged_into or person


def identities_of(person: Person) -> list[UUID]:
    """Return the identifiers of every card of the person, first of the one that stands for them; one query."""
    cards = Person.objects.filter(human_uid=person.human_uid).order_by("pk").values_list("uid", flat=True)
    return [person.human_uid, *(uid for uid in cards if uid != person.human_uid)]


def found_cards(text: str) -> Q:
    """Find the cards that match `text`; an absorbed card leads to the one that stands for the person.

    The few absorbed ones are a list of keys, so that the others are read once, by the index that found them.
    """
    absorbed = Person.objects.filter(matches(text), merged_into__isnull=False)
    return Q(matches(text), merged_into=None) | Q(pk__any=ArraySubquery(absorbed.order_by().values("merged_into")))


@on_card
def merges(person: Person, reader: Account) -> CardSection | None:
    """Return the merges of the card, for whoever may see cards that look alike; one query, and no part where there are none."""
    seen = Merge.objects.visible_to(reader)
    found = list(
        seen.filter(Q(survivor=person) | Q(absorbed=person)).select_related("survivor", "absorbed").order_by("-pk")
    )
    if not found:
        return None
    return CardSection("Объединённые карточки", "people/doubles/_merges.html", found, "")
