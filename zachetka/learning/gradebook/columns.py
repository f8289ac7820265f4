"""Which column of a table of marks is what: by its title in Russian or English, Moodle's included (п. 2.4).

Moodle 4 titles the columns of its gradebook export «Имя», «Фамилия», «Индивидуальный номер», «Учреждение», «Отдел»,
«Адрес электронной почты», then «Тест: Экзамен (Значение)», «Итог курса (Проценты)», and ends with «Последние
загруженные из этого курса»; in English «First name», …, «Quiz: Exam (Real)», «Course total (Percentage)».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from zachetka.core.text import search_key
from zachetka.people.intake import columns as lists


class Field(StrEnum):
    """What says whose a row is. The order is that of the choice on the page."""

    NUMBER = "number"
    FULL_NAME = "full_name"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    PATRONYMIC = "patronymic"
    GIVEN_NAMES = "given_names"
    SNILS = "snils"
    EMAIL = "email"
    ANY_NUMBER = "any_number"


TITLES: Final = {
    Field.NUMBER: "№ зачётной книжки",
    Field.FULL_NAME: "ФИО",
    Field.LAST_NAME: "Фамилия",
    Field.FIRST_NAME: "Имя",
    Field.PATRONYMIC: "Отчество",
    Field.GIVEN_NAMES: "Имя и отчество",
    Field.SNILS: "СНИЛС",
    Field.EMAIL: "Эл. почта",
    Field.ANY_NUMBER: "Личный номер",
}
"""The title we write ourselves; each is recognised again by `by_title`."""
NAMES: Final = frozenset({Field.FULL_NAME, Field.LAST_NAME, Field.FIRST_NAME, Field.PATRONYMIC, Field.GIVEN_NAMES})
ENOUGH: Final = frozenset({Field.NUMBER, Field.FULL_NAME, Field.LAST_NAME, Field.SNILS, Field.EMAIL, Field.ANY_NUMBER})
"""Any one of these says whose a row is."""

_OURS: Final = (
    (Field.NUMBER, r"зачетн\w* книж|зачетк|\bз\. ?к\.|№ ?зк\b|номер зк\b|record ?book"),
    (Field.ANY_NUMBER, r"^индивидуальный номер|^идентификационный номер|^личный номер|^id ?number"),
    (Field.EMAIL, r"электронн\w+ почт|e-?mail|^эл\. ?почта"),
)
_COMPILED: Final = tuple((field, re.compile(pattern)) for field, pattern in _OURS)
_OF_LISTS: Final = {
    lists.Field.FULL_NAME: Field.FULL_NAME, lists.Field.LAST_NAME: Field.LAST_NAME,
    lists.Field.FIRST_NAME: Field.FIRST_NAME, lists.Field.PATRONYMIC: Field.PATRONYMIC,
    lists.Field.GIVEN_NAMES: Field.GIVEN_NAMES, lists.Field.SNILS: Field.SNILS, lists.Field.EMAIL: Field.EMAIL,
}  # fmt: skip
_NEVER: Final = re.compile(
    r"^последн\w* загру[зж]|^last downloaded|учреждени|institution|^отдел|department|\bгрупп|^group|подпис|примечан|комментар|"
    r"отзыв|feedback|comment|преподавател|^teacher|^№|^п ?/ ?п|пропуск|посещ|телефон|phone|рожд|почему не вошла|"
    r"строка в файле|^состояние|^state$|тест начат|started on|^завершен|^completed|затраченное|time taken|\bчас"
)
_MARKS: Final = re.compile(
    r"оценк|балл|отметк|результат|итог|зачет|экзамен|аттестац|тест|задани|работа|grade|mark|score|total|quiz|assign|"
    r"result|exam|percentage|проценты?\b|значение"
)
_POINTS: Final = re.compile(r"\(значение\)|\(real\)|\bбалл|points?\b|score")
_PERCENT: Final = re.compile(r"\(проценты?\)|\(процентное отношение\)|\(percentage\)|процент|%")
_LETTER: Final = re.compile(r"\(буква\)|\(letter\)|прописью")
_MOST: Final = re.compile(
    r"(?:/ ?|\((?:из|макс\w*\.?|max\w*\.?|out of) ?|\bмакс\w*\.?:? ?|\bиз ?)([0-9]{1,4}(?:[.,][0-9]{1,5})?) ?\)?$"
)
_MOODLE: Final = re.compile(r"^(?:тест|задание|quiz|assignment|assign|итог курса|course total|\S+): ?")
_TAIL: Final = re.compile(r" ?(?:\([^()]*\)|/ ?[0-9.,]+)$")
LONGEST_TITLE: Final = 200


class Reading(StrEnum):
    """How the cells of a column of marks are read; besides these, a number N means «points of N»."""

    WRITTEN = ""
    """As a teacher types: a sign, a word, points where the scale converts them."""
    GRADE = "grade"
    """Whole numbers are grades of a scale that also knows points: «5» is «отлично», not five points."""


@dataclass(frozen=True, slots=True)
class MarkTitle:
    """What the title of a column says of marks in it.

    Attributes:
        subject: the title without what the export adds: «контрольная работа».
        is_points: points, not grades; of how many, `most` says, None when the title does not.
    """

    subject: str
    is_points: bool
    most: Decimal | None


@lru_cache(maxsize=4_096)
def by_title(title: str) -> Field | None:
    """Return whose the rows are by this column, or None when it says something else."""
    key = search_key(title).strip(" :*.")
    if not key or len(key) > LONGEST_TITLE:
        return None
    found = next((field for field, pattern in _COMPILED if pattern.search(key)), None)
    kind = lists.by_title(title)
    return found or (_OF_LISTS.get(kind) if kind is not None else None)


def is_never_marks(title: str) -> bool:
    """True when the title says that no marks stand in the column."""
    return bool(_NEVER.search(search_key(title)))


def speaks_of_marks(title: str) -> bool:
    """True when the title says that marks stand in the column, of whatever subject."""
    return not is_never_marks(title) and bool(_MARKS.search(search_key(title)))


def mark_title(title: str) -> MarkTitle:
    """Return what a title says of the marks under it."""
    key = search_key(title)
    percent, most = bool(_PERCENT.search(key)), _MOST.search(key)
    points = percent or bool(_POINTS.search(key)) or most is not None
    whole = Decimal(most[1].replace(",", ".")) if most else Decimal(100) if percent else None
    if _LETTER.search(key):
        points, whole = False, None
    subject = _MOODLE.sub("", key)
    while (shorter := _TAIL.sub("", subject)) != subject:
        subject = shorter
    return MarkTitle(subject.strip(" :."), points, whole or None)
