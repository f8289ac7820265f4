"""Where the table is on a sheet and which column is what (п. 2.1).

Titles above the list, a header of one or two rows, its repeats, numbers of columns, blank rows, totals and
signatures are told apart from people. Every row that is left out is stated with the cause; nothing vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from zachetka.core.text import search_key
from zachetka.intake.cells import Row, Sheet, Value, column_letter, shown
from zachetka.intake.layout import (
    COLUMN_NUMBERS,
    REPEAT,
    SAMPLE,
    SIGNATURE,
    Confidence,
    Skipped,
    find_header,
    has_blank_line,
    is_numbering,
    is_total,
    text_of,
    titles_of,
)
from zachetka.people.intake import columns
from zachetka.people.intake.columns import Field

NAME_FIELDS: Final = frozenset({Field.FULL_NAME, Field.LAST_NAME, Field.FIRST_NAME, Field.GIVEN_NAMES})
IDENTITY: Final = (Field.SNILS, Field.BIRTH_DATE, Field.EMAIL, Field.PHONE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        index: from 0; `letter` is what the spreadsheet program shows.
        title: as it stands in the file, one line.
        field: what we take it for, None when it is not taken.
        why: a sentence when the person should look at it.
    """

    index: int
    title: str
    field: Field | None
    confidence: Confidence
    hidden: bool = False
    why: str = ""

    @property
    def letter(self) -> str:
        """Letter of the column."""
        return column_letter(self.index)


@dataclass(frozen=True, slots=True)
class Correction:
    """What the person said about a sheet: overrides our guesses.

    Attributes:
        taken: False leaves the whole sheet out.
        header_row: number of the (last) header row; 0 means there is none; None leaves it to us.
        fields: column index → field, None for «не брать».
        level: level of education of those whose diploma is given without one, "" when it is not known.
    """

    taken: bool = True
    header_row: int | None = None
    fields: Mapping[int, Field | None] = field(default_factory=dict)
    level: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet read as a list of people.

    Attributes:
        header_row: number of the last row of the header, 0 when there is none.
        problem: why no row of this sheet can be taken until it is mended, or "".
        level: see `Correction.level`.
    """

    sheet: Sheet
    header_row: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]
    problem: str = ""
    level: str = ""

    @property
    def places(self) -> dict[Field, int]:
        """Index of the column of each field."""
        return {column.field: column.index for column in self.columns if column.field is not None}


def lay_out(sheet: Sheet, correction: Correction | None = None) -> Layout | None:
    """Return how a sheet is read, or None when there is no list of people on it or it is left out."""
    told = correction or Correction()
    if not told.taken:
        return None
    header = find_header(sheet, _score, told=told.header_row)
    header_row, titles = header.bottom, header.titles
    body = [row for row in sheet.rows if row.number > header_row]
    found = _columns(sheet, titles, body, told.fields)
    if header_row == 0 and told.header_row is None and not _is_list(found):
        return None
    layout = Layout(sheet, header_row, tuple(found), (), (), _problem(found))
    rows, below, problem = _people(layout, titles, body)
    seen = (*header.above(sheet), *below)
    return Layout(sheet, header_row, tuple(found), tuple(rows), seen, layout.problem or problem, told.level)


# --- The header -----------------------------------------------------------------------------------------------------


def _score(titles: Mapping[int, str]) -> int:
    found = {kind for title in titles.values() if (kind := columns.by_title(title)) and kind is not Field.ROW_NUMBER}
    return len(found) if found & NAME_FIELDS else 0


# --- Columns --------------------------------------------------------------------------------------------------------


def _columns(
    sheet: Sheet, titles: Mapping[int, str], body: Sequence[Row], told: Mapping[int, Field | None]
) -> list[Column]:
    width = max([len(row.cells) for row in body] + [max(titles, default=-1) + 1], default=0)
    sample = [row for row in body[:SAMPLE] if sum(value is not None for value in row.cells) > 2]
    content = [[row.cells[place] if place < len(row.cells) else None for row in sample] for place in range(width)]
    kinds = _by_titles(titles, width)
    has_series = Field.DIPLOMA_SERIES in kinds.values()
    found: list[Column] = []
    for place in range(width):
        title, kind = titles.get(place, ""), kinds.get(place)
        hidden = place in sheet.hidden_columns
        if place in told:
            found.append(Column(place, title, told[place], Confidence.CHOSEN, hidden))
        elif kind is Field.DIPLOMA_NUMBER and not has_series:
            why = "Похоже на серию и номер вместе: проверьте."
            found.append(Column(place, title, Field.DIPLOMA, Confidence.CHECK, hidden, why))
        elif kind is not None and not columns.fits(kind, content[place]):
            why = f"Назван «{title}», а значения другие: проверьте."
            found.append(Column(place, title, kind, Confidence.CHECK, hidden, why))
        elif kind is not None:
            found.append(Column(place, title, kind, Confidence.RECOGNISED, hidden))
        elif title or any(value is not None for value in content[place]):
            found.append(Column(place, title, None, Confidence.NOT_TAKEN, hidden))
    return _guess(found, content)


def _by_titles(titles: Mapping[int, str], width: int) -> dict[int, Field]:
    kinds: dict[int, Field] = {}
    for place in range(width):
        title = titles.get(place, "")
        kind = columns.by_title(title)
        bare = search_key(title).strip(" .:")
        if bare in ("номер", "№") and kinds.get(place - 1) is Field.DIPLOMA_SERIES:
            kind = Field.DIPLOMA_NUMBER
        elif bare in ("серия", "номер") and columns.is_refused_title(titles.get(place - 1, "")):
            kind = None
        if kind is not None:
            kinds[place] = kind
    return kinds


def _guess(found: list[Column], content: Sequence[Sequence[Value]]) -> list[Column]:
    """Give columns without a known title the field that their values show, if nobody has it yet."""
    taken = {column.field for column in found}
    guessed: list[Column] = []
    for column in found:
        kind = None
        if column.confidence is Confidence.NOT_TAKEN and not columns.is_refused_title(column.title):
            kind = columns.by_content(content[column.index])
            if kind in taken or (kind is Field.FULL_NAME and taken & NAME_FIELDS):
                kind = None
        if kind is None:
            guessed.append(column)
            continue
        taken.add(kind)
        why = f"Узнан по значениям, а не по названию: похоже на «{columns.TITLES[kind]}»."
        guessed.append(Column(column.index, column.title, kind, Confidence.CHECK, column.hidden, why))
    return _name_triple(guessed) if not taken & NAME_FIELDS else guessed


def _name_triple(found: list[Column]) -> list[Column]:
    """With a column of patronymics and no names, the two columns on its left are surname and first name."""
    by_place = {column.index: place for place, column in enumerate(found)}
    last = next((column for column in found if column.field is Field.PATRONYMIC), None)
    if last is None:
        return found
    for step, kind in ((2, Field.LAST_NAME), (1, Field.FIRST_NAME)):
        place = by_place.get(last.index - step)
        if place is not None and found[place].field is None:
            why = f"Похоже на «{columns.TITLES[kind]}»: стоит рядом с отчеством."
            old = found[place]
            found[place] = Column(old.index, old.title, kind, Confidence.CHECK, old.hidden, why)
    return found


def _is_list(found: Iterable[Column]) -> bool:
    kinds = {column.field for column in found if column.field}
    return bool(kinds & NAME_FIELDS) and len(kinds) >= 2


def _problem(found: Sequence[Column]) -> str:
    places: dict[Field, Column] = {}
    for column in found:
        if column.field is None or column.field is Field.ROW_NUMBER:
            continue
        if column.field in places:
            first = places[column.field].letter
            title = columns.TITLES[column.field]
            return f"Столбцы {first} и {column.letter} оба «{title}»: выберите один, другой отметьте «не брать»."
        places[column.field] = column
    if Field.FULL_NAME in places and Field.LAST_NAME in places:
        return "Есть и «ФИО», и отдельная «Фамилия»: оставьте одно, другое отметьте «не брать»."
    if Field.FULL_NAME not in places and Field.LAST_NAME not in places:
        return "Не найден столбец с фамилией: укажите его."
    if Field.FULL_NAME not in places and not {Field.FIRST_NAME, Field.GIVEN_NAMES} & places.keys():
        return "Не найден столбец с именем: укажите его."
    if Field.BIRTH_DATE not in places:
        return "Не найден столбец с датой рождения: без неё людей не различить. Укажите его."
    return ""


# --- Rows -----------------------------------------------------------------------------------------------------------


def _people(layout: Layout, titles: Mapping[int, str], body: Sequence[Row]) -> tuple[list[Row], list[Skipped], str]:
    rows: list[Row] = []
    skipped: list[Skipped] = []
    places, problem, ended = layout.places, "", False
    merged = {merge.top for merge in layout.sheet.merges if merge.right - merge.left >= 2}
    own = {place: kind for place, title in titles.items() if (kind := columns.by_title(title))}
    for row in body:
        again = "" if _has_figures(row, places) else _repeated(row, own)
        if again:
            skipped.append(Skipped(row.number, text_of(row), again))
            if again != REPEAT:
                problem = (
                    f"В строке {row.number} вторая шапка с другим порядком столбцов: "
                    "перенесите таблицу под ней на отдельный лист."
                )
            continue
        why = _not_a_person(row, places, merged=row.number in merged, ended=ended)
        if why:
            ended = ended or why == SIGNATURE
            skipped.append(Skipped(row.number, text_of(row), why))
        else:
            rows.append(row)
    return rows, skipped, problem


def _has_figures(row: Row, places: Mapping[Field, int]) -> bool:
    """True when СНИЛС or date of birth holds a digit: such a row is no header, and most rows are told at once."""
    for kind in (Field.SNILS, Field.BIRTH_DATE):
        place = places.get(kind)
        if place is not None and place < len(row.cells) and any(map(str.isdigit, shown(row.cells[place]))):
            return True
    return False


def _repeated(row: Row, own: Mapping[int, Field]) -> str:
    kinds = {place: kind for place, title in titles_of(row).items() if (kind := columns.by_title(title))}
    if len(set(kinds.values()) - {Field.ROW_NUMBER}) < 3:
        return ""
    same = sum(own.get(place) == kind for place, kind in kinds.items())
    return REPEAT if same >= len(kinds) - 1 else "другая шапка"


def _not_a_person(row: Row, places: Mapping[Field, int], *, merged: bool, ended: bool) -> str:
    """Return why a filled row of the body is not a person, or ""."""
    number = places.get(Field.ROW_NUMBER)
    filled = {place: value for place, value in enumerate(row.cells) if value is not None and place != number}
    if not filled:
        return "только порядковый номер"
    if is_numbering(row):
        return COLUMN_NUMBERS
    first = search_key(shown(next(iter(filled.values()))))
    known = [place for kind in IDENTITY if (place := places.get(kind)) is not None and place in filled]
    if is_total(first) and len(filled) <= 3 and places.get(Field.SNILS) not in filled:
        return SIGNATURE
    if known:
        return ""
    if has_blank_line(filled):
        return SIGNATURE
    if ended and len(filled) <= 3:
        return SIGNATURE
    if merged and len(filled) <= 1:
        return "подзаголовок"
    named = any(places.get(kind) in filled for kind in NAME_FIELDS)
    return "" if named else "нет ни имени, ни СНИЛС, ни даты рождения"
