"""The correspondence of modules in the draft of a transfer to another plan: said line by line by a person (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.learning.equivalence_rules import LAW, Choices, Pair, pairs_of
from zachetka.learning.models import Equivalence, Order
from zachetka.learning.queries.equivalences import is_within_a_plan, matching_of, movers_of
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.hands import require_seen
from zachetka.lifecycle.steps import lock

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Learner

OVERTAKEN: Final = "Пока вы сопоставляли дисциплины, проект приказа изменили. Откройте страницу заново."


class Unfit(RuleViolation):
    """A correspondence cannot be so; `pairs` are those with a flaw."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        first = pairs[0]
        super().__init__(LAW, f"«{first.target.title}»: {first.flaw}", field=f"module_{first.target.key}")
        self.pairs = pairs


def match_modules(
    order: Order, learner: Learner, choices: Choices, *, seen: str, actor: Account, at: datetime
) -> Order:
    """Say in the draft `order` what of the earlier books of `learner` counts in each module of the new plan.

    Said again as it is said already, nothing changes. Whoever says it is the draft's last hand. `seen` is
    `lifecycle.hands.seen_of` of the order when its page was opened.

    Raises:
        Stale: somebody changed the draft after `seen`, and it says something else.
        Forbidden: the cohort is not of the actor's unit.
        IllegalStep: the order is no longer a draft.
        RuleViolation: the order leads nowhere else, does not name the learner, leaves a module unsaid, or a pair is not lawful.
    """
    with transaction.atomic():
        order = lock(order)
        require(actor, Permission.ORDER_DRAFT, order)
        if order.state != Order.State.DRAFT:
            raise IllegalStep(LAW, "Сопоставляют в черновике; этот приказ уже передан на подпись, издан или отменён.")
        if order.kind != Order.Kind.TRANSFER or is_within_a_plan(order):
            raise RuleViolation(
                LAW, "Сопоставляют при переводе на другую программу или редакцию; здесь переносится всё."
            )
        book = next((one for one in movers_of(order) if one.learner_id == learner.pk), None)
        if book is None:
            raise RuleViolation(LAW, "Этого человека в приказе нет.")
        how = matching_of(order, [book], day=legal_date(at))
        if choices.keys() != {one.key for one in how.targets if not one.is_final}:
            raise RuleViolation(LAW, "Скажите о каждой дисциплине нового плана: что засчитать или что её сдают.")
        if how.said.get(learner.pk) == choices:
            return order
        require_seen(order, seen, clause=LAW, sentence=OVERTAKEN)
        unfit = [pair for pair in pairs_of(how.targets, how.shown[book.pk].earlier, choices, how.norms) if pair.flaw]
        if unfit:
            raise Unfit(unfit)
        _write(order, learner, choices, actor, at)
        order.drafted_by, order.drafted_by_person = actor, actor.person_uid
        order.save()
        record_event(EventType.ORDER_CHANGED, order, actor=actor, at=at, clause=LAW, fields=["equivalences"])
    return order


def _write(order: Order, learner: Learner, choices: Choices, actor: Account, at: datetime) -> None:
    rows = Equivalence.objects.bulk_create(
        Equivalence(
            order=order,
            learner=learner,
            module_id=module,
            source_id=chosen and chosen.key[0],
            origin_id=chosen and chosen.key[1],
            is_shared=bool(chosen and chosen.is_shared),
            written_by=actor,
            written_by_person=actor.person_uid,
            written_at=at,
        )
        for module, chosen in sorted(choices.items())
    )
    about = learner.person.uid
    record_events(
        Happening(type=EventType.EQUIVALENCE_WRITTEN, subject=row, actor=actor, at=at, clause=LAW, about=about)
        for row in rows
    )
