"""A sheet of a file read as a table of marks: its columns, the sheets of ours they fill, its rows (п. 2.2, 2.4).

A column of marks is taken when its title names the module, or when it is the only one that can be meant; of several
that could be, none is taken and the person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

from zachetka.core.text import search_key
from zachetka.intake.cells import Row, Sheet, Value, column_letter
from zachetka.intake.layout import (
    COLUMN_NUMBERS,
    SAMPLE,
    SIGNATURE,
    Confidence,
    Header,
    Skipped,
    Titles,
    at,
    find_header,
    has_blank_line,
    is_numbering,
    text_of,
)
from zachetka.learning.gradebook import amounts
from zachetka.learning.gradebook.columns import (
    ENOUGH,
    TITLES,
    Field,
    by_title,
    is_never_marks,
    mark_title,
    speaks_of_marks,
)

SHORTEST_TITLE: Final = 3
"""Letters of a short title of a module by which a column is known."""


@dataclass(frozen=True, slots=True)
class Target:
    """A mark sheet of ours that the file may fill.

    Attributes:
        key: its primary key.
        title, short: of the module.
        held_on: the day of the control.
        is_scored: its scale converts points.
        labels: sign of a grade → the grade in words, for signs that are also numbers of points.
    """

    key: int
    title: str
    short: str
    attempt: int
    held_on: date
    is_scored: bool
    labels: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.title if self.attempt == 1 else f"{self.title}, {self.attempt}-я попытка"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file.

    Attributes:
        role: whose the row is by it, or the key of the target that it fills, or None when it is not taken.
        reading: how its marks are read, a value of `Reading` or a maximum.
        why: a sentence when the person should look at it.
    """

    index: int
    title: str
    role: Field | int | None
    confidence: Confidence
    reading: str = ""
    hidden: bool = False
    why: str = ""

    @property
    def letter(self) -> str:
        """Letter of the column."""
        return column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the person said about a sheet of the file: overrides our guesses.

    Attributes:
        taken: False leaves the whole sheet out.
        header_row: number of the (last) header row; 0 means there is none; None leaves it to us.
        roles: column → what it is, None for «не брать».
        readings: column → how its marks are read.
    """

    taken: bool = True
    header_row: int | None = None
    roles: Mapping[int, Field | int | None] = field(default_factory=dict)
    readings: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet of the file read as a table of marks.

    Attributes:
        header_row: number of the last row of the header, 0 when there is none.
        problem: why no mark of it can be taken until it is mended, or "".
        troubles: column → why its marks cannot be taken.
    """

    sheet: Sheet
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]
    problem: str = ""
    troubles: Mapping[int, str] = field(default_factory=dict)

    @property
    def people(self) -> dict[Field, int]:
        """Index of the column of each field that says whose a row is."""
        return {column.role: column.index for column in self.columns if isinstance(column.role, Field)}

    @property
    def marks(self) -> list[tuple[Column, int]]:
        """Columns of marks with the key of the target."""
        return [(column, column.role) for column in self.columns if isinstance(column.role, int)]


def lay_out(sheet: Sheet, targets: Sequence[Target], correction: Correction | None = None) -> Layout | None:
    """Return how a sheet is read, or None when there is no table of marks on it or it is left out."""
    told = correction or Correction()
    if not told.taken:
        return None
    header = find_header(sheet, partial(_score, targets), told=told.header_row)
    body = [row for row in sheet.rows if row.number > header.bottom]
    columns = _columns(sheet, header.titles, body, targets, told)
    if not any(isinstance(column.role, Field) for column in columns) and told.header_row is None:
        return None
    rows, skipped = _rows(header, body, columns)
    found = Layout(sheet, header.bottom, tuple(columns), tuple(rows), (*header.above(sheet), *skipped))
    scored = {target.key for target in targets if target.is_scored}
    return replace(found, problem=_problem(columns), troubles=_troubles(found, scored))


# --- Columns --------------------------------------------------------------------------------------------------------


def _score(targets: Sequence[Target], titles: Titles) -> int:
    people = {kind for title in titles.values() if (kind := by_title(title)) is not None}
    marks = sum(speaks_of_marks(title) or any(_names(title, one) for one in targets) for title in titles.values())
    others = sum(is_never_marks(title) for title in titles.values())
    return len(people) + marks + others if people & ENOUGH else 0


def _names(title: str, target: Target) -> bool:
    """True when a title of a column names the module or the day of the control."""
    key, subject = search_key(title), mark_title(title).subject
    titles = [search_key(one) for one in (target.title, target.short) if len(one) >= SHORTEST_TITLE]
    return any(one in key or (len(subject) > SHORTEST_TITLE and subject in one) for one in titles) or _names_day(
        key, subject, target
    )


def _names_day(key: str, subject: str, target: Target) -> bool:
    return f"{target.held_on:%d.%m.%Y}" in key or f"{target.held_on:%d.%m}" == subject


def _columns(
    sheet: Sheet, titles: Titles, body: Sequence[Row], targets: Sequence[Target], told: Correction
) -> list[Column]:
    width = max([len(row.cells) for row in body] + [max(titles, default=-1) + 1], default=0)
    found: list[Column] = []
    taken: set[Field] = set()
    for place in range(width):
        title, hidden = titles.get(place, ""), place in sheet.hidden_columns
        if place in told.roles:
            found.append(Column(place, title, told.roles[place], Confidence.CHOSEN, hidden=hidden))
            continue
        kind = by_title(title)
        if kind is not None and kind not in taken:
            taken.add(kind)
            found.append(Column(place, title, kind, Confidence.RECOGNISED, hidden=hidden))
        elif title or any(at(row, place) is not None for row in body[:SAMPLE]):
            found.append(Column(place, title, None, Confidence.NOT_TAKEN, hidden=hidden))
    content = {column.index: [at(row, column.index) for row in body] for column in found}
    if not titles and not any(isinstance(column.role, Field) for column in found):
        found = _untitled(found, content)
    if not any(isinstance(role, int) for role in told.roles.values()):
        found = _aimed(found, content, targets, told)
    return [_read(column, content[column.index], told) for column in found]


def _untitled(found: list[Column], content: Mapping[int, Sequence[Value]]) -> list[Column]:
    """Without titles: the first column of words is the names, as a teacher types a short list."""
    for place, column in enumerate(found):
        words = [value for value in content[column.index] if isinstance(value, str)]
        if column.role is None and len(words) >= 2 and sum(len(one.split()) >= 2 for one in words) * 2 >= len(words):
            named = replace(
                column, role=Field.FULL_NAME, confidence=Confidence.CHECK, why="Похоже на «ФИО»: проверьте."
            )
            return [*found[:place], named, *found[place + 1 :]]
    return found


def _aimed(
    found: list[Column], content: Mapping[int, Sequence[Value]], targets: Sequence[Target], told: Correction
) -> list[Column]:
    """Give each target the column of its marks, where there is one that can be meant and no other."""
    free = [
        column
        for column in found
        if column.role is None and column.index not in told.roles and not is_never_marks(column.title)
    ]
    roles: dict[int, tuple[int, bool]] = {}
    for target in targets:
        rated = [(rate, column) for column in free if (rate := _rate(column, content[column.index], target, targets))]
        best = max((rate for rate, _ in rated), default=0)
        columns = [column for rate, column in rated if rate == best]
        if len(columns) == 1:
            roles.setdefault(columns[0].index, (target.key, best >= _BY_DATE))
    aimed: list[Column] = []
    for column in found:
        if column.index in roles:
            key, sure = roles[column.index]
            why = "" if sure else "Другого столбца с оценками нет: проверьте, что это он."
            confidence = Confidence.RECOGNISED if sure else Confidence.CHECK
            aimed.append(replace(column, role=key, confidence=confidence, why=why))
        else:
            aimed.append(column)
    return aimed


_BY_TITLE, _BY_DATE, _BY_WORD, _BY_CONTENT = 8, 4, 2, 1


def _rate(column: Column, values: Sequence[Value], target: Target, targets: Sequence[Target]) -> int:
    """Return how sure it is that the column holds the marks of the target; 0 when nothing speaks for it.

    Only a title or a day says which of several targets is meant.
    """
    subject, key = mark_title(column.title).subject, search_key(column.title)
    by_day = _names_day(key, subject, target)
    names_it = _names(column.title, target) and not by_day
    again = f"{target.attempt}-я" in key or (target.attempt > 1 and ("пересдач" in key or "повторн" in key))
    rivals = [one for one in targets if one.title == target.title and one.key != target.key]
    if names_it and (not rivals or again or (target.attempt == 1 and not any(sign in key for sign in _AGAIN))):
        return _BY_TITLE + (search_key(target.title) in key) + again
    if by_day:
        return _BY_DATE
    if len(targets) > 1 or not any(not amounts.is_blank(value) for value in values):
        return 0
    if speaks_of_marks(column.title):
        return _BY_WORD
    return 0 if column.title else _BY_CONTENT


_AGAIN: Final = ("2-я", "3-я", "пересдач", "повторн")


def _read(column: Column, values: Sequence[Value], told: Correction) -> Column:
    """Return the column with the way in which its marks are read."""
    if not isinstance(column.role, int):
        return column
    if column.index in told.readings:
        return replace(column, reading=told.readings[column.index])
    said = mark_title(column.title)
    if said.most is not None:
        return replace(column, reading=f"{said.most.normalize():f}")
    greatest = amounts.greatest(values)
    of_hundred = said.is_points and greatest is not None and greatest > amounts.SMALL
    return replace(column, reading="100" if of_hundred else "")


def _problem(columns: Iterable[Column]) -> str:
    columns = list(columns)
    fields = [column.role for column in columns if isinstance(column.role, Field)]
    for kind in fields:
        if fields.count(kind) > 1:
            return f"Два столбца названы «{TITLES[kind]}»: выберите один, другой отметьте «не брать»."
    keys = [column.role for column in columns if isinstance(column.role, int)]
    if len(set(keys)) < len(keys):
        return "Два столбца отданы одной ведомости: оставьте один, другой отметьте «не брать»."
    if not set(fields) & ENOUGH:
        return "Не найден столбец, по которому видно, чья оценка: укажите ФИО, номер зачётной книжки или почту."
    if not keys:
        return "Не видно, какой столбец загрузить: выберите ведомость над ним."
    return ""


def _troubles(layout: Layout, scored: set[int]) -> dict[int, str]:
    troubles: dict[int, str] = {}
    for column, key in layout.marks:
        said = mark_title(column.title)
        greatest = amounts.greatest(at(row, column.index) for row in layout.rows)
        if key in scored and said.is_points and not column.reading and greatest is not None:
            troubles[column.index] = f"Самый большой балл — {_written(greatest)}. Укажите, из скольких здесь баллы."
    return troubles


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


# --- Rows -----------------------------------------------------------------------------------------------------------


def _rows(header: Header, body: Sequence[Row], columns: Sequence[Column]) -> tuple[list[Row], list[Skipped]]:
    places = {column.role: column.index for column in columns if isinstance(column.role, Field)}
    own = {place: search_key(title) for place, title in header.titles.items()}
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for row in body:
        why = _not_a_row(row, places, own)
        if why:
            skipped.append(Skipped(row.number, text_of(row), why))
        else:
            rows.append(row)
    return rows, skipped


def _not_a_row(row: Row, places: Mapping[Field, int], own: Mapping[int, str]) -> str:
    if is_numbering(row):
        return COLUMN_NUMBERS
    filled = {place: value for place, value in enumerate(row.cells) if value is not None}
    titled = [
        place for place, value in filled.items() if isinstance(value, str) and search_key(value) == own.get(place)
    ]
    if len(titled) >= 2:
        return "повтор шапки"
    if not any(place in filled for place in places.values()):
        return "не сказано, чья это строка"
    if has_blank_line(filled):
        return SIGNATURE
    return ""
