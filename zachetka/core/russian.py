"""Russian words on paper and screen: numbers, dates, names and the spaces between them (п. 2.5).

Everything here is pure: today's date is an argument, nothing is looked up. The tables carry the grammar, the
functions only pick from them. People are never declined; see `initials` for what may be shortened.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime

NBSP: Final = "\u00a0"
WORD_JOINER: Final = "\u2060"
MINUS: Final = "\u2212"


class Gender(IntEnum):
    """Gender of the counted noun: один час, одна дисциплина, одно дело."""

    MASCULINE = 0
    FEMININE = 1
    NEUTER = 2


class Case(IntEnum):
    """Grammatical case; the numbers are the columns of the tables below. Accusative is that of things, not people."""

    NOMINATIVE = 0
    GENITIVE = 1
    DATIVE = 2
    ACCUSATIVE = 3
    INSTRUMENTAL = 4
    PREPOSITIONAL = 5


class Noun(NamedTuple):
    """A noun that is counted: one час, few часа, many часов."""

    one: str
    few: str
    many: str
    gender: Gender


HOUR: Final = Noun("час", "часа", "часов", Gender.MASCULINE)
TIME: Final = Noun("раз", "раза", "раз", Gender.MASCULINE)
DAY: Final = Noun("день", "дня", "дней", Gender.MASCULINE)
SHEET: Final = Noun("лист", "листа", "листов", Gender.MASCULINE)
BLANK: Final = Noun("бланк", "бланка", "бланков", Gender.MASCULINE)
LEARNER: Final = Noun("обучающийся", "обучающихся", "обучающихся", Gender.MASCULINE)
MODULE: Final = Noun("модуль", "модуля", "модулей", Gender.MASCULINE)
DISCIPLINE: Final = Noun("дисциплина", "дисциплины", "дисциплин", Gender.FEMININE)
RECORD: Final = Noun("запись", "записи", "записей", Gender.FEMININE)
ROW: Final = Noun("строка", "строки", "строк", Gender.FEMININE)
EVENT: Final = Noun("событие", "события", "событий", Gender.NEUTER)
CASE_FILE: Final = Noun("дело", "дела", "дел", Gender.NEUTER)


# --- Agreement and numbers in words ---------------------------------------------------------------------------------


def plural(n: int, one: str, few: str, many: str) -> str:
    """Return the form of the noun that goes with `n`: 1 строка, 2 строки, 5 строк, 11 строк, −1 строка."""
    last, last_two = abs(n) % 10, abs(n) % 100
    if last == 1 and last_two != 11:
        return one
    if 2 <= last <= 4 and not 12 <= last_two <= 14:
        return few
    return many


def counted(n: int, noun: Noun) -> str:
    """Return digits and the noun, joined by a space that does not break: «38 строк»."""
    return f"{grouped(n)}{NBSP}{plural(n, noun.one, noun.few, noun.many)}"


def _soft(stem: str) -> tuple[str, ...]:
    """Decline a numeral in -ь: пять, пяти, пяти, пять, пятью, пяти."""
    return (f"{stem}ь", f"{stem}и", f"{stem}и", f"{stem}ь", f"{stem}ью", f"{stem}и")


_EIGHT: Final = ("восемь", "восьми", "восьми", "восемь", "восемью", "восьми")
_ONE: Final = {
    Gender.MASCULINE: ("один", "одного", "одному", "один", "одним", "одном"),
    Gender.FEMININE: ("одна", "одной", "одной", "одну", "одной", "одной"),
    Gender.NEUTER: ("одно", "одного", "одному", "одно", "одним", "одном"),
}
_TWO: Final = {
    Gender.MASCULINE: ("два", "двух", "двум", "два", "двумя", "двух"),
    Gender.FEMININE: ("две", "двух", "двум", "две", "двумя", "двух"),
    Gender.NEUTER: ("два", "двух", "двум", "два", "двумя", "двух"),
}
_ZERO: Final = ("ноль", "нуля", "нулю", "ноль", "нулём", "нуле")
_BELOW_TWENTY: Final = {
    3: ("три", "трёх", "трём", "три", "тремя", "трёх"),
    4: ("четыре", "четырёх", "четырём", "четыре", "четырьмя", "четырёх"),
    8: _EIGHT,
    5: _soft("пят"),
    6: _soft("шест"),
    7: _soft("сем"),
    9: _soft("девят"),
    10: _soft("десят"),
    11: _soft("одиннадцат"),
    12: _soft("двенадцат"),
    13: _soft("тринадцат"),
    14: _soft("четырнадцат"),
    15: _soft("пятнадцат"),
    16: _soft("шестнадцат"),
    17: _soft("семнадцат"),
    18: _soft("восемнадцат"),
    19: _soft("девятнадцат"),
}


def _compound(unit: tuple[str, ...], tails: tuple[str, ...]) -> tuple[str, ...]:
    """Decline both halves of пятьдесят, пятидесяти, … or пятьсот, пятисот, …."""
    return tuple(head + tail for head, tail in zip(unit, tails, strict=True))


_FIFTY: Final = ("десят", "десяти", "десяти", "десят", "десятью", "десяти")
_HUNDRED: Final = ("сот", "сот", "стам", "сот", "стами", "стах")
_TENS: Final = {
    2: _soft("двадцат"),
    3: _soft("тридцат"),
    4: ("сорок", "сорока", "сорока", "сорок", "сорока", "сорока"),
    **{n: _compound(_BELOW_TWENTY[n], _FIFTY) for n in (5, 6, 7, 8)},
    9: ("девяносто", "девяноста", "девяноста", "девяносто", "девяноста", "девяноста"),
}
_HUNDREDS: Final = {
    1: ("сто", "ста", "ста", "сто", "ста", "ста"),
    2: ("двести", "двухсот", "двумстам", "двести", "двумястами", "двухстах"),
    3: ("триста", "трёхсот", "трёмстам", "триста", "тремястами", "трёхстах"),
    4: ("четыреста", "четырёхсот", "четырёмстам", "четыреста", "четырьмястами", "четырёхстах"),
    **{n: _compound(_BELOW_TWENTY[n], _HUNDRED) for n in (5, 6, 7, 8, 9)},
}
_SCALES: Final = (  # value, gender, singular by case, plural by case, the form after 2–4 in the nominative
    (
        1_000_000,
        Gender.MASCULINE,
        ("миллион", "миллиона", "миллиону", "миллион", "миллионом", "миллионе"),
        ("миллионов", "миллионов", "миллионам", "миллионов", "миллионами", "миллионах"),
        "миллиона",
    ),
    (
        1_000,
        Gender.FEMININE,
        ("тысяча", "тысячи", "тысяче", "тысячу", "тысячей", "тысяче"),
        ("тысяч", "тысяч", "тысячам", "тысяч", "тысячами", "тысячах"),
        "тысячи",
    ),
)
_DIRECT: Final = (Case.NOMINATIVE, Case.ACCUSATIVE)
LARGEST_IN_WORDS: Final = 999_999_999


def _below_thousand(n: int, gender: Gender, case: Case) -> list[str]:
    hundreds, rest = divmod(n, 100)
    words = [_HUNDREDS[hundreds][case]] if hundreds else []
    tens, units = divmod(rest, 10)
    if rest in _BELOW_TWENTY:
        return [*words, _BELOW_TWENTY[rest][case]]
    if tens:
        words.append(_TENS[tens][case])
    if units:
        forms = {1: _ONE[gender], 2: _TWO[gender]}.get(units) or _BELOW_TWENTY[units]
        words.append(forms[case])
    return words


def in_words(n: int, gender: Gender = Gender.MASCULINE, case: Case = Case.NOMINATIVE) -> str:
    """Spell a whole number: 72 → семьдесят два, 1000 → одна тысяча.

    Args:
        n: from 0 to 999 999 999.
        gender: that of the counted noun; only the last one or two feel it.
        case: the form the sentence asks for; forms print the nominative inside brackets.

    Raises:
        ValueError: `n` is negative or above 999 999 999.
    """
    if not 0 <= n <= LARGEST_IN_WORDS:
        message = f"A number from 0 to {LARGEST_IN_WORDS} can be spelled, not {n}."
        raise ValueError(message)
    if n == 0:
        return _ZERO[case]
    words: list[str] = []
    rest = n
    for value, scale_gender, singular, many, few in _SCALES:
        count, rest = divmod(rest, value)
        if count:
            words += _below_thousand(count, scale_gender, case)
            after_few = few if case in _DIRECT else many[case]
            words.append(plural(count, singular[case], after_few, many[case]))
    return " ".join(words + _below_thousand(rest, gender, case))


def count_in_words(n: int, noun: Noun) -> str:
    """Return the form of legal papers, digits then words: «72 (семьдесят два) часа», «1 (одно) дело»."""
    return f"{grouped(n)}{NBSP}({in_words(n, noun.gender)}) {plural(n, noun.one, noun.few, noun.many)}"


def hours_in_words(n: int) -> str:
    """Return academic hours as documents print them: «576 (пятьсот семьдесят шесть) часов»."""
    return count_in_words(n, HOUR)


def hours_short(n: int) -> str:
    """Return hours for a table or a list: «72 ч»."""
    return f"{grouped(n)}{NBSP}ч"


# --- Numbers in digits ----------------------------------------------------------------------------------------------


def grouped(n: int) -> str:
    """Return digits in groups of three from five digits up: 1284, «48 113», «−12 000»."""
    digits = f"{abs(n):,}".replace(",", NBSP) if abs(n) >= 10_000 else str(abs(n))
    return f"{MINUS}{digits}" if n < 0 else digits


def decimal(value: Decimal | int, places: int | None = None) -> str:
    """Return a number with a decimal comma: 4.6 → «4,6», with two places «4,60».

    Args:
        value: an exact number; a float has no place in a record of results.
        places: digits after the comma, halves away from zero; None keeps what is significant.

    Raises:
        ValueError: `value` is infinite or not a number.
    """
    exact = Decimal(value)
    if not exact.is_finite():
        message = "Only a finite number can be printed."
        raise ValueError(message)
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    if places is None:
        fraction = fraction.rstrip("0")
    sign = MINUS if exact < 0 else ""
    return sign + grouped(int(whole)) + (f",{fraction}" if fraction else "")


# --- Dates. Days are local calendar dates; a moment is converted to Moscow time by the caller -------------------------

MONTHS: Final = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
MONTHS_SHORT: Final = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
MONTHS_NAMED: Final = (
    *("январь", "февраль", "март", "апрель", "май", "июнь"),
    *("июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"),
)
WEEKDAYS: Final = ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс")
_NEAR_DAYS: Final = {-1: "Вчера", 0: "Сегодня", 1: "Завтра"}
_WEEKDAY_HORIZON: Final = 7  # days ahead that are named by the weekday; look.md, «Time words»


def date_digits(day: date) -> str:
    """Return a date for tables: 25.06.2026."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def date_words(day: date, today: date | None = None) -> str:
    """Return «18 декабря», and the year too when it is not that of `today` or no `today` is given."""
    words = f"{day.day}{NBSP}{MONTHS[day.month - 1]}"
    return words if today and today.year == day.year else f"{words} {day.year}"


def clock(moment: datetime) -> str:
    """Return hours and minutes of a moment already in the reader's time zone: 16:42."""
    return f"{moment:%H:%M}"


def moment_digits(moment: datetime) -> str:
    """Return date and time for tables, the moment already in the reader's time zone: «25.06.2026 16:42»."""
    return f"{date_digits(moment)}{NBSP}{clock(moment)}"


def period_digits(first: date, last: date) -> str:
    """Return a period that breaks only after the dash: «12.01.2026 — 26.06.2026»."""
    return f"{date_digits(first)}{NBSP}— {date_digits(last)}"


def day_word(day: date, today: date) -> str:
    """Name a day as people do: Вчера, Сегодня, Завтра, «Ср, 25 ноября» within a week, then «14 декабря»."""
    ahead = (day - today).days
    if near := _NEAR_DAYS.get(ahead):
        return near
    words = date_words(day, today)
    return f"{WEEKDAYS[day.weekday()]}, {words}" if 0 < ahead < _WEEKDAY_HORIZON else words


def due_word(due: date, today: date) -> str:
    """Name a term: «Просрочено 2 дня» when it has passed, otherwise the day itself."""
    late = (today - due).days
    return f"Просрочено {counted(late, DAY)}" if late > 0 else day_word(due, today)


# --- Names: never declined, never guessed ---------------------------------------------------------------------------

_PARTICLES: Final = frozenset({"оглы", "оглу", "углы", "кызы", "гызы", "улы", "уулу", "угли"})


def full_name(surname: str, given: str, patronymic: str = "") -> str:
    """Return a name in the nominative; the parts that are absent leave no trace."""
    return " ".join(part for part in (surname, given, patronymic) if part)


def _initial(word: str) -> str:
    """Return «А.», «А.-М.» for a double name, and a particle as it is: «Вели оглы» → «В. оглы»."""
    if word.lower() in _PARTICLES:
        return word
    letters = (next((char for char in half if char.isalpha()), "") for half in word.split("-"))
    return "-".join(f"{letter.upper()}." for letter in letters if letter)


def _initials(given: str, patronymic: str) -> str:
    return NBSP.join(filter(None, map(_initial, f"{given} {patronymic}".split())))


def surname_first(surname: str, given: str, patronymic: str = "") -> str:
    """Return «Белова О. С.», as lists and tables name people."""
    return NBSP.join(filter(None, (surname, _initials(given, patronymic))))


def initials_first(surname: str, given: str, patronymic: str = "") -> str:
    """Return «О. С. Белова», as signatures name people."""
    return NBSP.join(filter(None, (_initials(given, patronymic), surname)))


# --- Spaces that must not break -------------------------------------------------------------------------------------

_SHORT: Final = "а|в|и|к|о|с|у|во|до|за|из|ко|на|не|ни|но|об|от|по|со"
_UNITS: Final = "ч|час|часа|часов|мин|сек|дн|дня|дней|день|лет|год|года|г|гг|мм|см|м|км|кг|т|руб|коп|шт|экз|л|МБ|КБ|%"
_SHORTENED: Final = "г|ст|ч|п|пп|гл|ул|д|кв|им|стр|рис|табл|см"
_PLACE: Final = r"(?:ст|чч?|пп?|подп)\. \d[\d.–]*"
_LAW: Final = r"(?:\d+-ФЗ|(?:ТК|ГК|НК|КоАП) РФ)"
_GLUE: Final = (  # a space (or nothing, before a joiner) that keeps two things on one line
    re.compile(rf"(?<![\w-])(?:{_LAW}(?: {_PLACE})+|{_PLACE}(?: {_PLACE})+(?: {_LAW})?)"),
    re.compile(r"(?<=№) (?=\S)"),
    re.compile(rf"(?<![\w-])(?:{_SHORT})(?P<gap> )(?=[^\s—–])", re.IGNORECASE),
    re.compile(r"(?<=\S) (?=[—–](?:\s|$))"),
    re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?![\w-]))"),
    re.compile(rf"(?<=\d) (?=(?:{'|'.join(MONTHS)})(?!\w))"),
    re.compile(rf"(?<![\w-])(?:{_SHORTENED})\.(?P<gap> )(?=[\w«])"),
    re.compile(r"(?<![\w-])т\.(?P<gap> )(?=[дпек]\.)"),
    re.compile(r"(?<=[А-ЯЁ]\.) (?=[А-ЯЁ]\.|[А-ЯЁ][а-яё])"),
    re.compile(r"(?<=[а-яё]) (?=[А-ЯЁ]\.(?:\s?[А-ЯЁ]\.))"),
)
_NUMBERED_LAW: Final = re.compile(r"(?<=\d)-(?=ФЗ\b)")
_RANGE: Final = re.compile(r"(?<![\w–-])(?P<first>\d[\d.,]*)–(?P<last>\d[\d.,]*)(?![\w–-])")


def _glued(match: re.Match[str]) -> str:
    return match.group().replace(" ", NBSP)


def typeset(text: str) -> str:
    """Replace the spaces that must not break and bind ranges; change nothing a reader can see.

    «№ 5», «72 ч», «25 июня», «273-ФЗ ст. 58 ч. 5» as a whole, «О. С. Белова», short prepositions, the space before a dash, «10–12».
    Codes such as ПП-26-03 have no spaces and are left alone. Applying it twice is the same as once, and `plain`
    gives the original back.
    """
    for rule in _GLUE:
        text = rule.sub(_glued, text)
    text = _NUMBERED_LAW.sub(f"-{WORD_JOINER}", text)
    return _RANGE.sub(rf"\g<first>{WORD_JOINER}–{WORD_JOINER}\g<last>", text)


def plain(text: str) -> str:
    """Undo `typeset`, for titles, search and machine-read fields."""
    return text.replace(NBSP, " ").replace(WORD_JOINER, "")
