"""Names of people: what may stand in them, how they are split and how their case is repaired (п. 2.1)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final, NamedTuple

from zachetka.core import text as texts
from zachetka.core.errors import RuleViolation

CLAUSE: Final = "2.1"
LONGEST: Final = 120
"""Characters in one part of a name: a double surname of 120 characters is lawful."""
FIRST_NAME_FROM: Final = date(1900, 1, 1)
"""From when the first known name holds: not the date of birth, because the record of a name proves it to strangers."""

PARTS: Final = {"last_name": "фамилии", "first_name": "имени", "patronymic": "отчестве", "diploma_last_name": "фамилии"}
"""Field → the word «в чём» for sentences."""

_ASK: Final = {
    "last_name": "Впишите фамилию.",
    "first_name": "Впишите имя.",
    "diploma_last_name": "Впишите фамилию из диплома.",
}

NO_PATRONYMIC: Final = frozenset({"-", "--", "нет", "отсутствует", "без отчества", "б/о", "не имеет"})
"""What people write instead of leaving the cell empty; compared by `search_key`."""

PARTICLES: Final = frozenset(
    [
        "оглы",
        "оглу",
        "кызы",
        "гызы",
        "улы",
        "уулу",
        "заде",
        "де",
        "да",
        "ди",
        "дю",
        "дель",
        "дер",
        "фон",
        "цу",
        "ван",
        "тер",
        "аль",
        "эль",
        "бин",
        "бен",
        "ибн",
        "ла",
        "ле",
        "лос",
    ]
)
"""Words of a name that are written with a small letter and do not stand alone."""

SUFFIXES: Final = frozenset(["оглы", "оглу", "кызы", "гызы", "улы", "уулу"])
"""Particles that end a patronymic: «Вели оглы»."""

LOOKALIKES: Final = dict(zip("AaBCcEeHKkMOoPpTXxYyё", "АаВСсЕеНКкМОоРрТХхУуё", strict=True))
"""Latin letters that cannot be told from Russian ones by eye."""

_PATRONYMIC: Final = re.compile(r"(?:[оеё]вич|[оеё]вна|ич|инична|ична)$")
_INITIAL: Final = re.compile(r"(?:^|\s|\.)[^\W\d_]\.")
_MARKS: Final = frozenset(" '’‘`ʼ-.()")
_WORD: Final = re.compile(r"[^\W\d_]+")
_HYPHEN: Final = re.compile(r"(?<=\w)\s*[‐‑‒–—―−-]\s*(?=\w)")


class FullName(NamedTuple):
    """A full name in its parts, and what had to be guessed (a sentence for the person who looks, or "")."""

    last_name: str
    first_name: str
    patronymic: str
    guess: str = ""


def name_part(value: str, *, field: str) -> str:
    """Return the stored form of a surname, first name or patronymic (п. 2.1).

    Args:
        value: as typed; may be blank only for the patronymic, where «-» and «нет» mean blank too.
        field: "last_name", "first_name", "patronymic" or "diploma_last_name".

    Raises:
        RuleViolation: blank, too long, or with signs no name has; the sentence says what to write instead.
    """
    where = PARTS[field]
    reason = texts.flaw(value[: LONGEST * 4])
    if reason:
        raise RuleViolation(CLAUSE, reason, field=field)
    name = _HYPHEN.sub("-", texts.tidy(value))
    if field == "patronymic" and (not name or texts.search_key(name) in NO_PATRONYMIC):
        return ""
    if not any(sign.isalpha() for sign in name):
        raise RuleViolation(CLAUSE, _unlettered(name, field), field=field)
    if len(name) > LONGEST:
        raise RuleViolation(CLAUSE, f"В {where} больше {LONGEST} знаков: сократите по документу.", field=field)
    for sign in name:
        if not (sign.isalpha() or sign in _MARKS or unicodedata.category(sign) == "Mn"):
            raise RuleViolation(CLAUSE, _foreign_sign(sign, where), field=field)
    _one_script(name, field)
    if _INITIAL.search(name):
        raise RuleViolation(CLAUSE, "Нужны полные имя и отчество, а не инициалы: впишите по паспорту.", field=field)
    return name


def proper_case(name: str) -> str:
    """Return `name` with the case of words in capitals or small letters repaired; other words stay as they are.

    «БЕЛОВ» → «Белов», «д’артаньян-петрова» → «Д’Артаньян-Петрова», «Вели оглы» and «МакДональд» stay.
    """
    words = name.split(" ")
    return " ".join(_repaired(word, first=place == 0) for place, word in enumerate(words))


def split_full_name(value: str) -> FullName:
    """Return the parts of «Фамилия Имя Отчество» in one cell (п. 2.1).

    A name without a patronymic, with «оглы» or «кызы», or with the surname last is understood; `guess` says so.

    Raises:
        RuleViolation: one word only, or blank.
    """
    words = _HYPHEN.sub("-", texts.tidy(value)).split(" ")
    while len(words) > 2 and texts.search_key(words[-1]) in NO_PATRONYMIC:
        words.pop()
    if words == [""]:
        raise RuleViolation(CLAUSE, "Впишите фамилию, имя и отчество.", field="last_name")
    if len(words) == 1:
        raise RuleViolation(CLAUSE, "Нужны хотя бы фамилия и имя, здесь одно слово: допишите.", field="last_name")
    if len(words) > 3 and texts.search_key(words[-1]) in SUFFIXES:
        return FullName(" ".join(words[:-3]), words[-3], " ".join(words[-2:]))
    if len(words) == 2:
        return FullName(words[0], words[1], "")
    if looks_like_patronymic(words[-1]):
        surname = " ".join(words[:-2])
        guess = "" if len(words) == 3 else f"Фамилия из нескольких слов: «{surname}». Проверьте."
        return FullName(surname, words[-2], words[-1], guess)
    if len(words) == 3 and looks_like_patronymic(words[1]):
        return FullName(words[2], words[0], words[1], f"Фамилия стоит последней: «{words[2]}». Проверьте.")
    first_name = " ".join(words[1:])
    return FullName(words[0], first_name, "", f"Имя «{first_name}», без отчества. Проверьте.")


def looks_like_patronymic(word: str) -> bool:
    """True for a Russian patronymic by its ending: «Семёновна», «Ильич»."""
    return bool(_PATRONYMIC.search(texts.search_key(word)))


def sex_of_patronymic(patronymic: str) -> str:
    """Return "m", "f" or "" (cannot be told) by the ending of a patronymic."""
    key = texts.search_key(patronymic)
    if key.endswith(("ич", " оглы", " оглу", " улы", " уулу")):
        return "m"
    return "f" if key.endswith(("вна", "чна", " кызы", " гызы")) else ""


def script_of(name: str) -> str:
    """Return "cyrillic", "latin", "mixed" or "other" for the letters of `name`."""
    scripts = {_script(sign) for sign in name if sign.isalpha()}
    return scripts.pop() if len(scripts) == 1 else "mixed"


def _script(sign: str) -> str:
    if "Ѐ" <= sign <= "ԯ":
        return "cyrillic"
    if sign < "ɐ" or "Ḁ" <= sign <= "ỿ":
        return "latin"
    return "other"


def _one_script(name: str, field: str) -> None:
    for word in _WORD.findall(name.replace("'", "").replace("’", "")):
        script = script_of(word)
        if script == "other":
            sentence = "Запишите русскими или латинскими буквами, как в переводе паспорта."
            raise RuleViolation(CLAUSE, sentence, field=field)
        if script == "mixed":
            raise RuleViolation(CLAUSE, _mixed(word), field=field)


def _mixed(word: str) -> str:
    latin = sorted({sign for sign in word if _script(sign) == "latin"})
    russian = "".join(LOOKALIKES.get(sign, sign) for sign in word)
    letters = ", ".join(f"«{sign}»" for sign in latin)
    if script_of(russian) == "cyrillic":
        return f"Среди русских букв латинская {letters}: верно «{russian}»."
    return f"В слове «{word[:40]}» русские и латинские буквы вперемешку ({letters}): наберите его заново."


def _unlettered(name: str, field: str) -> str:
    if name and name not in ("-", "—"):
        asked = _ASK.get(field, "Оставьте пустым.")
        return f"Здесь нет ни одной буквы: {asked[0].lower()}{asked[1:]}"
    return _ASK.get(field, "Оставьте пустым.")


def _foreign_sign(sign: str, where: str) -> str:
    if sign.isdigit():
        return f"В {where} цифра «{sign}»: исправьте по паспорту."
    if unicodedata.category(sign) in ("So", "Sk", "Cs"):
        return f"В {where} не может быть картинки или значка: уберите «{sign}»."
    return f"В {where} не бывает знака «{sign}»: оставьте буквы, дефис, апостроф и точку."


def _repaired(word: str, *, first: bool) -> str:
    if word.lower() in PARTICLES and not first:
        return word.lower() if word.isupper() else word
    if not (word.islower() or (word.isupper() and sum(map(str.isalpha, word)) > 1)):
        return word
    return _WORD.sub(lambda found: found[0][0].upper() + found[0][1:].lower(), word)
