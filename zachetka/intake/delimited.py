"""CSV → one sheet of cells (п. 2.1). Encoding and delimiter are told by the content, quotes are strict."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Final

from zachetka.intake import cells
from zachetka.intake.cells import Row, Sheet, Table, refusal
from zachetka.rendering.xlsx import restored

MAX_LINE: Final = 1_000_000
"""Characters in one line of the file."""
DELIMITERS: Final = ";,\t|"
PROBE_RECORDS: Final = 50

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_delimited(content: bytes, name: str) -> Table:
    """Return the only sheet of a CSV file, named `name`.

    Raises:
        RuleViolation: not text, a quote that never closes, a line of a megabyte, or too many rows.
    """
    text = decoded(content)
    if "\0" in text:
        raise refusal("В файле есть нулевые знаки, это не текстовая таблица: сохраните её заново как CSV или .xlsx.")
    if any(len(line) > MAX_LINE for line in text.splitlines()):
        raise refusal("В файле строка длиннее миллиона знаков: проверьте, что это таблица.")
    text, delimiter = _delimiter(text)
    rows: list[Row] = []
    for number, record in enumerate(_records(text, delimiter), start=1):
        if number > cells.LAST_ROW or len(rows) > cells.MAX_FILLED_ROWS:
            raise refusal(f"В файле больше {cells.MAX_LIST_ROWS} строк: разделите список на части.")
        if len(record) > cells.LAST_COLUMN:
            raise refusal(f"В строке {number} больше {cells.LAST_COLUMN} столбцов: проверьте разделители.")
        values = tuple(restored(value) if value.strip() else None for value in record)
        if any(values):
            rows.append(Row(number, values))
    return Table((Sheet(name, tuple(rows)),))


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1251.

    Raises:
        RuleViolation: the bytes are none of these.
    """
    encodings = [name for mark, name in _BOMS if content.startswith(mark)] or _guesses(content)
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal("Не понять кодировку файла: сохраните его как CSV UTF-8 или .xlsx.")


def _guesses(content: bytes) -> list[str]:
    """Without a mark: UTF-16 shows by the high bytes, nearly all 0 (Latin, digits) or 4 (Cyrillic)."""
    even, odd = content[:2000:2], content[1:2000:2]
    for high, encoding in ((odd, "utf-16-le"), (even, "utf-16-be")):
        if high and high.count(0) and high.count(0) + high.count(4) > 0.8 * len(high):
            return [encoding]
    return ["utf-8", "cp1251"]


def _delimiter(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r")
    if first.lower().startswith("sep=") and len(first) == 5:
        return rest, first[4]
    return text, max(DELIMITERS, key=lambda one: _evenness(text, one))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """Return how many of the first records have the commonest width above one, and that width."""
    widths: dict[int, int] = {}
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        for _, record in zip(range(PROBE_RECORDS), reader, strict=False):
            if len(record) > 1:
                widths[len(record)] = widths.get(len(record), 0) + 1
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (times, width)


def _records(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
            if len(records) > cells.LAST_ROW + 1:
                break
    except csv.Error as error:
        sentence = f"Около строки {max(reader.line_num, 1)} не закрыты кавычки: исправьте и загрузите снова."
        raise refusal(sentence) from error
    return records
