"""One field at a time: what is accepted, what is refused, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.core.errors import RuleViolation
from zachetka.people.rules import birth, contacts, countries, education, names, snils
from zachetka.people.rules.birth import Ages, SlashOrder
from zachetka.people.rules.education import EducationLevel

TODAY = date(2026, 11, 23)


def refusal_of(rule: Callable[[], object]) -> str:
    """Return the sentence with which `rule` refuses."""
    with pytest.raises(RuleViolation) as refusal:
        rule()
    assert refusal.value.clause
    assert refusal.value.field
    return refusal.value.sentence


# --- СНИЛС ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "number",
    [
        "900-000-001 82", "900-000-147 99", "112-233-445 95",  # T1
        "900-000-091 00", "900-000-084 00", "900-000-077 01", "900-087-997 00", "900-079-898 00",  # T2
        "001-001-998 00",  # B3: no control number yet
    ],
)  # fmt: skip
def test_a_right_snils_is_accepted_at_every_boundary_of_the_control_number(number: str) -> None:
    assert snils.shown(snils.snils(number)) == number


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "writing", ["90000000182", "900 000 001 82", "900-000-001-82", " 900–000–001 82 ", 90000000182.0]
)
def test_every_way_to_write_one_snils_gives_one_number(writing: str | float) -> None:
    assert snils.snils(writing) == "90000000182"


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("900-000-001 83", "должно быть 82"),
        ("123-456-789 00", "должно быть 64"),
        ("1234567890", "11 цифр, здесь 10"),
        ("123456789012", "11 цифр, здесь 12"),
        ("12A45678964", "только цифры"),
        ("１２３45678964", "только цифры"),
        ("000-000-000 00", "из одних нулей"),
        ("6.17409E+10", "формат «Текстовый»"),
        (8931942606.0, "потерял нули впереди: запишите текстом 089-319-426 06"),
        (949480980.0, "запишите текстом 009-494-809 80"),
    ],
)
def test_a_wrong_snils_is_refused_with_what_to_do(number: str | float, said: str) -> None:
    assert said in refusal_of(lambda: snils.snils(number))


@pytest.mark.clause("2.1")
@given(st.integers(min_value=1_001_999, max_value=999_999_999), st.integers(min_value=1, max_value=99))
def test_exactly_one_control_number_fits_nine_digits(first: int, shift: int) -> None:
    digits = f"{first:09d}"
    right = snils.control_number(digits)
    assert snils.snils(digits + right) == digits + right
    assert not snils.is_valid(f"{digits}{(int(right) + shift) % 100:02d}")


# --- Names ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "name",
    [
        "О'Коннор", "Д’Артаньян-Иванова", "Э", "Ё", "O'Connor", "Nguyễn", "Анна-Мария", "Иванова (Петрова)",
        "Салтыков-Щедрин", "Ибн Сина", "А" * 60 + "-" + "Б" * 59,
    ],
)  # fmt: skip
def test_a_lawful_name_is_kept_as_it_is(name: str) -> None:  # A1, A2, A5, A6, A7, A8
    assert names.name_part(name, field="last_name") == name


@pytest.mark.clause("2.1")
def test_spaces_and_decomposed_letters_come_to_one_form() -> None:  # A12, A14
    assert names.name_part("  Мария \u00a0\u200b Анна ", field="first_name") == "Мария Анна"
    assert names.name_part("Иванович — Петрович", field="patronymic") == "Иванович-Петрович"
    assert names.name_part("Йод".replace("Й", "И\u0306"), field="last_name") == "Йод"


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("blank", ["", "-", "—", "нет", "Нет", " отсутствует ", "б/о"])
def test_a_person_may_have_no_patronymic(blank: str) -> None:  # A3
    assert names.name_part(blank, field="patronymic") == ""


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ив4н", "цифра «4»"),  # A10
        (" \u00a0\u200b", "Впишите фамилию"),  # A11
        ("-", "Впишите фамилию"),
        ("Иванoв", "латинская «o»: верно «Иванов»"),  # A13
        ("Иваnов", "вперемешку"),
        ("Ива\u202eнов", "направление письма"),  # A15
        ("Ива\0нов", "U+0000"),  # A16
        ("Ива\ud800нов", "половина знака"),  # A17
        ("Ива\u0001нов", "U+0001"),  # A18
        ("Ж" * 100_000, "больше 120 знаков"),  # A19
        ("Иванов😀", "картинки или значка"),  # A21
        ("Ж" + "\u0336" * 50, "много значков"),  # A22
        ("<script>", "не бывает знака «<»"),  # A23
        ("{{7*7}}", "ни одной буквы"),  # A24
        ("'; DROP TABLE--", "не бывает знака «;»"),  # A25
        ("Иванов\nПётр", "перенос"),  # A26
        ("Иванов\u2028Пётр", "перенос"),
        ("И. И.", "инициалы"),
        ("محمد", "русскими или латинскими"),
    ],
)
def test_what_no_name_has_is_refused_with_what_to_write(name: str, said: str) -> None:
    assert said in refusal_of(lambda: names.name_part(name, field="last_name"))


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("БЕЛОВ", "Белов"),
        ("д’артаньян-петрова", "Д’Артаньян-Петрова"),
        ("О'КОННОР", "О'Коннор"),
        ("МакДональд", "МакДональд"),
        ("вели оглы", "Вели оглы"),
        ("ВЕЛИ ОГЛЫ", "Вели оглы"),
        ("Э", "Э"),
        ("ю", "Ю"),
        ("ван дер берг", "Ван дер Берг"),
    ],
)
def test_capitals_and_small_letters_are_repaired_and_a_careful_writing_is_not(written: str, meant: str) -> None:
    assert names.proper_case(written) == meant


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Петров Максим Семёнович", ("Петров", "Максим", "Семёнович")),
        ("Ким Ю", ("Ким", "Ю", "")),
        ("Ким Ю -", ("Ким", "Ю", "")),
        ("Алиев Рашад Вели оглы", ("Алиев", "Рашад", "Вели оглы")),  # A4
        ("Гулиева Севиндж Ахмед кызы", ("Гулиева", "Севиндж", "Ахмед кызы")),
        ("Нгуен Тхи Ань", ("Нгуен", "Тхи Ань", "")),  # A9
        ("Ольга Андреевна Орлова", ("Орлова", "Ольга", "Андреевна")),
        ("Салтыков Щедрин Михаил Евграфович", ("Салтыков Щедрин", "Михаил", "Евграфович")),
        ("Салтыков - Щедрин Михаил Евграфович", ("Салтыков-Щедрин", "Михаил", "Евграфович")),
    ],
)
def test_a_full_name_in_one_cell_is_split(full_name: str, parts: tuple[str, str, str]) -> None:
    assert names.split_full_name(full_name)[:3] == parts


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("full_name", ["", "  ", "Матвей"])
def test_a_full_name_needs_a_surname_and_a_name(full_name: str) -> None:
    assert refusal_of(lambda: names.split_full_name(full_name))


@pytest.mark.clause("2.1")
def test_a_guess_about_a_name_is_said() -> None:
    assert "последней" in names.split_full_name("Ольга Андреевна Орлова").guess
    assert "без отчества" in names.split_full_name("Нгуен Тхи Ань").guess
    assert not names.split_full_name("Петров Максим Семёнович").guess


# --- Dates of birth -------------------------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "writing",
    [
        "08.05.1990", "8.5.1990", "1990-05-08", "08-05-1990", "08.05.1990 г.", "08.05.1990г.р.", "8 мая 1990 г.",
        "1990-05-08 00:00:00", date(1990, 5, 8), datetime(1990, 5, 8), 33001.0, " 08.05.1990 ",  # noqa: DTZ001
    ],
)  # fmt: skip
def test_every_way_to_write_one_date_gives_one_date(writing: object) -> None:
    assert birth.birth_date(writing, today=TODAY) == date(1990, 5, 8)


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("writing", "said"),
    [
        ("31.02.1990", "Такой даты нет"),
        ("31.04.1990", "Такой даты нет"),  # B15
        ("29.02.2003", "Такой даты нет"),  # B13
        ("05.05.2031", "в будущем"),  # B11
        ("23.11.2017", "Возраст 9"),  # B12
        ("23.11.1896", "Возраст 130"),
        ("03/04/1990", "03.04.1990 или 04.03.1990"),  # B16
        ("01.01.0001", "больше 100"),  # B17
        ("01.01.9999", "в будущем"),
        ("2000-01-01T00:00+14", "временем"),  # B18
        (datetime(2000, 1, 1, 0, 0, tzinfo=UTC), "временем"),
        (datetime(2000, 1, 1, 15, 30), "временем"),  # noqa: DTZ001
        ("０８.05.1990", "не дата"),  # B24
        ("08.05.90", "двумя цифрами"),
        (1990.0, "только год"),
        (12.5, "число, а не дата"),
        ("в мае", "не дата"),
        ("04/15/1990", "запишите 15.04.1990"),
        (True, "не дата"),
    ],
)
def test_what_is_not_one_likely_date_is_refused_with_what_to_write(writing: object, said: str) -> None:
    assert said in refusal_of(lambda: birth.birth_date(writing, today=TODAY))


@pytest.mark.clause("2.1")
def test_the_29th_of_february_of_a_leap_year_is_a_date() -> None:  # B14
    assert birth.birth_date("29.02.2004", today=TODAY) == date(2004, 2, 29)
    assert birth.birth_date("29.02.2024", today=date(2039, 1, 1)) == date(2024, 2, 29)


@pytest.mark.clause("2.1")
def test_a_date_with_slashes_is_read_when_the_column_proves_its_order() -> None:
    assert birth.slash_order(["03/04/1990", "23/12/1991", None]) is SlashOrder.DAY_FIRST
    assert birth.slash_order(["03/04/1990", "23/12/1991", "12/23/1991"]) is SlashOrder.UNKNOWN
    assert birth.slash_order(["03/04/1990"]) is SlashOrder.UNKNOWN
    assert birth.birth_date("03/04/1990", today=TODAY, slash=SlashOrder.DAY_FIRST) == date(1990, 4, 3)
    assert birth.birth_date("05/05/1990", today=TODAY) == date(1990, 5, 5)


@pytest.mark.clause("2.1")
def test_ages_are_counted_to_the_day_with_both_ends_lawful() -> None:
    ages = Ages(14, 100)
    assert birth.birth_date("23.11.2012", today=TODAY, ages=ages) == date(2012, 11, 23)
    assert refusal_of(lambda: birth.birth_date("24.11.2012", today=TODAY, ages=ages)).startswith("Возраст 13")
    assert birth.birth_date("24.11.1925", today=TODAY, ages=ages) == date(1925, 11, 24)
    assert refusal_of(lambda: birth.birth_date("23.11.1925", today=TODAY, ages=ages)).startswith("Возраст 101")
    assert birth.age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17


@pytest.mark.clause("2.1")
@given(st.dates(min_value=date(1927, 1, 1), max_value=date(2012, 1, 1)))
def test_a_date_comes_back_from_every_writing_of_it(day: date) -> None:
    serial = float((day - date(1899, 12, 30)).days)
    for writing in (f"{day:%d.%m.%Y}", day.isoformat(), f"{day.day}.{day.month}.{day.year} г.", serial, day):
        assert birth.birth_date(writing, today=TODAY) == day
    assert birth.birth_date(serial - 1462, today=TODAY, from_1904=True) == day


# --- Citizenship, education, contacts -------------------------------------------------------------------------------


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("writing", "code"),
    [
        ("643", "643"), (643.0, "643"), ("РФ", "643"), ("Россия", "643"), ("российская федерация", "643"), ("RU", "643"),
        ("rus", "643"), ("гражданин РФ", "643"), ("398", "398"), ("Казахстан", "398"), ("Белоруссия", "112"),
        ("4", "004"), ("Кыргызстан", "417"), ("без гражданства", "000"), ("Абхазия", "895"), ("Вьетнам", "704"),
    ],
)  # fmt: skip
def test_citizenship_becomes_a_code_of_the_classifier(writing: str | float, code: str) -> None:
    assert countries.citizenship(writing) == code


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("writing", ["Нарния", "СССР", "999", "Европа", "12345", "\u202eРФ"])
def test_an_unknown_country_is_refused(writing: str) -> None:
    assert refusal_of(lambda: countries.citizenship(writing))


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
@pytest.mark.parametrize(
    ("writing", "level"),
    [
        ("ВО", EducationLevel.HIGHER), ("Высшее образование", EducationLevel.HIGHER), ("высшее", EducationLevel.HIGHER),
        ("СПО", EducationLevel.SECONDARY_VOCATIONAL), ("среднее проф.", EducationLevel.SECONDARY_VOCATIONAL),
        ("Среднее профессиональное образование", EducationLevel.SECONDARY_VOCATIONAL),
        ("студент вуза", EducationLevel.STUDENT), ("среднее общее", EducationLevel.SECONDARY_GENERAL),
        ("9 классов", EducationLevel.BASIC_GENERAL),
    ],
)  # fmt: skip
def test_a_level_of_education_is_known_by_the_words_people_use(writing: str, level: EducationLevel) -> None:
    assert education.education_level(writing) is level


@pytest.mark.clause("273-ФЗ ст. 76 ч. 3")
def test_additional_programmes_admit_those_who_have_or_get_a_profession() -> None:
    assert {EducationLevel.HIGHER, EducationLevel.SECONDARY_VOCATIONAL, EducationLevel.STUDENT} == education.ADMITTED
    assert "«СПО»" in refusal_of(lambda: education.education_level("умный"))


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    ("writing", "series", "number"),
    [
        ("100968 № 9486739", "100968", "9486739"),
        ("107704 0031822", "107704", "0031822"),
        ("ВСГ 0719342", "ВСГ", "0719342"),
        ("ВСГ0719342", "ВСГ", "0719342"),
        ("серия АК № 123456", "АК", "123456"),
        ("90 БА 0123456", "90 БА", "0123456"),
        ("№ 0031822", "", "0031822"),
        ("DIP-2009/77", "", "DIP-2009/77"),  # B10: a foreign paper in free form
    ],
)
def test_series_and_number_of_a_diploma_are_told_apart(writing: str, series: str, number: str) -> None:
    assert education.split_diploma(writing) == (series, number)


@pytest.mark.clause("2.1")
def test_a_diploma_number_keeps_zeros_and_refuses_what_is_no_number() -> None:
    assert education.diploma_number("0153083") == "0153083"
    assert refusal_of(lambda: education.diploma_number("<b>1</b>"))
    assert refusal_of(lambda: education.diploma_number("1" * 41))
    assert refusal_of(lambda: education.diploma_series("1" * 21))


@pytest.mark.clause("2.1")
def test_sex_mail_and_telephone_have_one_form() -> None:
    assert [contacts.sex(word) for word in ("М", "муж.", "male", "Ж", "женский", "F")] == ["m", "m", "m", "f", "f", "f"]
    assert contacts.email(" Learner1@Example.RU ") == "learner1@example.ru"
    for writing in ("+7 (900) 346-21-80", "8 900 346 21 80", "9003462180", 89003462180.0, "79003462180"):
        assert contacts.phone(writing) == "+79003462180"
    assert contacts.phone("+375 29 123-45-67") == "+375291234567"


@pytest.mark.clause("2.1")
@pytest.mark.parametrize(
    "rule",
    [
        lambda: contacts.sex("да"),
        lambda: contacts.email("нет"),
        lambda: contacts.email("a@b.ru, c@d.ru"),
        lambda: contacts.email("a" * 250 + "@example.ru"),
        lambda: contacts.phone("346-21-80"),
        lambda: contacts.phone("8 900 346-21-80, 8 900 346-21-81"),
        lambda: contacts.phone("8 900 346-21-80 доб. 12"),
        lambda: contacts.phone("позвонить"),
        lambda: contacts.phone("+7"),
    ],
)
def test_what_is_not_one_contact_is_refused(rule: Callable[[], object]) -> None:
    assert refusal_of(rule)
