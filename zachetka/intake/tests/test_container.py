"""Hostile workbooks are refused before anything parses them, and quickly."""

from __future__ import annotations

import resource
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from zachetka.core.errors import RuleViolation
from zachetka.intake.reading import read_table, read_table_safely
from zachetka.intake.tests.make import HEADER, make_row, make_xlsx, rebuilt, with_parts

GOOD = make_xlsx({"Лист1": [HEADER, make_row()]})
CELL = b'<sheetData><row r="1"><c r="%s" t="inlineStr"><is><t>a</t></is></c></row></sheetData>'


def sheet_of(data: bytes) -> bytes:
    """Return a worksheet part around `data`."""
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<?xml version="1.0"?><worksheet xmlns="%s">%s</worksheet>' % (space, data)


def numbered(element: bytes, times: int) -> bytes:
    """Return many elements, no two alike."""
    return b"".join(element % number for number in range(times))


def replaced(part: str, old: bytes, new: bytes) -> bytes:
    """Return the good workbook with bytes of one part replaced."""
    return rebuilt(GOOD, lambda name, content: content.replace(old, new) if name == part else content)


def raw_entry(name: str, **given: int) -> bytes:
    """Return the good workbook with one more entry described as told."""
    target = BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as archive:
        entry = zipfile.ZipInfo(name)
        for key, value in given.items():
            setattr(entry, key, value)
        archive.writestr(entry, b"x")
    return target.getvalue()


def lying_bomb() -> bytes:
    """Return a workbook whose sheet is 80 MB and says it is 1 MB."""
    bomb = with_parts(GOOD, xl__worksheets__sheet1_dot_xml=sheet_of(CELL % b"A1" + b" " * 80_000_000))
    true, false = struct.pack("<L", len(sheet_of(CELL % b"A1")) + 80_000_000), struct.pack("<L", 1_000_000)
    return bomb.replace(true, false)


def encrypted() -> bytes:
    """Return the good workbook with the flag of encryption on its entries."""
    marked = bytearray(GOOD)
    place = marked.find(b"PK\x01\x02")
    while place >= 0:
        marked[place + 8] |= 1
        place = marked.find(b"PK\x01\x02", place + 1)
    return bytes(marked)


def overlapping() -> bytes:
    """Return the good workbook whose second entry points into the first."""
    marked = bytearray(GOOD)
    first = marked.find(b"PK\x01\x02")
    second = marked.find(b"PK\x01\x02", first + 1)
    marked[second + 42 : second + 46] = marked[first + 42 : first + 46]
    return bytes(marked)


XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>'
CONTENT_TYPES = "[Content_Types].xml"
RELS = "xl/_rels/workbook.xml.rels"

HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "G1 xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Сохранить как"),
    "G1 xlsb": (lambda: with_parts(GOOD, xl__workbook_dot_bin=b"x"), ".xlsb"),
    "G2 macros inside": (lambda: with_parts(GOOD, xl__vbaProject_dot_bin=b"x"), "макросы"),
    "G2 macro type": (
        lambda: replaced(CONTENT_TYPES, b"sheet.main+xml", b"sheet.macroEnabled.main+xml"), "макросы"
    ),
    "G3 external link": (lambda: with_parts(GOOD, xl__externalLinks__externalLink1_dot_xml=b"<a/>"), "другие файлы"),
    "G3 external relation": (
        lambda: replaced(RELS, b"</Relationships>",
                         b'<Relationship Id="x" Type="t/oleObject" Target="file:///c:/a" TargetMode="External"/></Relationships>'),
        "другие файлы",
    ),
    "G3 OLE": (lambda: with_parts(GOOD, xl__embeddings__oleObject1_dot_bin=b"x"), "вложены"),
    "G3 ActiveX": (lambda: with_parts(GOOD, xl__activeX__activeX1_dot_xml=b"<a/>"), "элементы управления"),
    "G4 XXE in a sheet": (lambda: with_parts(GOOD, xl__worksheets__sheet1_dot_xml=XXE), "описание типа"),
    "G4 XXE in shared strings": (lambda: with_parts(GOOD, xl__sharedStrings_dot_xml=XXE), "описание типа"),
    "G4 XXE in relations": (lambda: with_parts(GOOD, xl___rels__workbook_dot_xml_dot_rels=XXE), "описание типа"),
    "G4 a billion laughs": (lambda: with_parts(GOOD, xl__styles_dot_xml=LAUGHS), "описание типа"),
    "G4 XXE in UTF-16": (
        lambda: with_parts(GOOD, xl__styles_dot_xml=XXE.replace(b"?>", b' encoding="utf-16"?>', 1).decode().encode("utf-16")),
        "описание типа",
    ),
    "G5 a cell at the end of the world": (
        lambda: with_parts(GOOD, xl__worksheets__sheet1_dot_xml=sheet_of(CELL % b"XFD1048576")), "XFD1048576"
    ),
    "G6 a dimension that lies": (
        lambda: with_parts(GOOD, xl__worksheets__sheet1_dot_xml=sheet_of(b'<dimension ref="A1:B2"/>' + CELL % b"ZZ99999")),
        "ZZ99999",
    ),
    "G7 300 MB of text": (
        lambda: with_parts(GOOD, xl__sharedStrings_dot_xml=sheet_of(b"a" * 300_000_000)), "слишком много"
    ),
    "G7 a size that lies": (lying_bomb, "повреждён"),
    "G8 a million styles": (
        lambda: with_parts(GOOD, xl__styles_dot_xml=sheet_of(numbered(b'<xf numFmtId="%d"/>', 1_000_000))), "стилей"
    ),
    "G8 a million merged ranges": (
        lambda: with_parts(
            GOOD, xl__worksheets__sheet1_dot_xml=sheet_of(numbered(b'<mergeCell ref="A%d:B2"/>', 1_000_000))
        ),
        "объединённых",
    ),
    "F16 a flat bomb": (lambda: with_parts(GOOD, xl__media__a_dot_png=b"\0" * 20_000_000), "одинаковых"),
    "F17 overlapping entries": (overlapping, "одна на другой"),
    "F18 too many parts": (lambda: with_parts(GOOD, **{f"p{n}": b"" for n in range(1001)}), "частей"),
    "F19 a name that climbs": (lambda: raw_entry("../../a"), "за пределы"),
    "F19 a name with a drive": (lambda: raw_entry("C:/a"), "за пределы"),
    "F19 an absolute name": (lambda: raw_entry("/a"), "за пределы"),
    "F20 a link": (lambda: raw_entry("a", external_attr=0o120777 << 16), "ссылка"),
    "F21 two parts of one name": (lambda: raw_entry("XL/workbook.xml"), "одним именем"),
    "F22 a password": (encrypted, "паролем"),
    "F28 cut short": (lambda: GOOD[: len(GOOD) // 2], "повреждён"),
    "not a workbook": (lambda: b"PK\x05\x06" + b"\0" * 18, "не книга"),
    "a document": (lambda: with_parts(GOOD, word__document_dot_xml=b"<a/>"), "Word"),
    "broken XML": (lambda: with_parts(GOOD, xl__workbook_dot_xml=b"<a>"), "повреждён"),
}  # fmt: skip


def seconds_of_children() -> float:
    """Return the processor time of the children so far: a busy machine does not make a file hostile."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_workbook_is_refused_with_a_sentence_within_two_seconds(case: str, tmp_path: Path) -> None:
    build, said = HOSTILE[case]
    path = tmp_path / "список.xlsx"
    path.write_bytes(build())
    begun = seconds_of_children()
    with pytest.raises(RuleViolation) as refusal:
        read_table_safely(path)
    assert seconds_of_children() - begun < 2
    assert said in refusal.value.sentence


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("name", ["a.xls", "a.xlsb", "a.xlsm", "a.ods", "A.XLSM"])
def test_a_workbook_of_another_kind_is_refused_by_its_name_with_how_to_save_it(name: str) -> None:
    with pytest.raises(RuleViolation, match="Сохранить как"):
        read_table(GOOD, name)


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "content", [b"%PDF-1.7", b"<html><table>", b"<?xml version='1.0'?>", b"\x89PNG\r\n", b"{\\rtf1"]
)
def test_what_is_no_table_is_not_read_as_text(content: bytes) -> None:
    with pytest.raises(RuleViolation, match="не книга"):
        read_table(content, "список.csv")


@pytest.mark.clause("3.8")
def test_an_empty_or_huge_file_is_refused() -> None:
    for content in (b"", b"a;b\n" * 3_000_000):
        with pytest.raises(RuleViolation) as refusal:
            read_table(content, "список.csv")
        assert refusal.value.field == "file"


@pytest.mark.clause("3.8")
def test_a_hyperlink_in_a_cell_is_only_text() -> None:
    linked = make_xlsx({"Лист1": [HEADER, [*make_row(), "mailto:a@example.ru"], [None] * 5 + ["https://example.ru"]]})
    assert read_table(linked, "a.xlsx").sheets[0].rows[1].cells[5] == "a@example.ru"


@pytest.mark.clause("3.8")
def test_a_string_repeated_a_million_times_does_not_fill_the_memory(tmp_path: Path) -> None:
    """One shared string of 32 000 characters that every cell refers to: small to unpack, huge to hold."""
    cells = b"".join(
        b'<row r="%d">%s</row>' % (row, b"".join(b'<c r="%c%d" t="s"><v>0</v></c>' % (65 + n, row) for n in range(20)))
        for row in range(1, 5_001)
    )
    shared = (
        sheet_of(b"")
        .replace(b"worksheet", b"sst")
        .replace(b"></sst>", b"><si><t>" + b"ab" * 16_000 + b"</t></si></sst>")
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        with_parts(
            make_xlsx({"Лист1": [["a"]]}),
            xl__sharedStrings_dot_xml=shared,
            xl__worksheets__sheet1_dot_xml=sheet_of(b"<sheetData>" + cells + b"</sheetData>"),
        )
    )
    with pytest.raises(RuleViolation, match="повреждён или слишком сложен"):
        read_table_safely(path)
