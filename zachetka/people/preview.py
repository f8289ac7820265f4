"""A checked list of people as `intake.preview` shows it: what a column may be, what is said at which cell (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from zachetka.intake.cells import shown
from zachetka.intake.layout import at
from zachetka.intake.preview import Badge, Cell, Chip, RowShown, Shown, Told, Words, chips_of, head_of, short
from zachetka.intake.preview import show as show_sheet
from zachetka.people.intake.columns import TITLES, Field
from zachetka.people.intake.header import Column, Layout
from zachetka.people.intake.people import NOTHING, Checked, Result, Verdict, reason

WORDS: Final = Words(
    rows="строки",
    them="строку,строки,строк",
    nothing="На этом листе нет списка людей",
    foreign="Не люди",
    act="Загрузить",
    busy="Загружаем…",
    none="Загружать нечего",
)
FILTERS: Final = {
    "": tuple(Verdict),
    "new": (Verdict.NEW,),
    "known": (Verdict.KNOWN, Verdict.CHANGED),
    "changed": (Verdict.CHANGED,),
    "wrong": (Verdict.WRONG,),
}
TOLD: Final = (
    Told("", "list", "", "всего"),
    Told("new", "plus", "ok", "новых"),
    Told("known", "user-check", "", "уже есть в системе"),
    Told("changed", "pencil", "warn", "изменится"),
    Told("wrong", "x", "bad", "с ошибкой, не войдут"),
)
ALWAYS: Final = ("", "new", "known", "wrong")
STANDS_FOR: Final = {
    "last_name": (Field.LAST_NAME, Field.FULL_NAME),
    "first_name": (Field.FIRST_NAME, Field.GIVEN_NAMES, Field.FULL_NAME),
    "patronymic": (Field.PATRONYMIC, Field.GIVEN_NAMES, Field.FULL_NAME),
    "diploma": (Field.DIPLOMA, Field.DIPLOMA_NUMBER, Field.EDUCATION),
    "sex": (Field.SEX, Field.PATRONYMIC, Field.FULL_NAME),
}
"""Field → the columns in which it is looked for, the first that the list has."""

KNOWN: Final = ("brand", "user-check", "уже есть")
BADGES: Final[dict[Verdict, Badge]] = {
    Verdict.NEW: ("ok", "plus", "новый"),
    Verdict.KNOWN: KNOWN,
    Verdict.CHANGED: KNOWN,
    Verdict.WRONG: ("bad", "x", "не войдёт"),
}
CHOICES: Final = [("", "не брать"), *((kind.value, title) for kind, title in TITLES.items())]


def show(result: Result, layout: Layout, *, chosen: str, number: int) -> Shown:
    """Return what the page draws of one sheet.

    Args:
        result: the whole file checked.
        layout: the sheet.
        chosen: a key of `FILTERS`.
        number: page of rows, from 1; one past the end is the last.
    """
    mine = [row for row in result.rows if row.sheet == layout.sheet.name]
    return show_sheet(
        layout,
        [head_of(column, column.field.value if column.field else "") for column in layout.columns],
        [row for row in mine if row.verdict in FILTERS[chosen]],
        partial(_row, layout=layout),
        choices=CHOICES,
        chips=_chips(mine, chosen),
        skipped=layout.skipped,
        number=number,
    )


def asks_level(layout: Layout | None) -> bool:
    """True when the sheet has diplomas and does not say of which education."""
    return (
        layout is not None
        and Field.EDUCATION not in layout.places
        and any(kind in layout.places for kind in (Field.DIPLOMA, Field.DIPLOMA_NUMBER))
    )


def _chips(rows: Sequence[Checked], chosen: str) -> list[Chip]:
    return chips_of(TOLD, lambda key: sum(row.verdict in FILTERS[key] for row in rows), chosen, always=ALWAYS)


def _row(row: Checked, layout: Layout) -> RowShown:
    places = {column.index: place for place, column in enumerate(layout.columns)}
    cells = [
        Cell(short(shown(at(row.row, column.index))), _label(column), column.field is None) for column in layout.columns
    ]
    notes: list[str] = []

    def cell_of(name: str) -> Cell | None:
        kinds = STANDS_FOR.get(name, (name,))
        index = next((layout.places[Field(kind)] for kind in kinds if kind and Field(kind) in layout.places), None)
        return None if index is None else cells[places[index]]

    def say(name: str, sentence: str, tone: str, whole: str) -> None:
        cell = cell_of(name)
        if cell is None:
            notes.append(whole)
            return
        cell.notes.append(sentence)
        cell.tone = "bad" if "bad" in (tone, cell.tone) else tone or cell.tone

    for problem in row.problems:
        if problem.field:
            say(problem.field, problem.sentence, "bad", reason(problem))
    for change in row.changes:
        was = "добавим" if change.was == NOTHING else f"было «{change.was}»"
        say(change.field, was, "warn", f"{was}: {change.becomes}")
    for notice in row.notices:
        say(notice.field, notice.sentence, notice.tone, notice.sentence)
    return RowShown(row.row.number, BADGES[row.verdict], cells, notes)


def _label(column: Column) -> str:
    return TITLES[column.field] if column.field else column.title
