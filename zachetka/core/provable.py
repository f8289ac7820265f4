"""What it takes for a row to be proved: its committed fields, in one form that never depends on who reads them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from zachetka.core.canonical import Plain, plain, writer_of


class Provable(models.Model):
    """A row whose `proven_fields` are committed by every event that changes it (п. 2.1, 3.3).

    Rules for a model that inherits it: every write records an event in the same transaction, after the row is
    saved; a row is never deleted except with an event of `events.REMOVED`.
    """

    proven_fields: ClassVar[tuple[str, ...]]
    noun: ClassVar[str]
    """What people call a row of it, Russian, nominative: findings and the journal name records by it."""

    class Meta:
        abstract = True

    @property
    def subject_uid(self) -> UUID | None:
        """The natural person whom events about this row concern; None when it concerns nobody."""
        return None

    @classmethod
    def astray(cls, alias: str) -> Iterator[tuple[object, str]]:  # noqa: ARG003 - of the models that have such columns
        """Yield the key of each row in which a column that only follows from the proven ones does not, and its name.

        What no event commits to decides nothing unless it follows: a model with such columns says here how.
        """
        yield from ()

    def proven(self) -> dict[str, Plain]:
        """Return the committed fields of this row as it is in memory, in canonical form.

        Raises:
            TypeError: a field is an expression that the database has yet to compute.
            ValueError: a value has no canonical form.
        """
        return {name: read(getattr(self, attribute)) for name, attribute, read in proven_columns(type(self))}


Reader = Callable[[Any], Plain]


@cache
def proven_columns(model: type[models.Model]) -> tuple[tuple[str, str, Reader], ...]:
    """Return (field, attribute, reader) for every proven field of `model`, in canonical order.

    A foreign key is committed as «app.model:pk», so that a stranger can follow it inside a bundle; a decimal
    with as many places as its column keeps, so that a value read back commits to the same bytes.

    Raises:
        TypeError: a many-to-many or reverse field, or no such field: it could not be read from the row alone.
    """
    return tuple(_column(model, name) for name in sorted(model.proven_fields))  # type: ignore[attr-defined]


def _column(model: type[models.Model], name: str) -> tuple[str, str, Reader]:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist as missing:
        raise TypeError(f"{model.__name__}.proven_fields: no field {name!r}") from missing
    if not isinstance(field, models.Field) or field.many_to_many or not field.concrete:
        raise TypeError(f"{model.__name__}.{name} is not a column of the row")
    return name, field.attname, _reader(field)


_NATIVE: dict[str, type] = {
    "BooleanField": bool,
    "CharField": str,
    "DateField": date,
    "DateTimeField": datetime,
    "IntegerField": int,
    "PositiveIntegerField": int,
    "PositiveSmallIntegerField": int,
    "SmallIntegerField": int,
    "TextField": str,
    "UUIDField": UUID,
}
"""The type in which a column is read back; a value that has it needs no conversion."""


def _reader(field: "models.Field[Any, Any]") -> Reader:
    native = _NATIVE.get(field.get_internal_type())
    write = None if native is None else writer_of(native)
    convert = _converter(field)

    def read(value: Any) -> Plain:
        if write is not None and type(value) is native:
            return write(value)
        if value is None:
            return None
        if hasattr(value, "resolve_expression"):
            raise TypeError(f"{field} is computed by the database: refresh the row, then record the event")
        return plain(convert(value))

    return read


def _converter(field: "models.Field[Any, Any]") -> Callable[[Any], object]:
    if isinstance(field, models.ForeignKey):
        prefix = object_type_of(field.related_model)
        return lambda value: f"{prefix}:{value}"
    if isinstance(field, models.DecimalField):
        step = Decimal(1).scaleb(-field.decimal_places)
        return lambda value: Decimal(str(value)).quantize(step)
    if isinstance(field, models.JSONField | models.BinaryField):
        return lambda value: value
    return field.to_python


def object_type_of(model: type[models.Model]) -> str:
    """Return «app.model», the name under which events know a kind of record."""
    return model._meta.label_lower


def reference(object_type: str, object_id: str) -> str:
    """Return «app.model:pk», the name of one record in events and bundles."""
    return f"{object_type}:{object_id}"


def provable_models() -> Sequence[type[Provable]]:
    """Return every model whose rows are proved, in the order of the apps."""
    return [model for model in apps.get_models() if issubclass(model, Provable)]
