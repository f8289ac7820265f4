"""Reads of programmes across several models (п. 1.3, 2.3)."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.urls import reverse

from zachetka.access.guard import Scopes, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.canonical import canonical
from zachetka.core.composed import Composed, Given
from zachetka.core.errors import RuleViolation
from zachetka.core.hashing import sha256
from zachetka.core.russian import hours_short
from zachetka.core.text import search_key
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import handled
from zachetka.programs.lifecycle import WRITTEN_BY
from zachetka.programs.models import GradingScale, HourMinimum, Module, Program, ProgramVersion, ScaleVersion
from zachetka.programs.models.program import PREFIX, Kind
from zachetka.programs.norms import COMMISSION, ENTERED_BY_MIGRATIONS, REOPENING, SHARE, Edition, Norm
from zachetka.programs.rules import Flaw, Line, Outcome, Plan, flaws
from zachetka.rendering.tasks import Hit, Task

if TYPE_CHECKING:
    from zachetka.access.models import Account

STATE = ProgramVersion.State


def listed(actor: Account) -> QuerySet[Program]:
    """Return the programmes that `actor` may see with their newest title, hours and state; one query."""
    newest = ProgramVersion.objects.filter(program=OuterRef("pk")).order_by("-number")
    approved = newest.filter(state=STATE.APPROVED)
    return (
        Program.objects.visible_to(actor)
        .select_related("unit")
        .annotate(
            title=Subquery(newest.values("title")[:1]),
            hours=Subquery(newest.values("hours")[:1]),
            newest_state=Subquery(newest.values("state")[:1]),
            in_force=Subquery(approved.values("number")[:1]),
            cohorts=Count("versions__cohorts", distinct=True),
        )
    )


def version_page(actor: Account, pk: int) -> QuerySet[ProgramVersion]:
    """Return the version with everything its page shows; a fixed number of queries."""
    return (
        ProgramVersion.objects.visible_to(actor)
        .filter(pk=pk)
        .select_related("program__unit", "drafted_by", "approved_by")
        .prefetch_related("modules__scale", "results__modules")
    )


def minimum_of(kind: str, day: date) -> HourMinimum | None:
    """Return the minimum of hours of `kind` on the legal `day`, or None when no act sets one."""
    return HourMinimum.objects.in_force(day).filter(kind=kind).order_by("-hours").first()


def number_of(norm: Norm, day: date) -> int:
    """Return what `norm` sets on the legal `day` (п. 2.3).

    Raises:
        RuleViolation: no edition is in force on that day.
    """
    found: int | None = norm.model.objects.in_force(day).values_list(norm.model.column, flat=True).first()
    if found is None:
        raise RuleViolation(norm.clause, f"На {day:%d.%m.%Y} не установлено, {norm.asked}.")
    return found


def least_commission(day: date) -> int:
    """Return how many people a commission that sits on `day` is at least, its chair included (273-ФЗ ст. 58 ч. 6)."""
    return number_of(COMMISSION, day)


def least_share(day: date) -> int:
    """Return which part of the hours of a module, percent, an earlier one makes up to be credited on `day` (273-ФЗ ст. 34 ч. 1 п. 7)."""
    return number_of(SHARE, day)


def reopening_days(day: date) -> int:
    """Return for how many days at most a closed sheet is opened again when it is asked for on `day` (п. 2.2)."""
    return number_of(REOPENING, day)


def editions_of(*norms: Norm) -> list[tuple[Norm, list[Edition]]]:
    """Return each of `norms` with its editions, the newest first; one query."""
    of_each = [
        norm.rows().order_by().annotate(norm=Value(norm.name), number=F(norm.model.column))
        .values_list("norm", "number", "valid_from", "valid_to", "basis")
        for norm in norms
    ]  # fmt: skip
    found: dict[str, list[Edition]] = {norm.name: [] for norm in norms}
    for name, *said in of_each[0].union(*of_each[1:], all=True).order_by("-valid_from"):
        found[name].append(Edition(*said))
    return [(norm, found[norm.name]) for norm in norms]


def newest_of(scale: GradingScale) -> ScaleVersion:
    """Return the edition of `scale` that begins last, with its grades; two queries."""
    return scale.versions.prefetch_related("grades").select_related("scale").order_by("-valid_from")[0]


def happened() -> QuerySet[Event]:
    """Return what has happened in the system beyond what `actions.norms.record_minima` writes into an empty one."""
    return Event.objects.exclude(type__in=ENTERED_BY_MIGRATIONS)


def plan_of(version: ProgramVersion, day: date) -> Plan:
    """Return what the rules need of `version`, with the minimum in force on `day`."""
    least = minimum_of(version.program.kind, day)
    modules = sorted(version.modules.all(), key=lambda module: module.ordinal)
    places = {module.pk: place for place, module in enumerate(modules, 1)}
    return Plan(
        kind=version.program.kind,
        hours=version.hours,
        qualification=version.qualification,
        lines=[line_of(module) for module in modules],
        outcomes=[
            Outcome(result.code, frozenset(places[module.pk] for module in result.modules.all()))
            for result in version.results.all()
        ],
        least=least.hours if least else 0,
        least_basis=least.basis if least else "",
    )


def line_of(module: Module) -> Line:
    """Return what the rules need of a line of the plan."""
    return Line(
        title=module.title,
        hours=module.hours,
        is_final=module.sort == Module.Sort.FINAL,
        is_qualification_exam=module.control == Module.Control.QUALIFICATION_EXAM,
        is_graded=module.control != Module.Control.CREDIT,
    )


def flaws_of(version: ProgramVersion, day: date) -> list[Flaw]:
    """Return what speaks against approving `version` from `day`, what stops it first (п. 1.3, 2.3)."""
    return flaws(plan_of(version, day))


def fingerprint(version: ProgramVersion) -> str:
    """Return 64 hexadecimal digits that change with anything a draft's page can change (security.md N16)."""
    modules = [
        (row.pk, row.ordinal, row.title, row.short_title, row.sort, row.hours, row.control, row.scale_id)
        for row in sorted(version.modules.all(), key=lambda module: module.ordinal)
    ]
    results = [
        (row.pk, row.code, row.text, sorted(module.pk for module in row.modules.all())) for row in version.results.all()
    ]
    head = {name: value for name, value in version.proven().items() if name != "state"}
    return sha256(canonical({"head": head, "modules": modules, "results": sorted(results)})).hex()


def suggested_code(kind: str) -> str:
    """Return the next free code of a programme of `kind`: «ПП-013»."""
    prefix = PREFIX[Kind(kind)]
    taken = Program.objects.filter(code__startswith=f"{prefix}-").values_list("code", flat=True)
    numbers = [int(found[1]) for code in taken if (found := re.fullmatch(rf"{prefix}-(\d{{1,6}})", code))]
    return f"{prefix}-{max(numbers, default=0) + 1:03}"


def tasks(actor: Account, at: datetime) -> list[Task]:  # noqa: ARG001 - the shape that the home page asks for
    """Return what waits for `actor` among programmes: to approve for the head, to finish for the methodist; two queries."""
    found = []
    if actor.allowed(Permission.PROGRAM_APPROVE):
        waiting = ProgramVersion.objects.visible_to(actor, Permission.PROGRAM_APPROVE).filter(state=STATE.SUBMITTED)
        found += [
            Task(
                f"Редакция программы «{version.title}» ждёт утверждения",
                f"{version.program.code} · {hours_short(version.hours)} · автор — {version.drafted_by}",
                reverse("programs:version", args=[version.pk]),
                "Рассмотреть",
            )
            for version in waiting.exclude(drafted_by_person=actor.person_uid)
            .exclude(handled(ProgramVersion, WRITTEN_BY, actor.person_uid))
            .select_related("program", "drafted_by")
        ]
    if actor.allowed(Permission.PROGRAM_EDIT):
        drafts = ProgramVersion.objects.visible_to(actor, Permission.PROGRAM_EDIT).filter(
            state=STATE.DRAFT, drafted_by_person=actor.person_uid
        )
        found += [_draft_task(version) for version in drafts.select_related("program")]
    return found


def _draft_task(version: ProgramVersion) -> Task:
    where = reverse("programs:edit", args=[version.pk])
    if version.remark:
        return Task(
            f"Программа «{version.title}» возвращена: {version.remark}", version.program.code, where, "Исправить"
        )
    return Task(
        f"Программа «{version.title}» — черновик не передан", f"{version.program.code} · редакция {version.number}", where,
        "Закончить",
    )  # fmt: skip


def search(actor: Account, text: str, limit: int) -> list[Hit]:
    """Find programmes by title or code; one query."""
    found = _found(scopes_of(actor, Permission.PROGRAM_READ), limit)(key=search_key(text), person_uid=actor.person_uid)
    return [
        Hit(
            title=title or code,
            detail=f"{code} · {Kind(kind).label}",
            url=reverse("programs:card", args=[pk]),
            kind="программа",
            icon="school",
        )
        for pk, code, kind, title in found
    ]


@cache
def _found(scopes: Scopes, limit: int) -> Composed[tuple[int, str, str, str | None]]:
    versions = ProgramVersion.objects.filter(program=OuterRef("pk"))
    newest = Subquery(versions.order_by("-number").values("title")[:1])
    named = Q(code__folded__contains=Given("key")) | Exists(versions.filter(title__folded__contains=Given("key")))
    rows = Program.objects.filter(reach(scopes, Program)).filter(named).annotate(newest=newest)
    return Composed(lambda: rows.values_list("pk", "code", "kind", "newest")[:limit])
