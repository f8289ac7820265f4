"""Passwords that are guessed first: the academy's own words, frequent passwords, neighbouring keys (ASVS 6.2.4, 6.2.11).

A word is known as it is written («академия»), in Latin letters (akademiya) and typed in the other layout (frfltvbz).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any, Final

from django.core.exceptions import ValidationError

from zachetka.core.academy import academies
from zachetka.core.text import search_key

ENOUGH: Final = 8
"""Letters and digits that must be left over."""
SHORTEST: Final = 3
RUN: Final = 4
"""Neighbouring keys from which on a run counts for nothing."""
EASY: Final = (
    "Такой пароль угадывают первым: если убрать слова об академии и о вас, частые пароли, клавиши подряд, повторы "
    f"и цифры по краям, останется меньше {ENOUGH} знаков. Возьмите несколько не связанных между собой слов."
)

OURS: Final = (
    "академия", "academy", "academia", "зачётка", "дпо", "слушатель", "преподаватель", "методист", "декан", "деканат",
    "директор", "ведомость", "группа", "учёба", "студент", "учитель", "куратор", "администратор",
)  # fmt: skip
FREQUENT: Final = (
    "пароль", "password", "passwd", "pass", "логин", "login", "админ", "admin", "root", "user", "доступ", "вход",
    "welcome", "привет", "hello", "любовь", "iloveyou", "секрет", "secret", "letmein", "master", "dragon", "monkey",
    "солнышко", "солнце", "наташа", "марина", "максим", "зенит", "спартак", "россия", "москва", "питер", "лето",
    "зима", "весна", "осень", "январь", "февраль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
ROWS: Final = (
    "1234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю.",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p", "1йфя2цыч3увс4кам5епи6нрт7гоь8шлб9щдю0з",
    "abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя",
)  # fmt: skip
KEYS: Final = ("qwertyuiop[]asdfghjkl;'zxcvbnm,.", "йцукенгшщзхъфывапролджэячсмитьбю")
LATIN: Final = {
    "а": "a", "б": "b", "в": "[vw]", "г": "g", "д": "d", "е": "(?:ye|e)", "ж": "(?:zh|j)", "з": "z", "и": "i",
    "й": "[yji]?", "к": "[kc]", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "(?:kh|h|x)", "ц": "(?:ts|c)", "ч": "ch", "ш": "sh", "щ": "(?:shch|sch)", "ъ": "['\"]?",
    "ы": "y", "ь": "['y]?", "э": "e", "ю": "(?:yu|ju|iu)", "я": "(?:ya|ja|ia)",
}  # fmt: skip

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_EDGES: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATS: Final = re.compile(r"(.{1,16}?)\1+")
_OTHER_LAYOUT: Final = str.maketrans(KEYS[0] + KEYS[1], KEYS[1] + KEYS[0])
_NEIGHBOURS: Final = frozenset(chain.from_iterable(map(pairwise, ROWS)))


class NotEasyToGuess:
    """A validator of Django's list: refuses a password with too little beyond what everybody tries."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse `password` when what is left of it is shorter than `ENOUGH`.

        Raises:
            ValidationError: it is too easy.
        """
        names = [words for one in academies() for words in (one.name, one.short)]
        own = (getattr(user, "login", ""), getattr(user, "display_name", ""))
        if len(left_over(password, (*names, *own))) < ENOUGH:
            raise ValidationError(EASY, code="password_easy")

    def get_help_text(self) -> str:
        """Return the sentence of the rule."""
        return EASY


def left_over(password: str, names: tuple[str, ...] = ()) -> str:
    """Return the letters and digits of `password` that are in no known word, run or repeat, nor digits at its ends."""
    text = _known(names).sub(" ", search_key(password))
    text = _REPEATS.sub(r"\1", _without_runs(text))
    return "".join(sign for sign in _EDGES.sub("", text) if sign.isalnum())


def _known(names: tuple[str, ...]) -> re.Pattern[str]:
    words = chain(OURS, FREQUENT, chain.from_iterable(_LETTERS.findall(name) for name in names))
    stems = {_stem(search_key(word)) for word in words if len(word) >= SHORTEST}
    spelled = chain.from_iterable(map(_spellings, sorted(stems, key=lambda stem: (-len(stem), stem))))
    return re.compile("|".join(spelled))


def _stem(word: str) -> str:
    """Return a Russian word of six letters or more without the two that inflection changes."""
    return word[:-2] if len(word) >= 6 and word[0] in LATIN else word


def _spellings(stem: str) -> Iterator[str]:
    yield re.escape(stem)
    yield re.escape(stem.translate(_OTHER_LAYOUT))
    if stem[0] in LATIN:
        yield "".join(LATIN.get(letter, re.escape(letter)) for letter in stem)


def _without_runs(text: str) -> str:
    """Return `text` with a space for each stretch of `RUN` or more neighbouring or equal keys, either way."""
    return "".join(run if len(run) < RUN else " " for run in _runs(text))


def _runs(text: str) -> Iterator[str]:
    start, way = 0, 0
    for place, pair in enumerate(pairwise(text), start=1):
        step = _step(*pair)
        if place - start > 1 and step == way:
            continue
        if place - start == 1 and step:
            way = step
            continue
        yield text[start:place]
        start, way = place, 0
    yield text[start:]


def _step(one: str, other: str) -> int:
    """Return 1 or -1 for neighbouring keys, 2 for the same one, 0 for others."""
    if one == other:
        return 2
    return 1 if (one, other) in _NEIGHBOURS else -1 if (other, one) in _NEIGHBOURS else 0
