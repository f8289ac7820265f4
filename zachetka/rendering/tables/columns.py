"""What a list is declared by: its columns, its filters, what it says when empty (п. 2.4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from django.db.models import Model, QuerySet

from zachetka.access.policy import FieldClass
from zachetka.rendering import xlsx

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

R = TypeVar("R", bound=Model)


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column of a list.

    Attributes:
        name: its name in the address.
        label: its head.
        value: the typed value of a row: goes to the export, and to the page unless there is a `cell`.
        cell: HTML of the cell, when a value alone is not enough (a badge, a bar); must be safe already.
        sort: fields of the model it is sorted by; empty when it cannot be.
        back: those it is sorted by the other way, when that is not the same turned round.
        align: numbers right, words left.
        link: address of the row; stands on one column, that of the name.
        export: False for a column that is only a button or a picture.
        field_class: the class of the field; the column is absent when it is not opened to the reader.
        width: of the column in the export, in characters.
    """

    name: str
    label: str
    value: Callable[[R], xlsx.Value]
    cell: Callable[[R], SafeString] | None = None
    sort: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    align: Literal["left", "right"] = "left"
    link: Callable[[R], str] | None = None
    export: bool = True
    field_class: FieldClass = FieldClass.PUBLIC
    width: int = 18


@dataclass(frozen=True)
class Filter(Generic[R]):
    """A choice above a list: only the values of `options` are understood.

    Attributes:
        name: its name in the address.
        label: the words of «no choice»: «Все программы».
        options: pairs (value, word), or a function that reads them — at the cost of one query.
        apply: narrows the queryset by a value that is among the options.
    """

    name: str
    label: str
    options: Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]]
    apply: Callable[[QuerySet[R], str], QuerySet[R]]


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: what it means and the next step (look.md, «Empty»)."""

    title: str = "Пока пусто"
    text: str = ""
    icon: str = "list-search"
    url: str = ""
    act: str = ""
