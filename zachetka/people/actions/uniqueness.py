"""What may be recorded once, said in words when two people record it at one moment (п. 2.1)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Final

from zachetka.core.constraints import refusing
from zachetka.core.errors import RuleViolation

SNILS: Final = "people_person_snils_key"
PAPER: Final = "education_document_is_recorded_once"


def recorded_once() -> AbstractContextManager[None]:
    """Refuse in words, if the database does, a СНИЛС or a document that is recorded already; nothing of the block stays.

    Raises:
        RuleViolation: the database has such a record already.
        IntegrityError: any other constraint.
    """
    return refusing(
        {
            SNILS: RuleViolation("2.1", "Человек с таким СНИЛС уже есть: найдите его карточку.", field="snils"),
            PAPER: RuleViolation("273-ФЗ ст. 76 ч. 3", "Этот документ уже записан у человека.", field="number"),
        }
    )
