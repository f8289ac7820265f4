"""Individual plans of the demo: who of a cohort has learned its last module before, and on which paper (273-ФЗ ст. 34)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple

from zachetka.core.clock import LEGAL_ZONE
from zachetka.learning.actions.study_plans import PlanSaid, Taken
from zachetka.learning.models import MarkSheet
from zachetka.learning.plan_rules import Way

LEAST_MODULES: Final = 5
"""In a shorter programme nobody has a plan of their own."""
SHARE: Final = 0.4
HOURS: Final = ((10, 20), (11, 40), (15, 5))
"""When the order is drafted, submitted and issued, on the second day of study."""


class OwnPlan(NamedTuple):
    """A plan to be set: whose it is by their place in the list, what it says, the module it leaves out."""

    place: int
    said: PlanSaid
    module: int
    on: date

    @property
    def moments(self) -> list[datetime]:
        """When its order is drafted, submitted and issued."""
        return [datetime.combine(self.on, time(*hour), tzinfo=LEGAL_ZONE) for hour in HOURS]


def own_plan(code: str, people: int, starts_on: date, ends_on: date, controls: Sequence[MarkSheet]) -> OwnPlan | None:
    """Return the plan of somebody in the cohort `code`, the same for the same code; None in most cohorts.

    It takes no number from the cohort's own source of chance, so that the rest of its life stays as it was.
    """
    random, on = Random(f"план {code}"), starts_on + timedelta(days=1)  # noqa: S311 - a demo, not a secret
    if len(controls) < LEAST_MODULES or random.random() >= SHARE or controls[-1].held_on <= on + timedelta(days=2):
        return None
    paper = f"удостоверение о повышении квалификации № {random.randint(1000, 9999)} от 14.06.2024"
    left_out = controls[-1].module_id
    said = PlanSaid(ends_on, {left_out: Taken(Way.CREDITED, basis=paper)})
    return OwnPlan(random.randrange(people), said, left_out, on)
