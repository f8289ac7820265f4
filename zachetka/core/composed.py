"""Queries that are composed once and asked many times.

Django composes the SQL of a queryset anew at each reading, which costs several times what the database needs to
answer it. A page that is read all day keeps its queries composed: `Composed(lambda: queryset)`, where whatever differs from
one reading to the next is a `Given`:

    _MODULES = Composed(lambda: Module.objects.filter(version_id=Given("version")).order_by("ordinal"))
    modules = _MODULES(version=7)

A `Given` is a parameter of the statement and nothing else: it never becomes text of it.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Expression, Field, Lookup

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
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
    """`field__any=Given(…)`: the field is one of a list, which is one parameter however long it is."""

    lookup_name = "any"

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


@dataclass(frozen=True, slots=True)
class Asked(Generic[Row]):
    """A composed query with its values."""

    statement: _Statement[Row]
    values: tuple[Any, ...]

    @property
    def sql(self) -> str:
        """The statement; empty when nothing can meet its condition."""
        return self.statement.sql

    def rows(self, fetched: list[tuple[Any, ...]] | None = None) -> list[Row]:
        """Return the rows as the queryset gives them: read now, or made of what was `fetched` already."""
        compiler = copy(self.statement.compiler)
        compiler.connection = connections[self.statement.queryset.db]
        if fetched is None:
            compiler.as_sql = lambda *_args, **_options: (self.sql, self.values)  # type: ignore[method-assign]
        else:
            compiler.execute_sql = lambda *_args, **_options: [fetched]  # type: ignore[method-assign,assignment]
        reading = self.statement.queryset.all()
        reading.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return list(reading)


def together(*asked: Asked[Any]) -> list[list[Any]]:
    """Read several composed queries of one database in one journey there and back: none depends on another's answer."""
    connection = connections[asked[0].statement.queryset.db]
    connection.ensure_connection()
    cursors = []
    with connection.connection.pipeline():
        for query in asked:
            cursors.append(connection.cursor())
            if query.sql:
                cursors[-1].execute(query.sql, query.values)
    found = []
    for query, cursor in zip(asked, cursors, strict=True):
        with cursor:
            found.append(query.rows(cursor.fetchall()) if query.sql else [])
    return found


class Composed(Generic[Row]):
    """A queryset that is composed at its first reading."""

    def __init__(self, compose: Callable[[], QuerySet[Any, Row]]) -> None:
        self._compose = compose
        self._composing = Lock()
        self._composed: _Statement[Row] | None = None

    def __call__(self, **given: object) -> list[Row]:
        """Read the rows; one query, or none where the condition can never be met.

        Raises:
            KeyError: a value is not told.
        """
        asked = self.told(**given)
        return asked.rows() if asked.sql else []

    def told(self, **given: object) -> Asked[Row]:
        """Return the query with its values told and not asked yet, for `together`.

        Raises:
            KeyError: a value is not told.
        """
        made = self._composed or self._make()
        values = tuple(given[mark.name] if isinstance(mark, Given) else mark for mark in made.marks)
        return Asked(made, values)

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
            self._composed = _Statement(queryset, compiler, sql, tuple(marks))
        return self._composed
