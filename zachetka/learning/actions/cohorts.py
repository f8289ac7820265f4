"""Forming a cohort and its sheets (п. 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date
from zachetka.core.constraints import refusing
from zachetka.core.errors import RuleViolation
from zachetka.learning.models import Cohort, MarkSheet
from zachetka.learning.queries.teachers import refuse_others
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.lifecycle.steps import lock
from zachetka.programs.models import ProgramVersion

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Employee

TIME_TO_FILL = timedelta(days=3)
"""Days after the control by which a sheet is to be filled, unless the methodist says otherwise."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who teaches a module of the plan in a cohort and on which day it is controlled."""

    teacher: Employee
    held_on: date
    due_on: date | None = None


def create_cohort(
    version: ProgramVersion,
    *,
    code: str,
    starts_on: date,
    ends_on: date,
    attestation_on: date | None,
    assignments: Mapping[int, Assignment],
    actor: Account,
    at: datetime,
) -> Cohort:
    """Form a cohort by an approved version and open a sheet for each module of its plan (п. 2.2).

    Asked twice for the very same cohort, returns the one that is there: a second click forms nothing.

    `assignments` go by the module's primary key; every module of the plan needs one.

    Raises:
        Forbidden: the programme is not of the actor's unit.
        RuleViolation: the version is not approved, the code is taken, a date or a module is amiss, a teacher has no role.
    """
    require(actor, Permission.COHORT_EDIT)
    require(actor, Permission.PROGRAM_EDIT, version)
    _require_approved(version)
    if version.valid_from is not None and starts_on < version.valid_from:
        raise RuleViolation(
            "2.3", f"Редакция программы действует с {version.valid_from:%d.%m.%Y}: начало не раньше.", field="starts_on"
        )
    if ends_on < starts_on:
        raise RuleViolation("2.2", "Окончание раньше начала: проверьте даты.", field="ends_on")
    if attestation_on is not None and not starts_on <= attestation_on <= ends_on:
        raise RuleViolation("2.2", "Итоговая аттестация — в пределах срока обучения.", field="attestation_on")
    modules = list(version.modules.all())
    for module in modules:
        given = assignments.get(module.pk)
        if given is None:
            raise RuleViolation("2.2", f"Назначьте преподавателя: «{module.title}».", field=f"teacher_{module.pk}")
        if not starts_on <= given.held_on <= ends_on:
            raise RuleViolation(
                "2.2", f"Контроль «{module.title}» — в пределах срока обучения.", field=f"held_on_{module.pk}"
            )
    refuse_others({f"teacher_{module.pk}": assignments[module.pk].teacher for module in modules}, legal_date(at))
    with transaction.atomic():
        _require_approved(lock(version))
        taken = RuleViolation("2.2", f"Группа «{code}» уже есть: дайте другой шифр.", field="code")
        try:
            with refusing({"learning_cohort_code_key": taken}):
                cohort = Cohort.objects.create(
                    code=code,
                    program_version=version,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    attestation_on=attestation_on,
                    created_at=at,
                )
        except RuleViolation:
            same = Cohort.objects.filter(
                code=code,
                program_version=version,
                starts_on=starts_on,
                ends_on=ends_on,
                attestation_on=attestation_on,
            ).first()
            if same is None:
                raise
            return same
        record_event(EventType.COHORT_CREATED, cohort, actor=actor, at=at, clause="2.2")
        sheets = MarkSheet.objects.bulk_create(
            MarkSheet(
                cohort=cohort,
                module=module,
                teacher=assignments[module.pk].teacher,
                held_on=assignments[module.pk].held_on,
                due_on=assignments[module.pk].due_on or assignments[module.pk].held_on + TIME_TO_FILL,
            )
            for module in modules
        )
        record_events(
            Happening(type=EventType.SHEET_OPENED, subject=sheet, actor=actor, at=at, clause="2.2") for sheet in sheets
        )
    return cohort


def _require_approved(version: ProgramVersion) -> None:
    if version.state != ProgramVersion.State.APPROVED:
        raise RuleViolation("2.3", "Учить можно по утверждённой редакции программы.", field="program_version")
