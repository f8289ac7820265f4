"""Pages of debts and resits of a cohort (273-ФЗ ст. 58 ч. 5, 6)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.russian import date_words
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.forms.resits import ResitForm
from zachetka.learning.models import Cohort
from zachetka.learning.queries.debts import Examinee, debts_of
from zachetka.learning.rules import LAST_ATTEMPT
from zachetka.programs.models import Module
from zachetka.rendering.fields import at_its_field

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest

ASKED = {1: "сдача отдельно", 2: "первая пересдача", LAST_ATTEMPT: "вторая пересдача, с комиссией"}


@require_safe
@needs(Permission.RESIT_APPOINT)
def debts(request: ActorRequest, pk: int) -> HttpResponse:
    """Who of a cohort owes what, until when, how many resits are left; and the way to a resit."""
    cohort = _cohort(request, pk)
    at = now()
    today = legal_date(at)
    look_at_marks(cohort, Section.DEBTS, reader=request.user, at=at)
    found = debts_of([cohort])
    modules = [
        (module, rows, _offers(rows)) for module, rows in ((key, list(rows)) for key, rows in groupby(found, _module))
    ]
    return render(
        request, "learning/debts.html", {"cohort": cohort, "modules": modules, "count": len(found), "today": today}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RESIT_APPOINT)
def resit_new(request: ActorRequest, pk: int, module: int, attempt: int) -> HttpResponse:
    """Appoint a resit of one module to those who sit the same attempt (273-ФЗ ст. 58 ч. 5, 6)."""
    cohort = _cohort(request, pk)
    plan = get_object_or_404(cohort.program_version.modules, pk=module)
    if attempt not in ASKED:
        raise Http404
    at = now()
    rows = [one for one in debts_of([cohort]) if one.module.pk == plan.pk and one.attempt == attempt]
    free = [one for one in rows if one.appointed is None]
    typed = request.POST if request.method == "POST" else None
    form = ResitForm(
        typed, examinees=rows if typed else free, attempt=attempt, actor=request.user, today=legal_date(at)
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with at_its_field(form):
            sheet = appoint_resit(
                cohort,
                plan,
                enrolments=[form.examinees[key].enrolment for key in given["people"]],
                teacher=given["teacher"],
                held_on=given["held_on"],
                due_on=given["due_on"],
                commission=form.commission,
                basis=given.get("basis", ""),
                actor=request.user,
                at=at,
            )
            messages.success(request, f"Назначена {ASKED[attempt]}: «{plan.title}», {date_words(sheet.held_on)}.")
            return redirect("learning:debts", cohort.pk)
    look_at_marks(cohort, Section.RESIT, reader=request.user, at=at)
    context = {"cohort": cohort, "module": plan, "form": form, "asked": ASKED[attempt], "free": free}
    return render(request, "learning/resit_new.html", context, status=422 if form.errors else 200)


def _cohort(request: ActorRequest, pk: int) -> Cohort:
    cohorts = Cohort.objects.visible_to(request.user, Permission.RESIT_APPOINT).select_related("program_version")
    return get_object_or_404(cohorts, pk=pk)


def _module(examinee: Examinee) -> Module:
    return examinee.module


def _offers(rows: list[Examinee]) -> list[tuple[int, str]]:
    """Return the resits that can be appointed: attempt and its words, the first one first."""
    attempts = sorted({one.attempt for one in rows if one.appointed is None})
    return [(attempt, ASKED[attempt]) for attempt in attempts if attempt in ASKED]
