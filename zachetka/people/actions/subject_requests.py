"""Requests of data subjects: asked, answered in the term of the law, each by a name (152-ФЗ ст. 14, 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from zachetka.access.guard import is_own, require
from zachetka.access.policy import Permission
from zachetka.access.throttle import Limit, count_try
from zachetka.core.canonical import Plain
from zachetka.core.clock import legal_date
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.files.actions import kept_together, store_file
from zachetka.jobs.actions import ask_for
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.people.actions.subject_data import export_subject_data, unwatched
from zachetka.people.lifecycle import DELIVER_ANSWER, HAND_ANSWER_OVER, PREPARE_ANSWER
from zachetka.people.merged import require_unmerged
from zachetka.people.models import Person, SubjectRequest
from zachetka.people.rules.subject_terms import answer_due
from zachetka.people.subject.package import WORK

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.jobs.models import Job

CLAUSE: Final = "152-ФЗ ст. 20"
ZIP: Final = "application/zip"
TAKEN_IN_SYSTEM: Final = "файлом в системе"
ASKED: Final = Limit(
    "subject-data",
    10,
    timedelta(hours=1),
    "Всё файлом — не больше {tries} раз за час. Повторите через {minutes} мин.",
)
State, Way = SubjectRequest.State, SubjectRequest.Way


def ask_for_own(person: Person, *, key: UUID, actor: Account, at: datetime) -> Job:
    """Ask for everything that is kept about oneself: one request while it is open, however often the button is pressed.

    Raises:
        Forbidden: it is not oneself, or the role does not grant it.
        TooMany: asked too often.
    """
    if not is_own(person.uid, actor):
        raise Forbidden(hidden=True)
    require(actor, Permission.SUBJECT_EXPORT, person)
    count_try(ASKED, str(actor.pk), at)
    with transaction.atomic():
        lock(person)
        request = SubjectRequest.objects.unanswered().filter(person=person, way=Way.SYSTEM).first()
        if request is None:
            request = _register(person, way=Way.SYSTEM, key=key, asked_on=legal_date(at), actor=actor, at=at)
        return ask_for(WORK, "Всё, что хранится обо мне", actor=actor, at=at, request=request.pk)


def register_request(
    person: Person, *, key: UUID, asked_on: date, document: str, actor: Account, at: datetime
) -> SubjectRequest:
    """Enter a request that came in writing; the same `key` gives the request already entered (152-ФЗ ст. 20 ч. 1).

    Raises:
        Forbidden: the role does not grant it.
        RuleViolation: the day lies ahead, or the day is before the term of the law is known.
    """
    require(actor, Permission.REQUEST_ANSWER)
    require(actor, Permission.SUBJECT_READ, person)
    if asked_on > legal_date(at):
        raise RuleViolation(CLAUSE, "Запрос не мог прийти позже, чем сегодня.", field="asked_on")
    with transaction.atomic():
        require_unmerged(lock(person))
        known = SubjectRequest.objects.filter(key=key).first()
        if known is not None:
            return known
        return _register(person, way=Way.PAPER, key=key, asked_on=asked_on, document=document, actor=actor, at=at)


def _register(
    person: Person, *, way: str, key: UUID, asked_on: date, actor: Account, at: datetime, document: str = ""
) -> SubjectRequest:
    try:
        due_on = answer_due(asked_on, settings.PERSONAL_DATA_TERMS["answer"])
    except ValueError as unknown:
        raise RuleViolation(
            CLAUSE, "На этот день срок ответа не известен: проверьте дату.", field="asked_on"
        ) from unknown
    request = SubjectRequest.objects.create(
        key=key,
        person=person,
        way=way,
        document=document,
        asked_on=asked_on,
        due_on=due_on,
        recorded_by=actor,
        recorded_at=at,
    )
    record_event(EventType.SUBJECT_REQUEST_REGISTERED, request, actor=actor, at=at, clause=CLAUSE)
    return request


def prepare_answer(request: SubjectRequest, *, actor: Account, at: datetime) -> Job:
    """Ask for the file of the answer in the background (п. 3.9).

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: the answer is there already.
    """
    with transaction.atomic():
        request = lock(request)
        require(actor, Permission.REQUEST_ANSWER, request)
        if request.state != State.WAITING:
            raise IllegalStep(PREPARE_ANSWER.clause, PREPARE_ANSWER.refusal)
        title = f"Ответ на запрос субъекта данных от {request.asked_on:%d.%m.%Y}"
        return ask_for(WORK, title, actor=actor, at=at, request=request.pk)


def make_answer(
    request: SubjectRequest, *, actor: Account, at: datetime, tell: Callable[[int, int], None] = unwatched
) -> SubjectRequest:
    """Make the file of the answer; what one asked for oneself in the system is answered with it (152-ФЗ ст. 14).

    Made again after a crash it is a new file; when the answer is there already, it stays.

    Raises:
        Forbidden: the policy does not let the actor take it away.
        IllegalStep: somebody else has made the answer meanwhile.
        Stale: the cards changed meanwhile: what was destroyed is not kept again in an answer.
    """
    if request.file_id is not None:
        return request
    cards = _cards(request.person)
    package = export_subject_data(request.person, actor=actor, at=at, tell=tell)
    is_asked_by_oneself = request.way == Way.SYSTEM and is_own(request.person.human_uid, actor)
    step = DELIVER_ANSWER if is_asked_by_oneself else PREPARE_ANSWER
    with kept_together(), take(step, request, actor=actor, at=at) as locked:
        if _cards(request.person, is_locking=True) != cards:
            raise Stale(CLAUSE, "Пока готовился ответ, сведения о человеке изменились: запустите его снова.")
        name = f"Сведения о человеке {legal_date(at):%Y-%m-%d}.zip"
        locked.file = store_file([package.content], name=name, media_type=ZIP, actor=actor, at=at)
        locked.prepared_at = at
        if is_asked_by_oneself:
            locked.answered_on, locked.answered_by, locked.answer = legal_date(at), actor, TAKEN_IN_SYSTEM
    return locked


def _cards(person: Person, *, is_locking: bool = False) -> list[dict[str, Plain]]:
    """Return what every card of the person says; locked, so that whoever destroys waits, or has destroyed already."""
    rows = Person.objects.filter(human_uid=person.human_uid).order_by("pk")
    return [card.proven() for card in (rows.select_for_update(no_key=True) if is_locking else rows)]


def hand_answer_over(
    request: SubjectRequest, *, answered_on: date, answer: str, actor: Account, at: datetime
) -> SubjectRequest:
    """Record how and when the answer was handed to the person (152-ФЗ ст. 20 ч. 1).

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: there is no answer yet, or it was handed over already.
        RuleViolation: the day lies ahead or before the request.
    """
    with take(HAND_ANSWER_OVER, request, actor=actor, at=at) as locked:
        if not locked.asked_on <= answered_on <= legal_date(at):
            raise RuleViolation(CLAUSE, "Ответ передают не раньше запроса и не позже сегодня.", field="answered_on")
        locked.answered_on, locked.answered_by, locked.answer = answered_on, actor, answer
    return locked
