"""What may be recorded once, said in words when two people record it at one moment (п. 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from django.db import IntegrityError, transaction

from zachetka.core.errors import RuleViolation


class Taken(NamedTuple):
    """The refusal behind a unique constraint."""

    clause: str
    sentence: str
    field: str


SNILS: Final = "people_person_snils_key"
PAPER: Final = "education_document_is_recorded_once"
TAKEN: Final = {
    SNILS: Taken("2.1", "Человек с таким СНИЛС уже есть: найдите его карточку.", "snils"),
    PAPER: Taken("273-ФЗ ст. 76 ч. 3", "Этот документ уже записан у человека.", "number"),
}
"""Unique constraint of the database → what is said."""


@contextmanager
def recorded_once() -> Iterator[None]:
    """Turn a violation of one of `TAKEN` into its refusal; nothing of the block stays.

    Raises:
        RuleViolation: the database has such a record already.
        IntegrityError: any other constraint.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        taken = TAKEN.get(constraint_of(error))
        if taken is None:
            raise
        raise RuleViolation(taken.clause, taken.sentence, field=taken.field) from error


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the constraint that refused; "" when the database does not say."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""
