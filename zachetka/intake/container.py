"""What an XLSX file is made of, looked at before anything parses it (п. 3.8).

A workbook is a ZIP of XML parts. Refused here: macros, links to other files, embedded objects, passwords,
document types and entities, names that climb out of the folder, parts that unpack to a bomb.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import IO, Final
from xml.parsers import expat

from zachetka.core.errors import RuleViolation

CLAUSE: Final = "3.8"

MAX_PARTS: Final = 1_000
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
MAX_RATIO: Final = 100
FREE_RATIO_BYTES: Final = 1024 * 1024
"""Parts smaller than this may be packed as tightly as they like."""
MAX_ELEMENTS: Final = 2_500_000
"""XML elements in one part."""
CHUNK: Final = 256 * 1024

_SAVE_AS: Final = "Откройте его и сохраните: «Файл» → «Сохранить как» → «Книга Excel (.xlsx)»."

UNWANTED: Final = (
    ("vbaproject", f"В файле есть макросы. {_SAVE_AS}"),
    ("xl/macrosheets/", f"В файле есть макросы. {_SAVE_AS}"),
    ("xl/dialogsheets/", f"В файле есть макросы. {_SAVE_AS}"),
    ("xl/workbook.bin", f"Это двоичная книга .xlsb. {_SAVE_AS}"),
    ("xl/externallinks/", "Книга ссылается на другие файлы: скопируйте лист в новую книгу «только значения»."),
    ("xl/connections.xml", "Книга подключается к внешним данным: скопируйте лист в новую книгу «только значения»."),
    ("xl/embeddings/", "В книгу вложены другие файлы: удалите их или скопируйте лист в новую книгу."),
    ("xl/activex/", "В книге есть элементы управления: скопируйте лист в новую книгу «только значения»."),
    ("xl/ctrlprops/", "В книге есть элементы управления: скопируйте лист в новую книгу «только значения»."),
    ("word/", "Это документ Word: перенесите таблицу в книгу Excel."),
    ("content.xml", f"Это таблица OpenDocument (.ods). {_SAVE_AS}"),
)
"""Beginning or piece of a part's name → why such a file is refused."""

MACRO_TYPES: Final = ("macroenabled", "ms-office.vbaproject", "ms-excel.sheet.binary")

Handler = Callable[[str, Mapping[str, str]], None]


def refused(sentence: str) -> RuleViolation:
    """Return the refusal of a file for what it is made of."""
    return RuleViolation(CLAUSE, sentence, field="file")


def inspect(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook by its directory alone: nothing is unpacked except the list of content types.

    Raises:
        RuleViolation: see the module's docstring; the sentence says how to save the file so that it is accepted.
    """
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise refused(f"В файле {len(parts)} частей, в обычной книге десятки: скопируйте лист в новую книгу.")
    seen: set[str] = set()
    for part in parts:
        _one(part)
        name = part.filename.casefold()
        if name in seen:
            raise refused("Файл собран неправильно: две части с одним именем. Скопируйте лист в новую книгу.")
        seen.add(name)
    for piece, sentence in UNWANTED:
        if any(name.startswith(piece) or (piece == "vbaproject" and piece in name) for name in seen):
            raise refused(sentence)
    if "[content_types].xml" not in seen or "xl/workbook.xml" not in seen:
        raise refused("Это не книга Excel: загрузите файл .xlsx или .csv.")
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise refused("Внутри файла слишком много данных: оставьте один список и сохраните заново.")
    _no_overlap(parts)
    types: list[str] = []
    walk(archive, "[Content_Types].xml", start=lambda _, attributes: types.append(attributes.get("ContentType", "")))
    if any(mark in kind.casefold() for kind in types for mark in MACRO_TYPES):
        raise refused(f"В файле есть макросы. {_SAVE_AS}")


def inspect_links(archive: zipfile.ZipFile) -> None:
    """Refuse relations that lead outside the file; hyperlinks in cells are only text and may stay."""

    def look(tag: str, attributes: Mapping[str, str]) -> None:
        outside = attributes.get("TargetMode", "").casefold() == "external"
        if tag == "Relationship" and outside and not attributes.get("Type", "").endswith("/hyperlink"):
            raise refused("Книга ссылается на другие файлы: скопируйте лист в новую книгу «только значения».")

    for name in archive.namelist():
        if name.casefold().endswith(".rels"):
            walk(archive, name, start=look)


def walk(archive: zipfile.ZipFile, name: str, *, start: Handler, end: Callable[[str], None] | None = None) -> None:
    """Read an XML part once, calling `start` and `end` with local names; document types are refused.

    Raises:
        RuleViolation: the part is missing, broken, too big when really unpacked, or declares a document type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    elements = 0

    def opened(tag: str, attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > MAX_ELEMENTS:
            raise refused("На листе слишком много ячеек: оставьте только список и сохраните заново.")
        start(tag.rpartition(" ")[2], attributes)

    def closed(tag: str) -> None:
        if end is not None:
            end(tag.rpartition(" ")[2])

    parser.StartElementHandler = opened
    if end is not None:
        parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    try:
        with archive.open(name) as part:
            _feed(parser, part)
    except (expat.ExpatError, KeyError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise refused("Файл повреждён и не читается: откройте его в Excel и сохраните заново.") from error


def _feed(parser: expat.XMLParserType, part: IO[bytes]) -> None:
    unpacked = 0
    while chunk := part.read(CHUNK):
        unpacked += len(chunk)
        if unpacked > MAX_UNPACKED_BYTES:
            raise refused("Внутри файла слишком много данных: оставьте один список и сохраните заново.")
        parser.Parse(chunk, False)  # noqa: FBT003 — the parser's own signature
    parser.Parse(b"", True)  # noqa: FBT003 — the parser's own signature


def _no_doctype(*_: object) -> None:
    raise refused("Внутри файла есть описание типа документа, в книгах Excel его не бывает: сохраните книгу заново.")


def _one(part: zipfile.ZipInfo) -> None:
    name = part.filename
    path = PurePosixPath(name)
    if "\\" in name or ":" in name or "\0" in name or path.is_absolute() or ".." in path.parts:
        raise refused("Файл собран неправильно: имя части ведёт за пределы книги. Скопируйте лист в новую книгу.")
    if stat.S_ISLNK(part.external_attr >> 16):
        raise refused("Файл собран неправильно: внутри ссылка на другой файл. Скопируйте лист в новую книгу.")
    if part.flag_bits & 0x1:
        raise refused("Файл закрыт паролем: снимите пароль и загрузите снова.")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused("Файл упакован необычным способом: откройте его в Excel и сохраните заново.")
    if part.file_size > FREE_RATIO_BYTES and part.file_size > MAX_RATIO * max(part.compress_size, 1):
        raise refused("Внутри файла слишком много одинаковых данных: оставьте один список и сохраните заново.")


def _no_overlap(parts: list[zipfile.ZipInfo]) -> None:
    end = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        if part.header_offset < end:
            raise refused("Файл собран неправильно: части лежат одна на другой. Скопируйте лист в новую книгу.")
        end = part.header_offset + 30 + len(part.filename.encode()) + part.compress_size
