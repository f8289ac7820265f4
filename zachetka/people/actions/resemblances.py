"""Cards compared with each other, and what a person says of two that look alike (п. 2.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.people.alike import alike, facts_of
from zachetka.people.models import Distinction, Person, Resemblance, Unlooked
from zachetka.people.rules.likeness import Reason, is_news, points

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "2.1"
BATCH: Final = 500
"""Cards compared in one transaction."""
STATE: Final = Resemblance.State
OWN: Final = "Одна из карточек — ваша: о ней решает другой человек."
NO_REASON: Final = "Назовите, по чему видно: решение останется в обеих карточках."

Pair = tuple[int, int]


def look_through(at: datetime, *, batches: int) -> int:
    """Compare the cards that were entered or changed since they were last compared; return how many.

    Idempotent: what was compared in a transaction that failed is compared again. Two workers take different cards.
    """
    looked = 0
    for _ in range(batches):
        with transaction.atomic():
            waiting = Unlooked.objects.select_for_update(skip_locked=True).order_by("pk")
            keys = list(waiting.values_list("pk", flat=True)[:BATCH])
            if not keys:
                break
            Unlooked.objects.filter(pk__in=keys).delete()
            compare(Person.objects.filter(pk__in=keys, merged_into=None).defer("search", "sort_key"), at=at)
            looked += len(keys)
    return looked


def compare(people: Iterable[Person], *, at: datetime) -> None:
    """Bring the resemblances of `people` up to date, in the caller's transaction and a constant number of statements."""
    asked = {one.pk: one for one in people}
    found = alike(facts_of(list(asked.values())), {key: one.full_name for key, one in asked.items()})
    pairs: dict[Pair, tuple[Reason, ...]] = {}
    for key, likes in found.items():
        for like in likes:
            pair = _pair(key, like.person.pk)
            if like.person.pk != key and like.points > points(pairs.get(pair, ())):
                pairs[pair] = like.reasons
    known = {(row.one_id, row.other_id): row for row in _of(asked)}
    decided = _decided(pairs)
    made, changed = [], []
    for pair, reasons in pairs.items():
        state = STATE.WAITING if is_news(reasons, decided.get(pair, ())) else STATE.APART
        row, told = known.pop(pair, None), [reason.value for reason in reasons]
        if row is None:
            made.append(_row(pair, reasons, state, at))
        elif (row.reasons, row.state) != (told, state):
            row.found_at = at if state == STATE.WAITING else row.found_at
            row.reasons, row.points, row.state = told, points(reasons), state
            changed.append(row)
    for row in known.values():
        if row.state not in (STATE.GONE, STATE.MERGED):
            row.state = STATE.GONE
            changed.append(row)
    Resemblance.objects.bulk_create(
        made, update_conflicts=True, unique_fields=["one", "other"], update_fields=["reasons", "points", "state"]
    )
    Resemblance.objects.bulk_update(changed, ["reasons", "points", "state", "found_at"])


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def _of(people: Collection[int]) -> list[Resemblance]:
    """Return the resemblances of the cards, those of both sides by an index of each."""
    sides = (Resemblance.objects.filter(one__in=people), Resemblance.objects.filter(other__in=people))
    return list({row.pk: row for side in sides for row in side}.values())


def _decided(pairs: Collection[Pair]) -> dict[Pair, list[str]]:
    """Return what was known of pairs when they were told apart; a pair whose last word took that back is left out."""
    rows = Distinction.objects.filter(one__in={one for one, _ in pairs}).order_by("pk")
    return {(row.one_id, row.other_id): row.reasons if row.is_apart else [] for row in rows}


def _row(pair: Pair, reasons: tuple[Reason, ...], state: str, at: datetime) -> Resemblance:
    told = [reason.value for reason in reasons]
    return Resemblance(one_id=pair[0], other_id=pair[1], reasons=told, points=points(reasons), state=state, found_at=at)


# --- What a person says -------------------------------------------------------------------------------------------------


def tell_apart(resemblance: Resemblance, *, reason: str, actor: Account, at: datetime) -> Distinction:
    """Say that two cards that look alike are two people: they are not suggested again unless something new speaks for it.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: they were told apart already, or no longer look alike.
        RuleViolation: no reason is given, or one of the cards is one's own.
    """
    return _decide(resemblance, STATE.WAITING, is_apart=True, reason=reason, actor=actor, at=at)


def reconsider(resemblance: Resemblance, *, reason: str, actor: Account, at: datetime) -> Distinction:
    """Take back that two cards are two people: they are suggested again; both decisions stay.

    Raises: as `tell_apart`.
    """
    return _decide(resemblance, STATE.APART, is_apart=False, reason=reason, actor=actor, at=at)


def _decide(
    resemblance: Resemblance, source: str, *, is_apart: bool, reason: str, actor: Account, at: datetime
) -> Distinction:
    require(actor, Permission.DOUBLE_EDIT, resemblance)
    for person in (resemblance.one, resemblance.other):
        require_another_person(person.uid, actor, OWN)
    if not reason:
        raise RuleViolation(CLAUSE, NO_REASON, field="reason")
    with transaction.atomic():
        row = lock(resemblance)
        if row.state != source:
            raise IllegalStep(CLAUSE, REFUSALS[STATE(row.state)])
        said = Distinction.objects.create(
            one_id=row.one_id,
            other_id=row.other_id,
            is_apart=is_apart,
            reasons=row.reasons,
            reason=reason,
            decided_by=actor,
            decided_by_person=actor.person_uid,
            decided_at=at,
        )
        row.state = STATE.APART if is_apart else STATE.WAITING
        row.save(update_fields=["state"])
        event = EventType.DISTINCTION_MADE if is_apart else EventType.DISTINCTION_WITHDRAWN
        record_event(event, said, actor=actor, at=at, clause=CLAUSE, about=resemblance.one.uid)
        told = EventType.RESEMBLANCE_TOLD_APART if is_apart else EventType.RESEMBLANCE_RECONSIDERED
        record_event(told, row, actor=actor, at=at, clause=CLAUSE, about=resemblance.other.uid, distinction=said.pk)
    return said


REFUSALS: Final = {
    STATE.WAITING: "Об этих карточках ещё не решили: возвращать нечего.",
    STATE.APART: "Эти карточки уже признали разными людьми: сказано, кто, когда и почему.",
    STATE.MERGED: "Эти карточки объединены: откройте объединение.",
    STATE.GONE: "Эти карточки больше не похожи: сведения изменились.",
}
