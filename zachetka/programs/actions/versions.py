"""Versions of programmes: drafted, submitted, approved, retired (п. 2.3). An approved version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.access.guard import require, require_another_person
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import IllegalStep, RuleViolation, Stale
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.lifecycle.hands import require_fresh_eyes, require_seen
from zachetka.lifecycle.steps import lock, take
from zachetka.programs.actions.plans import ModuleDraft, ResultDraft, copy_of, write_modules, write_results
from zachetka.programs.lifecycle import APPROVE_VERSION, RETIRE_VERSION, RETURN_VERSION, SUBMIT_VERSION, WRITTEN_BY
from zachetka.programs.models import Program, ProgramVersion
from zachetka.programs.queries import fingerprint, flaws_of

if TYPE_CHECKING:
    from zachetka.access.models import Account, Unit

CLAUSE = "2.3"
CHANGED_MEANWHILE = "Пока вы читали, редакцию изменили. Прочтите её заново — и тогда утвердите."
WROTE_IT = "Кто составлял, правил или передавал программу, её не утверждает: нужен другой человек."


@dataclass(frozen=True, slots=True)
class HeadDraft:
    """What a version says of the programme as a whole; `hours` are academic hours."""

    title: str
    hours: int
    study_form: str
    qualification: str = ""
    distance: bool = False
    final_form: str = ""


def create_program(
    unit: Unit, *, code: str, kind: str, head: HeadDraft, actor: Account, at: datetime
) -> ProgramVersion:
    """Enter a programme with the draft of its first version (п. 2.3).

    Raises:
        Forbidden: the unit is not the actor's.
        RuleViolation: the code is taken.
    """
    require(actor, Permission.PROGRAM_EDIT)
    with transaction.atomic():
        taken = RuleViolation(CLAUSE, f"Программа с шифром «{code}» уже есть: дайте другой.", field="code")
        with refusing({"programs_program_code_key": taken}):
            program = Program.objects.create(unit=unit, code=code, kind=kind, created_at=at)
        require(actor, Permission.PROGRAM_EDIT, program)
        record_event(EventType.PROGRAM_CREATED, program, actor=actor, at=at, clause=CLAUSE)
        return _draft(program, 1, head, actor, at)


def draft_version(program: Program, *, actor: Account, at: datetime) -> ProgramVersion:
    """Start a new version as a copy of the last one; while a draft is open, return it (п. 2.3).

    Raises:
        Forbidden: the programme is not of the actor's unit.
        RuleViolation: the last version waits for approval.
    """
    with transaction.atomic():
        program = lock(program)
        require(actor, Permission.PROGRAM_EDIT, program)
        last = program.versions.prefetch_related("modules", "results__modules").order_by("-number")[0]
        if last.state == ProgramVersion.State.DRAFT:
            return last
        if last.state == ProgramVersion.State.SUBMITTED:
            raise RuleViolation(CLAUSE, f"Редакция {last.number} ждёт утверждения: новая — после решения по ней.")
        version = _draft(program, last.number + 1, head_of(last), actor, at)
        places = {module.pk: module.ordinal for module in last.modules.all()}
        write_modules(version, [copy_of(module) for module in last.modules.all()], actor, at)
        write_results(
            version,
            [
                ResultDraft(row.code, row.text, frozenset(places[module.pk] for module in row.modules.all()))
                for row in last.results.all()
            ],
            actor,
            at,
        )
    return version


def save_version(
    version: ProgramVersion,
    *,
    head: HeadDraft,
    modules: Sequence[ModuleDraft],
    results: Sequence[ResultDraft],
    seen: str,
    actor: Account,
    at: datetime,
) -> ProgramVersion:
    """Make the draft say what the page says: head, lines in their order, planned results; each change is an event.

    Whoever saved it last is its author. `seen` is the `queries.fingerprint` of what the person was looking at.

    Raises:
        Forbidden: the programme is not of the actor's unit.
        IllegalStep: it is no longer a draft.
        Stale: somebody saved it in the meantime.
        RuleViolation: two results have one code, or a line belongs to another version.
    """
    with transaction.atomic():
        version = lock(version)
        require(actor, Permission.PROGRAM_EDIT, version)
        if version.state != ProgramVersion.State.DRAFT:
            raise IllegalStep(CLAUSE, "Правят черновик; эта редакция уже передана на утверждение или утверждена.")
        if seen != fingerprint(version):
            raise Stale(CLAUSE, "Черновик за это время сохранил другой человек. Откройте его заново: там уже новое.")
        changed = [name for name, value in _fields(head).items() if getattr(version, name) != value]
        for name in changed:
            setattr(version, name, _fields(head)[name])
        if changed:
            version.save(update_fields=changed)
        write_modules(version, modules, actor, at)
        write_results(version, results, actor, at)
        if seen != fingerprint(version):
            version.drafted_by, version.drafted_by_person = actor, actor.person_uid
            version.save(update_fields=["drafted_by", "drafted_by_person"])
            record_event(
                EventType.PROGRAM_VERSION_CHANGED, version, actor=actor, at=at, clause=CLAUSE, fields=sorted(changed)
            )
    return version


def submit_version(version: ProgramVersion, *, actor: Account, at: datetime) -> ProgramVersion:
    """Hand the draft to the head; what would stop its approval stops it here (п. 2.3).

    Raises:
        RuleViolation: hours below the minimum, a sum that does not agree, a result that nothing proves.
    """
    with take(SUBMIT_VERSION, version, actor=actor, at=at) as version:
        _stand(version, legal_date(at))
        version.remark = ""
    return version


def return_version(version: ProgramVersion, *, remark: str, actor: Account, at: datetime) -> ProgramVersion:
    """Give the version back to whoever drafted it, saying why (п. 2.3)."""
    if not remark:
        raise RuleViolation(CLAUSE, "Напишите, что исправить: черновик вернётся с этим замечанием.", field="remark")
    with take(RETURN_VERSION, version, actor=actor, at=at) as version:
        version.remark = remark
    return version


def approve_version(
    version: ProgramVersion, *, valid_from: date, seen: str, actor: Account, at: datetime
) -> ProgramVersion:
    """Approve the version from a day; from then on it never changes (п. 2.3; 273-ФЗ ст. 12 ч. 5).

    `valid_from` is the first legal day on which people may be taught by it, not before the day of approval; `seen` is
    `lifecycle.hands.seen_of` of the version that the actor read.

    Raises:
        Stale: the version was changed after the actor had read it.
        RuleViolation: whoever drafted, changed or submitted it may not approve it; the day has passed; something
            speaks against it.
    """
    with take(APPROVE_VERSION, version, actor=actor, at=at) as version:
        require_seen(version, seen, clause=CLAUSE, sentence=CHANGED_MEANWHILE)
        require_another_person(version.drafted_by_person, actor, WROTE_IT)
        require_fresh_eyes(version, WRITTEN_BY, actor, WROTE_IT)
        if valid_from < legal_date(at):
            raise RuleViolation(
                CLAUSE, f"Утверждённое сегодня действует не раньше {legal_date(at):%d.%m.%Y}.", field="valid_from"
            )
        _stand(version, valid_from)
        version.valid_from = valid_from
        version.approved_by, version.approved_by_person, version.approved_at = actor, actor.person_uid, at
    return version


def retire_version(version: ProgramVersion, *, actor: Account, at: datetime) -> ProgramVersion:
    """Stop forming cohorts by the version; those who study by it finish by it (п. 2.3)."""
    with take(RETIRE_VERSION, version, actor=actor, at=at) as version:
        pass
    return version


def head_of(version: ProgramVersion) -> HeadDraft:
    """Return what `version` says of the programme as a whole."""
    return HeadDraft(**{name: getattr(version, name) for name in HeadDraft.__slots__})


def _stand(version: ProgramVersion, day: date) -> None:
    for flaw in flaws_of(version, day):
        if flaw.stops:
            raise RuleViolation(flaw.clause, flaw.sentence, field=flaw.field)


def _draft(program: Program, number: int, head: HeadDraft, actor: Account, at: datetime) -> ProgramVersion:
    version = ProgramVersion.objects.create(
        program=program, number=number, drafted_by=actor, drafted_by_person=actor.person_uid, **_fields(head)
    )
    record_event(EventType.PROGRAM_VERSION_DRAFTED, version, actor=actor, at=at, clause=CLAUSE)
    return version


def _fields(head: HeadDraft) -> dict[str, object]:
    return {name: getattr(head, name) for name in HeadDraft.__slots__}
