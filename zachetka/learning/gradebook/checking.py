"""A whole file of marks → entries for the sheets, with what is wrong at each cell (п. 2.2).

Nothing here knows what stands in the sheets or what their scales hold: `mark_review` asks `actions.marks` about that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple, TypedDict

from zachetka.core.text import search_key, tidy
from zachetka.intake import cells
from zachetka.intake.cells import Broken, Formula, Row, Table, shown
from zachetka.intake.layout import SIGNATURE, Skipped, at, is_total, text_of
from zachetka.learning.gradebook import amounts
from zachetka.learning.gradebook.columns import TITLES, Field
from zachetka.learning.gradebook.layout import Correction, Layout, Target, lay_out
from zachetka.learning.gradebook.people import Learner, Roster, Trouble

CLAUSE: Final = "2.2"
_NOT_A_VALUE: Final = "Здесь формула, а не значение: скопируйте столбец и вставьте «только значения»."


class Verdict(StrEnum):
    """What becomes of a mark of the file."""

    NEW = "new"
    REPLACED = "replaced"
    SAME = "same"
    WRONG = "wrong"


@dataclass(slots=True)
class Entry:
    """One mark of the file: where it stands, whose it is, what was typed, what becomes of it.

    Attributes:
        column: index of the column.
        target: key of the sheet of ours.
        text: as a teacher would have typed it.
        was: what stands in the cell of the sheet now, "" when nothing.
        becomes: the grade it comes to, in words.
        seen: primary key of the mark that stands there.
    """

    sheet: str
    row: int
    column: int
    target: int
    text: str = ""
    learner: Learner | None = None
    verdict: Verdict = Verdict.NEW
    was: str = ""
    becomes: str = ""
    seen: int | None = None
    problem: str = ""

    def refuse(self, sentence: str) -> None:
        """Leave it out, and say why; the first reason stays."""
        if not self.problem:
            self.verdict, self.problem = Verdict.WRONG, sentence


@dataclass(slots=True)
class Line:
    """A row of the file that names somebody.

    Attributes:
        trouble: why it is nobody's, with the field at which to say it.
        entries: its marks, in the order of the columns; none when their cells are blank.
        notice: what is worth a look, "" when nothing.
    """

    sheet: str
    row: Row
    learner: Learner | None
    trouble: Trouble | None
    entries: list[Entry] = field(default_factory=list)
    notice: str = ""


class Refused(TypedDict):
    """A mark that did not enter, for scripts."""

    sheet: str
    row: int
    field: str
    reason: str


class Missing(NamedTuple):
    """Somebody of a sheet of ours for whom the file has no mark."""

    target: int
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """A whole file checked."""

    layouts: tuple[Layout, ...]
    lines: tuple[Line, ...]
    targets: tuple[Target, ...]
    notes: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def entries(self) -> list[Entry]:
        """Every mark of the file, in its order."""
        return [entry for line in self.lines for entry in line.entries]

    def having(self, *verdicts: Verdict) -> list[Entry]:
        """Marks with one of these verdicts, in the order of the file."""
        return [entry for entry in self.entries if entry.verdict in verdicts]

    def refused(self) -> list[Refused]:
        """Return the marks that do not enter: where the fault of each stands, by the head of its column in the file, and why."""
        return [
            {"sheet": entry.sheet, "row": entry.row, "field": self._head(line, entry), "reason": entry.problem}
            for line in self.lines
            for entry in line.entries
            if entry.verdict is Verdict.WRONG
        ]

    def _head(self, line: Line, entry: Entry) -> str:
        layout = next(one for one in self.layouts if one.sheet.name == line.sheet)
        whose = layout.people.get(Field(line.trouble.field)) if line.trouble and line.trouble.field else None
        column = next(one for one in layout.columns if one.index == (entry.column if whose is None else whose))
        return column.title or column.letter


def read(
    table: Table, roster: Roster, targets: Sequence[Target], corrections: Mapping[str, Correction] | None = None
) -> Result:
    """Return every mark of every table in a file, whose it is, and what is wrong with it as it stands in the file.

    Raises:
        RuleViolation: there is no table of marks in the file, or it has more than 10 000 rows.
    """
    layouts, notes = tables_in(table, targets, corrections or {})
    lines: list[Line] = []
    read_layouts: list[Layout] = []
    for layout in layouts:
        mine, others = _lines(layout, roster, {target.key: target for target in targets})
        lines.extend(mine)
        read_layouts.append(
            Layout(layout.sheet, layout.header_row, layout.columns, tuple(line.row for line in mine),
                   (*layout.skipped, *others), layout.problem, layout.troubles)
        )  # fmt: skip
    _refuse_repeats(lines)
    return Result(tuple(read_layouts), tuple(lines), tuple(targets), tuple(notes))


def tables_in(
    table: Table, targets: Sequence[Target], told: Mapping[str, Correction]
) -> tuple[list[Layout], list[str]]:
    """Return how each table in a file is read, and what to say of the rest.

    Raises:
        RuleViolation: there is no table of marks in the file, or it has more than 10 000 rows.
    """
    layouts = [
        layout for sheet in table.sheets if (layout := lay_out(sheet, targets, told.get(sheet.name))) is not None
    ]
    if not layouts and not told:
        raise cells.refusal(
            "В файле нет таблицы оценок: нужны столбец, по которому видно, чья оценка (ФИО, номер зачётной книжки, "
            "почта), и столбец с оценками."
        )
    if sum(len(layout.rows) for layout in layouts) > cells.MAX_LIST_ROWS:
        raise cells.refusal(f"В файле больше {cells.MAX_LIST_ROWS} строк: разделите его на части.")
    return layouts, list(table.notes)


def _lines(layout: Layout, roster: Roster, targets: Mapping[int, Target]) -> tuple[list[Line], list[Skipped]]:
    lines: list[Line] = []
    skipped: list[Skipped] = []
    for row in layout.rows:
        learner, trouble = _whose(layout, row, roster)
        entries = [entry for entry in _entries(layout, row, targets) if entry is not None]
        if learner is None and is_total(search_key(text_of(row))):
            skipped.append(Skipped(row.number, text_of(row), SIGNATURE))
            continue
        if learner is None and not entries:
            skipped.append(Skipped(row.number, text_of(row), "нет ни одной оценки"))
            continue
        notice = "Строка скрыта в файле, но читается: проверьте, нужна ли она." if row.hidden else ""
        for entry in entries:
            entry.learner = learner
            if trouble is not None:
                entry.problem = ""
                entry.refuse(_told(trouble))
        lines.append(Line(layout.sheet.name, row, learner, trouble, entries, notice))
    return lines, skipped


def _told(trouble: Trouble) -> str:
    title = TITLES.get(Field(trouble.field)) if trouble.field else None
    return f"{title}: {trouble.sentence}" if title else trouble.sentence


def _whose(layout: Layout, row: Row, roster: Roster) -> tuple[Learner | None, Trouble | None]:
    said: dict[Field, str] = {}
    for kind, place in layout.people.items():
        value = at(row, place)
        if isinstance(value, Formula):
            return None, Trouble(kind, _NOT_A_VALUE)
        if isinstance(value, Broken):
            return None, Trouble(kind, value.sentence)
        if text := tidy(shown(value)):
            said[kind] = text
    found = roster.find(said)
    return (None, found) if isinstance(found, Trouble) else (found, None)


def _entries(layout: Layout, row: Row, targets: Mapping[int, Target]) -> list[Entry | None]:
    return [_entry(layout, row, column.index, column.reading, targets[key]) for column, key in layout.marks
            if key in targets]  # fmt: skip


def _entry(layout: Layout, row: Row, place: int, reading: str, target: Target) -> Entry | None:
    value = at(row, place)
    if amounts.is_blank(value):
        return None
    entry = Entry(layout.sheet.name, row.number, place, target.key)
    text = amounts.typed(value, reading, is_scored=target.is_scored, labels=target.labels)
    if isinstance(text, amounts.Refused):
        entry.refuse(text.sentence)
    else:
        entry.text = text
    if trouble := layout.problem or layout.troubles.get(place, ""):
        entry.problem = ""
        entry.refuse(trouble)
    return entry


def _refuse_repeats(lines: Sequence[Line]) -> None:
    """Refuse every mark of somebody whom the file marks twice in one sheet of ours: nobody knows which is meant."""
    standing: dict[tuple[int, int], list[Entry]] = {}
    for line in lines:
        for entry in line.entries:
            if entry.learner is not None:
                standing.setdefault((entry.target, entry.learner.enrolment_id), []).append(entry)
    for same in standing.values():
        if len(same) > 1:
            for entry in same:
                others = ", ".join(_where(other, entry) for other in same if other is not entry)
                entry.refuse(f"Этот слушатель оценён ещё раз: {others}. Оставьте одну строку.")


def _where(target: Entry, seen_from: Entry) -> str:
    place = f"строка\u00a0{target.row}"
    return place if target.sheet == seen_from.sheet else f"{place} листа «{target.sheet}»"
