"""On what ground each kind of data may be kept, and which paper says what an act tells: dated tables (152-ФЗ ст. 6, 9, 21).

What a ground needs in order to hold is a fact of the person, handed in: nothing here asks the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final


class Basis(StrEnum):
    """What a ground rests on."""

    CONTRACT = "contract"
    """The person learns here now."""
    SERVICE = "service"
    """The person works here now."""
    CONSENT = "consent"
    """Another consent to the same data is in force."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which a kind of data may be kept.

    Attributes:
        basis: what has to be true of the person.
        words: what the case, the act and the person are told.
        since: from which day it is a ground.
        until: till which day, None for open-ended.
    """

    basis: Basis
    words: str
    since: date
    until: date | None = None


_LAW: Final = date(2007, 1, 26)
"""The day on which 152-ФЗ came into force."""
_CONTRACT: Final = (
    "договор об образовании: по этим данным извещают о занятиях, пока человек учится (152-ФЗ ст. 6 ч. 1 п. 5)"
)
_SERVICE: Final = "трудовые отношения: по этим данным связываются с работником (152-ФЗ ст. 6 ч. 1 п. 2, 5)"
_CONSENT: Final = "на эти же данные есть другое действующее согласие (152-ФЗ ст. 6 ч. 1 п. 1)"

GROUNDS: Final[Mapping[str, tuple[Ground, ...]]] = {
    "email": (
        Ground(Basis.CONTRACT, _CONTRACT, _LAW),
        Ground(Basis.SERVICE, _SERVICE, _LAW),
        Ground(Basis.CONSENT, _CONSENT, _LAW),
    ),
    "phone": (
        Ground(Basis.CONTRACT, _CONTRACT, _LAW),
        Ground(Basis.SERVICE, _SERVICE, _LAW),
        Ground(Basis.CONSENT, _CONSENT, _LAW),
    ),
    "photo": (Ground(Basis.CONSENT, _CONSENT, _LAW),),
}
"""Category of `people.rules.purposes` → its grounds, the strongest first. Without one that holds it is destroyed."""

STAYS: Final = (
    ("Имя с датами, дата рождения, пол, гражданство, СНИЛС", "указывают в документах об обучении и в сведениях о них: 273-ФЗ ст. 60, 98"),
    ("Документы об образовании", "по ним допускают к программе: 273-ФЗ ст. 76 ч. 3"),
    ("Зачётная книжка, оценки, ведомости", "учёт результатов хранят по закону: 273-ФЗ ст. 28 ч. 3 п. 11; 152-ФЗ ст. 1 ч. 2 п. 2"),
    ("Приказы, протоколы, документы о квалификации, книги регистрации", "архивные документы: 125-ФЗ; 152-ФЗ ст. 1 ч. 2 п. 2"),
    ("Согласие и его отзыв", "доказывают, что согласие было и отозвано: 152-ФЗ ст. 9 ч. 3"),
    ("События журнала", "учёт действий с данными; самих данных в событиях нет: 152-ФЗ ст. 19 ч. 2 п. 8"),
)  # fmt: skip
"""What a withdrawal does not touch, and why (T15)."""


def ground_of(category: str, holding: Collection[Basis], day: date) -> Ground | None:
    """Return the first ground on which `category` is kept on `day`, None when it has to be destroyed.

    Args:
        category: a code of `people.rules.purposes.CATEGORIES`.
        holding: what is true of the person.
        day: legal day.

    Raises:
        KeyError: nobody wrote down on what such data are kept.
    """
    return next((one for one in GROUNDS[category] if one.basis in holding and _counts(one, day)), None)


def _counts(ground: Ground, day: date) -> bool:
    return ground.since <= day and (ground.until is None or day <= ground.until)


def requisites_on(papers: Iterable[Mapping[str, Any]], day: date) -> Mapping[str, Any]:
    """Return what the paper in force on `day` asks of an act and of the extract.

    Raises:
        LookupError: none is in force on that day.
    """
    for one in papers:
        if one["since"] <= day <= one["until"]:
            return one
    raise LookupError(f"no paper says on {day} what an act of destruction tells")
