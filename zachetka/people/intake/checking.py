"""Rows of a list → people, with what is wrong or worth a look at each cell (п. 2.1).

Nothing is guessed silently: a repaired case, a split name, a hidden row are said as notices. A number that belongs
to somebody else is refused without saying to whom (п. 3.8).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from zachetka.core.errors import RuleViolation
from zachetka.core.text import search_key
from zachetka.intake import cells
from zachetka.intake.cells import Broken, Formula, Row, Sheet, Table, Value, shown
from zachetka.people.intake import comparing
from zachetka.people.intake.columns import Field
from zachetka.people.intake.header import Correction, Layout, lay_out
from zachetka.people.intake.people import Candidate, Checked, KnownPeople, Notice, Problem, Result, Verdict
from zachetka.people.rules import birth, contacts, countries, education, names, snils
from zachetka.people.rules.birth import Ages, SlashOrder

CLAUSE: Final = "2.1"
_NAMES: Final = (Field.FULL_NAME, Field.LAST_NAME, Field.FIRST_NAME, Field.GIVEN_NAMES, Field.PATRONYMIC)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a check depends on besides the file.

    Attributes:
        today: legal date against which ages are counted.
        ages: lawful ages on that day.
        admits_general: the list is for a programme open to people without СПО and ВО (a trade); otherwise a notice.
    """

    today: date
    ages: Ages = birth.USUAL_AGES
    admits_general: bool = False


def check(
    table: Table,
    known: KnownPeople,
    circumstances: Circumstances,
    corrections: Mapping[str, Correction] | None = None,
) -> Result:
    """Return every row of every list in a file with its verdict (п. 2.1).

    Args:
        table: the file as it was read.
        known: who is recorded already; asked once.
        circumstances: the day and the settings.
        corrections: what the person said about sheets, by name of sheet.

    Raises:
        RuleViolation: there is no list of people in the file, or it has more than 10 000 rows.
    """
    layouts, notes = lists_in(table, corrections or {})
    rows: list[Checked] = []
    for layout in layouts:
        read = _read(layout, circumstances)
        rows.extend(read)
        if any(row.person.diploma_number and not row.person.education for row in read):
            sheet = f"На листе «{layout.sheet.name}»" if len(table.sheets) > 1 else "В списке"
            notes.append(f"{sheet} не сказано, высшее это образование или СПО: без уровня дипломы не запишем.")
    comparing.mark_repeats(rows)
    comparing.recognise(rows, known)
    return Result(tuple(layouts), tuple(rows), tuple(notes))


def lists_in(table: Table, told: Mapping[str, Correction]) -> tuple[list[Layout], list[str]]:
    """Return how each list in a file is read, and what to say of the rest.

    Raises:
        RuleViolation: there is no list of people in the file, or it has more than 10 000 rows.
    """
    layouts: list[Layout] = []
    notes = list(table.notes)
    for sheet in table.sheets:
        layout = lay_out(sheet, told.get(sheet.name))
        if layout is not None:
            layouts.append(layout)
        elif told.get(sheet.name, Correction()).taken:
            notes.append(f"На листе «{sheet.name}» нет списка людей.")
    if not layouts and not told:
        raise cells.refusal("В файле нет списка людей: нужна строка с названиями столбцов — ФИО, дата рождения, СНИЛС.")
    if sum(len(layout.rows) for layout in layouts) > cells.MAX_LIST_ROWS:
        raise cells.refusal(f"В файле больше {cells.MAX_LIST_ROWS} строк: разделите список на части.")
    return layouts, notes


def _read(layout: Layout, circumstances: Circumstances) -> list[Checked]:
    places = layout.places
    birth_place = places.get(Field.BIRTH_DATE)
    column = [] if birth_place is None else [_at(row, birth_place) for row in layout.rows]
    slash = birth.slash_order(column)
    return [_Reading(layout, row, circumstances, slash).checked() for row in layout.rows]


def _at(row: Row, place: int) -> Value:
    return row.cells[place] if place < len(row.cells) else None


class _Reading:
    """One row being read: each step puts a value into the candidate or a problem beside it."""

    def __init__(self, layout: Layout, row: Row, circumstances: Circumstances, slash: SlashOrder) -> None:
        self.places = layout.places
        self.sheet: Sheet = layout.sheet
        self.problem = layout.problem
        self.default_level = layout.level
        self.row = row
        self.circumstances = circumstances
        self.slash = slash
        self.person = Candidate()
        self.problems: list[Problem] = []
        self.notices: list[Notice] = []

    def checked(self) -> Checked:
        if self.problem:
            self.problems.append(Problem("", self.problem, CLAUSE))
        self._names()
        self._birth_date()
        self._simple(Field.SNILS, snils.snils, keep_numbers=True)
        self._simple(Field.SEX, contacts.sex)
        self._simple(Field.CITIZENSHIP, countries.citizenship)
        self._education()
        self._simple(Field.EMAIL, contacts.email)
        self._simple(Field.PHONE, contacts.phone)
        self._look()
        return Checked(self.sheet.name, self.row, self.person, None, self.problems, self.notices)

    def _text(self, kind: Field) -> str:
        """Return the cell of a field as text; a formula or an error there is a problem."""
        place = self.places.get(kind)
        value = None if place is None else _at(self.row, place)
        if isinstance(value, Formula):
            sentence = "Здесь формула, а не значение: скопируйте столбец и вставьте «только значения»."
            self.problems.append(Problem(kind, sentence, CLAUSE))
        elif isinstance(value, Broken):
            self.problems.append(Problem(kind, value.sentence, CLAUSE))
        else:
            return shown(value)
        return ""

    def _is_bad(self, kind: Field) -> bool:
        place = self.places.get(kind)
        return place is not None and isinstance(_at(self.row, place), Formula | Broken)

    def _attempt(self, kind: Field, rule: Callable[[], object]) -> None:
        try:
            rule()
        except RuleViolation as violation:
            self.problems.append(Problem(kind, violation.sentence, violation.clause))

    def _simple(self, kind: Field, rule: Callable[[str], str], *, keep_numbers: bool = False) -> None:
        text = self._text(kind)
        if text.strip() and not (not keep_numbers and text.strip() in ("-", "—")):
            self._attempt(kind, lambda: setattr(self.person, kind, rule(text)))

    # --- Names ---

    def _names(self) -> None:
        if Field.FULL_NAME in self.places:
            text = self._text(Field.FULL_NAME)
            if not self._is_bad(Field.FULL_NAME):
                self._attempt(Field.FULL_NAME, lambda: self._full_name(text))
            return
        given = Field.GIVEN_NAMES in self.places
        for kind in (Field.LAST_NAME, Field.GIVEN_NAMES) if given else (Field.LAST_NAME, Field.FIRST_NAME):
            text = self._text(kind)
            if self._is_bad(kind):
                continue
            if kind is Field.GIVEN_NAMES:
                first, _, last = text.strip().rpartition(" ")
                split = (first, last) if first and names.looks_like_patronymic(last) else (text, "")
                self._name(kind, Field.FIRST_NAME, split[0])
                self._name(kind, Field.PATRONYMIC, split[1])
            else:
                self._name(kind, kind, text)
        if not given:
            text = self._text(Field.PATRONYMIC)
            if not self._is_bad(Field.PATRONYMIC):
                self._name(Field.PATRONYMIC, Field.PATRONYMIC, text)

    def _full_name(self, text: str) -> None:
        parts = names.split_full_name(text)
        written = (parts.last_name, parts.first_name, parts.patronymic)
        good = [names.name_part(part, field=kind) for kind, part in zip(_PARTS, written, strict=True)]
        repaired = [names.proper_case(part) for part in good]
        self.person.last_name, self.person.first_name, self.person.patronymic = repaired
        if repaired != good:
            self.notices.append(Notice(Field.FULL_NAME, f"Запишем «{' '.join(filter(None, repaired))}»."))
        if parts.guess:
            self.notices.append(Notice(Field.FULL_NAME, parts.guess))

    def _name(self, cell: Field, kind: Field, text: str) -> None:
        def read() -> None:
            good = names.name_part(text, field=kind)
            repaired = names.proper_case(good)
            setattr(self.person, kind, repaired)
            if repaired != good:
                self.notices.append(Notice(cell, f"Запишем «{repaired}»."))

        self._attempt(cell, read)

    # --- Date, education ---

    def _birth_date(self) -> None:
        place = self.places.get(Field.BIRTH_DATE)
        value = None if place is None else _at(self.row, place)
        if value is None:
            if place is not None:
                self.problems.append(Problem(Field.BIRTH_DATE, "Впишите дату рождения, ДД.ММ.ГГГГ.", CLAUSE))
            return
        if isinstance(value, Formula | Broken):
            self._text(Field.BIRTH_DATE)
            return
        now = self.circumstances

        def read() -> None:
            self.person.birth_date = birth.birth_date(
                value, today=now.today, ages=now.ages, slash=self.slash, from_1904=self.sheet.from_1904
            )

        self._attempt(Field.BIRTH_DATE, read)
        if isinstance(value, float) and self.person.birth_date:
            self.notices.append(Notice(Field.BIRTH_DATE, f"Число в формате Excel: {self.person.birth_date:%d.%m.%Y}."))

    def _education(self) -> None:
        person = self.person
        self._simple(Field.EDUCATION, education.education_level)
        text = self._text(Field.DIPLOMA)
        if text.strip():

            def split() -> None:
                person.diploma_series, person.diploma_number = education.split_diploma(text)

            self._attempt(Field.DIPLOMA, split)
        self._simple(Field.DIPLOMA_SERIES, education.diploma_series)
        self._simple(Field.DIPLOMA_NUMBER, education.diploma_number)
        self._simple(Field.DIPLOMA_LAST_NAME, _diploma_last_name)
        if person.diploma_last_name and search_key(person.diploma_last_name) != search_key(person.last_name):
            self.notices.append(Notice(Field.DIPLOMA_LAST_NAME, "Фамилия в дипломе другая: нужен документ о перемене."))
        if person.diploma_number and not person.education:
            person.education = self.default_level
        level = person.education
        if level and level not in education.ADMITTED and not self.circumstances.admits_general:
            sentence = "Для ДПП нужно СПО или высшее, ст. 76 ч. 3."
            self.notices.append(Notice(Field.EDUCATION, sentence))

    def _look(self) -> None:
        """Say what is allowed and yet odd."""
        person = self.person
        if not person.snils and not any(problem.field == Field.SNILS for problem in self.problems):
            self.notices.append(Notice(Field.SNILS, "Без СНИЛС сведения в ФИС ФРДО не передать."))
        told = names.sex_of_patronymic(person.patronymic)
        if told and person.sex and told != person.sex:
            self.notices.append(Notice(Field.SEX, "Пол не сходится с отчеством: проверьте."))
        scripts = {names.script_of(part) for part in (person.last_name, person.first_name) if part}
        if scripts == {"cyrillic", "latin"}:
            kind = next(kind for kind in _NAMES if kind in self.places)
            self.notices.append(Notice(kind, "Фамилия и имя разными алфавитами: проверьте по паспорту."))
        if self.row.hidden:
            self.notices.append(Notice("", "Строка скрыта в файле, но читается: проверьте, нужна ли она."))


_PARTS: Final = ("last_name", "first_name", "patronymic")


def _diploma_last_name(text: str) -> str:
    return names.proper_case(names.name_part(text, field="diploma_last_name"))


__all__ = ["Circumstances", "Verdict", "check"]
