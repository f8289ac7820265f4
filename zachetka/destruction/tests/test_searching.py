"""A kept table is read for what an act destroys: by values, and by the rows of the person (152-ФЗ ст. 21)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from django.core.exceptions import ValidationError

from zachetka.core.contacts import tells_contact, without_contacts
from zachetka.destruction.searching import Sought, holds, tells
from zachetka.intake.tests.make import make_xlsx, with_parts
from zachetka.rendering.fields import Line, Lines

pytestmark = pytest.mark.clause("152-ФЗ ст. 21")

HERS: Final = Sought(
    frozenset({"email", "phone"}),
    names=frozenset({("Звягина-Лебедь", "Ольга"), ("Королёва", "Ольга")}),
    snils=frozenset({"90000000182"}),
)
HEAD: Final = ["Фамилия", "Имя", "СНИЛС", "Связь"]


def book(*rows: list[object]) -> bytes:
    return make_xlsx({"Титул": [["Список"]], "Лист1": [["", "Группа 7"], HEAD, *rows]})


def text(*rows: list[object]) -> bytes:
    table: list[list[object]] = [[*HEAD], *rows]
    return "\r\n".join(";".join(map(str, row)) for row in table).encode("cp1251", "replace")


@pytest.mark.parametrize("made", [book, text], ids=["a workbook", "a text"])
@pytest.mark.parametrize(
    ("row", "is_held"),
    [
        (["Звягина-Лебедь", "Ольга", "", "old@example.ru"], True),
        (["Звягина Лебедь", "О.", "", "8 (900) 123-00-99"], True),
        (["КОРОЛЕВА", "ольга", "", "+44 20 7946 0018"], True),
        (["Другова", "Ольга", "900-000-001 82", "old@example.ru"], True),
        (["Королёва Ольга Петровна", "", "", 89001230099], True),
        (["Звягина-Лебедь", "Ольга", "90000000182", ""], False),
        (["Звягина-Лебедь", "Ольга", "900-000-002 83", "old@example.ru"], False),
        (["Звягина", "Ольга", "", "old@example.ru"], False),
        (["Королёва", "Мария", "", "old@example.ru"], False),
        (["Другова", "Ольга", "", "old@example.ru"], False),
    ],
)
def test_a_row_of_the_person_with_any_address_or_number_is_found_and_nobody_elses(
    made: Callable[..., bytes], row: list[object], *, is_held: bool
) -> None:
    others = ["Белова", "Анна", "900-000-003 84", "belova@example.ru"]
    assert holds(made(others, row), HERS) is is_held


def test_cells_without_a_value_shift_nothing_and_a_break_within_quotation_marks_ends_no_row() -> None:
    assert not holds(book(["Королёва", "Ольга"], ["", "", "", "belova@example.ru"]), HERS)
    assert holds('Королёва;"Ольга\nПетровна";old@example.ru\n'.encode(), HERS)
    never_closed = "\n".join(['Королёва;"Ольга', *["пусто"] * 40, "belova@example.ru"])
    assert not holds(never_closed.encode(), HERS)


def test_a_known_value_is_found_in_anybodys_row_in_any_writing() -> None:
    known = Sought(frozenset({"email", "phone"}), frozenset({"zvyagina@example.ru", "+79001230099"}))
    for value in ("ZVYAGINA@example.ru", "mailto:zvyagina@example.ru", "8 900 123 00 99", 9001230099):
        assert holds(book(["Белова", "Анна", "", value]), known), value
    assert not holds(book(["Белова", "Анна", "", "9001230098"]), known)


def test_only_what_goes_is_looked_for() -> None:
    phone_alone = Sought(frozenset({"phone"}), names=HERS.names)
    assert not holds(text(["Королёва", "Ольга", "", "old@example.ru"]), phone_alone)
    assert tells(b'{"phone": "+79001230099"}', phone_alone)
    assert not tells(b'{"email": "old@example.ru", "snils": "90000000182"}', phone_alone)


@pytest.mark.parametrize(
    ("written", "is_contact"),
    [
        ("письмо с адреса ivanova@example.ru от 01.09.2026", True),
        ("тел. +7 (900) 123-00-99", True),
        ("позвонить 8-900-123-00-99", True),
        ("900 123 00 99", True),
        ("почта Иванова@почта.рф", True),
        ("Заявление № 16 от 20.11.2026", False),
        ("приказ 12-о/2026, вх. 01-05/118", False),
        ("СНИЛС 112-233-445 95", False),
        ("диплом 107704 0012345", False),
        ("с 09:00 до 18:00, 2026/2027", False),
        ("@кафедра", False),
        ("0f8a79001230099c", False),
    ],
)
def test_an_address_and_a_number_are_told_from_other_words_and_figures(written: str, *, is_contact: bool) -> None:
    assert tells_contact(written) is is_contact
    assert (without_contacts(written) != written) is is_contact
    assert not tells_contact(without_contacts(written))


@pytest.mark.parametrize("field", [Line(max_length=90), Lines(max_length=90)], ids=["a line", "lines"])
def test_no_line_that_somebody_types_keeps_an_address_or_a_number(field: Line | Lines) -> None:
    assert field.clean("Заявление № 16") == "Заявление № 16"
    for written in ("письмо с ivanova@example.ru", "звонок с +7 900 123-00-99"):
        with pytest.raises(ValidationError, match="пишут только в карточке"):
            field.clean(written)


@pytest.mark.parametrize(
    "piece",
    ["я", "я@", "+", "+7 ", "8 ", "900", "900 ", "a.", "@a.", "<row ", "<c ", "<si>", "<c/>", "<", '"', "Королёва "],
)
def test_whatever_is_written_it_is_read_in_one_pass(piece: str) -> None:
    """A reading that goes back at every sign takes hours of this; `timeout` ends it."""
    long = piece * (1_000_000 // len(piece))
    tells_contact(long)
    without_contacts(long)
    holds(long.encode(), HERS)
    holds(with_parts(book(["Королёва", "Ольга", "", ""]), xl__worksheets__sheet9_dot_xml=long.encode()), HERS)


def test_sheets_of_another_writer_are_read_too() -> None:
    strings = "<x:sst><x:si/><x:si><x:r><x:t>Коро</x:t></x:r><x:r><x:t>лёва</x:t></x:r></x:si><x:si><x:r><x:t>a@koro</x:t></x:r><x:r><x:t>lyova.ru</x:t></x:r></x:si></x:sst>"
    row = (
        '<x:row r="1"><x:c r="A1"/><x:c r="B1" t="s"><x:v>1</x:v></x:c><x:c r="C1" t="inlineStr"><x:is><x:t>Ольга</x:t></x:is></x:c>'
        '<x:c r="D1"><x:v>89001230099</x:v></x:c></x:row>'
    )
    made = with_parts(
        make_xlsx({"Лист1": [["пусто"]]}),
        xl__sharedStrings_dot_xml=strings.encode(),
        xl__worksheets__sheet1_dot_xml=f"<x:sheetData>{row}</x:sheetData>".encode(),
    )
    assert holds(made, HERS)
    assert holds(made, Sought(frozenset({"email"}), frozenset({"a@korolyova.ru"})))
