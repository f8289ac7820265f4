"""Which column is what: by its title, and by what stands in it (п. 2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from zachetka.core.errors import RuleViolation
from zachetka.core.text import search_key
from zachetka.intake.cells import Value, shown
from zachetka.people.rules import contacts, education, names, snils


class Field(StrEnum):
    """What a column of a list can be. The order is that of the choice on the page."""

    FULL_NAME = "full_name"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    PATRONYMIC = "patronymic"
    GIVEN_NAMES = "given_names"
    BIRTH_DATE = "birth_date"
    SNILS = "snils"
    SEX = "sex"
    CITIZENSHIP = "citizenship"
    EDUCATION = "education"
    DIPLOMA = "diploma"
    DIPLOMA_SERIES = "diploma_series"
    DIPLOMA_NUMBER = "diploma_number"
    DIPLOMA_LAST_NAME = "diploma_last_name"
    EMAIL = "email"
    PHONE = "phone"
    ROW_NUMBER = "row_number"


TITLES: Final = {
    Field.FULL_NAME: "ФИО",
    Field.LAST_NAME: "Фамилия",
    Field.FIRST_NAME: "Имя",
    Field.PATRONYMIC: "Отчество",
    Field.GIVEN_NAMES: "Имя и отчество",
    Field.BIRTH_DATE: "Дата рождения",
    Field.SNILS: "СНИЛС",
    Field.SEX: "Пол",
    Field.CITIZENSHIP: "Гражданство",
    Field.EDUCATION: "Образование",
    Field.DIPLOMA: "Серия и № диплома",
    Field.DIPLOMA_SERIES: "Серия диплома",
    Field.DIPLOMA_NUMBER: "№ диплома",
    Field.DIPLOMA_LAST_NAME: "Фамилия в дипломе",
    Field.EMAIL: "Эл. почта",
    Field.PHONE: "Телефон",
    Field.ROW_NUMBER: "№ п/п",
}
"""The title we write ourselves; each is recognised again by `by_title`."""

_NOT_TAKEN: Final = re.compile(
    r"паспорт|\bинн\b|полис|адрес|место рожд|место работ|договор|приказ|дата выдачи|кем выдан|регистрационн|"
    r"\bгод\b|\bчас|должност|организац|примечан|комментар|программ|квалификац|специальност|подпис|оригинала|"
    r"почему не вошла|строка в файле|индекс|^(?:серия|номер|вид|статус) документа$|note|comment|position|company"
)
_PAPER: Final = r"(?:диплом|об? образовании|\bво\b|\bспо\b|аттестат)"
_PATTERNS: Final = (
    (Field.DIPLOMA_LAST_NAME, rf"фамили\w*\b.*{_PAPER}|{_PAPER}.*\bфамили"),
    (
        Field.FULL_NAME,
        (
            r"^ф\.? ?и\.? ?о\.?(?: |$|\()|^фио\b|\bфамили\w+\b.*\bим(?:я|ени)\b|"
            r"^(?:слушател|обучающи|работник|сотрудник)\w*$|^full ?name|^name$"
        ),
    ),
    (Field.LAST_NAME, r"^фамили[яи]\b|^last[ _]?name|^surname|^family ?name"),
    (Field.GIVEN_NAMES, r"^имя,? (?:и )?отчество|^и\.? ?о\.?$"),
    (Field.FIRST_NAME, r"^имя\b|^first[ _]?name|^given ?name"),
    (Field.PATRONYMIC, r"^отчество\b|^middle[ _]?name|^patronymic"),
    (Field.BIRTH_DATE, r"рожд|^д\.? ?р\.?$|birth|^dob$"),
    (Field.SNILS, r"снилс|snils|страховой номер|страховое свидетельство"),
    (Field.SEX, r"^пол\b|^gender|^sex\b"),
    (Field.CITIZENSHIP, r"гражданств|citizenship|nationality|^страна\b|\bоксм\b"),
    (Field.EMAIL, r"e-?mail|почта|^электронн"),
    (Field.PHONE, r"телефон|^тел\b|^тел\.|phone|^моб"),
    (Field.DIPLOMA, r"\bсери\w+\b.*(?:№|номер|\bn\b)|(?:№|номер).*\bсери"),
    (Field.DIPLOMA_SERIES, rf"\bсерия\b.*{_PAPER}|{_PAPER}.*\bсерия\b|^серия$|^diploma_?series"),
    (Field.DIPLOMA_NUMBER, rf"(?:№|номер).*{_PAPER}|{_PAPER}.*(?:№|номер)|^diploma_?number"),
    (Field.DIPLOMA, r"^диплом\w*(?: об? .*)?$|^документ об образовании"),
    (Field.EDUCATION, r"образован|^образов|education|^уровень"),
    (Field.ROW_NUMBER, r"^(?:№|n|#|no\.?)(?: ?п ?[/.\\]? ?п\.?)?$|^п ?/ ?п$|^номер п ?/ ?п$|^id$"),
)
_COMPILED: Final = tuple((field, re.compile(pattern)) for field, pattern in _PATTERNS)
LONGEST_TITLE: Final = 120

_SPLIT_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DATE: Final = re.compile(r"[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}(?:\s*г\.?)?")
_WORD: Final = re.compile(r"[А-ЯЁа-яё][А-ЯЁа-яё'’\-]*\.?")


@lru_cache(maxsize=4_096)
def by_title(title: str) -> Field | None:
    """Return what a column is by its title, Russian or English, or None."""
    key = search_key(_SPLIT_CAMEL.sub(" ", title)).strip(" :*.")
    if not key or len(key) > LONGEST_TITLE or _NOT_TAKEN.search(key):
        return None
    key = key.replace(" name", "name") if key.isascii() else key
    return next((field for field, pattern in _COMPILED if pattern.search(key)), None)


def is_refused_title(title: str) -> bool:
    """True when the title says that the column is something else, so that its content is not looked at."""
    return bool(_NOT_TAKEN.search(search_key(title)))


def by_content(values: Sequence[Value]) -> Field | None:
    """Return what a column without a known title is by seven of ten of its values, or None."""
    filled = [value for value in values if value is not None]
    if len(filled) < 2:
        return None
    for field, test in _CONTENT.items():
        if sum(map(test, filled)) >= 0.7 * len(filled):
            return field
    return None


def fits(field: Field, values: Sequence[Value]) -> bool:
    """True when at least half of the filled values look like `field`; fields without a shape fit always."""
    test = _SHAPES.get(field)
    filled = [value for value in values if value is not None]
    return test is None or not filled or sum(map(test, filled)) * 2 >= len(filled)


def _accepts(rule: Callable[[str], object]) -> Callable[[Value], bool]:
    def test(value: Value) -> bool:
        try:
            rule(shown(value))
        except RuleViolation:
            return False
        return True

    return test


def _is_snils(value: Value) -> bool:
    digits = re.sub(r"[\s\-]", "", shown(value))
    return digits.isdigit() and 9 <= len(digits) <= 11 and snils.is_valid(digits.zfill(11))


def _is_date(value: Value) -> bool:
    if isinstance(value, str):
        return bool(_DATE.fullmatch(value.strip()))
    return isinstance(value, date)


def _is_birth_value(value: Value) -> bool:
    return _is_date(value) or (isinstance(value, float) and 3_000 < value < 60_000) or isinstance(value, str)


def _is_full_name(value: Value) -> bool:
    words = shown(value).split()
    return 2 <= len(words) <= 5 and all(map(_WORD.fullmatch, words)) and any(map(names.looks_like_patronymic, words))


def _is_patronymic(value: Value) -> bool:
    words = shown(value).split()
    return len(words) == 1 and names.looks_like_patronymic(words[0])


def _is_name(value: Value) -> bool:
    return isinstance(value, str) and any(map(str.isalpha, value))


def _is_phone(value: Value) -> bool:
    return sum(map(str.isdigit, shown(value))) in (10, 11, 12) and _accepts(contacts.phone)(value)


_CONTENT: Final[dict[Field, Callable[[Value], bool]]] = {
    Field.SNILS: _is_snils,
    Field.EMAIL: _accepts(contacts.email),
    Field.BIRTH_DATE: _is_date,
    Field.FULL_NAME: _is_full_name,
    Field.PATRONYMIC: _is_patronymic,
    Field.SEX: _accepts(contacts.sex),
    Field.EDUCATION: _accepts(education.education_level),
    Field.PHONE: _is_phone,
}

_SHAPES: Final[dict[Field, Callable[[Value], bool]]] = {
    Field.SNILS: lambda value: sum(map(str.isdigit, shown(value))) >= 9,
    Field.EMAIL: lambda value: "@" in shown(value),
    Field.BIRTH_DATE: _is_birth_value,
    Field.FULL_NAME: lambda value: _is_name(value) and " " in shown(value).strip(),
    Field.LAST_NAME: _is_name,
    Field.FIRST_NAME: _is_name,
    Field.SEX: _accepts(contacts.sex),
    Field.EDUCATION: _accepts(education.education_level),
    Field.PHONE: lambda value: sum(map(str.isdigit, shown(value))) >= 6,
}
