"""What the pages of every file that is handed in ask and answer alike (п. 2.1, 2.2)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

from zachetka.intake.cells import MAX_FILE_BYTES, Sheet, Table, refusal
from zachetka.intake.handed_in import HandedIn
from zachetka.rendering.xlsx import XLSX


def refuse_large(size: int, leave: str) -> None:
    """Refuse a file of more bytes than we read; `leave` says what is to stay in it.

    Raises:
        RuleViolation: it is too large.
    """
    if size > MAX_FILE_BYTES:
        raise refusal(f"Файл больше {MAX_FILE_BYTES // 1024 // 1024} МБ: оставьте {leave}.")


def sheet_asked(table: Table, asked: str) -> tuple[Sheet, int]:
    """Return the sheet that is asked for by its place in the file, the first by default.

    Raises:
        Http404: the file has no such sheet.
    """
    place = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    if place >= len(table.sheets):
        raise Http404
    return table.sheets[place], place


def page_asked(asked: str) -> int:
    """Return the page of rows that is asked for, from 1; anything else than a number is the first."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def refused_answer(handed_in: HandedIn, content: bytes) -> HttpResponse:
    """Return the file of refused rows as an answer."""
    answer = HttpResponse(content, content_type=XLSX)
    disposition = content_disposition_header(as_attachment=True, filename=handed_in.refused_name)
    answer["Content-Disposition"] = disposition or "attachment"
    return answer
