"""Files of marks: handed in, corrected, confirmed all or nothing and once, or cancelled (п. 2.2).

No mark is written here: `set_marks` writes them, as it does from the keyboard, by the same rights and rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse

from zachetka.access.guard import require
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import Door, IllegalStep, RuleViolation, Stale
from zachetka.core.text import quoted, search_key
from zachetka.files.actions import kept_together
from zachetka.intake.cells import Table
from zachetka.intake.handed_in import keep, keep_refused, table_in, table_of
from zachetka.learning.actions.mark_review import (
    cells_of,
    fingerprint,
    packed,
    review,
    review_table,
    unpacked,
)
from zachetka.learning.actions.marks import set_marks
from zachetka.learning.gradebook.checking import Refused, Result, Verdict, tables_in
from zachetka.learning.gradebook.layout import Correction
from zachetka.learning.gradebook.refused import refused_xlsx
from zachetka.learning.lifecycle import CANCEL_MARKS, CONFIRM_MARKS
from zachetka.learning.models import Cohort, MarkSheet, MarkUpload
from zachetka.learning.queries.gradebooks import fillable, targets_of
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import take
from zachetka.people.actions.turns import wait_for

CLAUSE: Final = "2.2"


def upload_marks(
    content: bytes, cohort: Cohort, sheet: MarkSheet | None, *, name: str, key: UUID, actor: Account, at: datetime
) -> MarkUpload:
    """Take in a file of marks; none is written yet (п. 2.2). The same key, or the same file still open, is one upload.

    Args:
        content: the file.
        cohort: whose marks.
        sheet: the sheet that the file is for; None for all open sheets of `actor` in the cohort.
        name: of the file.
        key: given by the form.
        actor: the teacher.
        at: the moment.

    Raises:
        Forbidden: it is not the actor's sheet.
        RuleViolation: not a table of marks, the key was used for another file, or the marks of this very file were entered
            before; nothing is kept.
        IllegalStep: no sheet can be filled today.
    """
    sheets = _fillable(cohort, sheet, actor, at)
    sha256 = hashlib.sha256(content).hexdigest()
    known = _sent_before(sha256, key, cohort, sheet, actor)
    if known is not None:
        return known
    tables_in(table_in(content, name), targets_of(sheets), {})
    with kept_together():
        wait_for(key.int, int(sha256[:15], 16))
        known = _sent_before(sha256, key, cohort, sheet, actor)
        return known or _create(content, sha256, cohort, sheet, name=name, key=key, actor=actor, at=at)


def correct_marks(
    upload: MarkUpload, corrections: Mapping[str, Correction], *, actor: Account, at: datetime
) -> MarkUpload:
    """Say what the columns of some sheets of the file are; what changes nothing is not recorded (п. 2.2).

    Raises:
        Forbidden: it is another teacher's file.
        IllegalStep: its marks are entered already, or it is cancelled.
    """
    with transaction.atomic():
        upload = MarkUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)
        require(actor, Permission.SHEET_FILL, upload)
        if upload.state != MarkUpload.State.UPLOADED:
            raise IllegalStep(CLAUSE, CONFIRM_MARKS.refusal)
        said = packed({**unpacked(upload.corrections), **corrections})
        if said != upload.corrections:
            upload.corrections = said
            upload.save(update_fields=["corrections"])
            record_event(EventType.MARKS_CHOSEN, upload, actor=actor, at=at, clause=CLAUSE)
    return upload


def confirm_marks(upload: MarkUpload, *, seen: str, actor: Account, at: datetime) -> MarkUpload:
    """Enter every mark that may be entered, in one transaction; those with problems stay out (п. 2.2).

    Args:
        upload: an open file.
        seen: `mark_review.fingerprint` of what the teacher confirmed.
        actor: the teacher.
        at: the moment.

    Raises:
        Forbidden: it is not the actor's file, or a sheet is no longer theirs.
        IllegalStep: entered or cancelled already.
        Stale: marks, learners or columns changed since the teacher looked.
        RuleViolation: the file changes nothing, or the same file was entered before.
    """
    table_of(upload)  # reading a file has no place inside a transaction
    with kept_together():
        with take(CONFIRM_MARKS, upload, actor=actor, at=at) as open_one:
            _refuse_confirmed(open_one.sha256, open_one.cohort, open_one.sheet, actor)
            sheets = _locked(open_one.cohort, open_one.sheet, actor, at)
            result = review(open_one, actor=actor, at=at)
            if fingerprint(result) != seen:
                raise Stale(CLAUSE, "Пока вы смотрели, оценки, группа или столбцы изменились: проверьте файл снова.")
            if not result.having(Verdict.NEW, Verdict.REPLACED):
                raise RuleViolation(CLAUSE, "В файле нет ни одной оценки, которую можно внести: исправьте его.")
            _settle(open_one, result, sheets, actor=actor, ended_by=actor, at=at)
        return open_one


def cancel_marks(upload: MarkUpload, *, actor: Account, at: datetime) -> MarkUpload:
    """Put an open file aside: no mark is written (п. 2.2).

    Raises:
        Forbidden: it is another teacher's file.
        IllegalStep: its marks are entered already, or it is cancelled.
    """
    with take(CANCEL_MARKS, upload, actor=actor, at=at) as open_one:
        open_one.ended_by, open_one.ended_at = actor, at
    return open_one


def take_refused_marks(upload: MarkUpload, *, rows: int, actor: Account, at: datetime) -> None:
    """Record that the rows that do not enter left the system as a file, how many marks (п. 3.8).

    Raises:
        Forbidden: it is another teacher's file.
    """
    require(actor, Permission.SHEET_FILL, upload)
    with transaction.atomic():
        record_event(
            EventType.LIST_EXPORTED, upload, actor=actor, at=at, clause="3.8", list="marks", form="xlsx", rows=rows
        )


def import_marks(
    content: bytes, sheet: MarkSheet, *, name: str, at: datetime, column: str = "", is_rehearsal: bool = False
) -> Result:
    """Do the whole way of a file for one sheet from the server's own command line: read, check, enter (п. 2.2).

    The marks are those of the sheet's teacher, whose file an administrator enters: their rights and their name count;
    that it came by the console, the ledger says of the file (decision 0086). The same file again changes nothing.

    Args:
        content: the file.
        sheet: the sheet of ours.
        name: of the file.
        at: the moment.
        column: title or letter of the column to take, "" to leave it to us.
        is_rehearsal: check only.

    Raises:
        RuleViolation: not a table of marks, no such column, or the teacher of the sheet has no account that may fill it.
        IllegalStep: the sheet is closed, its control has not been held yet, or the marks of this very file were entered
            before and would now replace what was set since.
    """
    teacher = _teacher(sheet)
    table = table_in(content, name)
    told = _told(table, sheet, _fillable(sheet.cohort, sheet, teacher, at), column)
    with kept_together():
        sheets = _locked(sheet.cohort, sheet, teacher, at)
        result = review_table(table, sheet.cohort, sheets, told, actor=teacher, at=at)
        if is_rehearsal or not result.having(Verdict.NEW, Verdict.REPLACED):
            return result
        sha256 = hashlib.sha256(content).hexdigest()
        _refuse_confirmed(sha256, sheet.cohort, sheet, None)
        upload = _create(content, sha256, sheet.cohort, sheet, name=name, key=uuid4(), actor=None, at=at)
        upload.corrections = packed(told)
        _settle(upload, result, sheets, actor=teacher, ended_by=None, at=at)
        upload.state = CONFIRM_MARKS.target
        upload.save()
        record_event(CONFIRM_MARKS.event, upload, actor=None, at=at, clause=CLAUSE)
    return result


class Contract(TypedDict):
    """What `zachetka import marks` answers: rows = new + replaced + same + refused."""

    sheet: int
    rows: int
    new: int
    replaced: int
    same: int
    refused: list[Refused]
    missing: list[str]


def contract(result: Result, sheet: MarkSheet) -> Contract:
    """Return what scripts are promised of a file for one sheet."""
    return {
        "sheet": sheet.pk,
        "rows": len(result.entries),
        "new": len(result.having(Verdict.NEW)),
        "replaced": len(result.having(Verdict.REPLACED)),
        "same": len(result.having(Verdict.SAME)),
        "refused": result.refused(),
        "missing": [one.name for one in result.missing],
    }


def _settle(
    upload: MarkUpload,
    result: Result,
    sheets: list[MarkSheet],
    *,
    actor: Account,
    ended_by: Account | None,
    at: datetime,
) -> None:
    """Write the marks of `result` and what became of the file; the caller saves `upload`."""
    for sheet in sheets:
        cells = cells_of(result, sheet)
        if cells and any(outcome.refusal for outcome in set_marks(sheet, cells, actor=actor, at=at)):
            raise Stale(CLAUSE, "Пока вы смотрели, ведомость изменилась: проверьте файл снова.")
    counts = {verdict: len(result.having(verdict)) for verdict in Verdict}
    upload.marks, upload.new = len(result.entries), counts[Verdict.NEW]
    upload.replaced, upload.same = counts[Verdict.REPLACED], counts[Verdict.SAME]
    upload.refused = counts[Verdict.WRONG]
    upload.ended_by, upload.ended_at = ended_by, at
    if upload.refused:
        upload.refused_file = keep_refused(upload, refused_xlsx(result), actor=ended_by, at=at)


def _create(
    content: bytes,
    sha256: str,
    cohort: Cohort,
    sheet: MarkSheet | None,
    *,
    name: str,
    key: UUID,
    actor: Account | None,
    at: datetime,
) -> MarkUpload:
    file = keep(content, name, actor=actor, at=at)
    upload = MarkUpload.objects.create(
        key=key, cohort=cohort, sheet=sheet, file=file, sha256=sha256, uploaded_by=actor, uploaded_at=at
    )
    record_event(EventType.MARKS_UPLOADED, upload, actor=actor, at=at, clause=CLAUSE)
    return upload


def _fillable(cohort: Cohort, sheet: MarkSheet | None, actor: Account, at: datetime) -> list[MarkSheet]:
    require(actor, Permission.SHEET_FILL, sheet)
    sheets = fillable(cohort, sheet, actor=actor, today=legal_date(at))
    if not sheets:
        raise IllegalStep(CLAUSE, "Вносить некуда: ведомость закрыта, или день контроля ещё не наступил.")
    return sheets


def _locked(cohort: Cohort, sheet: MarkSheet | None, actor: Account, at: datetime) -> list[MarkSheet]:
    """Return the sheets that may be filled, locked in one order: none is closed or handed over till the end."""
    sheets = _fillable(cohort, sheet, actor, at)
    keys = [one.pk for one in sheets]
    list(MarkSheet.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk"))
    return [one for one in _fillable(cohort, sheet, actor, at) if one.pk in keys]


def _sent_before(sha256: str, key: UUID, cohort: Cohort, sheet: MarkSheet | None, actor: Account) -> MarkUpload | None:
    """Return the upload that this form, or this file, has made already."""
    known = MarkUpload.objects.filter(key=key).first()
    if known is not None and (known.sha256 != sha256 or known.uploaded_by_id != actor.pk):
        raise RuleViolation(
            CLAUSE, "Эта страница уже отправила другой файл: обновите её и выберите файл снова.", field="file"
        )
    _refuse_confirmed(sha256, cohort, sheet, actor)
    mine = MarkUpload.objects.filter(sha256=sha256, cohort=cohort, sheet=sheet, uploaded_by=actor)
    return known or mine.filter(state=MarkUpload.State.UPLOADED).first()


def _refuse_confirmed(sha256: str, cohort: Cohort, sheet: MarkSheet | None, actor: Account | None) -> None:
    before = MarkUpload.objects.filter(
        sha256=sha256, cohort=cohort, sheet=sheet, uploaded_by=actor, state=MarkUpload.State.CONFIRMED
    ).first()
    if before is not None and before.ended_at is not None:
        raise RuleViolation(
            CLAUSE,
            f"Оценки этого файла уже внесены {legal_date(before.ended_at):%d.%m.%Y}: второй раз ничего не появится. "
            "Исправленные строки сохраните отдельным файлом.",
            field="file",
            door=Door("Открыть ту загрузку", reverse("learning:mark-upload", args=[before.pk])),
        )


def _told(table: Table, sheet: MarkSheet, sheets: list[MarkSheet], column: str) -> dict[str, Correction]:
    """Return what the person said of the columns by naming one, by its title or its letter."""
    layouts, _ = tables_in(table, targets_of(sheets), {})
    if not column:
        return {}
    wanted = search_key(column)
    found = {
        layout.sheet.name: Correction(roles={one.index: sheet.pk})
        for layout in layouts
        for one in layout.columns
        if wanted in (search_key(one.title), one.letter.casefold())
    }
    if not found:
        titles = "; ".join(f"{one.letter} «{one.title}»" for layout in layouts for one in layout.columns)
        raise RuleViolation(CLAUSE, f"Столбца {quoted(column)} в файле нет. Есть {titles}.", field="column")
    return found


def _teacher(sheet: MarkSheet) -> Account:
    """Return the account of the sheet's teacher."""
    accounts = Account.objects.filter(person_uid=sheet.teacher.person.uid, is_active=True)
    account = next((one for one in accounts if one.allowed(Permission.SHEET_FILL)), None)
    if account is None:
        raise RuleViolation(
            CLAUSE, f"У преподавателя ведомости ({sheet.teacher.person.short_name}) нет учётной записи с этой ролью."
        )
    return account
