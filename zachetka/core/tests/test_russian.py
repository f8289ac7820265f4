"""Words, dates and names as the forms of п. 2.5 print them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.core import russian
from zachetka.core.russian import Case, Gender

pytestmark = pytest.mark.clause("2.5")

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("n", "form"),
    [
        *((0, "часов"), (1, "час"), (2, "часа"), (4, "часа"), (5, "часов"), (11, "часов"), (12, "часов")),
        *((14, "часов"), (21, "час"), (22, "часа"), (25, "часов"), (111, "часов"), (101, "час"), (-1, "час")),
    ],
)
def test_a_noun_follows_the_last_two_digits(n: int, form: str) -> None:
    assert russian.plural(n, "час", "часа", "часов") == form


@given(st.integers(0, 10**9))
def test_a_noun_follows_only_the_last_two_digits(n: int) -> None:
    assert russian.plural(n, "1", "2", "5") == russian.plural(n % 100 + 100, "1", "2", "5")


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "ноль"),
        (16, "шестнадцать"),
        (72, "семьдесят два"),
        (250, "двести пятьдесят"),
        (1000, "одна тысяча"),
        (2012, "две тысячи двенадцать"),
        (11_000, "одиннадцать тысяч"),
        (48_113, "сорок восемь тысяч сто тринадцать"),
        (1_000_001, "один миллион один"),
        (
            999_999_999,
            "девятьсот девяносто девять миллионов девятьсот девяносто девять тысяч девятьсот девяносто девять",
        ),
    ],
)
def test_a_number_is_spelled(n: int, words: str) -> None:
    assert russian.in_words(n) == words


@pytest.mark.parametrize(
    ("noun", "phrase"),
    [
        (russian.HOUR, "21 (двадцать один) час"),
        (russian.DISCIPLINE, "2 (две) дисциплины"),
        (russian.CASE_FILE, "1 (одно) дело"),
        (russian.BLANK, "2 (два) бланка"),
        (russian.RECORD, "1 (одна) запись"),
    ],
)
def test_a_numeral_takes_the_gender_of_the_noun(noun: russian.Noun, phrase: str) -> None:
    assert russian.plain(russian.count_in_words(int(phrase.partition(" ")[0]), noun)) == phrase


@pytest.mark.parametrize(
    ("case", "words"),
    [
        (Case.GENITIVE, "одной тысячи восьмисот сорока двух"),
        (Case.DATIVE, "одной тысяче восьмистам сорока двум"),
        (Case.ACCUSATIVE, "одну тысячу восемьсот сорок две"),
        (Case.INSTRUMENTAL, "одной тысячей восемьюстами сорока двумя"),
        (Case.PREPOSITIONAL, "одной тысяче восьмистах сорока двух"),
    ],
)
def test_every_part_of_a_numeral_is_declined(case: Case, words: str) -> None:
    assert russian.in_words(1842, Gender.FEMININE, case) == words


@given(st.integers(0, russian.LARGEST_IN_WORDS), st.sampled_from(Gender), st.sampled_from(Case))
def test_any_number_is_spelled_in_letters_and_single_spaces(n: int, gender: Gender, case: Case) -> None:
    words = russian.in_words(n, gender, case)
    assert all(word.isalpha() for word in words.split(" "))


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_two_numbers_are_never_spelled_alike(one: int, other: int) -> None:
    assert (russian.in_words(one) == russian.in_words(other)) == (one == other)


@pytest.mark.parametrize("n", [-1, russian.LARGEST_IN_WORDS + 1])
def test_a_number_out_of_reach_is_refused_not_misspelled(n: int) -> None:
    with pytest.raises(ValueError, match="spelled"):
        russian.in_words(n)


def test_hours_are_printed_in_digits_and_words() -> None:
    assert russian.hours_in_words(72) == "72\u00a0(семьдесят два) часа"
    assert russian.hours_in_words(576) == "576\u00a0(пятьсот семьдесят шесть) часов"
    assert russian.hours_short(72) == "72\u00a0ч"


def test_digits_are_grouped_from_five_up() -> None:
    assert [russian.grouped(n) for n in (0, 1284, 48_113, -12_000)] == ["0", "1284", "48\u00a0113", "−12\u00a0000"]


def test_decimals_have_a_comma_and_halves_go_up() -> None:
    assert russian.decimal(Decimal("4.6"), 2) == "4,60"
    assert russian.decimal(Decimal("59.5"), 0) == "60"
    assert russian.decimal(Decimal("72.50")) == "72,5"
    assert russian.decimal(Decimal("-0.0")) == "0"
    assert russian.decimal(92) == "92"


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_not_a_number_is_not_printed_as_one(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        russian.decimal(Decimal(value))


def test_dates_have_a_form_for_each_place() -> None:
    day = date(2026, 6, 5)
    assert russian.date_digits(day) == "05.06.2026"
    assert russian.date_words(day, TODAY) == "5\u00a0июня"
    assert russian.date_words(day) == "5\u00a0июня 2026"
    assert russian.period_digits(day, TODAY) == "05.06.2026\u00a0— 23.11.2026"
    moment = datetime(2026, 6, 5, 16, 42, tzinfo=ZoneInfo("Europe/Moscow"))
    assert russian.moment_digits(moment) == "05.06.2026\u00a016:42"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 11, 22), "Просрочено 1 день"),
        (date(2026, 11, 21), "Просрочено 2 дня"),
        (date(2026, 11, 12), "Просрочено 11 дней"),
        (date(2026, 11, 23), "Сегодня"),
        (date(2026, 11, 24), "Завтра"),
        (date(2026, 11, 25), "Ср, 25 ноября"),
        (date(2026, 11, 29), "Вс, 29 ноября"),
        (date(2026, 11, 30), "30 ноября"),
        (date(2027, 1, 14), "14 января 2027"),
    ],
)
def test_a_term_is_named_as_people_name_it(due: date, words: str) -> None:
    assert russian.plain(russian.due_word(due, TODAY)) == words


def test_a_past_day_that_is_no_term_is_not_overdue() -> None:
    assert russian.day_word(date(2026, 11, 22), TODAY) == "Вчера"
    assert russian.plain(russian.day_word(date(2026, 11, 20), TODAY)) == "20 ноября"


@pytest.mark.parametrize(
    ("name", "in_lists", "in_signatures"),
    [
        (("Белова", "Ольга", "Сергеевна"), "Белова О. С.", "О. С. Белова"),
        (("Ёлкин-Щеглов", "Семён", "Артёмович"), "Ёлкин-Щеглов С. А.", "С. А. Ёлкин-Щеглов"),
        (("Смит", "Джон"), "Смит Д.", "Д. Смит"),
        (("Алиев", "Рашад", "Вели оглы"), "Алиев Р. В. оглы", "Р. В. оглы Алиев"),
        (("Нгуен", "Тхи Ань"), "Нгуен Т. А.", "Т. А. Нгуен"),
        (("Орлова", "Анна-Мария", "Ивановна"), "Орлова А.-М. И.", "А.-М. И. Орлова"),
        (("Сукарно", ""), "Сукарно", "Сукарно"),
    ],
)
def test_names_are_shortened_without_losing_a_particle(
    name: tuple[str, ...], in_lists: str, in_signatures: str
) -> None:
    assert russian.plain(russian.surname_first(*name)) == in_lists
    assert russian.plain(russian.initials_first(*name)) == in_signatures
    assert " " not in russian.surname_first(*name)


def test_a_full_name_keeps_its_own_spelling() -> None:
    assert russian.full_name("О’Коннор", "Шейла") == "О’Коннор Шейла"
    assert russian.full_name("Алиев", "Рашад", "Вели оглы") == "Алиев Рашад Вели оглы"


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("приказ от 12.01.2026 № 4-з", "приказ от~12.01.2026 №~4-з"),
        ("и в школе", "и~в~школе"),
        ("72 ч за 25 июня", "72~ч за~25~июня"),
        ("10–12 дней", "10+–+12~дней"),
        ("12.01.2026–26.06.2026", "12.01.2026+–+26.06.2026"),
        ("ч. 5 ст. 58 закона", "ч.~5~ст.~58 закона"),
        ("запрос по 152-ФЗ ст. 20 ч. 1 и ещё", "запрос по~152-+ФЗ~ст.~20~ч.~1 и~ещё"),
        ("п. 3 ч. 1 ст. 34 273-ФЗ", "п.~3~ч.~1~ст.~34~273-+ФЗ"),
        ("ст. 58 и 59", "ст.~58 и~59"),
        ("Белова О. С., О. С. Белова", "Белова~О.~С., О.~С.~Белова"),
        ("подлинник — в системе", "подлинник~— в~системе"),
        ("и т. д.", "и~т.~д."),
        ("коды ПП-26-03, 03-08 и СЗА-ПК–26–03", "коды ПП-26-03, 03-08 и~СЗА-ПК–26–03"),
        ("sha256 a–b 5f0d21aa", "sha256 a–b 5f0d21aa"),
    ],
)
def test_spaces_that_must_not_break_do_not(text: str, typeset: str) -> None:
    assert russian.typeset(text) == typeset.replace("~", russian.NBSP).replace("+", russian.WORD_JOINER)


@given(st.text(alphabet="авсАБ 0123459.№–—-«»%чгш,О"))
def test_typesetting_changes_nothing_a_reader_sees(text: str) -> None:
    once = russian.typeset(text)
    assert russian.plain(once) == text
    assert russian.typeset(once) == once
