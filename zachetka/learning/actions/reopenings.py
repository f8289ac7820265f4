"""A closed sheet opened again for a few days: asked for, decided by another person, closed again (п. 2.2, 3.8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.errors import IllegalStep, RuleViolation
from zachetka.core.russian import DAY, counted, date_words
from zachetka.learning import telling
from zachetka.learning.lifecycle import (
    CLOSE_SHEET_AGAIN,
    END_REOPENING,
    GRANT_REOPENING,
    REFUSE_REOPENING,
    REOPEN_SHEET,
)
from zachetka.learning.models import MarkSheet, Reopening
from zachetka.learning.queries.reopenings import OPENED_BY_YOU, OWN_MARK, hands_of, has_mark_in, trouble_of
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import Step, lock, take
from zachetka.notices.work import daily
from zachetka.programs.queries import reopening_days

if TYPE_CHECKING:
    from zachetka.access.models import Account

LAW: Final = "2.2"


def ask_reopening(sheet: MarkSheet, *, reason: str, basis: str, until: date, actor: Account, at: datetime) -> Reopening:
    """Ask to open a closed sheet again until the evening of `until`, with a reason and a document (п. 2.2).

    The very same request by the same person changes nothing.

    Raises:
        Forbidden: the sheet is out of the actor's reach.
        IllegalStep: it is not closed.
        RuleViolation: no reason or document, a term out of bounds, final attestation, nobody whose mark could change,
            a correction or another request waits, its teacher has left, the actor has a mark in it.
    """
    with transaction.atomic():
        sheet = lock(sheet)
        require(actor, Permission.REOPENING_ASK, sheet)
        if has_mark_in(sheet, actor):
            raise RuleViolation("3.8", OWN_MARK)
        if not reason:
            raise RuleViolation(LAW, "Напишите причину: её увидят слушатели и проверяющий.", field="reason")
        if not basis:
            raise RuleViolation(LAW, "Назовите документ-основание: вид, номер, дата.", field="basis")
        said = {"reason": reason, "basis": basis, "until": until, "asked_by_person": actor.person_uid}
        if same := Reopening.objects.waiting().filter(sheet=sheet, **said).first():
            return same
        _require_term(until, legal_date(at))
        _require_reopenable(sheet, legal_date(at))
        if Reopening.objects.waiting().filter(sheet=sheet).exists():
            raise RuleViolation(LAW, "Открыть эту ведомость заново уже попросили: решения ждёт прежняя просьба.")
        reopening = Reopening.objects.create(sheet=sheet, asked_by=actor, asked_at=at, **said)
        record_event(EventType.REOPENING_ASKED, reopening, actor=actor, at=at, clause=LAW, sheet=sheet.pk)
        telling.reopening_asked(reopening, actor=actor, at=at)
    return reopening


def grant_reopening(reopening: Reopening, *, actor: Account, at: datetime) -> Reopening:
    """Open the sheet again: whoever asked, teaches, closed it or has a mark in it may not (п. 2.2, 3.8).

    Raises:
        Forbidden: the role does not allow it.
        IllegalStep: it was decided already, or the sheet is not closed.
        RuleViolation: it is not for the actor to decide; the term has passed; what `ask_reopening` refuses has come since.
    """
    with transaction.atomic():
        sheet = lock(reopening.sheet)
        with _decided(GRANT_REOPENING, reopening, sheet, actor, at) as reopening:
            if reopening.is_over(legal_date(at)):
                raise RuleViolation(
                    LAW,
                    f"Срок, на который просили, истёк {date_words(reopening.until)}: откажите, пусть попросят снова.",
                )
            _require_reopenable(sheet, legal_date(at))
        with take(REOPEN_SHEET, sheet, actor=actor, at=at, reopening=reopening.pk):
            pass
        telling.reopening_decided(reopening, "открыта заново", actor=actor, at=at)
    return reopening


def refuse_reopening(reopening: Reopening, *, why: str, actor: Account, at: datetime) -> Reopening:
    """Refuse, saying why (п. 2.2). Raises: as `grant_reopening`; RuleViolation without a reason."""
    if not why:
        raise RuleViolation(LAW, "Напишите, почему отказано.", field="why")
    with transaction.atomic():
        sheet = lock(reopening.sheet)
        with _decided(REFUSE_REOPENING, reopening, sheet, actor, at) as reopening:
            reopening.refusal = why
        telling.reopening_decided(reopening, "не открыта", actor=actor, at=at)
    return reopening


def close_again(sheet: MarkSheet, *, actor: Account, at: datetime) -> MarkSheet:
    """Close a sheet that was opened again; the day on which it was first closed stays (п. 2.2).

    Raises:
        Forbidden: it is not the actor's sheet.
        IllegalStep: it is closed already.
        RuleViolation: the actor opened it again.
    """
    with transaction.atomic():
        sheet = lock(sheet)
        require(actor, Permission.SHEET_CLOSE, sheet)
        running = Reopening.objects.running().filter(sheet=sheet).first()
        if running is None:
            raise IllegalStep(CLOSE_SHEET_AGAIN.clause, CLOSE_SHEET_AGAIN.refusal)
        if running.decided_by_person == actor.person_uid:
            raise RuleViolation("3.8", OPENED_BY_YOU)
        with take(END_REOPENING, running, actor=actor, at=at) as reopening:
            reopening.ended_by, reopening.ended_at = actor, at
        with take(CLOSE_SHEET_AGAIN, sheet, actor=actor, at=at, reopening=reopening.pk) as sheet:
            telling.sheet_closed_again(reopening, actor=actor, at=at)
    return sheet


@daily
def close_overdue(at: datetime) -> int:
    """Close again every sheet whose term has passed; nobody's hand, so the events name nobody (п. 2.2).

    Raises:
        ExceptionGroup: what failed; the other sheets are closed.
    """
    over = Reopening.objects.running().filter(until__lt=legal_date(at)).order_by("sheet_id")
    closed, failed = 0, []
    for found in over.select_related("sheet"):
        try:
            closed += _close_by_term(found, at)
        except Exception as fault:  # noqa: BLE001 - raised together below
            failed.append(fault)
    if failed:
        raise ExceptionGroup("sheets were not closed again", failed)
    return closed


def _close_by_term(found: Reopening, at: datetime) -> bool:
    with transaction.atomic():
        sheet, reopening = lock(found.sheet), lock(found)
        if reopening.state != Reopening.State.OPEN:
            return False
        reopening.state, reopening.ended_at = Reopening.State.ENDED, at
        reopening.save()
        record_event(EventType.REOPENING_ENDED, reopening, actor=None, at=at, clause=LAW, until=reopening.until)
        sheet.state = MarkSheet.State.CLOSED
        sheet.save()
        record_event(EventType.SHEET_CLOSED_AGAIN, sheet, actor=None, at=at, clause=LAW, reopening=reopening.pk)
        telling.sheet_closed_again(reopening, actor=None, at=at)
    return True


@contextmanager
def _decided(step: Step, reopening: Reopening, sheet: MarkSheet, actor: Account, at: datetime) -> Iterator[Reopening]:
    """Take a deciding step by somebody who may decide; `sheet` is locked."""
    with take(step, reopening, actor=actor, at=at, sheet=sheet.pk) as reopening:
        if barred := hands_of(reopening, actor, legal_date(at)):
            raise RuleViolation("3.8", barred)
        reopening.decided_by, reopening.decided_by_person, reopening.decided_at = actor, actor.person_uid, at
        yield reopening


def _require_term(until: date, today: date) -> None:
    days = reopening_days(today)
    latest = today + timedelta(days=days)
    if not today <= until <= latest:
        raise RuleViolation(
            LAW,
            f"Заново открывают не больше чем на {counted(days, DAY)}: с {date_words(today)} по {date_words(latest)}.",
            field="until",
        )


def _require_reopenable(sheet: MarkSheet, today: date) -> None:
    """Refuse with the reason in the law whatever `trouble_of` finds; `sheet` is locked."""
    if sheet.state != MarkSheet.State.CLOSED:
        raise IllegalStep(REOPEN_SHEET.clause, REOPEN_SHEET.refusal)
    if trouble := trouble_of(sheet, today):
        raise RuleViolation(trouble.clause, trouble.sentence)
