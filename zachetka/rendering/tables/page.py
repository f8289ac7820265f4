"""One page of a list, as `web/_components/table.html` draws it (п. 2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic

from django.utils.html import format_html

from zachetka.rendering.cells import shown, unbroken
from zachetka.rendering.tables.columns import Column, Empty, R

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

LONG: Final = 60
"""Characters in the export from which a column holds sentences."""


@dataclass(frozen=True, slots=True)
class HeadCell:
    """The head of a column on one page."""

    label: str
    align: str
    sort_url: str
    direction: str
    """"ascending", "descending" or ""."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell on one page."""

    html: SafeString
    label: str
    align: str
    is_name: bool
    is_empty: bool
    is_long: bool
    """Sentences: on a phone they stand under their label and read from the left."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter on one page."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Page(Generic[R]):
    """What the template draws."""

    name: str
    label: str
    heads: list[HeadCell]
    rows: list[tuple[R, list[Cell]]]
    choices: list[Choice]
    searchable: str
    text: str
    sort: str
    count: int
    is_more: bool
    """True when there are more rows than were counted: the list says «больше 10 000»."""
    noun: str
    number: int
    last: int
    size: int
    empty: Empty
    address: str
    """The parameters of this page without `page`, for the export and the links."""
    kept: list[tuple[str, str]]
    """Parameters that a filter form must carry along: sort, size and those of the page itself."""

    @property
    def narrowed(self) -> bool:
        """True when a search or a filter hides something."""
        return bool(self.text) or any(choice.chosen for choice in self.choices)

    @property
    def first_shown(self) -> int:
        """The number of the first row on this page, from 1."""
        return (self.number - 1) * self.size + 1 if self.count else 0

    @property
    def last_shown(self) -> int:
        """The number of the last row on this page."""
        return self.first_shown + len(self.rows) - 1 if self.rows else 0

    @property
    def links(self) -> list[tuple[str, str, bool]]:
        """The pager: (word, address or "", is current); the first, the last and two around the current."""
        around = sorted({1, self.last, *range(max(1, self.number - 2), min(self.last, self.number + 2) + 1)})
        links: list[tuple[str, str, bool]] = []
        for before, number in zip([0, *around], around, strict=False):
            if number - before > 1:
                links.append(("…", "", False))
            links.append((str(number), self.page_url(number), number == self.number))
        return links

    def page_url(self, number: int) -> str:
        """Return the address of the page `number` of the same list."""
        return f"?{self.address}{'&' if self.address else ''}page={number}"


def cell_of(column: Column[Any], row: Any) -> Cell:
    """Return what stands in `column` of `row`."""
    value = None if column.cell else column.value(row)
    html = column.cell(row) if column.cell else unbroken(shown(value))
    if column.link:
        html = format_html('<a class="row-name" href="{}">{}</a>', column.link(row), html)
    is_empty, is_long = not column.cell and value in (None, ""), column.width >= LONG
    return Cell(html, column.label, column.align, column.link is not None, is_empty, is_long)
