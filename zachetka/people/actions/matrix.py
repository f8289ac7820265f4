"""«Матрица доступа»: put to the head by one person, approved by another, taken away as a file (п. 3.8; ПП РФ № 1119, п. 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.access.throttle import Limit, count_try
from zachetka.core.canonical import canonical
from zachetka.core.errors import IllegalStep, RuleViolation, Stale
from zachetka.core.hashing import sha256
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people import editions, matrix, matrix_files, queries, telling
from zachetka.people.actions.turns import EDITIONS, wait_for
from zachetka.people.models import MatrixDecision, MatrixEdition
from zachetka.people.rules.difference import difference
from zachetka.rendering.press import press

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.editions import Taken

CLAUSE: Final = "3.8"
VERDICT = MatrixDecision.Verdict
EVENTS: Final = {VERDICT.APPROVED: EventType.MATRIX_APPROVED, VERDICT.REFUSED: EventType.MATRIX_REFUSED}
FILES: Final = Limit(
    "matrix-files", 60, timedelta(minutes=10), "Файлов — не больше {tries} за 10 минут. Повторите через {minutes} мин."
)


@dataclass(frozen=True, slots=True)
class File:
    """A file handed out, with its hash in the ledger."""

    content: bytes
    sha256: str


def propose_matrix(*, actor: Account, at: datetime) -> MatrixEdition:
    """Freeze the matrix as it is now and put it to the head (п. 3.8); an earlier one that waits is decided no more.

    Raises:
        Forbidden: the policy does not allow it.
        RuleViolation: it is what has been approved already, or what waits already.
    """
    require(actor, Permission.MATRIX_PROPOSE)
    with transaction.atomic():
        wait_for(EDITIONS)
        live = matrix.content(queries.holders(at))
        last, approved = editions.last_edition(), editions.approved_edition()
        if approved is not None and not difference(approved.told, live):
            raise RuleViolation(CLAUSE, f"Матрица не изменилась: она утверждена, {approved}.")
        if last is not None and not editions.is_decided(last) and not difference(last.told, live):
            raise RuleViolation(CLAUSE, f"Эта матрица уже ждёт руководителя: {last}.")
        content = canonical(live)
        edition = MatrixEdition.objects.create(
            number=1 if last is None else last.number + 1,
            content=content.decode(),
            sha256=sha256(content).hex(),
            proposed_by=actor,
            proposed_by_person=actor.person_uid,
            proposed_at=at,
        )
        _record(EventType.MATRIX_PROPOSED, edition, edition, actor, at)
        telling.matrix_proposed(edition, at=at)
    return edition


def decide_matrix(edition: MatrixEdition, verdict: MatrixDecision.Verdict, *, actor: Account, at: datetime) -> None:
    """Approve or refuse an edition that another person put (п. 3.8). What is approved is what is true at that moment.

    Raises:
        Forbidden: the policy does not allow it.
        IllegalStep: it has been decided, or a later one was put.
        RuleViolation: the same person, whatever account they use.
        Stale: rights or holders changed since it was put.
    """
    with transaction.atomic():
        wait_for(EDITIONS)
        require(actor, Permission.MATRIX_APPROVE, edition)
        if MatrixDecision.objects.filter(edition=edition).exists():
            raise IllegalStep(CLAUSE, "По этой редакции уже решено.")
        if MatrixEdition.objects.filter(number__gt=edition.number).exists():
            raise IllegalStep(CLAUSE, "После этой редакции представлена другая: решают о последней.")
        require_another_person(
            edition.proposed_by_person, actor, "Свою «Матрицу доступа» не утверждают: это делает другой человек."
        )
        if verdict == VERDICT.APPROVED and difference(edition.told, matrix.content(queries.holders(at))):
            raise Stale(CLAUSE, "Права или держатели ролей с тех пор изменились: пусть матрицу представят снова.")
        decision = MatrixDecision.objects.create(
            edition=edition, verdict=verdict, decided_by=actor, decided_by_person=actor.person_uid, decided_at=at
        )
        _record(EVENTS[verdict], decision, edition, actor, at)
        telling.matrix_decided(edition, decision.get_verdict_display(), at=at)


def matrix_file(kind: str, edition: MatrixEdition | None, *, actor: Account | None, at: datetime) -> File:
    """Return the matrix of now, or an edition, as «pdf» or «xlsx», and record that it left the system (п. 3.8).

    `actor` is None for the operator at the console. Call outside a transaction: a file is counted even when it is refused.

    Raises:
        Forbidden: the policy does not let the actor read it.
        TooMany: the actor has used up the files of these ten minutes.
        RuleViolation: a character cannot be printed.
    """
    if actor:
        require(actor, Permission.MATRIX_READ)
        count_try(FILES, str(actor.pk), at)
    taken = editions.taken(edition, at)
    made = _MAKERS[kind](taken, at)
    made_sha256 = sha256(made).hex()
    with transaction.atomic():
        record_event(
            EventType.MATRIX_EXPORTED,
            edition,
            actor=actor,
            at=at,
            clause=CLAUSE,
            form=kind,
            sha256=made_sha256,
            content_sha256=sha256(canonical(taken.told)).hex(),
        )
    return File(made, made_sha256)


def _pdf(taken: Taken, at: datetime) -> bytes:
    return press.render(matrix_files.FORM, matrix_files.printed(taken), at).content


def _xlsx(taken: Taken, at: datetime) -> bytes:
    return matrix_files.workbook(taken, at)


_MAKERS: Final = {"pdf": _pdf, "xlsx": _xlsx}
KINDS: Final = frozenset(_MAKERS)


def _record(event: EventType, subject: Any, edition: MatrixEdition, actor: Account, at: datetime) -> None:
    record_event(
        event, subject, actor=actor, at=at, clause=CLAUSE, edition=edition.number, content_sha256=edition.sha256
    )
