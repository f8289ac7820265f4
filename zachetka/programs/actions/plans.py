"""The plan of a draft: lines of the curriculum, planned results and what proves them (п. 1.3, 2.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F

from zachetka.core.errors import RuleViolation, Stale
from zachetka.ledger.actions import Happening, record_event, record_events
from zachetka.ledger.events import EventType
from zachetka.programs.models import Module, PlannedResult, ProgramVersion, ResultModule

if TYPE_CHECKING:
    from zachetka.access.models import Account

CLAUSE = "2.3"
ASIDE = 10_000
"""Added to the places of lines while they are being reordered: two lines never stand on one place."""


@dataclass(frozen=True, slots=True)
class ModuleDraft:
    """A line of the curriculum as it should be; `pk` is None for a new one."""

    title: str
    short_title: str
    sort: str
    hours: int
    control: str
    scale_id: int
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class ResultDraft:
    """A planned result as it should be; `proved_by` holds places of modules in the plan, from 1."""

    code: str
    text: str
    proved_by: frozenset[int] = field(default_factory=frozenset)
    pk: int | None = None


def copy_of(module: Module) -> ModuleDraft:
    """Return the line `module` as a new one of another version."""
    return ModuleDraft(module.title, module.short_title, module.sort, module.hours, module.control, module.scale_id)


MODULE_FIELDS = ("title", "short_title", "sort", "hours", "control", "scale_id")


def write_modules(version: ProgramVersion, wanted: Sequence[ModuleDraft], actor: Account, at: datetime) -> None:
    """Make the curriculum of the draft `version`, which is locked, say what is `wanted`, in its order (п. 2.3).

    Raises:
        Stale: a line is not of this version, or no longer.
    """
    rows = {module.pk: module for module in version.modules.all()}
    kept = _kept(wanted, rows.keys())
    gone = [row for pk, row in rows.items() if pk not in kept]
    _remove(EventType.PLANNED_RESULT_UNPROVED, ResultModule.objects.filter(module__in=gone), actor, at)
    _remove(EventType.MODULE_REMOVED, gone, actor, at)
    changed, added = [], []
    for place, draft in enumerate(wanted, 1):
        said = {name: getattr(draft, name) for name in MODULE_FIELDS} | {"ordinal": place}
        if draft.pk is None:
            added.append(Module(version=version, **said))
        elif any(getattr(rows[draft.pk], name) != value for name, value in said.items()):
            for name, value in said.items():
                setattr(rows[draft.pk], name, value)
            changed.append(rows[draft.pk])
    if changed:
        Module.objects.filter(pk__in=[row.pk for row in changed]).update(ordinal=F("ordinal") + ASIDE)
        Module.objects.bulk_update(changed, [*(name.removesuffix("_id") for name in MODULE_FIELDS), "ordinal"])
    Module.objects.bulk_create(added)
    _record(EventType.MODULE_CHANGED, changed, actor, at)
    _record(EventType.MODULE_ADDED, added, actor, at)


def write_results(version: ProgramVersion, wanted: Sequence[ResultDraft], actor: Account, at: datetime) -> None:
    """Make the planned results of the draft `version`, which is locked, those that are `wanted`; its lines are written (п. 1.3).

    Raises:
        RuleViolation: two results have one code.
        Stale: a result is not of this version, or no longer.
    """
    codes = [draft.code for draft in wanted]
    if double := next((code for code in codes if codes.count(code) > 1), ""):
        raise RuleViolation("1.3", f"Код «{double}» у двух результатов: дайте каждому свой.")
    modules = {module.ordinal: module for module in Module.objects.filter(version=version)}
    rows = {row.pk: row for row in PlannedResult.objects.filter(version=version).prefetch_related("modules", "links")}
    kept = _kept(wanted, rows.keys())
    gone = [row for pk, row in rows.items() if pk not in kept]
    _remove(EventType.PLANNED_RESULT_UNPROVED, [link for row in gone for link in row.links.all()], actor, at)
    _remove(EventType.PLANNED_RESULT_REMOVED, gone, actor, at)
    _step_aside([rows[draft.pk] for draft in wanted if draft.pk is not None and rows[draft.pk].code != draft.code])
    for draft in wanted:
        proofs = [modules[place] for place in sorted(draft.proved_by) if place in modules]
        if draft.pk is None:
            row = PlannedResult.objects.create(version=version, code=draft.code, text=draft.text)
            event = EventType.PLANNED_RESULT_ADDED
        else:
            row = rows[draft.pk]
            same = {module.pk for module in row.modules.all()} == {module.pk for module in proofs}
            if (row.code, row.text) == (draft.code, draft.text) and same:
                continue
            row.code, row.text = draft.code, draft.text
            row.save(update_fields=["code", "text"])
            event = EventType.PLANNED_RESULT_CHANGED
        record_event(event, row, actor=actor, at=at, clause="1.3", modules=[module.pk for module in proofs])
        _write_links(row, proofs, actor, at)


def _write_links(row: PlannedResult, modules: Sequence[Module], actor: Account, at: datetime) -> None:
    links = {link.module_id: link for link in row.links.all()}
    wanted = {module.pk for module in modules}
    _remove(EventType.PLANNED_RESULT_UNPROVED, [link for pk, link in links.items() if pk not in wanted], actor, at)
    added = ResultModule.objects.bulk_create(
        ResultModule(plannedresult=row, module=module) for module in modules if module.pk not in links
    )
    _record(EventType.PLANNED_RESULT_PROVED, added, actor, at)


def _step_aside(rows: Sequence[PlannedResult]) -> None:
    """Free the codes of `rows`, so that two results may swap them."""
    for row in rows:
        PlannedResult.objects.filter(pk=row.pk).update(code=f"~{row.pk}"[:12])


def _kept(wanted: Iterable[ModuleDraft | ResultDraft], known: Iterable[int]) -> set[int]:
    kept = [draft.pk for draft in wanted if draft.pk is not None]
    if len(kept) != len(set(kept)) or not set(kept) <= set(known):
        raise Stale(CLAUSE, "Черновик за это время изменился. Откройте его заново: там уже новое.")
    return set(kept)


def _remove(event: EventType, rows: Iterable[models.Model], actor: Account, at: datetime) -> None:
    going = list(rows)
    _record(event, going, actor, at)
    for row in going:
        row.delete()


def _record(event: EventType, rows: Iterable[models.Model], actor: Account, at: datetime) -> None:
    record_events(Happening(type=event, subject=row, actor=actor, at=at, clause=CLAUSE) for row in rows)
