"""The lines of a register book as a list."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.registers.models import Entry
from zachetka.rendering.tables import Column, Empty, Table

RECORDS: Final = {
    "learning.order": ("приказ", "learning:order"),
    "learning.enrolment": ("зачётная книжка", "learning:record-book"),
}
"""Kind of record → its word and the name of its page; a kind that is not here is shown without a link."""


def _record(row: Entry) -> SafeString:
    word, page = RECORDS.get(row.record_type, (row.record_type, ""))
    if not page:
        return format_html("{}", word)
    return format_html('<a href="{}">{}</a>', reverse(page, args=[row.record_id]), word)


def _word(row: Entry) -> str:
    return RECORDS.get(row.record_type, (row.record_type, ""))[0]


def _searched(rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    return rows.filter(written__icontains=text)


def entries_table(title: str) -> Table[Entry]:
    """Return the list for the book called `title`: the name goes to the export."""
    return Table(
        name="entries",
        label=title,
        noun="запись,записи,записей",
        columns=(
            Column("written", "Номер", lambda row: row.written, sort=("number",)),
            Column("at", "Внесено", lambda row: row.entered_at, sort=("entered_at",), align="right"),
            Column("record", "Что пронумеровано", _word, cell=_record),
            Column("by", "Кто внёс", lambda row: str(row.entered_by) if row.entered_by else "система", width=34),
        ),
        sort="-written",
        search=_searched,
        searchable="Номер",
        empty=Empty(title="Номеров ещё нет", text="Номер появится с первым документом.", icon="book"),
    )
