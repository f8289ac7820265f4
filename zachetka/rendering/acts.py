"""Steps on the page of a record: what is taken there, and how far the record has come (п. 2.4, 3.8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django import forms

from zachetka.rendering.fields import Line


@dataclass(frozen=True, slots=True)
class Act:
    """A step that a page takes.

    Attributes:
        take: the action; the record first, then what was typed, `actor` and `at`.
        done: what is said when it is done.
        form: what must be typed for it.
    """

    take: Callable[..., Any]
    done: str
    form: type[forms.Form] = forms.Form


class SeenForm(forms.Form):
    """What was read before it is signed: `lifecycle.hands.seen_of` of the record on the page."""

    seen = forms.CharField(
        max_length=20,
        widget=forms.HiddenInput,
        error_messages={"required": "Откройте страницу заново и прочтите, что подписываете."},
    )


class RemarkForm(forms.Form):
    """Why a record goes back to whoever wrote it."""

    remark = Line(label="Что исправить", max_length=500)


class Come(StrEnum):
    """How far a record has come with a stage."""

    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


class Stage(NamedTuple):
    """One of the stages a record goes through, for «Четыре глаза»: who did it or who will."""

    title: str
    note: str
    state: Come
