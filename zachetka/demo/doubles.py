"""People whom the demo academy entered twice, so that the list of cards that look alike has something to show (п. 2.1)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from zachetka.demo.life import HEROINE
from zachetka.people.actions import Particulars, Schooling, register_learner
from zachetka.people.actions.resemblances import look_through
from zachetka.people.models import Person
from zachetka.people.rules.likeness import swapped

if TYPE_CHECKING:
    from zachetka.access.models import Account

BATCHES: Final = 4
"""Cards of a small academy are compared at once, of a large one by its worker."""


def enter_twice(*, actor: Account, at: datetime) -> None:
    """Enter three people once more, each by a slip that hands make: a letter, no patronymic, a day for a month."""
    known = Person.objects.filter(learner__isnull=False).exclude(snils=HEROINE.snils).order_by("pk")
    written, unfathered, *others = known.exclude(patronymic="").filter(last_name__regex=".{6}")[:40]
    turned = next((one for one in others if one.birth_date and swapped(one.birth_date)), None)
    surname = written.last_name
    register_learner(
        _again(written, last_name=f"{surname[:2]}{surname[3]}{surname[2]}{surname[4:]}"), actor=actor, at=at
    )
    paper = unfathered.education.first()
    papers = (Schooling(paper.level, paper.series, paper.number, paper.surname),) if paper else ()
    register_learner(_again(unfathered, patronymic="", education=papers), actor=actor, at=at)
    if turned is not None and turned.birth_date is not None:
        register_learner(_again(turned, birth_date=swapped(turned.birth_date)), actor=actor, at=at)
    look_through(at, batches=BATCHES)


def _again(person: Person, **differs: object) -> Particulars:
    """Return what a second form said of `person`: no СНИЛС, and what `differs`."""
    told = {
        name: getattr(person, name)
        for name in ("last_name", "first_name", "patronymic", "sex", "birth_date", "citizenship", "email")
    }
    return Particulars(**(told | differs))
