"""Whoever enters people takes turns: the look for a double and the entry after it are one act (п. 2.1).

Advisory locks of the database, held to the end of the transaction; a second one waits no longer than `lock_timeout`.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final

from django.db import connection

LISTS: Final = 2_001_001
"""Held alone by a list that is being entered, together by those who enter one person by hand."""
EDITIONS: Final = 2_001_002
"""Held by whoever puts an edition of the «Матрица доступа» or decides one: its number follows the last (п. 3.8)."""


def wait_for(*numbers: int) -> None:
    """Let two acts with one of `numbers` pass one after the other."""
    with connection.cursor() as cursor:
        for number in sorted(set(numbers)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number % 2**63])


def wait_for_everybody() -> None:
    """Enter a whole list: nobody else is entered meanwhile."""
    wait_for(LISTS)


def wait_for_namesakes(name_key: str, birth_date: date | None) -> None:
    """Enter one person by hand: no list and no person of the same name and birth date is entered meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LISTS])
    wait_for(int.from_bytes(hashlib.sha256(f"{name_key}\n{birth_date}".encode()).digest()[:7]))
