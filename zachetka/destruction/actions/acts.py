"""Acts of destruction: composed by one, carried out as another approves them (152-ФЗ ст. 21; приказ Роскомнадзора № 179; T15, T18).

Approving is one transaction: number, papers, values, salts, marks of files, the withdrawal. What remains after it is to take
the bytes of files away, and whoever is killed before that leaves them to the next hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.academy import academy_on
from zachetka.core.clock import legal_date
from zachetka.core.errors import Door, IllegalStep, RuleViolation, Stale
from zachetka.destruction import telling
from zachetka.destruction.lifecycle import APPROVE_ACT, RETURN_ACT
from zachetka.destruction.models import Act, ActLine, Hold
from zachetka.destruction.paper import content_of
from zachetka.destruction.queries.cases import ADDRESS, Case, Spot, case_of
from zachetka.destruction.queries.files import FILE, files_with, spots_of
from zachetka.destruction.rules import requisites_on
from zachetka.files.actions import destroy_file
from zachetka.files.models import StoredFile
from zachetka.ledger.actions import Happening, destroy_salts, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock, take
from zachetka.people.actions.consents import fulfil_withdrawal, settle_withdrawal
from zachetka.people.models import Person, Withdrawal
from zachetka.registers.actions import Book, enter

if TYPE_CHECKING:
    from django.db.models import Model

    from zachetka.access.models import Account
    from zachetka.ledger.models import Event

CLAUSE: Final = "152-ФЗ ст. 21"
ACTS: Final = Book("destruction-acts", "Акты об уничтожении персональных данных", "АУ-{yy}-{number:04}")
EXTRACTS: Final = Book("destruction-extracts", "Выгрузки из журнала событий об уничтожении", "ВЖ-{yy}-{number:04}")
OWN: Final = "Это ваши данные: акт о них составляет и утверждает другой человек."
COMPOSED_BY_YOU: Final = "Этот акт составили вы: утверждает и возвращает его другой человек."
LIFTED_BY_YOU: Final = "Запрет на уничтожение этих данных сняли вы: акт составляет другой человек."


@dataclass(frozen=True, slots=True)
class Outside:
    """What is destroyed outside the system: its carrier in words, how many sheets; empty when there is none."""

    carrier: str = ""
    sheets: int | None = None


NOTHING_OUTSIDE: Final = Outside()


def compose_act(
    withdrawal: Withdrawal, *, outside: Outside = NOTHING_OUTSIDE, key: UUID, actor: Account, at: datetime
) -> Act:
    """Compose the act of what a withdrawn consent leaves without a ground; the same `key` gives the act already composed.

    Nothing is destroyed yet.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: the withdrawal is settled, or another act of it waits.
        RuleViolation: nothing is to be destroyed, a hold, a list that still waits, no carrier of what is kept outside,
            one's own data, a hold on them that the actor lifted, an academy that nobody has named, no paper in force says
            what an act tells.
    """
    with transaction.atomic():
        withdrawal = lock(withdrawal)
        require(actor, Permission.DESTRUCTION_DRAFT, withdrawal)
        known = Act.objects.filter(key=key).first()
        if known is not None:
            return known
        _require_waiting(withdrawal)
        _require_named_operator(legal_date(at))
        case = _locked_case(withdrawal, legal_date(at))
        require_another_person(case.person.human_uid, actor, OWN)
        _refuse_whoever_lifted_a_hold(case, actor)
        spots = _spots(case)
        if not spots and not case.is_outside:
            raise RuleViolation(CLAUSE, "Уничтожать нечего: закройте отзыв без акта, основания названы в деле.")
        if case.is_outside and not outside.carrier:
            raise RuleViolation(
                CLAUSE, "Данные хранятся и вне системы: назовите носитель, который уничтожают.", field="carrier"
            )
        act = Act.objects.create(
            key=key,
            kind=Act.Kind.WITHDRAWAL,
            withdrawal=withdrawal,
            reason=_reason(withdrawal),
            law=str(_requisites(legal_date(at))["law"]),
            carrier=outside.carrier,
            sheets=outside.sheets if outside.carrier else None,
            composed_by=actor,
            composed_by_person=actor.person_uid,
            composed_at=at,
        )
        record_event(EventType.DESTRUCTION_ACT_COMPOSED, act, actor=actor, at=at, clause=CLAUSE)
        _write_lines(act, case, spots, actor=actor, at=at)
        telling.act_waits(act, actor=actor, at=at)
    return act


def approve_act(act: Act, *, actor: Account, at: datetime) -> Act:
    """Approve an act that another composed, and destroy what it names: values and salts, at once and for ever.

    Raises:
        Forbidden: the role does not grant it.
        ConfirmAnew: the actor has not proved lately that it is they.
        IllegalStep: it was decided already.
        Stale: what is kept, or its ground, is no longer what the act says.
        RuleViolation: a hold; the actor composed it; the data are the actor's own.
    """
    if act.withdrawal is None:
        raise ValueError("an act of this kind names no withdrawal")
    with transaction.atomic():
        with take(APPROVE_ACT, act, actor=actor, at=at) as locked:
            require_another_person(locked.composed_by_person, actor, COMPOSED_BY_YOU)
            withdrawal = lock(act.withdrawal)
            case = _locked_case(withdrawal, legal_date(at))
            require_another_person(case.person.human_uid, actor, OWN)
            lines = list(locked.lines.order_by("pk"))
            spots = _spots(case)
            if {(one.record_type, one.record_id, one.what) for one in lines} != {
                (one.record_type, one.record_id, one.what) for one in spots
            } or withdrawal.state != Withdrawal.State.WAITING:
                raise Stale(
                    CLAUSE,
                    "Пока акт ждал, изменилось, что хранится или на каком основании. Верните его: составят новый.",
                )
            (locked.number,) = (one.written for one in enter(ACTS, [locked], actor=actor, at=at))
            (locked.extract_number,) = (one.written for one in enter(EXTRACTS, [locked], actor=actor, at=at))
            locked.decided_by, locked.decided_by_person, locked.decided_at = actor, actor.person_uid, at
            locked.content = content_of(locked, case, lines, _requisites(legal_date(at)))
        _destroy(locked, case, lines, actor=actor, at=at)
        fulfil_withdrawal(
            withdrawal, removed=case.removed, kept_because=case.kept_because, act=locked.pk, actor=actor, at=at
        )
        telling.act_approved(locked, case, at=at)
    return locked


def return_act(act: Act, *, why: str, actor: Account, at: datetime) -> Act:
    """Send an act back: nothing is destroyed, and another is composed.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: it was decided already.
        RuleViolation: the actor composed it.
    """
    with take(RETURN_ACT, act, actor=actor, at=at) as locked:
        require_another_person(locked.composed_by_person, actor, COMPOSED_BY_YOU)
        locked.decided_by, locked.decided_by_person, locked.decided_at = actor, actor.person_uid, at
        locked.refusal = why
        telling.act_returned(locked, at=at)
    return locked


def settle_without_act(withdrawal: Withdrawal, *, actor: Account, at: datetime) -> Withdrawal:
    """Close a withdrawal that leaves nothing without a ground: the use ends, the data stay, the grounds are written down.

    Raises:
        Forbidden: the role does not grant it.
        IllegalStep: it is settled already, or an act waits.
        RuleViolation: something has no other ground, on a card or in a kept list: an act is needed.
    """
    with transaction.atomic():
        withdrawal = lock(withdrawal)
        require(actor, Permission.CONSENT_SETTLE, withdrawal)
        _require_waiting(withdrawal)
        case = case_of(withdrawal, legal_date(at))
        if case.goes or files_with(case):
            raise RuleViolation(CLAUSE, "Есть данные без иного основания: составьте акт об уничтожении.")
        return settle_withdrawal(withdrawal, kept_because=case.kept_because, actor=actor, at=at)


# --- Pieces ---------------------------------------------------------------------------------------------------------------


def _require_waiting(withdrawal: Withdrawal) -> None:
    if withdrawal.state != Withdrawal.State.WAITING:
        raise IllegalStep(CLAUSE, "Этот отзыв уже исполнен: в нём сказано, кем, когда и что осталось.")
    waiting = Act.objects.waiting().filter(withdrawal=withdrawal).first()
    if waiting is not None:
        door = Door("Открыть акт", reverse("destruction:act", args=[waiting.pk]))
        raise IllegalStep(CLAUSE, "Акт по этому отзыву уже составлен и ждёт утверждения.", door=door)


def _locked_case(withdrawal: Withdrawal, day: date) -> Case:
    """Return the case with every card of the person locked, as whoever merges or edits them locks them; holds are refused.

    Raises:
        RuleViolation: a hold is in force.
    """
    human = withdrawal.consent.person.human_uid
    for card in Person.objects.filter(human_uid=human).order_by("pk"):
        lock(card)
    hold = Hold.objects.in_force().on(human).first()
    if hold is not None:
        door = Door("Открыть запрет", reverse("destruction:hold", args=[hold.pk]))
        raise RuleViolation(CLAUSE, f"Уничтожать нельзя: действует запрет, {hold.order_words}.", door=door)
    case = case_of(withdrawal, day)
    for account in case.accounts:
        lock(account)
    list(EmailAddress.objects.filter(pk__in=[one.pk for one in case.addresses]).order_by("pk").select_for_update())
    return case_of(withdrawal, day)


def _refuse_whoever_lifted_a_hold(case: Case, actor: Account) -> None:
    """Refuse to let one person both lift a hold and compose the act that it forbade (п. 3.8).

    Raises:
        RuleViolation: the actor lifted a hold on these data.
    """
    for hold in Hold.objects.on(case.person.human_uid).exclude(lifted_by=None).select_related("lifted_by"):
        if hold.lifted_by is not None:
            require_another_person(hold.lifted_by.person_uid, actor, LIFTED_BY_YOU)


def _spots(case: Case) -> tuple[Spot, ...]:
    """Return everything that the act empties, files too.

    Raises:
        RuleViolation: a list that still waits holds what goes.
    """
    files = files_with(case)
    waiting = next((one for one in files if one.waits), None)
    if waiting is not None:
        raise RuleViolation(
            CLAUSE,
            f"Эти данные есть в списке, который ещё ждёт загрузки ({waiting.place}): сначала загрузите или отмените его.",
        )
    return case.spots + spots_of(files)


def _write_lines(act: Act, case: Case, spots: Iterable[Spot], *, actor: Account, at: datetime) -> None:
    lines = ActLine.objects.bulk_create(
        ActLine(
            act=act,
            person=case.person,
            what=one.what,
            record_type=one.record_type,
            record_id=one.record_id,
            place=one.place,
        )
        for one in spots
    )
    record_events(
        Happening(type=EventType.DESTRUCTION_LINE_ADDED, subject=line, actor=actor, at=at, clause=CLAUSE)
        for line in lines
    )


def _destroy(act: Act, case: Case, lines: Iterable[ActLine], *, actor: Account, at: datetime) -> None:
    """Empty what the lines name: values, then the salts of every earlier commitment to the same record."""
    named: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        named.setdefault((line.record_type, line.record_id), []).append(line.what)
    rows: dict[tuple[str, str], Any] = {
        (row._meta.label_lower, str(row.pk)): lock(row) for row in (*case.cards, *case.accounts)
    }
    for place, fields in named.items():
        if place[0] == FILE:
            file = StoredFile.objects.get(pk=place[1])
            destroy_file(file, act=str(act.number), key=act.pk, actor=actor, at=at)
            continue
        if place[0] == ADDRESS:
            address = EmailAddress.objects.get(pk=place[1])
            _tell_destroyed(address, act, fields, about=case.person.human_uid, actor=actor, at=at)
            address.delete()
            continue
        row = rows[place]
        for name in fields:
            setattr(row, name, "")
        row.save(update_fields=fields)
        destroy_salts(_tell_destroyed(row, act, fields, about=None, actor=actor, at=at))


def _tell_destroyed(
    row: Model, act: Act, fields: Iterable[str], *, about: UUID | None, actor: Account, at: datetime
) -> Event:
    """Record that `fields` of `row` are destroyed; a row that knows whom it concerns is not told."""
    return record_event(
        EventType.RECORD_DESTROYED,
        row,
        actor=actor,
        at=at,
        clause=CLAUSE,
        about=about,
        act=act.pk,
        fields=sorted(fields),
    )


def _reason(withdrawal: Withdrawal) -> str:
    return (
        f"Отзыв согласия на обработку персональных данных от {withdrawal.withdrawn_on:%d.%m.%Y} "
        f"({withdrawal.document}), 152-ФЗ ст. 21 ч. 5"
    )


def _require_named_operator(day: date) -> None:
    """Refuse an act that could not name the operator and the address: приказ № 179 asks for both.

    Raises:
        RuleViolation: nobody has said what the academy is called.
    """
    if not academy_on(day).is_named:
        raise RuleViolation(
            CLAUSE,
            "Акт называет оператора и его адрес (приказ Роскомнадзора № 179), а название и адрес организации не заданы: "
            f"администратор вписывает их в файл {settings.ACADEMY_FILE.name} в папке данных.",
        )


def _requisites(day: date) -> Any:
    try:
        return requisites_on(settings.DESTRUCTION_PAPERS, day)
    except LookupError as unknown:
        raise RuleViolation(
            CLAUSE, "На этот день не задано, что говорит акт: администратор вносит действующий приказ в настройки."
        ) from unknown
