"""The list itself: reads the address, narrows, orders, pages, exports (п. 2.4, 3.8)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic

from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db.models import F, Model, OrderBy, QuerySet
from django.http import HttpResponse
from django.utils.http import content_disposition_header, urlencode

from zachetka.access.policy import FieldClass
from zachetka.rendering import xlsx
from zachetka.rendering.tables.columns import Column, Empty, Filter, R
from zachetka.rendering.tables.page import Choice, HeadCell, Page, cell_of

PAGE_SIZES: Final = (25, 50, 100)
DEFAULT_SIZE: Final = 50
LONGEST_QUERY: Final = 200
FURTHEST_PAGE: Final = 100_000
EVERYTHING: Final = frozenset(FieldClass)
OWN_PARAMETERS: Final = frozenset({"sort", "q", "page", "size"})


@dataclass(frozen=True, slots=True)
class _Asked:
    sort: str
    text: str
    number: int
    size: int
    chosen: dict[str, str]
    kept: dict[str, str]


@dataclass(frozen=True)
class Table(Generic[R]):
    """A list, declared once.

    Attributes:
        name: the id of the list on its page.
        label: the spoken name: «Слушатели».
        columns: at least one; the one with `link` is the name of the row.
        sort: the default order: a name of a sortable column, with «-» for the other way.
        noun: three forms for the count: «слушатель,слушателя,слушателей».
        search: narrows the queryset by a text; None when there is nothing to search by.
        searchable: what the search looks in, for the field above the list.
        parameters: other names of the address that belong to the page itself: «as_of», «tab».
        most_counted: how many rows are counted and paged through at most, so that a long list stays quick; 0 counts all.
    """

    name: str
    label: str
    columns: tuple[Column[R], ...]
    sort: str
    noun: str = "строка,строки,строк"
    filters: tuple[Filter[R], ...] = ()
    search: Callable[[QuerySet[R], str], QuerySet[R]] | None = None
    searchable: str = "Найти в списке"
    empty: Empty = field(default_factory=Empty)
    parameters: frozenset[str] = frozenset()
    most_counted: int = 0

    def page(self, asked: Mapping[str, Any], rows: QuerySet[R], opened: frozenset[FieldClass] = EVERYTHING) -> Page[R]:
        """Return one page of `rows` as the address asks.

        Args:
            asked: the parameters of the address, `request.GET`; of a repeated one the last counts.
            rows: what the person may see; related rows that cells need are already joined or prefetched.
            opened: classes of fields opened to the person; columns of other classes do not exist for them.

        Raises:
            BadRequest: the address names something that is not in the table (400).
        """
        columns = self._columns(opened)
        choices = self._options()
        wanted = self._read(asked, columns, choices)
        found = self._narrowed(rows, wanted)
        count, is_more = self._counted(found)
        last = max(1, -(-count // wanted.size))
        number = min(wanted.number, last)
        start = (number - 1) * wanted.size
        ordered = self._ordered(found, columns, wanted.sort)[start : start + wanted.size]
        return Page(
            name=self.name,
            label=self.label,
            heads=[self._head(column, wanted) for column in columns],
            rows=[(row, [cell_of(column, row) for column in columns]) for row in (ordered if count else ())],
            choices=[Choice(f.name, f.label, choices[f.name], wanted.chosen.get(f.name, "")) for f in self.filters],
            searchable=self.searchable if self.search else "",
            text=wanted.text,
            sort=wanted.sort,
            count=count,
            is_more=is_more,
            noun=self.noun,
            number=number,
            last=last,
            size=wanted.size,
            empty=self.empty,
            address=self._address(wanted),
            kept=list(self._kept(wanted)),
        )

    def _counted(self, found: QuerySet[R]) -> tuple[int, bool]:
        if not self.most_counted:
            return found.count(), False
        count = found.order_by()[: self.most_counted + 1].count()
        return min(count, self.most_counted), count > self.most_counted

    def export(
        self,
        asked: Mapping[str, Any],
        rows: QuerySet[R],
        kind: str,
        opened: frozenset[FieldClass] = EVERYTHING,
    ) -> HttpResponse:
        """Return the whole list, narrowed and ordered as on the page, as a file. The caller guards and records it.

        Args:
            asked: the parameters of the address, as for `page`.
            rows: what the person may take away.
            kind: «xlsx» or «csv».
            opened: classes of fields opened to the person.

        Raises:
            BadRequest: the address or the kind names something that does not exist (400).
            RuleViolation: there are too many rows for one file.
        """
        answer, _ = self.export_counted(asked, rows, kind, opened)
        return answer

    def export_counted(
        self,
        asked: Mapping[str, Any],
        rows: QuerySet[R],
        kind: str,
        opened: frozenset[FieldClass] = EVERYTHING,
    ) -> tuple[HttpResponse, int]:
        """Return the file of `export` and how many rows are in it: as written, whatever a page counts at most."""
        if kind not in {"xlsx", "csv"}:
            raise BadRequest(f"Unknown kind of export: {kind!r}.")
        columns = [column for column in self._columns(opened) if column.export]
        asked = {name: asked[name] for name in asked if name != "file"}
        wanted = self._read(asked, self._columns(opened), self._options())
        found = self._ordered(self._narrowed(rows, wanted), self._columns(opened), wanted.sort)
        heads = [xlsx.Head(column.label, column.width) for column in columns]
        written = itertools.count()
        values = (
            [column.value(row) for column in columns]
            for row, _ in zip(found.iterator(chunk_size=1000), written, strict=False)
        )
        content = xlsx.xlsx(self.label, heads, values) if kind == "xlsx" else xlsx.csv_file(heads, values)
        answer = HttpResponse(content, content_type=xlsx.XLSX if kind == "xlsx" else xlsx.CSV)
        name = content_disposition_header(as_attachment=True, filename=f"{self.label}.{kind}")
        answer["Content-Disposition"] = name or "attachment"
        return answer, next(written)

    # --- Reading the address: everything is compared with what the table knows ---------------------------------------

    def _columns(self, opened: frozenset[FieldClass]) -> list[Column[R]]:
        return [
            column for column in self.columns if column.field_class is FieldClass.PUBLIC or column.field_class in opened
        ]

    def _options(self) -> dict[str, Sequence[tuple[str, str]]]:
        return {f.name: f.options() if callable(f.options) else f.options for f in self.filters}

    def _read(
        self,
        asked: Mapping[str, Any],
        columns: Sequence[Column[R]],
        options: Mapping[str, Sequence[tuple[str, str]]],
    ) -> _Asked:
        unknown = set(asked) - OWN_PARAMETERS - options.keys() - self.parameters
        if unknown:
            raise BadRequest(f"The list «{self.name}» does not know {sorted(unknown)}.")
        sort = asked.get("sort") or self.sort
        if sort.removeprefix("-") not in {column.name for column in columns if column.sort}:
            raise BadRequest(f"The list «{self.name}» cannot be sorted by {sort!r}.")
        chosen = {name: value for name in options if (value := asked.get(name) or "")}
        for name, value in chosen.items():
            if value not in {key for key, _ in options[name]}:
                raise BadRequest(f"The filter «{name}» has no value {value!r}.")
        text = " ".join((asked.get("q") or "").replace("\x00", "").split())[:LONGEST_QUERY]
        return _Asked(
            sort=sort,
            text=text if self.search else "",
            number=_whole(asked.get("page") or "1", "page", FURTHEST_PAGE),
            size=_size(asked.get("size") or str(DEFAULT_SIZE)),
            chosen=chosen,
            kept={name: value for name in sorted(self.parameters) if (value := asked.get(name) or "")},
        )

    def _narrowed(self, rows: QuerySet[R], wanted: _Asked) -> QuerySet[R]:
        for one in self.filters:
            if value := wanted.chosen.get(one.name):
                rows = one.apply(rows, value)
        if wanted.text and self.search:
            rows = self.search(rows, wanted.text)
        return rows

    def _ordered(self, rows: QuerySet[R], columns: Sequence[Column[R]], sort: str) -> QuerySet[R]:
        name, backwards = sort.removeprefix("-"), sort.startswith("-")
        column = next(column for column in columns if column.name == name)
        fields = (column.back or column.sort) if backwards else column.sort
        never_null = all(_never_null(rows.model, one) for one in fields)
        if backwards and never_null:  # the way an index is read from its end
            return rows.order_by(*(F(one).desc() for one in fields), "-pk")
        order: list[OrderBy | str] = [
            F(one).desc(nulls_last=True) if backwards else F(one).asc(nulls_last=True) for one in fields
        ]
        return rows.order_by(*order, "pk")

    # --- Addresses ------------------------------------------------------------------------------------------------------

    def _kept(self, wanted: _Asked) -> Iterator[tuple[str, str]]:
        yield from wanted.kept.items()
        if wanted.sort != self.sort:
            yield "sort", wanted.sort
        if wanted.size != DEFAULT_SIZE:
            yield "size", str(wanted.size)

    def _address(self, wanted: _Asked, **changed: str) -> str:
        parts = {**dict(self._kept(wanted)), **wanted.chosen}
        if wanted.text:
            parts["q"] = wanted.text
        return urlencode({**parts, **changed})

    def _head(self, column: Column[R], wanted: _Asked) -> HeadCell:
        if not column.sort:
            return HeadCell(column.label, column.align, "", "")
        here = wanted.sort.removeprefix("-") == column.name
        direction = ("descending" if wanted.sort.startswith("-") else "ascending") if here else ""
        turned = f"-{column.name}" if direction == "ascending" else column.name
        return HeadCell(column.label, column.align, f"?{self._address(wanted, sort=turned)}", direction)


def _never_null(model: type[Model], path: str) -> bool:
    """True when `path` is a column, here or through columns that always point somewhere, which always has a value."""
    try:
        for step in path.split("__"):
            found = model._meta.get_field(step)
            if found.null or not found.concrete:
                return False
            model = found.related_model or model
    except FieldDoesNotExist:
        return False
    return True


def _whole(text: str, name: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise BadRequest(f"«{name}» must be a whole number from 1 to {most}.")
    return int(text[:9])


def _size(text: str) -> int:
    if text not in {str(size) for size in PAGE_SIZES}:
        raise BadRequest(f"A page holds {PAGE_SIZES} rows, not {text!r}.")
    return int(text)
