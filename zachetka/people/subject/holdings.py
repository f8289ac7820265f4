"""What is kept of one person: how much of each kind, and every field of every record (152-ФЗ ст. 14 ч. 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import models
from django.db.models import CharField, Count, Value

from zachetka.access.classes import CLASSES
from zachetka.access.policy import FieldClass
from zachetka.core.canonical import Plain, plain
from zachetka.core.clock import LEGAL_ZONE
from zachetka.core.provable import reference
from zachetka.core.russian import date_digits, moment_digits
from zachetka.people.subject.grounds import COUNTED, GROUNDS, UNKNOWN_PERIOD, WITHHELD, Ground
from zachetka.people.subject.labels import label_of
from zachetka.people.subject.ways import Kind, kinds

if TYPE_CHECKING:
    from django.db.models import QuerySet

PERSONAL: Final = (FieldClass.PERSONAL, FieldClass.PERSONAL_DOCUMENTS)
NAMES: Final = "named:"


@dataclass(frozen=True, slots=True)
class Holding:
    """How many records of a kind are about somebody.

    Attributes:
        label: «people.person».
        ground: why they are kept.
        count: how many.
        classes: classes of fields that such a record has, the most private last.
        reason: why only the number is told, "" when everything is.
    """

    label: str
    ground: Ground
    count: int
    classes: tuple[FieldClass, ...]
    reason: str = ""

    @property
    def period(self) -> str:
        """How long they are kept, in words."""
        return self.ground.period or UNKNOWN_PERIOD


@dataclass(frozen=True, slots=True)
class Signed:
    """How many records of others name somebody as whoever did or taught what they record."""

    label: str
    field: str
    count: int


def counted(identities: Collection[UUID]) -> tuple[list[Holding], list[Signed]]:
    """Return how much is kept about a person and how often they are named in what is not about them; one query."""
    found = dict[str, int](_counts(identities))
    order = list(GROUNDS)
    held = [
        Holding(
            label=kind.label,
            ground=ground_of(kind.label),
            count=found[kind.label],
            classes=classes_of(kind.model),
            reason=COUNTED.get(kind.label, ""),
        )
        for kind in kinds()
        if found.get(kind.label)
    ]
    held.sort(key=lambda one: order.index(one.label) if one.label in GROUNDS else len(order))
    signed = [
        Signed(kind.label, field, found[key])
        for kind in kinds()
        for field in kind.named
        if found.get(key := f"{NAMES}{kind.label}:{field}")
    ]
    return held, signed


def _counts(identities: Collection[UUID]) -> Iterable[tuple[str, int]]:
    parts: list[tuple[str, QuerySet[Any]]] = []
    for kind in kinds():
        if kind.about:
            parts.append((kind.label, kind.of(identities)))
        for field, way in kind.named.items():
            rows = kind.model._base_manager.filter(**{f"{way}__in": identities})
            parts.append((f"{NAMES}{kind.label}:{field}", rows))
    first, *rest = (
        rows.order_by()
        .annotate(kind_=Value(label, CharField()))
        .values("kind_")
        .annotate(n_=Count("pk"))
        .values_list("kind_", "n_")
        for label, rows in parts
    )
    found: QuerySet[Any] = first.union(*rest, all=True)
    return found.iterator()


def ground_of(label: str) -> Ground:
    """Return why records of a kind are kept; of a kind nobody has thought of, its own name."""
    return GROUNDS.get(label) or Ground(label, "не названо")


def classes_of(model: type[models.Model]) -> tuple[FieldClass, ...]:
    """Return the classes of the fields of `model`; of a foreign table none is known."""
    known = CLASSES.get(model._meta.label_lower)
    if known is None:
        return ()
    used = {known[field.name] for field in model._meta.concrete_fields if not field.primary_key}
    return tuple(one for one in FieldClass if one in used)


# --- Every field --------------------------------------------------------------------------------------------------------


def records(kind: Kind, identities: Collection[UUID]) -> Iterator[dict[str, Plain]]:
    """Yield every record of `kind` about a person, every field of it."""
    keys = [field.name for field in kind.model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    called = dict[str, str]()
    for row in kind.of(identities).select_related(*keys).order_by("pk"):
        yield {"id": str(row.pk), "fields": {field.name: told for field, told in _fields(row, called)}}


def _fields(row: models.Model, called: dict[str, str]) -> Iterator[tuple[models.Field[Any, Any], Plain]]:
    label = row._meta.label_lower
    for field in row._meta.concrete_fields:
        if field.primary_key or f"{label}.{field.name}" in WITHHELD:
            continue
        value = _value(row, field)
        told: dict[str, Plain] = {"class": CLASSES[label][field.name].value, "called": label_of(field)}
        yield field, told | {"value": value, "words": _words(row, field, value, called)}


def _value(row: models.Model, field: models.Field[Any, Any]) -> Plain:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if isinstance(field, models.ForeignKey):
        return reference(field.related_model._meta.label_lower, str(value))
    return bytes(value).hex() if isinstance(field, models.BinaryField) else plain(value)


def _words(row: models.Model, field: models.Field[Any, Any], value: Plain, called: dict[str, str]) -> str:
    """Return a value as people read it; `called` remembers what the records that keys lead to are called."""
    if value is None:
        return ""
    if isinstance(field, models.ForeignKey):
        if (record := str(value)) not in called:
            called[record] = str(getattr(row, field.name))
        return called[record]
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    held = getattr(row, field.attname)
    if isinstance(held, datetime):
        return f"{moment_digits(held.astimezone(LEGAL_ZONE))} МСК"
    if isinstance(held, date):
        return date_digits(held)
    if isinstance(held, bool):
        return "да" if held else "нет"
    return str(held) if isinstance(held, str | int | UUID) else ""
