"""An upload looked at: its tables, the verdict on each row, and a fingerprint of what was seen (п. 2.1)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from zachetka.intake.cells import Table
from zachetka.intake.handed_in import table_of
from zachetka.people.alike import doubles_of
from zachetka.people.corrections import unpacked
from zachetka.people.intake.checking import Circumstances, check
from zachetka.people.intake.columns import Field
from zachetka.people.intake.comparing import COMPARED
from zachetka.people.intake.header import Correction
from zachetka.people.intake.people import Known, Notice, Result, Verdict
from zachetka.people.models import Upload
from zachetka.people.recorded import Recorded
from zachetka.people.rules.birth import ages_on

if TYPE_CHECKING:
    from zachetka.access.models import Account


def review(upload: Upload, today: date, *, reader: Account | None = None, is_locking: bool = False) -> Result:
    """Return the verdict on every row, by what is recorded now.

    Args:
        upload: the list.
        today: the legal day.
        reader: who hands in the list; None reads what became of it, or for the system.
        is_locking: keep whoever is known as they are to the end of the transaction.

    Raises:
        RuleViolation: there is no list of people in the file.
    """
    return review_table(table_of(upload), today, unpacked(upload.corrections), reader=reader, is_locking=is_locking)


def review_table(
    table: Table,
    today: date,
    corrections: Mapping[str, Correction] | None = None,
    *,
    reader: Account | None = None,
    is_locking: bool = False,
) -> Result:
    """Return the verdict on every row of a file that is not stored; otherwise as `review`."""
    known = Recorded(reader=reader.person_uid if reader else None, is_locking=is_locking)
    result = check(table, known, circumstances(today), corrections)
    if reader is not None and not is_locking:
        _point_at_doubles(result)
    return result


def _point_at_doubles(result: Result) -> None:
    """Say of each new row whom it looks like, before a double is made of it; three queries for the whole file."""
    new = result.having(Verdict.NEW)
    given = {
        place: (row.person, [(row.person.diploma_series, row.person.diploma_number)], [row.person.diploma_last_name])
        for place, row in enumerate(new)
    }
    for place, likes in doubles_of(given).items():
        like = likes[0]
        sentence = f"Похоже на карточку: {like.person.full_name}. {like.told} Сверьте, не тот ли это человек."
        new[place].notices.append(Notice(Field.LAST_NAME, sentence, "warn"))


@dataclass(frozen=True, slots=True)
class EnteredSheet:
    """A sheet of a confirmed file: a list of its own, of people who are rarely for one cohort with those of another.

    Attributes:
        place: of the sheet in the file, from 0.
        people: of its rows that entered, as recorded now, each once.
    """

    place: int
    name: str
    people: tuple[Known, ...]


def entered(upload: Upload, today: date) -> list[EnteredSheet]:
    """Return the sheets of a confirmed `upload` from which somebody entered, in the order of the file.

    The stored list is read again; a row that did not enter names nobody.
    """
    by_sheet: defaultdict[str, dict[int, Known]] = defaultdict(dict)
    for row in review(upload, today).rows:
        if row.known is not None and not row.problems:
            by_sheet[row.sheet][row.known.key] = row.known
    return [
        EnteredSheet(place, sheet.name, tuple(by_sheet[sheet.name].values()))
        for place, sheet in enumerate(table_of(upload).sheets)
        if sheet.name in by_sheet
    ]


def circumstances(today: date) -> Circumstances:
    """Return what a check depends on besides the file: the day and the ages in force on it."""
    return Circumstances(today, ages_on(today))


def fingerprint(result: Result) -> str:
    """Return a digest of every verdict and change: a confirmation names what the person has seen.

    It covers what is recorded of known people in the clear, though the page masks it; the key of the system goes
    into it, so that nobody finds a masked number by trying (п. 3.8).
    """
    seen = [
        [row.sheet, row.row.number, row.verdict, _recorded(row.known) if row.known else None, *map(list, row.changes)]
        for row in result.rows
    ]
    return salted_hmac("people.review", json.dumps(seen, ensure_ascii=False), algorithm="sha256").hexdigest()


def _recorded(known: Known) -> list[object]:
    birth_date = known.birth_date.isoformat() if known.birth_date else ""
    return [known.key, birth_date, *(getattr(known, name) for name in COMPARED), sorted(known.papers)]
