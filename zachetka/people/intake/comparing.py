"""Rows against each other and against the people already recorded (п. 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zachetka.core.text import search_key
from zachetka.people.intake.columns import Field
from zachetka.people.intake.people import (
    NOTHING,
    Candidate,
    Change,
    Checked,
    Found,
    Known,
    KnownPeople,
    Notice,
    Paper,
    Problem,
)
from zachetka.people.rules import countries, education, masks, snils
from zachetka.people.rules.own_card import OWN_CARD

CLAUSE: Final = "2.1"
PRIVACY: Final = "3.8"

COMPARED: Final = ("last_name", "first_name", "patronymic", "snils", "sex", "citizenship", "email", "phone")
"""What a list may change of a known person; a blank in the list changes nothing. A birth date is added, never changed."""

_SEX: Final = {"m": "мужской", "f": "женский"}
_MASKS: Final = {"snils": masks.snils, "email": masks.email, "phone": masks.phone}


def mark_repeats(rows: Sequence[Checked]) -> None:
    """Refuse the second row of one person; both rows of two people under one СНИЛС."""
    by_snils: dict[str, Checked] = {}
    by_name: dict[object, Checked] = {}
    for row in rows:
        first = by_snils.setdefault(row.person.snils, row) if row.person.snils else row
        if first is not row:
            if _is_same(first.person, row.person) and first.problems and not row.problems:
                by_snils[row.person.snils] = row
            elif _is_same(first.person, row.person):
                _repeat(first, row, Field.SNILS)
            else:
                sentence = "Тот же СНИЛС у другого человека в {}: проверьте по документам."
                row.problems.append(Problem(Field.SNILS, sentence.format(_where(first, row)), CLAUSE))
                first.problems.append(Problem(Field.SNILS, sentence.format(_where(row, first)), CLAUSE))
            continue
        if row.name_key is None:
            continue
        twin = by_name.setdefault((row.name_key, search_key(row.person.patronymic)), row)
        if twin is row:
            continue
        if row.person.snils and twin.person.snils:
            row.notices.append(
                Notice(Field.SNILS, f"Тёзка с той же датой рождения в {_where(twin, row)}: проверьте СНИЛС.")
            )
        else:
            _repeat(twin, row, _name_field(row))


def recognise(rows: Sequence[Checked], known: KnownPeople) -> None:
    """Find out who is recorded already; one question for the whole file."""
    numbers = {row.person.snils for row in rows if row.person.snils}
    keys = {key for row in rows if (key := row.name_key) is not None}
    found = known.find(numbers, keys)
    taken: dict[int, Checked] = {}
    for row in rows:
        if row.name_key is None:
            continue
        _recognise(row, found)
        if row.known is None or row.problems:
            continue
        first = taken.setdefault(row.known.key, row)
        if first is not row:
            _repeat(first, row, _name_field(row))


def _recognise(row: Checked, found: Found) -> None:
    person = row.person
    holder = found.by_snils.get(person.snils) if person.snils else None
    if holder is not None:
        _by_snils(row, holder)
        return
    namesakes = [
        one
        for one in (found.by_name.get(row.name_key, ()) if row.name_key else ())
        if not person.patronymic or not one.patronymic or search_key(one.patronymic) == search_key(person.patronymic)
    ]
    open_ones = [one for one in namesakes if not one.snils or not person.snils]
    if len(open_ones) == 1:
        _known(row, open_ones[0])
    elif len(open_ones) > 1:
        sentence = "В системе несколько людей с таким именем и датой рождения: впишите СНИЛС."
        row.problems.append(Problem(Field.SNILS, sentence, CLAUSE))
    elif namesakes:
        row.notices.append(
            Notice(Field.SNILS, "В системе есть тёзка с той же датой рождения и другим СНИЛС: проверьте номер.")
        )


def _by_snils(row: Checked, holder: Known) -> None:
    person = row.person
    same_first = search_key(holder.first_name) == search_key(person.first_name)
    same_last = search_key(holder.last_name) == search_key(person.last_name)
    same_day = holder.birth_date is None or holder.birth_date == person.birth_date
    if same_day and (same_first or same_last):
        _known(row, holder)
    elif same_first and same_last:
        sentence = "У этого слушателя записана другая дата рождения: сверьте с паспортом, правят её в карточке."
        row.problems.append(Problem(Field.BIRTH_DATE, sentence, CLAUSE))
    else:
        sentence = "Этот СНИЛС записан за другим человеком: сверьте номер с документом."
        row.problems.append(Problem(Field.SNILS, sentence, PRIVACY))


def _known(row: Checked, holder: Known) -> None:
    row.known = holder
    for name in COMPARED:
        new, old = getattr(row.person, name), getattr(holder, name)
        if new and new != old:
            row.changes.append(Change(name, _masked(name, old) or NOTHING, _shown(name, new)))
    person = row.person
    if person.birth_date and holder.birth_date is None:
        row.changes.append(Change(Field.BIRTH_DATE, NOTHING, f"{person.birth_date:%d.%m.%Y}"))
    paper = Paper(person.education, person.diploma_series, person.diploma_number)
    if paper.level and not any(_covers(one, paper) for one in holder.papers):
        row.changes.append(Change(Field.DIPLOMA, _papers(holder), _paper(paper)))
    if holder.is_reader and (row.changes or not holder.is_learner):
        at = row.changes[0].field if row.changes else _name_field(row)
        row.problems.append(Problem(at, OWN_CARD, PRIVACY))


def _covers(recorded: Paper, told: Paper) -> bool:
    """True when a recorded paper says everything that the list says."""
    return all(not new or new == old for new, old in zip(told, recorded, strict=True))


def _papers(holder: Known) -> str:
    """Return the recorded papers as a preview may show them: levels in the clear, numbers masked (п. 3.8)."""
    return (
        "; ".join(" ".join(filter(None, (_level(one), masks.paper(one.number)))) for one in sorted(holder.papers))
        or NOTHING
    )


def _paper(paper: Paper) -> str:
    return " ".join(filter(None, (_level(paper), paper.series, paper.number)))


def _level(paper: Paper) -> str:
    return education.LEVEL_WORDS.get(education.EducationLevel(paper.level), "") if paper.level else ""


def _shown(name: str, value: str) -> str:
    if name == "snils" and value:
        return snils.shown(value)
    if name == "citizenship" and value:
        return countries.countries().get(value, value)
    return _SEX.get(value, value) if name == "sex" else value


def _masked(name: str, value: str) -> str:
    """Return what is recorded as a preview may show it: names in the clear, particulars masked (п. 3.8)."""
    if name in _MASKS and value:
        return _MASKS[name](value)
    return "другое" if name == "citizenship" and value else _shown(name, value)


def _is_same(one: Candidate, other: Candidate) -> bool:
    return one.birth_date == other.birth_date or (
        search_key(one.last_name) == search_key(other.last_name)
        and search_key(one.first_name) == search_key(other.first_name)
    )


def _repeat(first: Checked, row: Checked, field: str) -> None:
    row.problems.append(Problem(field, f"Повтор {_where(first, row, 'строки')}.", CLAUSE))
    first.notices.append(Notice(field, f"Повторяется в {_where(row, first)}: та не войдёт."))


def _where(target: Checked, seen_from: Checked, word: str = "строке") -> str:
    place = f"{word}\u00a0{target.row.number}"
    return place if target.sheet == seen_from.sheet else f"{place} листа «{target.sheet}»"


def _name_field(row: Checked) -> str:
    return Field.SNILS if row.person.snils else Field.LAST_NAME
