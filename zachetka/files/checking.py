"""The check of stored files: whatever is kept lies there, whatever an act destroyed does not (п. 3.3, 3.6; 152-ФЗ ст. 21).

`zachetka verify` asks it of every file. Bytes are not read: they are named by their digest, and each reading compares it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connections

from zachetka.files import store
from zachetka.files.models import StoredFile
from zachetka.ledger.events import EventType
from zachetka.ledger.findings import Report
from zachetka.ledger.verification import checked_too

CHUNK: Final = 2000
_FILES: Final = """
SELECT f.id, f.sha256, f.size,
       EXISTS (SELECT FROM files_destroyedfile d WHERE d.file_id = f.id),
       EXISTS (SELECT FROM files_unswept u WHERE u.file_id = f.id)
       OR EXISTS (SELECT FROM files_storedfile same WHERE same.sha256 = f.sha256
                  AND NOT EXISTS (SELECT FROM files_destroyedfile d WHERE d.file_id = same.id))
FROM files_storedfile f WHERE {which} ORDER BY f.id LIMIT %s
"""
_NEXT: Final = _FILES.format(which="f.id > %s")
_ONE: Final = _FILES.format(which="f.id = %s")
_OVER: Final = """
SELECT EXISTS (SELECT FROM ledger_event WHERE object_type = 'jobs.job' AND type = %s AND body ->> 'file' = %s)
"""


class _File(NamedTuple):
    """A stored file as the database tells of it.

    Attributes:
        is_destroyed: an act destroyed it.
        may_lie: its bytes are about to go, or another file that is kept has the same.
    """

    id: int
    sha256: str
    size: int
    is_destroyed: bool
    may_lie: bool

    @property
    def fault(self) -> str:
        """What does not agree with the store, "" when everything does."""
        path = store.place(self.sha256)
        size = path.stat().st_size if path.exists() else None
        if self.is_destroyed:
            lies_again = size is not None and not self.may_lie
            return f"Файл № {self.id} уничтожен по акту, но снова лежит в хранилище." if lies_again else ""
        if size is None:
            return f"Файл № {self.id} исчез из хранилища без акта об уничтожении."
        return "" if size == self.size else f"Файл № {self.id} в хранилище не той длины, которой был принят."


@checked_too
def check_files(alias: str, report: Report) -> None:
    """Add to `report` what of the store does not agree with the database, asked twice: work goes on meanwhile."""
    found, after = _asked(alias, _NEXT, 0), 0
    while found:
        for suspect in (one for one in found if one.fault):
            (again,) = _asked(alias, _ONE, suspect.id)
            if (fault := again.fault) and not _is_over(alias, again):
                report.add(fault, object_type=StoredFile._meta.label_lower, object_id=str(again.id), event=None)
        after = found[-1].id
        found = _asked(alias, _NEXT, after)


def _asked(alias: str, statement: str, key: int) -> list[_File]:
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, [key, CHUNK])
        return [_File(*row) for row in cursor.fetchall()]


def _is_over(alias: str, file: _File) -> bool:
    """True of the result of a job whose term is over: its bytes are lawfully gone."""
    if store.place(file.sha256).exists():
        return False
    with connections[alias].cursor() as cursor:
        cursor.execute(_OVER, [EventType.JOB_FILE_REMOVED.value, str(file.id)])
        return bool(cursor.fetchone()[0])
