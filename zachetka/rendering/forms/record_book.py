"""The record book on paper: what the caller fills in, and the words it becomes (п. 2.5; domain: «зачётная книжка»).

`RecordBookSheet` holds facts, typed and unformatted. `printed` turns them into the strings that the template lays out,
so all grammar is in `core.russian` and the template has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zachetka.core import russian
from zachetka.core.clock import legal_date
from zachetka.rendering import qr
from zachetka.rendering.forms import FORMS
from zachetka.rendering.forms.mentions import (
    ABSENT,
    Name,
    Record,
    Reference,
    Signer,
    in_quotes,
    moment,
    record,
    reference,
    short,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime
    from decimal import Decimal

    from zachetka.rendering.forms import Form

FORM: Final[Form] = FORMS["record_book"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One mark of a module.

    Attributes:
        number: 1 for the first attempt; None when it is a credited result.
        score: raw points, None when the scale has none.
        score_limit: points of the whole, for «92 / 100».
        grade: the grade in words: «отлично», «зачтено», «неявка».
        is_pass: whether it closes the module.
        credited_by: protocol of the commission that credited an earlier result (перезачёт); no teacher then.
        correction: number of the line in «Исправления» that explains this mark, None when it was never corrected.
        is_preliminary: its sheet is still open, so the mark may be typed anew.
        carried_from: number of the earlier record book in which it was set; "" when it is this one (273-ФЗ ст. 57).
    """

    number: int | None
    day: date
    grade: str
    is_pass: bool
    record: Record | None
    teacher: Name | None = None
    score: Decimal | None = None
    score_limit: int | None = None
    credited_by: Reference | None = None
    correction: int | None = None
    is_preliminary: bool = False
    carried_from: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """A module, discipline or practice of the plan with its attempts, oldest first; none when it is still ahead.

    Attributes:
        left_out: why an individual plan leaves it out: «зачтено ранее»; "" for what the learner takes.
        origin: of another plan, what counts here and by which order: «зачтено: «Экономика», 36 ч …»; "" otherwise (273-ФЗ ст. 57).
    """

    title: str
    hours: int
    control: str
    attempts: tuple[Attempt, ...] = ()
    origin: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """An individual plan in force: how its term stands to that of the group, and the order that set it."""

    pace: str
    order: Reference


@dataclass(frozen=True, slots=True)
class Correction:
    """A mark replaced by a new one; both records stay.

    Attributes:
        subject: what was corrected: «Строка 2, попытка 1».
        basis: reason and the paper it rests on.
    """

    subject: str
    before: str
    after: str
    basis: str
    entered_by: Name
    confirmed_by: Name | None
    at: datetime
    old_record: Record | None
    new_record: Record | None


@dataclass(frozen=True, slots=True)
class Debt:
    """An academic debt (273-ФЗ ст. 58 ч. 2, 5).

    Attributes:
        cause: «неудовлетворительно», «неявка без уважительной причины».
        retakes_used: of the two that the law gives.
        is_preliminary: the mark that makes it stands in a sheet that is still open.
    """

    title: str
    cause: str
    since: date
    until: date
    retakes_used: int
    is_preliminary: bool = False


@dataclass(frozen=True, slots=True)
class FinalAttestation:
    """A result of the final attestation: a line of the plan of its own, never among the interim results (п. 2.2).

    Attributes:
        kind: as the plan names it: «Итоговая аттестация».
        control: form: «защита», «квал. экзамен».
        hours: of this line of the plan.
        topic: of the final work; None when there was none or it is not known.
        protocol: of the commission; None until there is one.
    """

    kind: str
    control: str
    hours: int
    attempt: Attempt
    topic: str | None = None
    protocol: Reference | None = None


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """A document handed out on this programme; `standing` is «выдан», «заменён дубликатом», «аннулирован»."""

    kind: str
    series: str
    number: str
    registration_number: str
    day: date
    standing: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class Award:
    """An encouragement (273-ФЗ ст. 28 ч. 3 п. 11).

    Attributes:
        kind: what it is, for what and when: «Благодарность: за отличную учёбу, 20.05.2026».
        basis: its paper.
    """

    kind: str
    basis: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How a stranger checks the sheet.

    Attributes:
        address: public check, an opaque address (in the QR code).
        events: records of this book in the ledger.
        tree_size: records in the whole signed tree.
        root: root hash of that tree, 64 hexadecimal digits.
        checked_at: when the records were last checked against the tree.
    """

    address: str
    events: int
    tree_size: int
    root: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class RecordBookSheet:
    """Everything the record book prints.

    Attributes:
        organization: full name in one or two lines, broken where the charter breaks it.
        number: number of the record book, equal to that of the personal file.
        holder_birth_date: only when the reader may see it (п. 3.8).
        standing: «обучается», «отчислена в связи с завершением обучения»: a finished phrase, gender included.
        plan: the individual plan in force, None with the plan of the group.
        goes_on_from: number of the record book that a transfer ended and this one goes on from; "" without it.
        hours_taken: by that plan; None when they are those of the programme.
        as_of: legal date the contents describe; a strip says so when it is not the day of printing.
    """

    organization: tuple[str, ...]
    organization_short: str
    number: str
    holder: Name
    programme: str
    programme_kind: str
    hours: int
    form_of_study: str
    cohort: str
    enrolment: Reference
    first_day: date
    last_day: date
    standing: str
    as_of: date
    modules: tuple[Module, ...]
    proof: Proof
    holder_birth_date: date | None = None
    corrections: tuple[Correction, ...] = ()
    debts: tuple[Debt, ...] = ()
    final: tuple[FinalAttestation, ...] = ()
    documents: tuple[IssuedDocument, ...] = ()
    awards: tuple[Award, ...] = ()
    signer: Signer | None = None
    plan: OwnPlan | None = None
    goes_on_from: str = ""
    hours_taken: int | None = None


def printed(sheet: RecordBookSheet, at: datetime) -> dict[str, Any]:
    """Return the words of the sheet formed at the moment `at`, ready for `Press.render`.

    Raises:
        ValueError: the public address cannot be put in a QR code, or a moment has no zone.
    """
    taken = [module for module in sheet.modules if not module.left_out]
    last_marks = [module.attempts[-1] for module in taken if module.attempts]
    mastered = sum(module.hours for module in sheet.modules if module.attempts and module.attempts[-1].is_pass)
    mastered += sum(final.hours for final in sheet.final if final.attempt.is_pass)
    return {
        "organization": list(sheet.organization),
        "organization_short": sheet.organization_short,
        "number": sheet.number,
        "holder": sheet.holder.full,
        "holder_short": sheet.holder.short,
        "as_of": russian.date_digits(sheet.as_of),
        "is_past": sheet.as_of != legal_date(at),
        "card": {
            "birth_date": russian.date_digits(sheet.holder_birth_date) if sheet.holder_birth_date else None,
            "programme": in_quotes(sheet.programme),
            "kind": sheet.programme_kind,
            "hours": russian.hours_in_words(sheet.hours),
            "form_of_study": sheet.form_of_study,
            "cohort": sheet.cohort,
            "enrolment": f"приказ {reference(sheet.enrolment)}"
            + (f", переводом из книжки № {sheet.goes_on_from}" if sheet.goes_on_from else ""),
            "period": russian.period_digits(sheet.first_day, sheet.last_day),
            "standing": sheet.standing,
            "plan": sheet.plan and f"индивидуальный, {sheet.plan.pace}, приказ {reference(sheet.plan.order)}",
        },
        "modules": [_module(module) for module in sheet.modules],
        "totals": {
            "hours": russian.grouped(sheet.hours if sheet.hours_taken is None else sheet.hours_taken),
            "mastered": f"освоено {russian.hours_short(mastered)}; закрыто модулей: "
            f"{sum(mark.is_pass for mark in last_marks)} из {len(taken)}",
        },
        "has_preliminary": any(attempt.is_preliminary for attempt in _attempts(sheet)),
        "corrections": [_correction(correction) for correction in sheet.corrections],
        "debts": [_debt(debt) for debt in sheet.debts],
        "final": [_final(final) for final in sheet.final],
        "awards": [{"kind": one.kind, "basis": one.basis} for one in sheet.awards],
        "documents": [_document(document) for document in sheet.documents],
        "proof": {
            "qr": qr.svg(sheet.proof.address),
            "address": sheet.proof.address,
            "events": russian.grouped(sheet.proof.events),
            "tree_size": russian.counted(sheet.proof.tree_size, russian.RECORD),
            "root": sheet.proof.root,
            "checked_at": moment(sheet.proof.checked_at),
        },
        "signer": sheet.signer and {"position": sheet.signer.titled, "name": sheet.signer.name.signed},
    }


def _attempts(sheet: RecordBookSheet) -> Iterator[Attempt]:
    for module in sheet.modules:
        yield from module.attempts
    yield from (final.attempt for final in sheet.final)


def _module(module: Module) -> dict[str, Any]:
    return {
        "title": module.title,
        "hours": russian.grouped(module.hours),
        "control": module.control,
        "attempts": [_attempt(attempt) for attempt in module.attempts],
        "left_out": module.left_out or None,
        "origin": module.origin or None,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    protocol = attempt.credited_by
    return {
        "number": str(attempt.number) if attempt.number is not None else ABSENT,
        "day": russian.date_digits(attempt.day),
        "score": _score(attempt),
        "grade": attempt.grade,
        "by": f"комиссия, протокол {reference(protocol)}" if protocol else short(attempt.teacher),
        "is_credited": protocol is not None,
        "correction": attempt.correction,
        "is_preliminary": attempt.is_preliminary,
        "carried_from": attempt.carried_from or None,
        "record": record(attempt.record),
    }


def _score(attempt: Attempt) -> str:
    if attempt.score is None:
        return ABSENT
    points = russian.decimal(attempt.score)
    return f"{points}{russian.NBSP}/{russian.NBSP}{attempt.score_limit}" if attempt.score_limit else points


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "subject": correction.subject,
        "before": correction.before,
        "after": correction.after,
        "basis": correction.basis,
        "entered_by": short(correction.entered_by),
        "confirmed_by": short(correction.confirmed_by),
        "at": moment(correction.at).split(russian.NBSP, 1),
        "old_record": record(correction.old_record),
        "new_record": record(correction.new_record),
    }


def _debt(debt: Debt) -> dict[str, Any]:
    return {
        "title": debt.title,
        "cause": f"{debt.cause} (предварительно)" if debt.is_preliminary else debt.cause,
        "since": russian.date_digits(debt.since),
        "until": russian.date_digits(debt.until),
        "retakes": f"{debt.retakes_used} из 2",
    }


def _final(final: FinalAttestation) -> dict[str, Any]:
    return {
        "kind": final.kind,
        "control": final.control,
        "topic": final.topic or ABSENT,
        "protocol": reference(final.protocol) if final.protocol else ABSENT,
        **_attempt(final.attempt),
    }


def _document(document: IssuedDocument) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "blank": f"{document.series} № {document.number}",
        "registration_number": document.registration_number,
        "day": russian.date_digits(document.day),
        "standing": document.standing,
        "record": record(document.record),
    }
