"""Pages of good reasons of a learner (273-ФЗ ст. 58 ч. 2, 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.learning.actions.excuses import cancel_excuse, look_at_excuses, record_excuse
from zachetka.learning.forms.resits import CancelForm, ExcuseForm
from zachetka.learning.models import Enrolment, Excuse
from zachetka.rendering.fields import at_its_field

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EXCUSE_EDIT)
def excuses(request: ActorRequest, pk: int) -> HttpResponse:
    """The good reasons of a learner, and the form for another; a look is recorded (п. 3.8)."""
    enrolment = get_object_or_404(
        Enrolment.objects.visible_to(request.user, Permission.EXCUSE_EDIT).select_related(
            "learner__person", "cohort__program_version"
        ),
        pk=pk,
    )
    at = now()
    form = ExcuseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            record_excuse(enrolment, **form.cleaned_data, actor=request.user, at=at)
            messages.success(request, "Уважительная причина учтена: сроки и долги пересчитаны.")
            return redirect("learning:excuses", pk)
    return _page(request, enrolment, form, CancelForm(), status=422 if form.errors else 200)


@require_POST
@needs(Permission.EXCUSE_EDIT)
def excuse_cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back a row recorded by mistake; both rows stay (п. 2.1)."""
    found = Excuse.objects.visible_to(request.user).select_related("enrolment__learner__person", "enrolment__cohort")
    excuse = get_object_or_404(found, pk=pk)
    form = CancelForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            cancel_excuse(excuse, why=form.cleaned_data["why"], actor=request.user, at=now())
            messages.success(request, "Запись отозвана: она осталась в истории.")
            return redirect("learning:excuses", excuse.enrolment_id)
    return _page(request, excuse.enrolment, ExcuseForm(), form, status=422, asked=excuse.pk)


def _page(
    request: ActorRequest, enrolment: Enrolment, form: ExcuseForm, cancel: CancelForm, *, status: int, asked: int = 0
) -> HttpResponse:
    context = {
        "enrolment": enrolment,
        "rows": look_at_excuses(enrolment, reader=request.user, at=now()),
        "form": form,
        "cancel": cancel,
        "asked": asked,
    }
    return render(request, "learning/excuses.html", context, status=status)
