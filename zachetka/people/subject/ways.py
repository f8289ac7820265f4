"""How a kind of record leads to a person: read from the models, so that a new one cannot be forgotten (152-ФЗ ст. 14).

A record is *about* a person when a chain of foreign keys leads from it to `people.person`, or to an account by a key named
`account` or `user`, or when it keeps the person's own identifier. It *names* a person who did or taught something by any
other key to an account, and, outside this room, by a key to an employee: such a record is somebody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    from django.db.models import QuerySet

PERSON: Final = "people.person"
EMPLOYEE: Final = "people.employee"
ACCOUNT: Final = "access.account"
OWNERS: Final = frozenset({"account", "user"})
"""Names of keys to an account by which the record belongs to it."""
IDENTIFIERS: Final = frozenset({"person_uid", "subject_uid"})
"""Names of columns that keep the identifier of a person."""
OF_WHOEVER_DID: Final = "_person"
"""Ending of columns that keep the person behind an account that acted; the account stands beside them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record that has to do with people.

    Attributes:
        model: the table.
        about: look-ups that end in the identifier of the person whom the record is about.
        named: look-ups that end in the identifier of a person whom it names, by field.
    """

    model: type[models.Model]
    about: tuple[str, ...]
    named: dict[str, str]

    @property
    def label(self) -> str:
        """«people.person»."""
        return self.model._meta.label_lower

    def of(self, identities: Collection[object]) -> QuerySet[Any]:
        """Return the records about one person, by every identifier they have."""
        rows = self.model._base_manager.all()
        if len(self.about) == 1:
            return rows.filter(**{f"{self.about[0]}__in": identities})
        found = [rows.order_by().filter(**{f"{way}__in": identities}).values("pk") for way in self.about]
        return rows.filter(pk__in=found[0].union(*found[1:]))


def kinds_among(found: Iterable[type[models.Model]]) -> list[Kind]:
    """Return the kinds among `found` that are about somebody or name somebody."""
    kinds = [Kind(model, about_ways(model), named_ways(model)) for model in found]
    return [kind for kind in kinds if kind.about or kind.named]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return every kind of record of the whole system that has to do with people, in the order of the rooms."""
    return tuple(kinds_among(apps.get_models(include_auto_created=True)))


def about_ways(model: type[models.Model]) -> tuple[str, ...]:
    """Return the look-ups from `model` to the identifier of the person whom its rows are about.

    A key that may be empty leads nowhere in some rows: it counts only when no other way is there in each of them.
    """
    ways = _ways(model, ())
    certain = tuple(way for way, is_certain in ways.items() if is_certain)
    return certain or tuple(ways)


def _ways(model: type[models.Model], trail: tuple[type[models.Model], ...]) -> dict[str, bool]:
    """Return look-up → whether each row has it."""
    if model._meta.label_lower == PERSON:
        return {"uid": True}
    if model in trail:
        return {}
    found = dict[str, bool]()
    for field in model._meta.concrete_fields:
        if isinstance(field, models.UUIDField) and field.name in IDENTIFIERS:
            found[field.name] = not field.null
        elif isinstance(field, models.ForeignKey) and not is_of_whoever_did(model, field):
            beyond = _ways(field.related_model, (*trail, model))
            found |= {f"{field.name}__{way}": is_certain and not field.null for way, is_certain in beyond.items()}
    return found


def named_ways(model: type[models.Model]) -> dict[str, str]:
    """Return, by field, the look-ups from `model` to whoever did or taught what its rows record."""
    ends = {ACCOUNT: "person_uid", EMPLOYEE: "person__uid"}
    return {
        field.name: f"{field.name}__{ends[field.related_model._meta.label_lower]}"
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and is_of_whoever_did(model, field)
    }


def is_of_whoever_did(model: type[models.Model], field: models.ForeignKey[Any, Any]) -> bool:
    """True of a key by which a record names who did or taught something, and is not about them."""
    target = field.related_model._meta.label_lower
    if target == ACCOUNT:
        return field.name not in OWNERS
    return target == EMPLOYEE and model._meta.app_label != EMPLOYEE.partition(".")[0]


def identifiers_nobody_knows(found: Iterable[type[models.Model]], known: Collection[str]) -> set[str]:
    """Return «room.model.field» of every column that could identify a person by a rule nobody wrote, for a test.

    Args:
        found: models.
        known: names of columns that identify something else than a person.
    """
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in found
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField) and field.name not in known and not is_told(model, field)
    }


def is_told(model: type[models.Model], field: models.UUIDField[Any, Any]) -> bool:
    """True when the rules above say whose identifier the column keeps."""
    names = {one.name for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)}
    beside = field.name.removesuffix(OF_WHOEVER_DID)
    return (
        field.name in IDENTIFIERS
        or (beside != field.name and beside in names)
        or (model._meta.label_lower == PERSON and field.name in {"uid", "human_uid"})
    )
