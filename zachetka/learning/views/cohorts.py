"""Pages of cohorts: the list, the card, forming one (п. 2.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zachetka.access.guard import ActorRequest, can, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.cohorts import create_cohort
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.forms.cohorts import CohortForm, VersionChoice
from zachetka.learning.models import Cohort, Enrolment, Order
from zachetka.learning.queries import cohorts as queries
from zachetka.learning.queries.admission import Headway, headways
from zachetka.learning.queries.cohort_list import cohorts_table, phase_badge
from zachetka.learning.queries.order_choice import offers_for
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.COHORT_READ)
def cohorts(request: ActorRequest) -> HttpResponse:
    """Cohorts that the person may see (п. 2.2)."""
    day = legal_date(now())
    page = cohorts_table(day).page(request.GET, queries.listed(request.user, day))
    context = {"table": page, "may_create": request.user.allowed(Permission.COHORT_EDIT)}
    return render(request, "learning/cohorts.html", context)


@require_safe
@needs(Permission.COHORT_READ)
def cohorts_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    at = now()
    day = legal_date(at)
    return taken(request, cohorts_table(day), queries.listed(request.user, day), at=at, clause="3.8")


@require_safe
@needs(Permission.COHORT_READ)
def cohort(request: ActorRequest, pk: int) -> HttpResponse:
    """A cohort: its people with their progress, its sheets, its orders (п. 2.2)."""
    at = now()
    day = legal_date(at)
    shown = get_object_or_404(queries.listed(request.user, day), pk=pk)
    actor = request.user
    people = list(
        queries.people_of(shown).filter(pk__in=Enrolment.objects.visible_to(actor).filter(cohort=shown).values("pk"))
    )
    if any(not is_own(one.human_uid, actor) for one in people):
        look_at_marks(shown, Section.COHORT, reader=actor, at=at)
    how = headways(people)
    sees_all = len(people) == queries.people_of(shown).count()  # figures are of a whole group or none
    sheets = list(queries.sheets_of(shown, actor, day))
    may_edit = can(actor, Permission.COHORT_EDIT, shown)
    orders = Order.objects.visible_to(actor).filter(cohort=shown).select_related("approved_by")
    context = {
        "cohort": shown,
        "version": shown.program_version,
        "phase": phase_badge(shown, day),
        "people": [
            (one, one.state_on(day), how[one.pk], one.words_on(day) if one.is_ahead(day) else "") for one in people
        ],
        "sheets": sheets,
        "orders": orders if actor.allowed(Permission.ORDER_READ) else [],
        "day": day,
        "figures": _figures(shown, people, how, day) if sees_all else [],
        "sees_all": sees_all,
        "appoints": bool(people) and may_edit and actor.allowed(Permission.RESIT_APPOINT),
        "may_admit": bool(people) and can(actor, Permission.LEARNER_ADMIT, shown),
        "order_offers": offers_for(shown) if actor.allowed(Permission.ORDER_DRAFT) and may_edit else [],
        "may_edit": may_edit,
        "hands_over": may_edit and actor.allowed(Permission.SHEET_HAND_OVER),
        "gathers_books": bool(people) and can(actor, Permission.COHORT_BOOKS_EXPORT, shown),
        "reads_summary": bool(people) and can(actor, Permission.SUMMARY_READ, shown),
    }
    return render(request, "learning/cohort.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.COHORT_EDIT)
def cohort_new(request: ActorRequest) -> HttpResponse:
    """Form a cohort: the programme first, then dates, teachers and days of control (п. 2.2)."""
    choice = VersionChoice(request.GET if "version" in request.GET else None, actor=request.user)
    if not choice.is_valid():
        status = 422 if choice.errors else 200
        has_any = queries.versions_to_teach(request.user).exists()
        return render(request, "learning/cohort_version.html", {"form": choice, "has_any": has_any}, status=status)
    version = choice.cleaned_data["version"]
    given: dict[str, Any] = {"version": version, "day": legal_date(now()), "actor": request.user}
    form = CohortForm(request.POST or None, **given)
    status = 200
    if request.method == "POST" and "spread" in request.POST:
        form.is_valid()
        form = CohortForm(form.respread(), **given)
        form.is_valid()
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            with at_its_field(form):
                typed = {name: form.cleaned_data[name] for name in ("code", "starts_on", "ends_on", "attestation_on")}
                made = create_cohort(version, **typed, assignments=form.assignments(), actor=request.user, at=now())
                messages.success(
                    request, f"Группа {made.code} сформирована, ведомости открыты. Теперь зачислите людей."
                )
                return redirect("learning:cohort", made.pk)
    return render(request, "learning/cohort_new.html", {"form": form, "version": version}, status=status)


def _figures(shown: Cohort, people: list[Enrolment], how: dict[int, Headway], day: date) -> list[dict[str, Any]]:
    ahead = [one.started_on for one in people if one.is_ahead(day)]
    learning = [one for one in people if one.state_on(day) in queries.LEARNING and not one.is_ahead(day)]
    debtors = sum(1 for one in learning if how[one.pk].debts)
    ready = sum(1 for one in learning if not how[one.pk].before_final)
    finished = sum(one.state_on(day) == Enrolment.State.COMPLETED for one in people)
    withdrawn = sum(one.state_on(day) == Enrolment.State.WITHDRAWN for one in people)
    moved = sum(one.state_on(day) == Enrolment.State.MOVED for one in people)
    given, wanted = shown.marks_given, shown.marks_wanted  # type: ignore[attr-defined]
    whole = f"из {len(people)} зачисленных"
    marks = {"label": "Оценки", "figure": str(given), "base": f"из {wanted} по плану", "bar": given, "whole": wanted}
    if people and not learning and not ahead:
        return [
            {"label": "Завершили обучение", "figure": str(finished), "base": whole},
            {
                "label": "Отчислены до завершения",
                "figure": str(withdrawn),
                "base": whole,
                "note": f"переведены {moved}" if moved else "",
            },
            marks,
        ]
    others = (
        f"{'остальные ' if learning else ''}с {min(ahead):%d.%m.%Y}" if ahead else "",
        f"завершили {finished}" if finished else "",
        f"отчислены {withdrawn}" if withdrawn else "",
        f"переведены {moved}" if moved else "",
    )
    return [
        {"label": "Учатся", "figure": str(len(learning)), "base": whole, "note": ", ".join(filter(None, others))},
        marks,
        {
            "label": "С задолженностью", "figure": str(debtors), "base": f"из {len(learning)}",
            "tone": "bad" if debtors else "",
        },
        {
            "label": "Готовы к аттестации", "figure": str(ready), "base": f"из {len(learning)}",
            "note": f"аттестация {shown.attestation_on:%d.%m.%Y}" if shown.attestation_on else "",
        },
    ]  # fmt: skip
