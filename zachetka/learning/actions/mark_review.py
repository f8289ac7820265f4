"""A file of marks looked at: its tables, the verdict on each mark, a fingerprint of what was seen (п. 2.2).

The verdict is that of `actions.marks.check_marks`: what a preview promises is what the entry does.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac

from zachetka.core.clock import legal_date
from zachetka.intake.cells import Table
from zachetka.intake.handed_in import table_of
from zachetka.learning.actions.marks import Cell, check_marks
from zachetka.learning.gradebook.checking import Entry, Missing, Result, Verdict, read
from zachetka.learning.gradebook.columns import Field
from zachetka.learning.gradebook.layout import Correction
from zachetka.learning.gradebook.people import Roster
from zachetka.learning.models import Cohort, Mark, MarkSheet, MarkUpload
from zachetka.learning.queries.completeness import not_of
from zachetka.learning.queries.gradebooks import fillable, learners_of, learning_in, standing_in, targets_of
from zachetka.learning.queries.sheet import mark_text

if TYPE_CHECKING:
    from zachetka.access.models import Account

NOT_OF_IT = "В этой ведомости слушателя нет: эту дисциплину сдают отдельно, не изучают или к ней нет допуска."


def review(upload: MarkUpload, *, actor: Account, at: datetime) -> Result:
    """Return the verdict on every mark, by what stands in the sheets now.

    Raises:
        RuleViolation: there is no table of marks in the file.
        Forbidden, IllegalStep: as `check_marks`, when a sheet was handed over or closed this moment.
    """
    sheets = fillable(upload.cohort, upload.sheet, actor=actor, today=legal_date(at))
    return review_table(table_of(upload), upload.cohort, sheets, unpacked(upload.corrections), actor=actor, at=at)


def review_table(
    table: Table,
    cohort: Cohort,
    sheets: Sequence[MarkSheet],
    corrections: Mapping[str, Correction] | None = None,
    *,
    actor: Account,
    at: datetime,
) -> Result:
    """Return the verdict on every mark of a file that is not stored; otherwise as `review`."""
    roster = Roster(learners_of(cohort))
    found = read(table, roster, targets_of(sheets), corrections)
    standing = standing_in(sheets)
    given = defaultdict[int, list[Entry]](list)
    for entry in found.entries:
        if entry.verdict is not Verdict.WRONG:
            given[entry.target].append(entry)
    elsewhere = {sheet.pk: not_of(sheet) for sheet in sheets}
    for sheet in sheets:
        for entry in given[sheet.pk]:
            if entry.learner is not None and entry.learner.enrolment_id in elsewhere[sheet.pk]:
                entry.refuse(NOT_OF_IT)
        _judge(sheet, [one for one in given[sheet.pk] if one.verdict is not Verdict.WRONG], standing, actor, at)
    return replace(found, missing=tuple(_missing(found, roster, cohort, standing, elsewhere, legal_date(at))))


def cells_of(result: Result, sheet: MarkSheet) -> list[Cell]:
    """Return what `set_marks` is to write into `sheet`: each mark of the file that changes something."""
    return [
        Cell(entry.learner.enrolment_id, entry.text, entry.seen)
        for entry in result.having(Verdict.NEW, Verdict.REPLACED)
        if entry.target == sheet.pk and entry.learner is not None
    ]


def fingerprint(result: Result) -> str:
    """Return a digest of every verdict: a confirmation names what the person has seen.

    The key of the system goes into it, so that nobody makes one without looking.
    """
    seen = [
        [entry.sheet, entry.row, entry.column, entry.target, entry.learner and entry.learner.enrolment_id, entry.text,
         entry.seen, entry.verdict]
        for entry in result.entries
    ]  # fmt: skip
    return salted_hmac("learning.mark_review", json.dumps(seen, ensure_ascii=False), algorithm="sha256").hexdigest()


def unpacked(kept: Mapping[str, Any]) -> dict[str, Correction]:
    """Return the corrections by sheet of the file.

    {"Лист1": {"taken": true, "header_row": 4, "columns": {"0": "full_name", "5": 12, "6": ""}, "readings": {"5": "50"}}}
    """
    return {
        name: Correction(
            taken=told.get("taken", True),
            header_row=told.get("header_row"),
            roles={int(place): _role(kind) for place, kind in told.get("columns", {}).items()},
            readings={int(place): reading for place, reading in told.get("readings", {}).items()},
        )
        for name, told in kept.items()
    }


def packed(corrections: Mapping[str, Correction]) -> dict[str, Any]:
    """Return the form in which an upload keeps them."""
    return {
        name: {
            "taken": told.taken,
            "header_row": told.header_row,
            "columns": {str(place): "" if role is None else role for place, role in told.roles.items()},
            "readings": {str(place): reading for place, reading in told.readings.items()},
        }
        for name, told in corrections.items()
    }


def _role(kept: str | int) -> Field | int | None:
    if isinstance(kept, int):
        return kept
    return Field(kept) if kept else None


def _judge(
    sheet: MarkSheet, entries: Sequence[Entry], standing: Mapping[tuple[int, int], Mark], actor: Account, at: datetime
) -> None:
    """Say of each entry what `set_marks` would do with it."""
    by_learner = {entry.learner.enrolment_id: entry for entry in entries if entry.learner is not None}
    for pk, entry in by_learner.items():
        mark = standing.get((sheet.pk, pk))
        entry.seen, entry.was = (None, "") if mark is None else (mark.pk, _words(mark))
    if not by_learner:
        return
    cells = [Cell(pk, entry.text, entry.seen) for pk, entry in by_learner.items()]
    for outcome in check_marks(sheet, cells, actor=actor, at=at):
        entry = by_learner[outcome.enrolment_id]
        if outcome.refusal:
            entry.refuse(outcome.refusal)
            continue
        entry.becomes = "" if outcome.mark is None else _words(outcome.mark)
        is_there = outcome.mark is not None and not outcome.mark._state.adding
        entry.verdict = Verdict.SAME if is_there else Verdict.REPLACED if entry.was else Verdict.NEW


def _words(mark: Mark) -> str:
    """Return a mark as the preview says it: «отлично», «85, отлично»; "" when it was taken back."""
    if mark.grade is None:
        return ""
    label = mark.grade.label
    return label if mark.score is None else f"{mark_text('', mark.score)}, {label}"


def _missing(
    found: Result,
    roster: Roster,
    cohort: Cohort,
    standing: Mapping[tuple[int, int], Mark],
    elsewhere: Mapping[int, set[int]],
    day: date,
) -> list[Missing]:
    """Return who learns, has no mark yet, and gets none by the file."""
    learning = learning_in(cohort, day)
    filled = {column_key for layout in found.layouts for _, column_key in layout.marks}
    named = {(entry.target, entry.learner.enrolment_id) for entry in found.entries if entry.learner is not None}
    marked = {place for place, mark in standing.items() if mark.grade_id is not None}
    return [
        Missing(target.key, learner.full_name)
        for target in found.targets
        if target.key in filled
        for pk, learner in roster.learners.items()
        if pk in learning - elsewhere[target.key] and (target.key, pk) not in named | marked
    ]
