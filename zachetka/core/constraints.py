"""What the database refuses, as a refusal in words: by the constraint's name, never by the text of the error (п. 2.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Final

from django.db import DatabaseError, IntegrityError, connection, transaction

from zachetka.core.errors import Refusal

LOCK_TIMEOUT: Final = "55P03"
"""Somebody else holds the row for longer than `lock_timeout`."""
DEADLOCK: Final = "40P01"
"""Two wait for each other, and PostgreSQL has let one of them go."""
GUARDED: Final = frozenset({"23514", "23001"})
"""What our triggers raise: check_violation, restrict_violation. PostgreSQL's own checks name their constraint."""


@contextmanager
def refusing(refusals: Mapping[str, Refusal], *, one_statement: bool = False) -> Iterator[None]:
    """Turn a violation of one of the constraints named into its refusal; nothing of the block stays.

    Args:
        refusals: by the name of the constraint.
        one_statement: the block is a single statement, which is a transaction of its own where none is open.

    Raises:
        Refusal: the one that stands beside the violated constraint.
        IntegrityError: any other constraint.
    """
    try:
        with nullcontext() if one_statement and not connection.in_atomic_block else transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = refusals.get(constraint_of(error))
        if refusal is None:
            raise
        raise refusal from error


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the constraint that refused; "" when a trigger did, which has no name."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def sqlstate_of(error: Exception) -> str:
    """Return the code by which PostgreSQL calls what happened; "" for what is no error of a database."""
    return str(getattr(error.__cause__, "sqlstate", "")) if isinstance(error, DatabaseError) else ""


def guard_words(error: Exception) -> str:
    """Return the sentence of a guard trigger of ours that refused; "" when something else did."""
    if not isinstance(error, IntegrityError) or constraint_of(error) or sqlstate_of(error) not in GUARDED:
        return ""
    return getattr(getattr(error.__cause__, "diag", None), "message_primary", None) or ""
