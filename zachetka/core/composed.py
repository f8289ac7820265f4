"""Queries that are composed once and asked many times.

Django composes the SQL of a queryset anew at each reading, which costs several times what the database needs to
answer it. A page that is read all day keeps its queries composed: `Composed(lambda: queryset)`, where whatever differs from
one reading to the next is a `Given`:

    _MODULES = Composed(lambda: Module.objects.filter(version_id=Given("version")).order_by("ordinal"))
    modules = _MODULES(version=7)

A `Given` is a parameter of the statement and nothing else: it never becomes text of it. What the code says itself (a state, a
number) is written into it, for the server plans a statement once for all values (decision 0170) and has to know what is always the same.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Expression, Field, Lookup
from django.db.models.query import ValuesListIterable
from psycopg.sql import Literal

from zachetka.core.traces import trace_open, with_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.db.backends.utils import CursorWrapper
    from django.db.models import Model, QuerySet
    from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")


class Given(Expression):
    """A value that is told when the query is asked: `pk=Given("pk")`, or a list: `pk__any=Given("all")`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, *_: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a place for the value, and itself as its mark."""
        return "%s", (self,)


@Field.register_lookup
class OneOf(Lookup):
    """`field__any=Given(…)` or a list: the field is one of a list, which is one parameter however long it is.

    `field__in` of a list is a statement of its own for each length: the driver takes it apart and the server plans it anew.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return `field = ANY(list)`."""
        field, field_marks = self.process_lhs(compiler, connection)
        given, marks = self.process_rhs(compiler, connection)
        return f"{field} = ANY({given})", (*field_marks, *marks)


class _Statement(NamedTuple, Generic[Row]):
    queryset: QuerySet[Any, Row]
    compiler: SQLCompiler
    sql: str
    marks: tuple[Any, ...]

    def rows(self, values: tuple[Any, ...], fetched: list[tuple[Any, ...]] | None) -> list[Row]:
        """Let the queryset make its rows: of what it reads now, or of what was `fetched` already."""
        compiler = copy(self.compiler)
        compiler.connection = connections[self.queryset.db]
        if fetched is None:
            compiler.as_sql = lambda *_args, **_options: (self.sql, values)  # type: ignore[method-assign]
        else:
            compiler.execute_sql = lambda *_args, **_options: [fetched]  # type: ignore[method-assign,assignment]
        reading = self.queryset.all()
        reading.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return list(reading)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Row]):
    """A query with its values, not read yet: a composed one, or SQL of a room's own whose rows are plain tuples.

    Attributes:
        sql: the statement; empty when nothing can meet its condition.
        statement: what makes rows of it; None where they are the tuples that the database gives.
    """

    sql: str
    values: tuple[Any, ...]
    alias: str = DEFAULT_DB_ALIAS
    statement: _Statement[Row] | None = None

    def rows(self, fetched: list[tuple[Any, ...]] | None = None) -> list[Row]:
        """Return the rows: read now, or made of what was `fetched` already."""
        if not self.sql:
            return []
        if fetched is None and (self.statement is None or trace_open() is not None):
            with connections[self.alias].cursor() as cursor:
                self.send(cursor)
                fetched = self.came(cursor)
        if self.statement is not None:
            return self.statement.rows(self.values, fetched)
        return cast("list[Row]", fetched)

    def send(self, cursor: CursorWrapper) -> None:
        """Ask it."""
        cursor.execute(self.sql if trace_open() is None else with_text(self.sql), self.values)

    def came(self, cursor: CursorWrapper) -> list[tuple[Any, ...]]:
        """Return what the database gave for what was sent, written down where a trace is open."""
        fetched, trace = cursor.fetchall(), trace_open()
        return fetched if trace is None else trace.taken(self.sql, self.values, fetched)


def together(*asked: Asked[Any]) -> list[list[Any]]:
    """Read several queries of one database in one journey there and back: none depends on another's answer.

    Raises:
        DatabaseError: as if they were read one by one.
    """
    connection = connections[asked[0].alias]
    connection.ensure_connection()
    cursors = []
    try:
        with connection.wrap_database_errors, connection.connection.pipeline():
            for query in asked:
                cursors.append(connection.cursor())
                if query.sql:
                    query.send(cursors[-1])
    except DatabaseError:
        if not connection.in_atomic_block:  # inside, the rollback does the same
            connection.close()  # what was to be prepared behind the error was not, and the driver believes that it was
        raise
    found = []
    for query, cursor in zip(asked, cursors, strict=True):
        with cursor:
            found.append(query.rows(query.came(cursor)) if query.sql else [])
    return found


class Composed(Generic[Row]):
    """A queryset that is composed at its first reading."""

    def __init__(self, compose: Callable[[], QuerySet[Any, Row]]) -> None:
        self._compose = compose
        self._composing = Lock()
        self._composed: _Statement[Row] | None = None
        self._is_plain = False

    def __call__(self, **given: object) -> list[Row]:
        """Read the rows; one query, or none where the condition can never be met.

        Raises:
            KeyError: a value is not told.
        """
        return self.told(**given).rows()

    def told(self, **given: object) -> Asked[Row]:
        """Return the query with its values told and not asked yet, for `together`.

        Raises:
            KeyError: a value is not told.
        """
        made = self._composed or self._make()
        values = tuple(given[mark.name] if isinstance(mark, Given) else mark for mark in made.marks)
        return Asked(made.sql, values, made.queryset.db, None if self._is_plain else made)

    def first(self, **given: object) -> Row | None:
        """Read the rows and return the first, None when there is none."""
        return next(iter(self(**given)), None)

    def _make(self) -> _Statement[Row]:
        with self._composing:
            queryset = self._compose()
            compiler = queryset.query.clone().get_compiler(queryset.db)
            try:
                sql, marks = compiler.as_sql()
            except EmptyResultSet:
                sql, marks = "", ()
            sql, marks = _with_constants(sql, marks)
            made = _Statement(queryset, compiler, sql, marks)
            self._is_plain = bool(sql) and _is_plain(made)
            self._composed = made
        return made


def hand_over(owners: Iterable[Model], relation: str, rows: Mapping[int, list[Any]]) -> None:
    """Let `owner.<relation>.all()` be what was read of it already, by key of the owner: a prefetch without its query.

    A prefetch composes a statement that names every owner, and a queryset for each; where a composed one has read the rows of
    them all, neither is needed.
    """
    shaped: Any = None
    for owner in owners:
        if shaped is None:
            shaped = cast("type[Model]", owner._meta.get_field(relation).related_model)._base_manager.all()
        found = shaped.all()
        found._result_cache, found._prefetch_done = rows.get(owner.pk, []), True
        owner.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = found


def _with_constants(sql: str, marks: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """Write words and numbers of the code itself into the statement: planned for any values, it is still planned for these (decision 0201)."""
    values, told = iter(marks), list[Any]()

    def written(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return place[0]
        mark = next(values)
        if isinstance(mark, str | int):
            return Literal(mark.value if isinstance(mark, Enum) else mark).as_string().replace("%", "%%")
        told.append(mark)
        return place[0]

    return re.sub("%[%s]", written, sql), tuple(told)


def _is_plain(made: _Statement[Any]) -> bool:
    """True when the rows of the database are the rows of the queryset: tuples of columns that nothing converts."""
    columns = [column for column, *_ in made.compiler.select[: made.compiler.col_count]]
    return (
        made.queryset._iterable_class is ValuesListIterable
        and not made.compiler.get_converters(columns)
        and not made.compiler.has_composite_fields(columns)
    )
