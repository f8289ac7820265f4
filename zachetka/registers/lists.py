"""The lists of register books and of the lines of a book: their columns, filters and search (п. 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zachetka.core.text import search_key
from zachetka.registers.models import Entry, Register
from zachetka.registers.queries import RECORDS, Count
from zachetka.rendering.pieces import badge
from zachetka.rendering.tables import Column, Empty, Filter, Table

WHOLE, BROKEN = "whole", "broken"
MONTHS: Final = tuple(
    (f"{number:02}", name)
    for number, name in enumerate(
        (
            "январь",
            "февраль",
            "март",
            "апрель",
            "май",
            "июнь",
            "июль",
            "август",
            "сентябрь",
            "октябрь",
            "ноябрь",
            "декабрь",
        ),
        1,
    )
)

# --- Books --------------------------------------------------------------------------------------------------------------


def count_badge(count: Count) -> SafeString:
    """Return how the check of a book looks."""
    if not count.given:
        return badge("neutral", "book", count.sentence)
    return badge(*(("ok", "shield-check") if count.is_whole else ("bad", "alert-triangle")), count.sentence)


def _years() -> Sequence[tuple[str, str]]:
    years = Register.objects.order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), f"{year} год") for year in years]


def _in_check(counts: Mapping[int, Count]) -> Callable[[QuerySet[Register], str], QuerySet[Register]]:
    def narrowed(rows: QuerySet[Register], value: str) -> QuerySet[Register]:
        return rows.filter(pk__in=[pk for pk, count in counts.items() if count.is_whole == (value == WHOLE)])

    return narrowed


def _titled(rows: QuerySet[Register], text: str) -> QuerySet[Register]:
    return rows.filter(title__folded__contains=search_key(text))


def books_table(counts: Mapping[int, Count]) -> Table[Register]:
    """Return the list of books over what `queries.checked` has just counted in them."""

    def counted(row: Any) -> Count:
        return counts[row.pk]

    return Table(
        name="registers",
        label="Книги регистрации",
        noun="книга,книги,книг",
        columns=(
            Column("title", "Книга", lambda row: row.title, sort=("title", "year"),
                   link=lambda row: reverse("registers:book", args=[row.pk]), width=48),
            Column("year", "Год", lambda row: str(row.year), sort=("year", "title"), align="right"),
            Column("entries", "Записей", lambda row: counted(row).entries, sort=("last_number",), align="right"),
            Column("check", "Проверка", lambda row: counted(row).sentence, width=30,
                   cell=lambda row: count_badge(counted(row))),
            Column("last", "Последняя запись", lambda row: row.last_at, sort=("last_at",), width=20),  # type: ignore[attr-defined]
        ),
        sort="-year",
        filters=(
            Filter("year", "Все годы", _years, lambda rows, value: rows.filter(year=int(value))),
            Filter("check", "Любая проверка", ((WHOLE, "без пропусков"), (BROKEN, "с пропуском или повтором")),
                   _in_check(counts)),
        ),
        search=_titled,
        searchable="Название книги",
        empty=Empty(
            title="Книг пока нет",
            text="Книга открывается сама — с первым изданным приказом или зачётной книжкой.",
            icon="book",
        ),
    )  # fmt: skip


# --- The lines of a book ------------------------------------------------------------------------------------------------


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
        filters=(Filter("month", "Весь год", MONTHS, lambda rows, value: rows.filter(entered_at__month=int(value))),),
        search=_searched,
        searchable="Номер",
        empty=Empty(title="Номеров ещё нет", text="Номер появится с первым документом.", icon="book"),
    )
