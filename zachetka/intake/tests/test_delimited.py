"""CSV as programs save it: encodings, delimiters, quotes, line ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zachetka.core.errors import RuleViolation
from zachetka.intake.reading import read_table
from zachetka.rendering.xlsx import Head, csv_file

TEXT = "Фамилия;Имя;Примечание\r\nЁлкин;Пётр;«по договору»\r\nО'Коннор;Джеймс;\r\n"
CELLS = [("Фамилия", "Имя", "Примечание"), ("Ёлкин", "Пётр", "«по договору»"), ("О'Коннор", "Джеймс", None)]


def cells_of(content: bytes) -> list[tuple[object, ...]]:
    """Return the rows of the only sheet."""
    (sheet,) = read_table(content, "выгрузка.csv").sheets
    assert sheet.name == "выгрузка"
    return [row.cells for row in sheet.rows]


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_told_by_the_bytes(encoding: str) -> None:  # G17
    assert cells_of(TEXT.encode(encoding)) == CELLS


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_told_by_the_rows(delimiter: str) -> None:  # G17
    assert cells_of(TEXT.replace(";", delimiter).encode()) == CELLS
    assert cells_of(f"sep={delimiter}\r\n".encode() + TEXT.replace(";", delimiter).encode()) == CELLS


@pytest.mark.clause("2.1")
@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n"])
def test_any_ends_of_lines_are_read_mixed_too(ends: str) -> None:  # G20
    assert cells_of(TEXT.replace("\r\n", ends, 1).encode()) == CELLS


@pytest.mark.clause("2.1")
def test_quotes_hold_delimiters_and_a_blank_line_keeps_the_numbers_of_rows() -> None:
    (sheet,) = read_table('а;б\n\n"по договору; ""Ромашка""";1\n'.encode(), "a.csv").sheets
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (1, ("а", "б")),
        (3, ('по договору; "Ромашка"', "1")),
    ]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('а;б\n"не закрыто;1\n'.encode(), "не закрыты кавычки"),  # G18
        (b"\xe0;\xe1\n1;\x00\n", "нулевые знаки"),  # G19
        (b"a;b\n" + b"x" * 1_000_001, "миллиона знаков"),  # G19
        (b"a\n" * 20_010, "больше 10000 строк"),  # G15
        (b";" * 300, "столбцов"),
        (b"\xff\xfe\x00\xd8", "кодировку"),
    ],
)
def test_what_is_no_table_is_refused_with_where_and_why(content: bytes, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        read_table(content, "a.csv")


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("text", ["=1+1", "+7 900", "-5", "@a", "\tx", "＝1", "'=1", "''", "'-"])
def test_dangerous_text_goes_out_behind_an_apostrophe_and_comes_back_as_it_was(text: str) -> None:  # G21–G27
    content = csv_file([Head("т1"), Head("т2")], [["а", text]] * 2)
    assert f"'{text}".encode() in content
    assert cells_of(content)[1] == ("а", text)


@pytest.mark.clause("2.1")
def test_a_number_goes_out_as_a_number() -> None:  # G28
    assert b"-5;'-5" in csv_file([Head("a"), Head("b")], [[-5, "-5"]])


@pytest.mark.clause("2.1")
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1).filter(str.strip),
        min_size=2,
        max_size=4,
    )
)
def test_what_we_write_as_csv_we_read_as_it_was(row: list[str]) -> None:
    assert cells_of(csv_file([Head(f"т{n}") for n in range(len(row))], [row] * 3))[1] == tuple(row)
