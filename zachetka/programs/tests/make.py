"""Builders of programmes; all of them are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, Final

from django.db import transaction

from zachetka.access.models import Account, Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.ledger.actions import Happening, record_events
from zachetka.ledger.events import EventType
from zachetka.programs.actions.scales import install_scales
from zachetka.programs.models import DatedNorm, GradingScale, Module, Program, ProgramVersion
from zachetka.programs.models.program import PREFIX, Kind
from zachetka.programs.norms import Norm

AT: Final = datetime(2025, 9, 1, 6, 0, tzinfo=UTC)
_NUMBERS = count(1)
TITLES: Final = (
    ("Правовые основы контрактной системы", "Правовые основы"),
    ("Планирование и обоснование закупок", "План закупок"),
    ("Начальная (максимальная) цена контракта", "Начальная цена"),
    ("Способы определения поставщика", "Способы закупки"),
    ("Контракт: заключение и исполнение", "Контракт"),
    ("Закупки по Закону № 223-ФЗ", "Закон № 223"),
    ("Антимонопольный контроль", "Контроль ФАС"),
    ("Электронные площадки: практикум", "Площадки"),
    ("Стажировка", "Стажировка"),
)


def make_scale(code: str = "five_point") -> GradingScale:
    """Return a scale of the academy's local act: five_point, pass_fail or hundred_point."""
    if known := GradingScale.objects.filter(code=code).first():
        return known
    install_scales(AT)
    return GradingScale.objects.get(code=code)


def make_program(*, unit: Unit | None = None, kind: str = Kind.PROFESSIONAL_DEVELOPMENT) -> Program:
    return Program.objects.create(
        unit=unit or make_unit(), code=f"{PREFIX[Kind(kind)]}-{next(_NUMBERS):03}", kind=kind, created_at=AT
    )


@transaction.atomic
def make_program_version(
    *,
    program: Program | None = None,
    unit: Unit | None = None,
    scales: Sequence[str] = ("five_point", "pass_fail", "five_point"),
    hours_each: int = 12,
    kind: str = Kind.PROFESSIONAL_DEVELOPMENT,
    approved: bool = True,
    by: Account | None = None,
    final: bool = False,
    **given: Any,
) -> ProgramVersion:
    """Make a version with one module for each of `scales`, approved from 1 September 2025 unless `approved=False`.

    With `final` the last of them is the final attestation.
    """
    program = program or make_program(unit=unit, kind=kind)
    author, head = by or make_account(), make_account()
    version = ProgramVersion.objects.create(
        **{
            "program": program,
            "number": program.versions.count() + 1,
            "title": "Специалист в сфере закупок",
            "hours": hours_each * len(scales),
            "study_form": ProgramVersion.StudyForm.MIXED,
            "drafted_by": author,
            "drafted_by_person": author.person_uid,
            **given,
        }
    )
    modules = [
        Module.objects.create(
            version=version,
            ordinal=place,
            title=TITLES[(place - 1) % 9][0] + (f", часть {(place - 1) // 9 + 1}" if place > 9 else ""),
            short_title=TITLES[(place - 1) % 9][1] + (f" {(place - 1) // 9 + 1}" if place > 9 else ""),
            sort=Module.Sort.FINAL if final and place == len(scales) else Module.Sort.SUBJECT,
            hours=hours_each,
            control=Module.Control.CREDIT if scale == "pass_fail" else Module.Control.EXAM,
            scale=make_scale(scale),
        )
        for place, scale in enumerate(scales, 1)
    ]
    if approved:
        version.state = ProgramVersion.State.SUBMITTED
        version.save()
        version.state, version.valid_from = ProgramVersion.State.APPROVED, date(2025, 9, 1)
        version.approved_by, version.approved_by_person, version.approved_at = head, head.person_uid, AT
        version.save()
    said = EventType.PROGRAM_VERSION_APPROVED if approved else EventType.PROGRAM_VERSION_DRAFTED
    record_events(
        Happening(type=event, subject=record, actor=head, at=AT, clause="2.3")
        for event, record in [(said, version), *((EventType.MODULE_ADDED, module) for module in modules)]
    )
    return version


def make_norm(norm: Norm, number: int, *, valid_from: date, basis: str = "№ 5-од") -> DatedNorm:
    """End the edition of `norm` in force on the eve of `valid_from`, and set another."""
    in_force = norm.model.objects.in_force(valid_from).filter(**norm.of)
    in_force.update(valid_to=valid_from - timedelta(days=1))
    made: DatedNorm = norm.rows().create(**norm.of, **{norm.model.column: number}, valid_from=valid_from, basis=basis)
    return made
