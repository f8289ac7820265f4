"""Two cards side by side: what agrees, what differs, each particular as hidden as on its card (п. 2.1, 3.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zachetka.access.policy import FieldClass
from zachetka.core.text import search_key
from zachetka.people.card import Particular, Rights, card_of, particulars_of
from zachetka.people.fields import PERSONAL_FIELDS
from zachetka.people.models import EducationDocument, Person

if TYPE_CHECKING:
    from zachetka.access.models import Account

VERDICTS: Final = {
    "same": ("ok", "equal", "совпадает"),
    "differs": ("warn", "equal-not", "различается"),
    "one": ("neutral", "minus", "только в одной"),
    "none": ("neutral", "minus", "не указано"),
}
NAMES: Final = (("last_name", "Фамилия"), ("first_name", "Имя"), ("patronymic", "Отчество"))


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the comparison.

    Attributes:
        label: what is compared.
        one: of the first card: text, or a particular as its card shows it.
        other: of the second.
        verdict: tone, icon and word; None where the reader may not know.
    """

    label: str
    one: Particular | str
    other: Particular | str
    verdict: tuple[str, str, str] | None

    @property
    def is_text(self) -> bool:
        """True for what nobody hides."""
        return isinstance(self.one, str)


def compared(one: Person, other: Person, reader: Account) -> dict[str, Any]:
    """Return the context of the comparison; each person with everything that `queries.card` reads."""
    cards = [card_of(person, reader) for person in (one, other)]
    kept = [[section for section in card["sections"] if section.rows] for card in cards]
    return {"lines": list(_lines(one, other, reader)), "cards": list(zip((one, other), kept, strict=True))}


def _lines(one: Person, other: Person, reader: Account) -> Iterator[Compared]:
    for name, label in NAMES:
        values = (getattr(one, name), getattr(other, name))
        yield Compared(label, *values, _verdict(*(search_key(value) for value in values)))
    rights = [Rights.of(reader, person) for person in (one, other)]
    shown = [particulars_of(person, right) for person, right in zip((one, other), rights, strict=True)]
    for field, first, second in zip(PERSONAL_FIELDS, *shown, strict=True):
        verdict = _verdict(getattr(one, field.name), getattr(other, field.name))
        yield Compared(field.label, first, second, None if first.hidden or second.hidden else verdict)
    if all(FieldClass.PERSONAL_DOCUMENTS in right.read for right in rights):
        yield _papers(one, other)


def _verdict(one: object, other: object) -> tuple[str, str, str]:
    if not one and not other:
        return VERDICTS["none"]
    if not one or not other:
        return VERDICTS["one"]
    return VERDICTS["same" if one == other else "differs"]


def _papers(one: Person, other: Person) -> Compared:
    numbers = [
        {(paper.series, paper.number) for paper in person.education.all() if paper.number} for person in (one, other)
    ]
    first, second = (", ".join(_level(paper) for paper in person.education.all()) for person in (one, other))
    agree = "same" if numbers[0] & numbers[1] else ""
    verdict = VERDICTS[agree] if agree else _verdict(tuple(sorted(numbers[0])), tuple(sorted(numbers[1])))
    return Compared("Документы об образовании", first, second, verdict)


def _level(paper: EducationDocument) -> str:
    return str(paper.get_level_display())
