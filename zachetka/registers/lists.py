"""The lines of a register book as a list."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.core.text import search_key
from zachetka.registers.models import Entry
from zachetka.registers.queries import RECORDS
from zachetka.rendering.tables import Column, Empty, Table


def _record(row: Entry) -> SafeString:
    if not row.opens:  # type: ignore[attr-defined] # annotated by `entries_of`
        return format_html("{}", _word(row))
    address = reverse(RECORDS[row.record_type].page, args=[row.record_id])
    return format_html('<a href="{}">{}</a>', address, _word(row))


def _word(row: Entry) -> str:
    return RECORDS[row.record_type].word if row.record_type in RECORDS else row.record_type


def _searched(rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    return rows.filter(written__folded__contains=search_key(text))


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
