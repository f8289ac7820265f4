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
        made = self._composed or self._make()
        if not made.sql:
            return []
        told: Any = tuple(given[mark.name] if isinstance(mark, Given) else mark for mark in made.marks)
        asked = copy(made.compiler)
        asked.connection = connections[made.queryset.db]
        asked.as_sql = lambda *_args, **_options: (made.sql, told)  # type: ignore[method-assign]
        reading = made.queryset.all()
        reading.query.get_compiler = lambda *_args, **_options: asked  # type: ignore[method-assign]
        return list(reading)

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
