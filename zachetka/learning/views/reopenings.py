"""Pages of closed sheets opened again: asking, the list, deciding (п. 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import can, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.russian import date_words
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.actions.reopenings import ask_reopening, grant_reopening, refuse_reopening
from zachetka.learning.forms.corrections import RefusalForm
from zachetka.learning.forms.reopenings import KINDS, AskForm
from zachetka.learning.models import MarkSheet, Reopening
from zachetka.learning.queries.reopenings import (
    REOPENINGS,
    changes_of,
    hands_of,
    may_ask,
    reopenings_seen,
    trouble_of,
)
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.REOPENING_ASK)
def sheet_reopen(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask to open a closed sheet again: reason, document, term; another person decides (п. 2.2)."""
    sheets = MarkSheet.objects.visible_to(request.user, Permission.REOPENING_ASK)
    sheet = get_object_or_404(sheets.select_related("cohort", "module", "teacher__person"), pk=pk)
    at = now()
    form = AskForm(request.POST if request.method == "POST" else None, today=legal_date(at))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with at_its_field(form):
            reopening = ask_reopening(
                sheet,
                reason=given["reason"],
                basis=given["basis"],
                until=given["until"],
                actor=request.user,
                at=at,
            )
            messages.success(request, "Просьба записана и ждёт руководителя.")
            return redirect("learning:reopening", pk=reopening.pk)
    context = {
        "sheet": sheet,
        "form": form,
        "kinds": KINDS,
        "trouble": trouble_of(sheet, legal_date(at)),
        "hands_over": sheet.teacher.left_on is not None and can(request.user, Permission.SHEET_HAND_OVER, sheet),
        "may_ask": may_ask(sheet, request.user),
        "waiting": reopenings_seen(request.user).waiting().filter(sheet=sheet).first(),
    }
    return render(request, "learning/reopening_form.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.SHEET_READ)
def reopening_list(request: ActorRequest) -> HttpResponse:
    """What waits for a decision, what is open again, what was (п. 2.2)."""
    table = REOPENINGS.page(request.GET, reopenings_seen(request.user))
    return render(request, "learning/reopenings.html", {"table": table})


@require_safe
@needs(Permission.SHEET_READ)
def reopening_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, REOPENINGS, reopenings_seen(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.SHEET_READ)
def reopening_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One reopening: why, on what paper, who, what it changed; the asker sees that another decides (п. 2.2)."""
    return _reopening(request, _seen(request, pk), RefusalForm())


@require_POST
@needs(Permission.REOPENING_DECIDE)
def reopening_grant(request: ActorRequest, pk: int) -> HttpResponse:
    """Open the sheet again (п. 2.2)."""
    reopening = grant_reopening(_seen(request, pk), actor=request.user, at=now())
    messages.success(
        request, f"Ведомость открыта заново по {date_words(reopening.until)}: преподаватель узнал об этом."
    )
    return redirect("learning:reopening", pk=pk)


@require_POST
@needs(Permission.REOPENING_DECIDE)
def reopening_refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """Refuse, saying why (п. 2.2)."""
    reopening = _seen(request, pk)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _reopening(request, reopening, form, status=422)
    refuse_reopening(reopening, why=form.cleaned_data["why"], actor=request.user, at=now())
    messages.success(request, "Отказано: ведомость осталась закрытой.")
    return redirect("learning:reopening", pk=pk)


def _seen(request: ActorRequest, pk: int) -> Reopening:
    return get_object_or_404(reopenings_seen(request.user), pk=pk)


def _reopening(request: ActorRequest, reopening: Reopening, form: RefusalForm, status: int = 200) -> HttpResponse:
    waits = reopening.state == Reopening.State.ASKED
    at = now()
    barred = hands_of(reopening, request.user, legal_date(at))
    changes = changes_of(reopening, request.user)
    if changes:
        look_at_marks(reopening.sheet.cohort, Section.REOPENING, reader=request.user, at=at)
    context = {
        "reopening": reopening,
        "sheet": reopening.sheet,
        "form": form,
        "waits": waits,
        "barred": barred,
        "decides": waits and not barred and can(request.user, Permission.REOPENING_DECIDE, reopening),
        "changes": changes,
        "fills": reopening.state == Reopening.State.OPEN
        and reopening.decided_by_person != request.user.person_uid
        and can(request.user, Permission.SHEET_FILL, reopening.sheet),
    }
    return render(request, "learning/reopening.html", context, status=status)
