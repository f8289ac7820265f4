"""Lists of learners: handed in, corrected, confirmed all or nothing and once, or cancelled (п. 2.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import Door, IllegalStep, RuleViolation, Stale
from zachetka.files.actions import kept_together
from zachetka.intake.handed_in import keep, keep_refused, table_in, table_of
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.people.actions.entering import enter
from zachetka.people.actions.turns import wait_for, wait_for_everybody
from zachetka.people.corrections import packed, unpacked
from zachetka.people.intake.checking import lists_in
from zachetka.people.intake.header import Correction
from zachetka.people.intake.people import Result, Verdict
from zachetka.people.intake.refused import refused_xlsx
from zachetka.people.lifecycle import CANCEL_UPLOAD, CONFIRM_UPLOAD
from zachetka.people.models import Upload
from zachetka.people.review import fingerprint, review, review_table

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE: Final = "2.1"


def upload_list(content: bytes, *, name: str, key: UUID, actor: Account, at: datetime) -> Upload:
    """Take in a file of a list; nobody is entered yet (п. 2.1). The same key, or the same file still open, is one upload.

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: not a list we read; nothing is kept. Or the key was used for another file, or this very file was
            confirmed before.
        IllegalStep: the key is another's, of which nothing is told.
    """
    require(actor, Permission.PERSON_IMPORT)
    sha256 = hashlib.sha256(content).hexdigest()
    known = _sent_before(sha256, key, actor)
    if known is not None:
        return known
    lists_in(table_in(content, name), {})
    with kept_together():
        wait_for(key.int, int(sha256[:15], 16))
        known = _sent_before(sha256, key, actor)
        return known or _create(content, sha256, name=name, key=key, actor=actor, at=at)


def correct_upload(upload: Upload, corrections: Mapping[str, Correction], *, actor: Account, at: datetime) -> Upload:
    """Say what the columns of some sheets are; a sheet that is not named keeps what was said of it (п. 2.1).

    What changes nothing is not recorded.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: the list is confirmed or cancelled already.
    """
    with transaction.atomic():
        upload = lock(upload)
        require(actor, Permission.PERSON_IMPORT, upload)
        if upload.state != Upload.State.UPLOADED:
            raise IllegalStep(CLAUSE, CONFIRM_UPLOAD.refusal)
        said = packed({**unpacked(upload.corrections), **corrections})
        if said != upload.corrections:
            upload.corrections = said
            upload.save(update_fields=["corrections"])
            record_event(EventType.IMPORT_CHANGED, upload, actor=actor, at=at, clause=CLAUSE)
    return upload


def confirm_upload(upload: Upload, *, seen: str, actor: Account, at: datetime) -> Upload:
    """Enter everybody whose row is right, in one transaction; rows with problems stay out (п. 2.1).

    Args:
        upload: an open upload.
        seen: `review.fingerprint` of what the person confirmed.
        actor: who confirms.
        at: the moment.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: confirmed or cancelled already.
        Stale: people or columns changed since the person looked.
        RuleViolation: nobody in the list can be entered, or the same file was confirmed as another upload.
    """
    table_of(upload)  # reading a file has no place inside a transaction
    with kept_together():
        wait_for_everybody()
        with take(CONFIRM_UPLOAD, upload, actor=actor, at=at) as open_one:
            _refuse_confirmed(open_one.sha256)
            result = review(open_one, legal_date(at), reader=actor, is_locking=True)
            if fingerprint(result) != seen:
                raise Stale(
                    CLAUSE, "Пока вы смотрели, сведения о людях или столбцы изменились: проверьте список снова."
                )
            if len(result.having(Verdict.WRONG)) == len(result.rows):
                raise RuleViolation(CLAUSE, "В списке нет ни одной строки, которая войдёт: исправьте файл.")
            _settle(open_one, result, actor=actor, at=at)
        return open_one


def cancel_upload(upload: Upload, *, actor: Account, at: datetime) -> Upload:
    """Put an open upload aside: nobody is entered (п. 2.1).

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: confirmed or cancelled already.
    """
    with take(CANCEL_UPLOAD, upload, actor=actor, at=at) as open_one:
        open_one.ended_by, open_one.ended_at = actor, at
    return open_one


def import_list(content: bytes, *, name: str, at: datetime, is_rehearsal: bool = False) -> Result:
    """Do the whole way of a list from the server's own command line: read, check, enter (п. 2.1).

    A file that was confirmed before changes nothing: the result says how its rows stand now. Bytes are stored only
    when somebody is entered.

    Args:
        content: the file.
        name: its name.
        at: the moment.
        is_rehearsal: check only.

    Raises:
        RuleViolation: not a list we read.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    table = table_in(content, name)
    lists_in(table, {})
    with kept_together():
        wait_for_everybody()
        before = Upload.objects.filter(sha256=sha256, state=Upload.State.CONFIRMED).first()
        corrections = unpacked(before.corrections) if before is not None else {}
        result = review_table(table, legal_date(at), corrections, is_locking=True)
        if is_rehearsal or before is not None or len(result.having(Verdict.WRONG)) == len(result.rows):
            return result
        upload = _create(content, sha256, name=name, key=uuid4(), actor=None, at=at)
        _settle(upload, result, actor=None, at=at)
        upload.state = CONFIRM_UPLOAD.target
        upload.save()
        record_event(CONFIRM_UPLOAD.event, upload, actor=None, at=at, clause=CLAUSE)
    return result


def _settle(upload: Upload, result: Result, *, actor: Account | None, at: datetime) -> None:
    """Enter the people of `result` and write down what became of the list; the caller saves `upload`."""
    enter(result, upload, actor=actor, at=at)
    wrong = len(result.having(Verdict.WRONG))
    upload.people, upload.new, upload.refused = len(result.rows), len(result.having(Verdict.NEW)), wrong
    upload.known = upload.people - upload.new - upload.refused
    upload.ended_by, upload.ended_at = actor, at
    if wrong:
        upload.refused_file = keep_refused(upload, refused_xlsx(result), actor=actor, at=at)


def _create(content: bytes, sha256: str, *, name: str, key: UUID, actor: Account | None, at: datetime) -> Upload:
    file = keep(content, name, actor=actor, at=at)
    upload = Upload.objects.create(key=key, file=file, sha256=sha256, uploaded_by=actor, uploaded_at=at)
    record_event(EventType.IMPORT_UPLOADED, upload, actor=actor, at=at, clause=CLAUSE)
    return upload


def _sent_before(sha256: str, key: UUID, actor: Account) -> Upload | None:
    """Return the upload that this form, or this file, has made already."""
    known = Upload.objects.filter(key=key).first()
    if known is not None and known.uploaded_by_id != actor.pk:
        raise IllegalStep(CLAUSE, "Эта страница устарела: обновите её и выберите файл снова.")
    if known is not None and known.sha256 != sha256:
        raise RuleViolation(
            CLAUSE, "Эта страница уже отправила другой файл: обновите её и выберите файл снова.", field="file"
        )
    _refuse_confirmed(sha256)
    return known or Upload.objects.filter(sha256=sha256, state=Upload.State.UPLOADED, uploaded_by=actor).first()


def _refuse_confirmed(sha256: str) -> None:
    before = Upload.objects.filter(sha256=sha256, state=Upload.State.CONFIRMED).first()
    if before is not None and before.ended_at is not None:
        day = legal_date(before.ended_at)
        raise RuleViolation(
            CLAUSE,
            f"Этот файл уже загружен {day:%d.%m.%Y}: второй раз никто не появится. Нужны другие листы или исправленные "
            "строки — сохраните их отдельным файлом.",
            field="file",
            door=Door("Открыть ту загрузку", reverse("imports:card", args=[before.pk])),
        )
