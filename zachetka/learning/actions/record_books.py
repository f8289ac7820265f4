"""Reading a record book and taking it away: each leaves a trace or does not happen (п. 2.5, 3.8; 152-ФЗ ст. 14)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from zachetka.access.guard import fields, is_own, require
from zachetka.access.policy import FieldClass, Permission
from zachetka.access.throttle import Limit, count_try
from zachetka.core.clock import legal_date
from zachetka.core.errors import Refusal
from zachetka.core.hashing import commitment
from zachetka.learning.bundles import statement_of
from zachetka.learning.models import Enrolment, Mark, VerificationToken
from zachetka.learning.paper import sheet_of
from zachetka.learning.queries.mark_history import History, history_of
from zachetka.learning.queries.record_book import RecordBook, record_book
from zachetka.learning.queries.record_proof import BookProof, disagreements, proof_of
from zachetka.ledger.actions import record_event, record_look, record_statement
from zachetka.ledger.agreement import differing
from zachetka.ledger.bundle import DoesNotAgree, Exhibit, Overtaken, build, stands
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.ledger.proofs import NotSealedYet
from zachetka.people.models import Employee
from zachetka.people.signing import name_held
from zachetka.rendering.forms import record_book as form
from zachetka.rendering.forms.mentions import Name, Signer
from zachetka.rendering.press import Pdf, press

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.models import Account
    from zachetka.core.traces import Trace
    from zachetka.learning.models.enrolment import Whose

CLAUSE: Final = "2.5"
PATIENCE: Final = 3.0
"""Seconds for which a person waits for the sealer; it works once a second."""
PAUSE: Final = 0.1

TOO_OFTEN: Final = "Слишком много проверок с вашего адреса. Повторите через {minutes} мин."
BY_ADDRESS: Final = Limit("verify", 10, timedelta(minutes=1), TOO_OFTEN)
BY_ALL: Final = Limit("verify-all", 600, timedelta(minutes=1), TOO_OFTEN)
STATEMENTS: Final = Limit(
    "statements",
    120,
    timedelta(minutes=10),
    "Файлов доказательств — не больше {tries} за 10 минут. Повторите через {minutes} мин.",
)
PRINTS: Final = Limit(
    "prints", 120, timedelta(minutes=10), "Выписок — не больше {tries} за 10 минут. Повторите через {minutes} мин."
)
"""By account (ASVS 2.4.1). One in five seconds for ten minutes on end is no hand: a group of thirty-five, each book
taken three times over, fits in."""


class NotSealedInTime(Refusal):
    """The sealer has not reached the records yet: the service is late, the person is not wrong."""

    status = 503

    def __init__(self) -> None:
        super().__init__("3.3", "Записи ещё закрепляются в журнале событий. Повторите через минуту.")


class RecordsDiffer(Refusal):
    """A record is not what the ledger committed to: nothing may be handed out until somebody has looked."""

    status = 409

    def __init__(self, refused: str = "доказательство не выдано", lines: Sequence[str] = ()) -> None:
        where = f" ({'; '.join(lines)})" if lines else ""
        super().__init__(
            "3.3",
            f"Записи расходятся с журналом событий{where}, поэтому {refused}. "
            "Сообщите администратору безопасности: он проверит журнал целиком.",
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """A bundle that is promised by an event and waits for the sealer."""

    event: int
    at: datetime
    document: Mapping[str, object]
    exhibit: Exhibit


def read_record_book(
    enrolment: Enrolment, *, reader: Account, section: str, seen_at: datetime, trace: Trace
) -> RecordBook:
    """Return the book for `reader`, who found it through the policy; somebody else's reading is recorded (п. 3.8).

    Fail-closed: when the event cannot be recorded, nothing is shown. What is read stands in `trace`, at whose moment it is.
    """
    record_reading(enrolment.pk, enrolment.whose, reader=reader, section=section, at=trace.at, seen_at=seen_at)
    with trace.open():
        return record_book(enrolment, at=trace.at, seen_at=seen_at, reader=reader)


def record_reading(pk: int, whose: Whose, *, reader: Account, section: str, at: datetime, seen_at: datetime) -> None:
    """Record that `reader` is about to see the book `pk`; one's own leaves no trace. Call before anything of it is shown."""
    if not is_own(whose.human, reader):
        record_look(
            EventType.RECORD_BOOK_READ, Enrolment(pk=pk), about=whose.card, actor=reader, at=at, clause="3.8",
            section=section or "results", as_of=seen_at, roles=_roles(reader),
        )  # fmt: skip


def read_mark_history(mark: Mark, *, reader: Account, at: datetime) -> History:
    """Return the history of a cell for `reader`, who found the mark through the policy; it is a look at the book (п. 3.8).

    Fail-closed, as `read_record_book`; reading one's own leaves no trace.
    """
    if not is_own(mark.enrolment.human_uid, reader):
        record_look(
            EventType.RECORD_BOOK_READ,
            mark.enrolment,
            actor=reader,
            at=at,
            clause="3.8",
            section="history",
            mark=mark.pk,
            roles=_roles(reader),
        )
    return history_of(mark)


def print_record_book(
    enrolment: Enrolment,
    *,
    actor: Account | None,
    at: datetime,
    seen_at: datetime,
    right: Permission = Permission.RECORD_BOOK_EXPORT,
) -> Pdf:
    """Print the book as it stood at `seen_at` and record that it was printed, with the hash of the file (п. 2.5).

    `actor` is None for the operator at the console; `right` is by what they take it away: an answer to a data subject
    holds the books of that person for whoever answers. No transaction is open while the paper is being set; nothing is
    handed out before the event is recorded. Call outside a transaction: a print is counted even when it is refused.

    Raises:
        TooMany: the actor has used up the prints of these ten minutes.
        Forbidden: the policy does not let the actor take it away.
        RuleViolation: a character of a record cannot be printed.
        RecordsDiffer: a record was changed past the system, or is not in the signed tree at its place.
        NotSealedYet: the tree has not been signed even once.
    """
    if actor:
        count_try(PRINTS, str(actor.pk), at)
    made = set_record_book(enrolment, actor=actor, at=at, seen_at=seen_at, right=right)
    with transaction.atomic():
        record_printing(enrolment, made, actor=actor, at=at, seen_at=seen_at)
    return made.pdf


@dataclass(frozen=True, slots=True)
class SetBook:
    """A paper that is set and not yet handed out, with its token of the public check."""

    pdf: Pdf
    token: VerificationToken


def set_record_book(
    enrolment: Enrolment,
    *,
    actor: Account | None,
    at: datetime,
    seen_at: datetime,
    right: Permission = Permission.RECORD_BOOK_EXPORT,
) -> SetBook:
    """Set the paper; whoever calls records it before it is handed out. Call outside a transaction.

    Raises:
        Forbidden, RuleViolation, RecordsDiffer, NotSealedYet: as `print_record_book`.
    """
    with transaction.atomic():
        if actor:
            require(actor, right, enrolment)
        token = token_of(enrolment, actor=actor, at=at)
        book = record_book(enrolment, at=at, seen_at=seen_at)
        proven = _proof(book)
        sheet = sheet_of(
            book,
            records=proven.records,
            proof=proven.printed(f"{settings.PUBLIC_URL}/verify/{token.token}", checked_at=at),
            birth_date=enrolment.learner.person.birth_date if _sees_birth_date(actor, enrolment, right) else None,
            signer=_signer(actor, enrolment, legal_date(at)),
        )
    return SetBook(press.render(form.FORM, form.printed(sheet, at), at), token)


def record_printing(
    enrolment: Enrolment, made: SetBook, *, actor: Account | None, at: datetime, seen_at: datetime
) -> None:
    """Record that the paper was set, with the hash of the file, in the transaction that hands it out."""
    record_event(
        EventType.RECORD_BOOK_EXPORTED,
        enrolment,
        actor=actor,
        at=at,
        clause=CLAUSE,
        form="pdf",
        sha256=made.pdf.sha256,
        data_sha256=made.pdf.data_sha256,
        as_of=seen_at,
        token=made.token.pk,
        roles=_roles(actor),
    )


def state_bundle(
    enrolment: Enrolment,
    *,
    actor: Account | None,
    at: datetime,
    right: Permission = Permission.RECORD_BOOK_EXPORT,
) -> Stated:
    """Promise a bundle: the ledger commits to the whole document, the sealer signs it within a second (п. 2.5, 3.3).

    Asked again by the same person while nothing in the book changed, it is the same promise. The counter of the
    account is held to the end of the transaction, so two clicks at once are one after the other.

    Raises:
        Forbidden: the policy does not let the actor take it away.
        TooMany: the actor has used up the promises of these ten minutes, kept ones too.
    """
    with transaction.atomic():
        if actor:
            require(actor, right, enrolment)
            count_try(STATEMENTS, str(actor.pk), at)
        return _promise(enrolment, actor=actor, at=at)


def promise_bundle(enrolment: Enrolment, *, actor: Account, at: datetime) -> Stated:
    """Promise a bundle as a part of work that was counted as a whole.

    Raises:
        Forbidden: the policy does not let the actor take it away.
    """
    require(actor, Permission.RECORD_BOOK_EXPORT, enrolment)
    return _promise(enrolment, actor=actor, at=at)


def _promise(enrolment: Enrolment, *, actor: Account | None, at: datetime) -> Stated:
    with transaction.atomic():
        exhibit, document = statement_of(record_book(enrolment, at=at))
        if actor and (kept := _kept(enrolment, document, exhibit, actor=actor)):
            return kept
        event = record_statement(
            EventType.RECORD_BOOK_EXPORTED,
            enrolment,
            document,
            actor=actor,
            at=at,
            clause=CLAUSE,
            form="bundle",
            roles=_roles(actor),
        )
    return Stated(event.pk, at, document, exhibit)


def stated_before(enrolment: Enrolment, number: int, *, actor: Account) -> Stated | None:
    """Return the bundle that event `number` promised to `actor`, or None when it promised them nothing.

    The document is made again from the records as they stood at that moment, and is the same to the byte.

    Raises:
        RecordsDiffer: a record was changed past the system.
        Overtaken: a record was lawfully changed since; asking anew helps.
    """
    event = _promises(enrolment, actor).filter(pk=number).first()
    if event is None:
        return None
    exhibit, document = statement_of(record_book(enrolment, at=event.at))
    if not _promised(event, document):
        raise RecordsDiffer if differing(exhibit.records) else Overtaken
    return Stated(event.pk, event.at, document, exhibit)


def stated_last(enrolment: Enrolment, *, actor: Account, at: datetime) -> Stated | None:
    """Return what was last promised to `actor`, or None when it was nothing or the book changed since; writes nothing."""
    exhibit, document = statement_of(record_book(enrolment, at=at))
    return _kept(enrolment, document, exhibit, actor=actor)


def _kept(enrolment: Enrolment, document: Mapping[str, object], exhibit: Exhibit, *, actor: Account) -> Stated | None:
    event = _promises(enrolment, actor).order_by("-pk").first()
    if event is None or not _promised(event, document) or not stands(event.pk, exhibit):
        return None
    return Stated(event.pk, event.at, document, exhibit)


def _promises(enrolment: Enrolment, actor: Account) -> QuerySet[Event]:
    stated = Event.objects.of(enrolment).filter(type=EventType.RECORD_BOOK_EXPORTED, actor=actor, body__form="bundle")
    return stated.filter(commitment__isnull=False).select_related("opening")


def _promised(event: Event, document: Mapping[str, object]) -> bool:
    return event.commitment is not None and commitment(document, bytes(event.opening.salt)) == bytes(event.commitment)


def sealed_bundle(stated: Stated) -> bytes | None:
    """Return the file that `stated` promised, or None while the sealer has not come; waits for nobody.

    Raises:
        RecordsDiffer: a record was changed past the system.
        Overtaken: a record was lawfully changed while the book was being read; asking again helps.
    """
    try:
        return build(stated.event, stated.document, stated.exhibit)
    except NotSealedYet:
        return None
    except DoesNotAgree as damage:
        raise RecordsDiffer from damage


def bundle_of(stated: Stated, *, patience: float = PATIENCE, sleep: Callable[[float], None] = time.sleep) -> bytes:
    """Return the file that `stated` promised, waiting up to `patience` seconds for the sealer; for the console alone.

    Raises:
        NotSealedInTime: the sealer did not come; the promise stays in the ledger and harms nobody.
        RecordsDiffer: a record was changed past the system.
        Overtaken: a record was lawfully changed while the book was being read; asking again helps.
    """
    tries = max(1, round(patience / PAUSE))
    for left in range(tries, -1, -1):
        if bundle := sealed_bundle(stated):
            return bundle
        if left:
            sleep(PAUSE)
    raise NotSealedInTime


def token_of(enrolment: Enrolment, *, actor: Account | None, at: datetime) -> VerificationToken:
    """Return the token of the public check, made at the first print; later prints carry the same one (п. 2.5)."""
    with transaction.atomic():
        token, is_new = VerificationToken.objects.get_or_create(enrolment=enrolment, defaults={"made_at": at})
        if is_new:
            record_event(EventType.VERIFICATION_TOKEN_MADE, token, actor=actor, at=at, clause=CLAUSE)
    return token


def count_check(address: str, at: datetime) -> None:
    """Count one public check by the peer's address and of everybody together (п. 3.8).

    Raises:
        TooMany: the checks of this minute are used up.
    """
    count_try(BY_ADDRESS, address, at)
    count_try(BY_ALL, "everybody", at)


def _proof(book: RecordBook) -> BookProof:
    proven = proof_of(book)
    if not proven.is_whole:
        raise RecordsDiffer("выписка не напечатана", disagreements(book, proven))
    return proven


def _roles(actor: Account | None) -> list[str]:
    return sorted(role.value for role in actor.roles_held) if actor else []


def _sees_birth_date(actor: Account | None, enrolment: Enrolment, right: Permission) -> bool:
    return actor is None or FieldClass.PERSONAL in fields(actor, enrolment, right)


def signer_of(account: Account, day: date) -> Signer | None:
    """Return how whoever holds `account` signs a paper on `day`; None for somebody who does not work here."""
    employee = Employee.objects.filter(person__uid=account.person_uid).select_related("person").first()
    if employee is None:
        return None
    held = name_held(account.person_uid, day) or employee.person
    return Signer(employee.position, Name(held.last_name, held.first_name, held.patronymic))


def _signer(actor: Account | None, enrolment: Enrolment, day: date) -> Signer | None:
    """Return who certifies the paper with a pen, named as on `day`: a person who works here, never the learner."""
    if actor is None or is_own(enrolment.human_uid, actor):
        return None
    return signer_of(actor, day)
