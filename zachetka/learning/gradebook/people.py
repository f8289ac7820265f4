"""A row of a table → the learner of the cohort: by number, СНИЛС, e-mail, name (п. 2.2, 3.8).

Whoever reads the file learns nothing of people outside the cohort: those are «не в этой группе», whoever they are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from zachetka.core.errors import RuleViolation
from zachetka.core.text import search_key
from zachetka.learning.gradebook.columns import NAMES, TITLES, Field
from zachetka.learning.rules import LATIN_TWINS
from zachetka.people.rules import snils as snils_rules

_SIGNS: Final = re.compile(r"[^0-9a-zа-я]")
_WORDS: Final = re.compile(r"[^\s.,]+")


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner of the cohort as a table may name them."""

    enrolment_id: int
    last_name: str
    first_name: str
    patronymic: str = ""
    number: str = ""
    snils: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        """Surname, first name, patronymic."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)


class Trouble(NamedTuple):
    """Why a row is nobody's: the field, "" for the row as a whole, and the sentence."""

    field: str
    sentence: str


def _no_number(_: str) -> Trouble:
    return Trouble(Field.NUMBER, "Зачётной книжки с таким номером в группе нет: сверьте номер.")


class Roster:
    """The learners of a cohort, found by what a row says of them."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        self.learners = {one.enrolment_id: one for one in learners}
        self._numbers = {_bare(one.number): one for one in self.learners.values() if one.number}
        self._snils = {one.snils: one for one in self.learners.values() if one.snils}
        self._emails = defaultdict[str, list[Learner]](list)
        self._names = defaultdict[tuple[str, ...], list[Learner]](list)
        for one in self.learners.values():
            if one.email:
                self._emails[one.email.casefold()].append(one)
            for key in _spellings(one):
                self._names[key].append(one)

    def find(self, said: Mapping[Field, str]) -> Learner | Trouble:
        """Return whose the row is, or why nobody's.

        Args:
            said: the filled cells of the row that say whose it is, as text.
        """
        found: dict[Field, Learner] = {}
        for field, look in ((Field.NUMBER, self._by_number), (Field.SNILS, self._by_snils)):
            if text := said.get(field, ""):
                one = look(text)
                if isinstance(one, Trouble):
                    return one
                if one is not None:
                    found[field] = one
        if (one := self._by_any_number(said.get(Field.ANY_NUMBER, ""))) is not None:
            found[Field.ANY_NUMBER] = one
        if len(same := self._emails.get(said.get(Field.EMAIL, "").casefold(), [])) == 1:
            found[Field.EMAIL] = same[0]
        if len({one.enrolment_id for one in found.values()}) > 1:
            first, second = (TITLES[field] for field in list(found)[:2])
            return Trouble(list(found)[1], f"«{first}» и «{second}» — разных людей: сверьте строку.")
        sure = next(iter(found.values()), None)
        named = {field: said[field] for field in NAMES if said.get(field)}
        return self._named(named, sure, said) if named else sure or self._nobody(said)

    def _by_number(self, text: str) -> Learner | Trouble:
        return self._numbers.get(_bare(text)) or _no_number(text)

    def _by_snils(self, text: str) -> Learner | Trouble | None:
        try:
            return self._snils.get(snils_rules.snils(text))
        except RuleViolation as violation:
            return Trouble(Field.SNILS, violation.sentence)

    def _by_any_number(self, text: str) -> Learner | None:
        if not text:
            return None
        digits = re.sub(r"[\s\-]", "", text)
        return self._numbers.get(_bare(text)) or self._snils.get(digits)

    def _named(self, named: Mapping[Field, str], sure: Learner | None, said: Mapping[Field, str]) -> Learner | Trouble:
        place = next(field for field in Field if field in named)
        namesakes = self._by_name(named)
        if sure is not None:
            if sure in namesakes or _shares_a_name(sure, named):
                return sure
            return Trouble(place, "Имя и номер — разных людей: сверьте строку.")
        if len(namesakes) > 1:
            return Trouble(place, "В группе несколько таких людей: впишите номер зачётной книжки.")
        if not namesakes:
            return Trouble(place, "Такого слушателя в группе нет: сверьте имя.")
        (only,) = namesakes
        if Field.SNILS in said and only.snils:
            return Trouble(Field.SNILS, "У этого слушателя записан другой СНИЛС: сверьте номер.")
        return only

    def _by_name(self, named: Mapping[Field, str]) -> list[Learner]:
        whole = named.get(Field.FULL_NAME) or " ".join(named[field] for field in _ORDER if field in named)
        return self._names.get(_words(whole), [])

    def _nobody(self, said: Mapping[Field, str]) -> Trouble:
        if len(self._emails.get(said.get(Field.EMAIL, "").casefold(), [])) > 1:
            return Trouble(Field.EMAIL, "Этот адрес записан у нескольких слушателей: впишите имя или номер.")
        place = next((field for field in Field if said.get(field)), "")
        return Trouble(place, "Такого слушателя в группе нет: сверьте строку." if place else "Не сказано, чья оценка.")


_ORDER: Final = (Field.LAST_NAME, Field.FIRST_NAME, Field.GIVEN_NAMES, Field.PATRONYMIC)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORDS.findall(search_key(text)))


def _spellings(one: Learner) -> Iterable[tuple[str, ...]]:
    """Yield every way in which a table writes a name: in full, without the patronymic, with initials."""
    last, first, patronymic = (_words(part) for part in (one.last_name, one.first_name, one.patronymic))
    keys = {(*last, *first, *patronymic), (*last, *first)}
    if last:
        initials = tuple(part[0][:1] for part in (first, patronymic) if part)
        keys |= {(*last, *initials), (*last, *initials[:1]), (*first, *patronymic, *last), (*initials, *last)}
        keys.add((*first, *last))
    return keys


def _shares_a_name(one: Learner, named: Mapping[Field, str]) -> bool:
    """True when the surname or the first name agrees: a surname changes, a register lags behind."""
    words = set(_words(" ".join(named.values())))
    return bool(words & {*_words(one.last_name), *_words(one.first_name)})


def _bare(number: str) -> str:
    return _SIGNS.sub("", search_key(number).translate(LATIN_TWINS).casefold())
