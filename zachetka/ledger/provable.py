"""What it takes for a row to be proved: its committed fields, in one form that never depends on who reads them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from zachetka.core.canonical import Plain, plain


class Provable(models.Model):
    """A row whose `proven_fields` are committed by every event that changes it (п. 2.1, 3.3).

    Rules for a model that inherits it: every write records an event in the same transaction, after the row is
    saved; a row is never deleted except with an event of `events.REMOVED`.
    """

    proven_fields: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    @property
    def subject_uid(self) -> UUID | None:
        """The natural person whom events about this row concern; None when it concerns nobody."""
        return None

    def proven(self) -> dict[str, Plain]:
        """Return the committed fields of this row as it is in memory, in canonical form."""
        values = {name: (read, getattr(self, attribute)) for name, attribute, read in proven_columns(type(self))}
        for name, (_read, value) in values.items():
            if hasattr(value, "resolve_expression"):
                raise TypeError(f"{type(self).__name__}.{name} is computed by the database: refresh it, then record")
        return {name: read(value) for name, (read, value) in values.items()}


class Referable(Protocol):
    """Anything with a primary key that an event can be about."""

    @property
    def pk(self) -> Any: ...


Reader = Callable[[Any], Plain]


@cache
def proven_columns(model: type[models.Model]) -> tuple[tuple[str, str, Reader], ...]:
    """Return (field, attribute, reader) for every proven field of `model`.

    A foreign key is committed as «app.model:pk», so that a stranger can follow it inside a bundle; a decimal
    with as many places as its column keeps, so that a value read back commits to the same bytes.

    Raises:
        TypeError: a many-to-many or reverse field, or no such field: it could not be read from the row alone.
    """
    return tuple(_column(model, name) for name in model.proven_fields)  # type: ignore[attr-defined]


def _column(model: type[models.Model], name: str) -> tuple[str, str, Reader]:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist as missing:
        raise TypeError(f"{model.__name__}.proven_fields: no field {name!r}") from missing
    if not isinstance(field, models.Field) or field.many_to_many or not field.concrete:
        raise TypeError(f"{model.__name__}.{name} is not a column of the row")
    return name, field.attname, _reader(field)


def _reader(field: "models.Field[Any, Any]") -> Reader:
    if isinstance(field, models.ForeignKey):
        prefix = object_type_of(field.related_model)
        return lambda value: None if value is None else f"{prefix}:{value}"
    if isinstance(field, models.DecimalField):
        step = Decimal(1).scaleb(-field.decimal_places)
        return lambda value: None if value is None else plain(Decimal(str(value)).quantize(step))
    if isinstance(field, models.JSONField | models.BinaryField) or not hasattr(field, "to_python"):
        return plain
    to_python = field.to_python
    return lambda value: None if value is None else plain(to_python(value))


def object_type_of(model: type[models.Model]) -> str:
    """Return «app.model», the name under which events know a kind of record."""
    return model._meta.label_lower


def reference(object_type: str, object_id: str) -> str:
    """Return «app.model:pk», the name of one record in events and bundles."""
    return f"{object_type}:{object_id}"


def provable_models() -> Sequence[type[Provable]]:
    """Return every model whose rows are proved, in the order of the apps."""
    return [model for model in apps.get_models() if issubclass(model, Provable)]
