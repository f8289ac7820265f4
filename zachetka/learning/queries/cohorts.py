"""Reads of cohorts across several models (п. 2.2)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from zachetka.access.guard import Scopes, reach, scopes_of
from zachetka.access.policy import Permission, Role
from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given, together
from zachetka.core.russian import Gender, Noun, counted, date_words, plural
from zachetka.core.text import search_key
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order, PlanLine
from zachetka.learning.queries.admission import readiness
from zachetka.learning.queries.completeness import gone
from zachetka.learning.queries.sheet_list import with_counts
from zachetka.programs.models import Module, ProgramVersion
from zachetka.programs.models.program import PREFIX, Kind
from zachetka.rendering.tasks import Hit, Notice, Task

if TYPE_CHECKING:
    from zachetka.access.models import Account

LEARNING = (Enrolment.State.ACTIVE, Enrolment.State.ADMITTED)
SOON: Final = timedelta(days=14)
"""How long before its start an empty cohort, and before its attestation an unadmitted one, becomes somebody's task."""
MOST_LOOKED_AT: Final = 20
"""Cohorts whose learners the home page counts."""
NOTICED: Final = 5
"""Attestations that the rail of the home page names."""
ATTESTING: Final = frozenset({Role.SECRETARY, Role.CHAIR, Role.REGISTRAR, Role.HEAD})
"""Who waits for an attestation: the commission, whoever prepares its papers and whoever signs them."""
PERSON: Final = Noun("человека", "человек", "человек", Gender.MASCULINE)
"""After «из»: 24 из 28 человек, 1 из 21 человека."""


class Phase(StrEnum):
    """Where a cohort is by its dates; nothing keeps it, the day decides."""

    AHEAD = "ahead"
    RUNNING = "running"
    FINISHED = "finished"

    @property
    def label(self) -> str:
        """The phase in Russian."""
        return {"ahead": "набирается", "running": "учится", "finished": "окончена"}[self.value]

    def condition(self, day: date | Given) -> Q:
        """Return what makes a cohort be in this phase on the legal `day`."""
        return {
            Phase.AHEAD: Q(starts_on__gt=day),
            Phase.RUNNING: Q(starts_on__lte=day, ends_on__gte=day),
            Phase.FINISHED: Q(ends_on__lt=day),
        }[self]


def phase_of(cohort: Cohort, day: date) -> Phase:
    """Return the phase of `cohort` on the legal `day`."""
    if cohort.starts_on > day:
        return Phase.AHEAD
    return Phase.FINISHED if cohort.ends_on < day else Phase.RUNNING


def _counted(rows: QuerySet[Any], path: str) -> Any:
    number = rows.filter(**{path: OuterRef("pk")}).order_by().values(path).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), 0)


def _otherwise(day: date | Given) -> QuerySet[PlanLine]:
    """Return what learners take otherwise than the group by the plans in force: no mark of it is wanted in its sheets."""
    return PlanLine.objects.filter(plan__enrolment__study_plan=F("plan")).exclude(gone(day, "plan__enrolment__"))


def _not_of_them(day: date | Given) -> QuerySet[Enrolment]:
    """Return learners, once for each sheet of their group that is not of them, though no plan takes its module otherwise.

    Its control was before they came, or it is final attestation and no order has admitted them to it (273-ФЗ ст. 59): as
    `completeness.people_of` says of one sheet.
    """
    late = Q(started_on__gt=F("cohort__sheets__held_on"))
    unadmitted = Q(cohort__sheets__module__sort=Module.Sort.FINAL, admission_order__isnull=True)
    lines = PlanLine.objects.filter(plan=OuterRef("study_plan"), module=OuterRef("cohort__sheets__module"))
    return Enrolment.objects.exclude(gone(day)).filter(
        late | unadmitted, ~Exists(lines), cohort__sheets__attempt=1, cohort__sheets__serial=1
    )


def listed(actor: Account, day: date) -> QuerySet[Cohort]:
    """Return cohorts that `actor` may see, with learners, marks given and wanted, and overdue sheets on `day`; one query."""
    return _with_counts(Cohort.objects.visible_to(actor), day)


def running(actor: Account, day: date, most: int) -> tuple[list[Cohort], int]:
    """Return the cohorts of `listed` that learn on `day`, the nearest attestation first, and how many there are; two queries."""
    scopes = scopes_of(actor, Permission.COHORT_READ)
    (rows, whole) = together(
        *(one.told(person_uid=actor.person_uid, day=day) for one in (_running(scopes, most), _how_many_run(scopes)))
    )
    return rows, sum(whole)


@cache
def _running(scopes: Scopes, most: int) -> Composed[Cohort]:
    rows = Cohort.objects.filter(reach(scopes, Cohort), Phase.RUNNING.condition(Given("day")))
    in_turn = ("-overdue", F("attestation_on").asc(nulls_last=True), "code")
    return Composed(lambda: _with_counts(rows, Given("day")).order_by(*in_turn)[:most])


@cache
def _how_many_run(scopes: Scopes) -> Composed[int]:
    rows = Cohort.objects.filter(reach(scopes, Cohort), Phase.RUNNING.condition(Given("day")))
    counted_all = rows.order_by().annotate(every=Value(1)).values("every").annotate(n=Count("pk"))
    return Composed(lambda: counted_all.values_list("n", flat=True))


def _with_counts(cohorts: QuerySet[Cohort], day: date | Given) -> QuerySet[Cohort]:
    first = MarkSheet.objects.main()
    marks = Mark.objects.in_force().filter(grade__isnull=False, sheet__attempt=1, sheet__serial=1)
    return (
        cohorts.select_related("program_version__program__unit")
        .annotate(
            learners=_counted(Enrolment.objects.exclude(gone(day)), "cohort"),
            sheets_count=_counted(first, "cohort"),
            marks_given=_counted(marks.exclude(gone(day, "enrolment__")), "sheet__cohort"),
            overdue=_counted(MarkSheet.objects.open().filter(due_on__lt=day), "cohort"),
            otherwise=_counted(_otherwise(day), "plan__enrolment__cohort"),
            not_of_them=_counted(_not_of_them(day), "cohort"),
            waits=Exists(Order.objects.filter(cohort=OuterRef("pk"), state=Order.State.SUBMITTED)),
        )
        .annotate(marks_wanted=F("learners") * F("sheets_count") - F("otherwise") - F("not_of_them"))
    )


def versions_to_teach(actor: Account) -> QuerySet[ProgramVersion]:
    """Return the approved versions by which `actor` may form a cohort."""
    return (
        ProgramVersion.objects.visible_to(actor, Permission.PROGRAM_EDIT)
        .approved()
        .select_related("program")
        .prefetch_related("modules")
        .order_by("title", "-number")
    )


def suggested_code(kind: str, starts_on: date) -> str:
    """Return the next code of a cohort: «ПП-26-04» by the kind of its programme and the year it starts in."""
    prefix = f"{PREFIX[Kind(kind)]}-{starts_on.year % 100:02}-"
    taken = Cohort.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    numbers = [int(found[1]) for code in taken if (found := re.fullmatch(re.escape(prefix) + r"(\d{1,4})", code))]
    return f"{prefix}{max(numbers, default=0) + 1:02}"


def people_of(cohort: Cohort) -> QuerySet[Enrolment]:
    """Return the enrolments of `cohort` with their people, in the order of the sheet."""
    return (
        Enrolment.objects.filter(cohort=cohort)
        .select_related("learner__person", "cohort", "enrolment_order", "admission_order", "withdrawal_order")
        .order_by("learner__person__sort_key", "pk")
    )


def sheets_of(cohort: Cohort, actor: Account, day: date) -> QuerySet[MarkSheet]:
    """Return the sheets of `cohort` that `actor` may see, with teacher, module and how many marks there are and should be."""
    sheets = with_counts(MarkSheet.objects.visible_to(actor).filter(cohort=cohort), day)
    return sheets.select_related("module", "teacher__person").order_by("module__ordinal", "attempt", "serial")


def tasks(actor: Account, at: datetime) -> list[Task]:
    """Return what the cohorts of a methodist ask for: people before the start, admission before the attestation."""
    if not actor.allowed(Permission.ORDER_DRAFT):
        return []
    day = legal_date(at)
    scopes = scopes_of(actor, Permission.COHORT_READ)
    told = {"person_uid": actor.person_uid, "day": day, "soon": day + SOON}
    empty, near = together(_empty(scopes).told(**told), _near(scopes).told(**told))
    found = [
        Task(
            f"В группе {cohort.code} никого нет, а начало близко"
            if cohort.starts_on > day
            else f"В группе {cohort.code} никого",
            f"{cohort.program_version.title} · начало {cohort.starts_on:%d.%m.%Y}",
            f"{reverse('learning:order-new')}?kind=enrolment&cohort={cohort.pk}",
            "Зачислить",
            cohort.starts_on,
        )
        for cohort in empty
    ]
    how = readiness(near)
    for cohort in near:
        ready, whole = how[cohort.pk]
        if ready:
            found.append(
                Task(
                    f"Допуск к итоговой аттестации группы {cohort.code}",
                    f"{plural(ready, 'Готов', 'Готовы', 'Готовы')} {ready} из {counted(whole, PERSON)} · аттестация {cohort.attestation_on:%d.%m.%Y}",
                    f"{reverse('learning:order-new')}?kind=admission&cohort={cohort.pk}",
                    "Проверить допуск",
                    cohort.attestation_on,
                )
            )
    return found


def _not_over(scopes: Scopes) -> QuerySet[Cohort]:
    rows = Cohort.objects.filter(reach(scopes, Cohort), ends_on__gte=Given("day"))
    return rows.select_related("program_version")


def _drafted(kind: Order.Kind) -> Exists:
    return Exists(Order.objects.filter(cohort=OuterRef("pk"), state__in=["draft", "submitted"], kind=kind))


@cache
def _empty(scopes: Scopes) -> Composed[Cohort]:
    anybody = Enrolment.objects.filter(cohort=OuterRef("pk")).exclude(gone(Given("day")))
    rows = _not_over(scopes).filter(~Exists(anybody), starts_on__lte=Given("soon"))
    return Composed(lambda: rows.filter(~_drafted(Order.Kind.ENROLMENT)))


@cache
def _near(scopes: Scopes) -> Composed[Cohort]:
    """Cohorts that may have somebody ready: with a sheet that was never closed, only whoever has a plan of their own (273-ФЗ ст. 59)."""
    learning = Enrolment.objects.filter(cohort=OuterRef("pk"), state=Enrolment.State.ACTIVE)
    before = MarkSheet.objects.open().main().filter(cohort=OuterRef("pk")).exclude(module__sort=Module.Sort.FINAL)
    somebody = Exists(learning.exclude(study_plan=None)) | (Exists(learning) & ~Exists(before))
    near = _not_over(scopes).filter(somebody, attestation_on__lte=Given("soon"))
    near = near.filter(~_drafted(Order.Kind.ADMISSION)).order_by("attestation_on")
    return Composed(lambda: near[:MOST_LOOKED_AT])


def notices(actor: Account, at: datetime) -> list[Notice]:
    """Return the attestations of the next two weeks, for whoever holds them or signs after them; one query (п. 2.2)."""
    if not actor.roles_held & ATTESTING:
        return []
    day = legal_date(at)
    near = _attested(scopes_of(actor, Permission.COHORT_READ))
    return [
        Notice(
            f"Итоговая аттестация {cohort.code} — {date_words(cohort.attestation_on, day)}",
            f"допущено {cohort.admitted} из {counted(cohort.learn, PERSON)}",
            "gavel",
            "warn" if cohort.admitted < cohort.learn else "ok",
            _admission_or_cohort(actor, cohort),
        )
        for cohort in near(person_uid=actor.person_uid, day=day, soon=day + SOON)
    ]


@cache
def _attested(scopes: Scopes) -> Composed[Any]:
    near = Cohort.objects.filter(reach(scopes, Cohort)).filter(
        attestation_on__gte=Given("day"), attestation_on__lte=Given("soon")
    )
    counts = {
        "learn": _counted(Enrolment.objects.filter(state__in=LEARNING), "cohort"),
        "admitted": _counted(Enrolment.objects.filter(state=Enrolment.State.ADMITTED), "cohort"),
    }
    return Composed(lambda: near.annotate(**counts).order_by("attestation_on", "code")[:NOTICED])


def _admission_or_cohort(actor: Account, cohort: Cohort) -> str:
    """Return where to see who is not admitted and why; whoever does not read that sees the cohort."""
    name = "learning:admission" if actor.allowed(Permission.SUMMARY_READ) else "learning:cohort"
    return reverse(name, args=[cohort.pk])


def search(actor: Account, text: str, limit: int) -> list[Hit]:
    """Find cohorts by code or by the title of the programme; one query."""
    found = _found(scopes_of(actor, Permission.COHORT_READ), limit)(key=search_key(text), person_uid=actor.person_uid)
    return [
        Hit(code, title, reverse("learning:cohort", args=[pk]), "группа", "users-group") for pk, code, title in found
    ]


@cache
def _found(scopes: Scopes, limit: int) -> Composed[tuple[int, str, str]]:
    titled = ProgramVersion.objects.filter(title__folded__contains=Given("key"))  # folded once for all its cohorts
    named = Q(code__folded__contains=Given("key")) | Q(program_version__in=titled.values("pk"))
    rows = Cohort.objects.filter(reach(scopes, Cohort)).filter(named)
    return Composed(lambda: rows.values_list("pk", "code", "program_version__title")[:limit])
