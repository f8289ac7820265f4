"""The page on which people and marks are brought from Moodle (п. 2.4)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.exchange.actions import ask_for_marks, ask_for_people
from zachetka.exchange.forms import MarksForm, PeopleForm
from zachetka.exchange.site import is_named
from zachetka.learning.models import MarkSheet


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PERSON_IMPORT)
def moodle_people(request: ActorRequest) -> HttpResponse:
    """Ask for a global group of Moodle; a job brings it to the preview of lists (п. 2.4)."""
    form = PeopleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and is_named():
        job = ask_for_people(form.cleaned_data["cohort"], actor=request.user, at=now())
        return redirect("jobs:job", job.pk)
    return _page(request, form, "people")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SHEET_FILL)
def moodle_marks(request: ActorRequest) -> HttpResponse:
    """Ask for the gradebook of a course; a job brings it to the preview of marks (п. 2.4)."""
    mine = MarkSheet.objects.visible_to(request.user, Permission.SHEET_FILL).open()
    mine = mine.filter(held_on__lte=legal_date(now())).select_related("cohort", "module")
    asked = request.GET.get("sheet", "")
    form = MarksForm(
        request.POST if request.method == "POST" else None,
        sheets=list(mine.order_by("due_on", "pk")),
        initial={"sheet": asked},
    )
    if request.method == "POST" and form.is_valid() and is_named():
        sheet = get_object_or_404(mine, pk=form.cleaned_data["sheet"])
        job = ask_for_marks(form.cleaned_data["course"], sheet, actor=request.user, at=now())
        return redirect("jobs:job", job.pk)
    return _page(request, form, "marks")


def _page(request: ActorRequest, form: MarksForm | PeopleForm, what: str) -> HttpResponse:
    context = {"form": form, "what": what, "is_named": is_named(), "site": settings.MOODLE_URL}
    return render(request, "exchange/moodle.html", context, status=422 if form.errors else 200)
