"""A file of a list, whatever it is: told by content, read in a child process that cannot hurt (п. 3.8)."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from zachetka.core.errors import RuleViolation
from zachetka.intake import cells
from zachetka.intake.cells import Broken, Formula, Merge, Row, Sheet, Table, Value, refusal

MAX_MEMORY: Final = 512 * 1024 * 1024
"""Address space of the child, bytes."""
MAX_SECONDS: Final = 10
"""Processor seconds of the child; on the wall clock twice as many."""

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_NOT_TABLE: Final = (b"%pdf", b"<html", b"<!doctype", b"<?xml", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8")
_DAMAGED: Final = "Файл не читается: он повреждён или слишком сложен. Скопируйте список в новую книгу и загрузите её."
_ROOT: Final = Path(__file__).resolve().parents[2]


def read_table(content: bytes, name: str) -> Table:
    """Return the sheets of an XLSX or CSV file, told apart by content, not by name.

    Args:
        content: the whole file.
        name: the file's name as the person knows it; a CSV sheet is called by it.

    Raises:
        RuleViolation: not a list we read; the sentence says how to save it so that it is.
    """
    suffix = Path(name).suffix.casefold()
    if not content:
        raise refusal("Файл пустой: выберите другой.")
    if len(content) > cells.MAX_FILE_BYTES:
        raise refusal(f"Файл больше {cells.MAX_FILE_BYTES // 1024 // 1024} МБ: оставьте один список.")
    if content.startswith(_OLE) or suffix in (".xls", ".xlsb", ".xlsm", ".xlt", ".xltm", ".ods"):
        raise refusal(
            "Читаем книги .xlsx и таблицы .csv, без макросов и пароля. Откройте файл и сохраните: «Файл» → "
            "«Сохранить как» → «Книга Excel (.xlsx)»."
        )
    if content.startswith(b"PK"):
        from zachetka.intake.workbook import read_workbook

        return read_workbook(content)
    if suffix == ".xlsx" or content[:512].lstrip().lower().startswith(_TEXT_NOT_TABLE):
        raise refusal("Это не книга Excel и не таблица CSV: загрузите файл .xlsx или .csv.")
    from zachetka.intake.delimited import read_delimited

    return read_delimited(content, Path(name).stem)


def read_table_safely(path: Path, name: str = "") -> Table:
    """Return `read_table` of a file, computed in a child process with limits on memory, time and files.

    Args:
        path: where the file lies.
        name: the name the person gave it; by default the name of `path`.

    Raises:
        RuleViolation: refused by the reader, or the child ran into a limit.
    """
    if path.stat().st_size > cells.MAX_FILE_BYTES:
        raise refusal(f"Файл больше {cells.MAX_FILE_BYTES // 1024 // 1024} МБ: оставьте один список.")
    command = [sys.executable, "-s", "-m", "zachetka.intake.reading", str(path), name or path.name]
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PATH": os.environ.get("PATH", "")}
    try:
        child = subprocess.run(
            command, capture_output=True, timeout=2 * MAX_SECONDS, env=environment, cwd=_ROOT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise refusal(_DAMAGED) from error
    if child.returncode != 0:
        raise refusal(_DAMAGED)
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise RuleViolation(answer["clause"], answer["refused"], field="file")
    return _unpacked(answer)


def main() -> None:
    """Read the file named on the command line under limits and print its cells as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _packed(read_table(Path(sys.argv[1]).read_bytes(), sys.argv[2]))
    except RuleViolation as violation:
        answer = {"refused": violation.sentence, "clause": violation.clause}
    sys.stdout.write(json.dumps(answer))


def _packed(table: Table) -> dict[str, Any]:
    return {
        "notes": table.notes,
        "sheets": [
            {
                "name": sheet.name,
                "rows": [[row.number, row.hidden, [_tagged(value) for value in row.cells]] for row in sheet.rows],
                "hidden": sorted(sheet.hidden_columns),
                "merges": sheet.merges,
                "from_1904": sheet.from_1904,
            }
            for sheet in table.sheets
        ],
    }


def _unpacked(answer: dict[str, Any]) -> Table:
    return Table(
        tuple(
            Sheet(
                sheet["name"],
                tuple(Row(number, tuple(map(_untagged, row)), hidden) for number, hidden, row in sheet["rows"]),
                frozenset(sheet["hidden"]),
                tuple(Merge(*merge) for merge in sheet["merges"]),
                from_1904=sheet["from_1904"],
            )
            for sheet in answer["sheets"]
        ),
        tuple(answer["notes"]),
    )


def _tagged(value: Value) -> Any:
    match value:
        case Formula(text):
            return ["formula", text]
        case Broken(sentence):
            return ["broken", sentence]
        case datetime():
            return ["moment", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case time():
            return ["time", value.isoformat()]
    return value


def _untagged(value: Any) -> Value:
    plain: Value = _UNTAGGED[value[0]](value[1]) if isinstance(value, list) else value
    return plain


_UNTAGGED: Final[dict[str, Any]] = {
    "formula": Formula,
    "broken": Broken,
    "moment": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}


if __name__ == "__main__":
    main()
