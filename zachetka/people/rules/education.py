"""What education a person has and by which paper (273-ФЗ ст. 76 ч. 3)."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from zachetka.core.errors import RuleViolation
from zachetka.core.text import flaw, quoted, search_key, tidy

CLAUSE: Final = "2.1"
LONGEST_SERIES: Final = 20
LONGEST_NUMBER: Final = 40


class EducationLevel(StrEnum):
    """The level a person has, or is getting."""

    HIGHER = "higher"
    SECONDARY_VOCATIONAL = "secondary_vocational"
    STUDENT = "student"
    SECONDARY_GENERAL = "secondary_general"
    BASIC_GENERAL = "basic_general"


LEVEL_WORDS: Final = {
    EducationLevel.HIGHER: "высшее",
    EducationLevel.SECONDARY_VOCATIONAL: "среднее профессиональное",
    EducationLevel.STUDENT: "получает СПО или высшее",
    EducationLevel.SECONDARY_GENERAL: "среднее общее",
    EducationLevel.BASIC_GENERAL: "основное общее",
}

ADMITTED: Final = frozenset({EducationLevel.HIGHER, EducationLevel.SECONDARY_VOCATIONAL, EducationLevel.STUDENT})
"""Who may study by an additional professional programme (273-ФЗ ст. 76 ч. 3); others may study a trade."""

_SPELLINGS: Final = {
    EducationLevel.HIGHER: (
        "во;в/о;вуз;высшее;высшее образование;высшее профессиональное;высшее профессиональное образование;впо;бакалавр;"
        "бакалавриат;магистр;магистратура;специалитет;высшее (бакалавриат);высшее (магистратура);высшее (специалитет);"
        "высшее образование - бакалавриат;высшее образование - специалитет;высшее образование - магистратура;"
        "аспирантура;ординатура;кандидат наук;доктор наук;higher"
    ),
    EducationLevel.SECONDARY_VOCATIONAL: (
        "спо;с/п;среднее профессиональное;среднее профессиональное образование;среднее проф.;среднее проф;ср. проф.;"
        "ср.проф.;ср-проф;средне-профессиональное;среднее специальное;среднее спец.;средне-специальное;ср. спец.;"
        "ср.спец.;начальное профессиональное;начальное профессиональное образование;нпо;колледж;техникум;училище;secondary_vocational"
    ),
    EducationLevel.STUDENT: (
        "студент;студентка;студент вуза;студентка вуза;студент во;студент спо;студент колледжа;учащийся спо;"
        "получает высшее;получает во;получает спо;неоконченное высшее;незаконченное высшее;получает спо или высшее;student"
    ),
    EducationLevel.SECONDARY_GENERAL: (
        "среднее;среднее общее;среднее общее образование;среднее полное;среднее (полное) общее;полное среднее;соо;"
        "11 классов;11 кл.;11 кл;школа;secondary_general"
    ),
    EducationLevel.BASIC_GENERAL: (
        "основное общее;основное общее образование;неполное среднее;ооо;9 классов;9 кл.;9 кл;basic_general"
    ),
}
SPELLINGS: Final = {word: level for level, words in _SPELLINGS.items() for word in words.split(";")}

_SPLIT: Final = re.compile(
    r"(?:серия\s*)?(?P<series>[^\W_][\w .\-/]*?)[\s,]*(?:№|#|n[o°]?\.?\s|номер)\s*(?P<number>[\w\-/. ]+)", re.IGNORECASE
)
_TWO_WORDS: Final = re.compile(
    r"(?P<series>[^\W\d_]{1,5}|[0-9]{2} ?[0-9]{2}|[0-9]{6}|[0-9]{2} [^\W\d_]{2})[ \-](?P<number>[0-9]{4,9})"
)
_GLUED: Final = re.compile(r"(?P<series>[^\W\d_]{2,4})(?P<number>[0-9]{5,9})")
_SIGNS: Final = re.compile(r"[\w .\-/()№]*")


class Diploma(NamedTuple):
    """Series and number of a paper of education; a series may be absent."""

    series: str
    number: str


@lru_cache(maxsize=1_024)
def education_level(value: str) -> EducationLevel:
    """Return the level written in `value`: «ВО», «высшее», «СПО», «студент»… (273-ФЗ ст. 76 ч. 3).

    Raises:
        RuleViolation: not a known way to write a level.
    """
    reason = flaw(value[:500])
    if reason:
        raise RuleViolation(CLAUSE, reason, field="education")
    level = SPELLINGS.get(search_key(value).rstrip(".,; ")) or SPELLINGS.get(search_key(value))
    if level is None:
        sentence = f"Не понять уровень: {quoted(value)}. Впишите «высшее», «СПО», «студент» или «среднее общее»."
        raise RuleViolation(CLAUSE, sentence, field="education")
    return level


def split_diploma(value: str) -> Diploma:
    """Return series and number from one cell: «100968 № 9486739», «107704 0031822», «ВСГ 0719342» (п. 2.1).

    A foreign paper has no shape we know: all of it becomes the number.
    """
    text = tidy(value)
    for shape in (_SPLIT, _TWO_WORDS, _GLUED):
        if found := shape.fullmatch(text):
            return Diploma(diploma_series(found["series"]), diploma_number(found["number"]))
    return Diploma("", diploma_number(text.removeprefix("№").strip()))


def diploma_series(value: str) -> str:
    """Return the series; «нет», «б/с» and «-» mean that the paper has none.

    Raises:
        RuleViolation: longer than 20 characters or with signs a series does not have.
    """
    series = _plain(value, "diploma_series", LONGEST_SERIES, "серии")
    return "" if search_key(series) in {"нет", "б/с", "-", "без серии"} else series


def diploma_number(value: str) -> str:
    """Return the number of the paper, text: leading zeros matter.

    Raises:
        RuleViolation: longer than 40 characters or with signs a number does not have.
    """
    number = _plain(value, "diploma_number", LONGEST_NUMBER, "номере")
    return "" if number in {"-", "—"} else number.removeprefix("№").strip()


def _plain(value: str, field: str, longest: int, where: str) -> str:
    reason = flaw(value[: longest * 20])
    text = tidy(value)
    if not reason and len(text) > longest:
        reason = (
            f"В {where} диплома больше {longest} знаков: впишите только её."
            if field == "diploma_series"
            else (f"В {where} документа больше {longest} знаков: впишите только номер.")
        )
    if not reason and not _SIGNS.fullmatch(text.replace("—", "-").replace("–", "-")):
        reason = f"В {where} диплома лишние знаки: оставьте буквы, цифры, дефис и точку."
    if reason:
        raise RuleViolation(CLAUSE, reason, field=field)
    return text
