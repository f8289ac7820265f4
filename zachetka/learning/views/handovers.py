"""Pages by which a sheet passes to another teacher and a resit is taken back (п. 2.2; 273-ФЗ ст. 58)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.handovers import hand_over_sheet
from zachetka.learning.actions.resits import cancel_resit
from zachetka.learning.forms.handovers import CancelResitForm, HandOverForm
from zachetka.learning.models import MarkSheet
from zachetka.learning.queries.completeness import people_of
from zachetka.rendering.fields import at_its_field

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SHEET_HAND_OVER)
def sheet_hand_over(request: ActorRequest, pk: int) -> HttpResponse:
    """Pass a sheet to another teacher by a paper, whatever its state (п. 2.2)."""
    sheets = MarkSheet.objects.visible_to(request.user, Permission.SHEET_HAND_OVER).held()
    sheet = get_object_or_404(sheets.select_related("cohort", "module", "teacher__person"), pk=pk)
    at = now()
    typed = request.POST if request.method == "POST" else None
    form = HandOverForm(typed, sheet=sheet, actor=request.user, today=legal_date(at))
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            hand_over_sheet(sheet, **form.cleaned_data, actor=request.user, at=at)
            messages.success(
                request, f"Ведомость «{sheet.module.short_title}» передана, обоим преподавателям сообщено."
            )
            return redirect("learning:cohort", sheet.cohort_id)
    handed = sheet.handovers.select_related("was__person", "teacher__person", "handed_by").order_by("-pk")
    context = {"sheet": sheet, "form": form, "handed": handed}
    return render(request, "learning/sheet_hand_over.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.RESIT_APPOINT)
def resit_cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back a resit that nobody has sat, with the reason (273-ФЗ ст. 58)."""
    sheets = MarkSheet.objects.visible_to(request.user, Permission.RESIT_APPOINT).open().exclude(attempt=1, serial=1)
    sheet = get_object_or_404(sheets.select_related("cohort", "module", "teacher__person"), pk=pk)
    at = now()
    form = CancelResitForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            cancel_resit(sheet, reason=form.cleaned_data["reason"], actor=request.user, at=at)
            messages.success(request, "Пересдача отменена, всем сообщено. Теперь можно назначить другую.")
            return redirect("learning:debts", sheet.cohort_id)
    people = (
        people_of(sheet, legal_date(at)).select_related("learner__person").order_by("learner__person__sort_key", "pk")
    )
    context = {"sheet": sheet, "form": form, "people": people}
    return render(request, "learning/resit_cancel.html", context, status=422 if form.errors else 200)
