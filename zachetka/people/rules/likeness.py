"""When two cards look like one person, and why: pure rules over what the cards say (п. 2.1).

Each reason adds to the strength, none takes from it; what speaks against is asked first. The order of the cards does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from zachetka.core.text import HYPHENS, search_key
from zachetka.people.rules.names import LOOKALIKES
from zachetka.people.rules.snils import control_digits, weighed


class Reason(StrEnum):
    """One thing that two cards have in common, in the order in which it is told."""

    SNILS_SLIP = "snils_slip"
    SAME_PAPER = "same_paper"
    SAME_NAME = "same_name"
    NAME_SPELT = "name_spelt"
    NO_PATRONYMIC = "no_patronymic"
    FORMER_SURNAME = "former_surname"
    NEAR_NAME = "near_name"
    SAME_BIRTH = "same_birth"
    BIRTH_SWAPPED = "birth_swapped"
    BIRTH_UNKNOWN = "birth_unknown"
    SAME_EMAIL = "same_email"
    SAME_PHONE = "same_phone"


SENTENCES: Final[dict[Reason, str]] = {
    Reason.SNILS_SLIP: "СНИЛС отличаются одной цифрой или соседними цифрами, которые поменялись местами",
    Reason.SAME_PAPER: "один и тот же документ об образовании",
    Reason.SAME_NAME: "имя совпадает полностью",
    Reason.NAME_SPELT: "имя совпадает, написано по-разному: ё и е, дефис, латинские буквы",
    Reason.NO_PATRONYMIC: "фамилия и имя совпадают, отчество есть только в одной карточке",
    Reason.FORMER_SURNAME: "имя и отчество совпадают, фамилия одной карточки — прежняя в другой",
    Reason.NEAR_NAME: "имена отличаются одной буквой или соседними буквами, которые поменялись местами",
    Reason.SAME_BIRTH: "дата рождения та же",
    Reason.BIRTH_SWAPPED: "в дате рождения день и месяц поменялись местами",
    Reason.BIRTH_UNKNOWN: "дата рождения есть только в одной карточке",
    Reason.SAME_EMAIL: "почта та же",
    Reason.SAME_PHONE: "телефон тот же",
}
"""What each reason says, the continuation of a list: small letter, no stop."""

WEIGHTS: Final[dict[Reason, int]] = {
    Reason.SNILS_SLIP: 35,
    Reason.SAME_PAPER: 45,
    Reason.SAME_NAME: 40,
    Reason.NAME_SPELT: 40,
    Reason.NO_PATRONYMIC: 30,
    Reason.FORMER_SURNAME: 35,
    Reason.NEAR_NAME: 25,
    Reason.SAME_BIRTH: 35,
    Reason.BIRTH_SWAPPED: 20,
    Reason.BIRTH_UNKNOWN: 10,
    Reason.SAME_EMAIL: 15,
    Reason.SAME_PHONE: 15,
}
SUGGESTED_FROM: Final = 45
"""Points below which nobody is troubled: a full namesake alone has fewer."""
LIKELY_FROM: Final = 60
"""Points from which whoever enters a person is asked to look first."""
SURE_FROM: Final = 85
SHORTEST: Final = 4
"""Letters of a part of a name in which one slip is still a slip: «Ли» and «Ле» are two names."""

LONGEST_COMMON: Final = 6
"""Digits from which the number of a document without a series is its own."""


class Strength(StrEnum):
    """How strongly the reasons speak."""

    SURE = "sure"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def label(self) -> str:
        """The word of the list."""
        return {"sure": "почти наверняка", "likely": "вероятно", "possible": "возможно"}[self.value]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one card says, folded for comparison; `of` makes it.

    Attributes:
        surnames: the present surname first, then every other one by names in time and by education documents.
        papers: series and number of education documents; a short number without a series is many people's.
    """

    surnames: tuple[str, ...]
    first_name: str
    patronymic: str
    spelt: str
    birth_date: date | None = None
    snils: str = ""
    email: str = ""
    phone: str = ""
    papers: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(
        cls,
        last_name: str,
        first_name: str,
        patronymic: str = "",
        *,
        former: Iterable[str] = (),
        birth_date: date | None = None,
        snils: str | None = "",
        email: str = "",
        phone: str = "",
        papers: Iterable[tuple[str, str]] = (),
    ) -> Facts:
        """Return the facts of a card from what stands on it."""
        present = folded(last_name)
        others = sorted({one for name in former if (one := folded(name)) and one != present})
        return cls(
            surnames=(present, *others),
            first_name=folded(first_name),
            patronymic=folded(patronymic),
            spelt=" ".join((last_name, first_name, patronymic)),
            birth_date=birth_date,
            snils=snils or "",
            email=email,
            phone=phone,
            papers=frozenset(
                (series, number) for series, number in papers if (series and number) or len(number) >= LONGEST_COMMON
            ),
        )


_TWINS: Final = str.maketrans(LOOKALIKES)
_JOINED: Final = str.maketrans(dict.fromkeys(f"{HYPHENS} '’.()", ""))


def folded(name: str) -> str:
    """Return the form in which a name is compared: no case, ё as е, Latin twins as Russian letters, words run together."""
    return search_key(search_key(name.translate(_TWINS)).translate(_TWINS)).translate(_JOINED)


def reasons(one: Facts, other: Facts) -> tuple[Reason, ...]:
    """Return why the two cards look like one person, in the order of `Reason`; empty when they do not.

    Two СНИЛС that differ by more than a slip are two people, whatever else agrees. Two different dates of birth make
    namesakes of equal names: then only papers and numbers count.
    """
    is_slip = bool(one.snils and other.snils) and is_snils_slip(one.snils, other.snils)
    if one.snils and other.snils and one.snils != other.snils and not is_slip:
        return ()
    born = _birth(one.birth_date, other.birth_date)
    found = {Reason.SNILS_SLIP} if is_slip else set()
    found |= {Reason.SAME_PAPER} if one.papers & other.papers else set()
    if born is not None or not (one.birth_date and other.birth_date):
        found |= {reason for reason in (_name(one, other), born) if reason}
        found |= _contacts(one, other) if one.first_name == other.first_name else set()
    told = tuple(reason for reason in Reason if reason in found)
    return told if points(told) >= SUGGESTED_FROM else ()


def points(found: Collection[Reason]) -> int:
    """Return how much the reasons weigh together."""
    return sum(WEIGHTS[reason] for reason in found)


def strength(score: int) -> Strength:
    """Return how strongly so many points speak."""
    return Strength.SURE if score >= SURE_FROM else Strength.LIKELY if score >= LIKELY_FROM else Strength.POSSIBLE


def told(found: Iterable[Reason]) -> str:
    """Return the reasons as one sentence: «Имя совпадает полностью; дата рождения та же.»."""
    text = "; ".join(SENTENCES[reason] for reason in found)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def is_news(found: Collection[Reason], decided: Collection[str]) -> bool:
    """True when something speaks for one person that whoever told the two apart did not see."""
    return bool({reason.value for reason in found} - set(decided))


def _name(one: Facts, other: Facts) -> Reason | None:
    same_first, same_last = one.first_name == other.first_name, one.surnames[0] == other.surnames[0]
    same_patronymic = one.patronymic == other.patronymic
    if same_first and same_last and same_patronymic:
        return Reason.SAME_NAME if one.spelt.casefold() == other.spelt.casefold() else Reason.NAME_SPELT
    if same_first and same_last and not (one.patronymic and other.patronymic):
        return Reason.NO_PATRONYMIC
    if same_first and same_patronymic and set(one.surnames) & set(other.surnames):
        return Reason.FORMER_SURNAME
    pairs = (
        (one.surnames[0], other.surnames[0]),
        (one.first_name, other.first_name),
        (one.patronymic, other.patronymic),
    )
    different = [pair for pair in pairs if pair[0] != pair[1]]
    return Reason.NEAR_NAME if len(different) == 1 and _is_misspelt(*different[0]) else None


def _birth(one: date | None, other: date | None) -> Reason | None:
    if one and other:
        if one == other:
            return Reason.SAME_BIRTH
        return Reason.BIRTH_SWAPPED if other == swapped(one) else None
    return Reason.BIRTH_UNKNOWN if one or other else None


def _contacts(one: Facts, other: Facts) -> set[Reason]:
    found = {Reason.SAME_EMAIL} if one.email and one.email == other.email else set()
    return found | ({Reason.SAME_PHONE} if one.phone and one.phone == other.phone else set())


def swapped(day: date) -> date | None:
    """Return the date with day and month in each other's place, None when there is no such other date."""
    return None if day.day > 12 or day.day == day.month else day.replace(month=day.day, day=day.month)


def _is_misspelt(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= SHORTEST and is_slip(one, other)


def is_slip(one: str, other: str) -> bool:
    """True when one text becomes the other by one letter put in, left out or exchanged, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    place = next((n for n, sign in enumerate(short) if sign != long[n]), len(short))
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    if short[place + 1 :] == long[place + 1 :]:
        return True
    return short[place : place + 2] == long[place : place + 2][::-1] and short[place + 2 :] == long[place + 2 :]


def is_snils_slip(one: str, other: str) -> bool:
    """True when the nine digits before the control number differ by one digit or by two neighbours swapped.

    The control number follows from them: whoever mistypes a digit mends the control number as the form asks.
    """
    return len(one) == len(other) and is_slip(one[:9], other[:9])


def snils_slips(number: str) -> set[str]:
    """Return every number with a right control number that is a slip away: 81 exchanges and 8 swaps at most.

    A slip weighs what the number weighs and what it adds, so no sum is taken anew.
    """
    nine, found = number[:9], set[str]()
    total, digits = weighed(nine), [int(sign) for sign in nine]
    for place, digit in enumerate(digits):
        before, after = nine[:place], nine[place + 1 :]
        without = total - digit * (9 - place)
        found |= {
            f"{before}{other}{after}{control_digits(without + other * (9 - place))}"
            for other in range(10)
            if other != digit
        }
        if after and (following := digits[place + 1]) != digit:  # of two neighbours the left one weighs one more
            found.add(f"{before}{following}{digit}{after[1:]}{control_digits(total + following - digit)}")
    return found
