"""Pages of corrections: proposing, the list, deciding, the history of a cell (п. 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import can, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.looks import Section, look_at_groups
from zachetka.learning.actions.marks import confirm_correction, propose_correction, refuse_correction
from zachetka.learning.actions.record_books import read_mark_history
from zachetka.learning.forms.corrections import BASES, ProposalForm, RefusalForm
from zachetka.learning.models import Correction, Mark
from zachetka.learning.queries.correction_list import CORRECTIONS, corrections_seen, learner_of
from zachetka.learning.queries.mark_history import mark_words, readable_marks
from zachetka.learning.queries.scales import grades_of
from zachetka.programs.models import Module
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_safe
@needs(Permission.RECORD_BOOK_READ)
def mark_history(request: ActorRequest, pk: int) -> HttpResponse:
    """Everything that ever stood in one cell, with proofs; a fragment for a popover, a page without scripts."""
    mark = get_object_or_404(readable_marks(request.user), pk=pk)
    fragment = request.headers.get("HX-Request") == "true"
    return render(
        request,
        "learning/_mark_history.html" if fragment else "learning/mark_history.html",
        {
            "mark": mark,
            "history": read_mark_history(mark, reader=request.user, at=now()),
            "may_correct": mark.sheet.state == mark.sheet.State.CLOSED
            and can(request.user, Permission.CORRECTION_PROPOSE, mark),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CORRECTION_PROPOSE)
def mark_correct(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask to correct a mark of a closed sheet: value, reason, document; a second person decides (п. 2.1)."""
    marks = Mark.objects.visible_to(request.user, Permission.CORRECTION_PROPOSE).select_related(
        "grade", "sheet__module", "sheet__cohort", "enrolment__learner__person"
    )
    mark = get_object_or_404(marks, pk=pk)
    history = read_mark_history(mark, reader=request.user, at=now())
    if history.chapters[0].mark != mark:
        return redirect("learning:mark-correct", pk=history.chapters[0].mark.pk)
    grades = grades_of(mark.sheet)
    form = ProposalForm(
        request.POST if request.method == "POST" else None,
        grades=grades,
        is_final=mark.sheet.module.sort == Module.Sort.FINAL,
        today=legal_date(now()),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with at_its_field(form):
            correction = propose_correction(
                mark,
                text=given["text"],
                reason=given["reason"],
                basis=given["basis"],
                actor=request.user,
                at=now(),
            )
            messages.success(request, "Исправление записано и ждёт второго человека.")
            return redirect("learning:correction", pk=correction.pk)
    return render(
        request,
        "learning/correction_form.html",
        {
            "mark": mark,
            "words": mark_words(mark),
            "form": form,
            "bases": BASES,
            "is_final": mark.sheet.module.sort == Module.Sort.FINAL,
            "history": history,
        },
        status=422 if form.errors else 200,
    )


@require_safe
@needs(Permission.SHEET_READ)
def correction_list(request: ActorRequest) -> HttpResponse:
    """Corrections that wait for a second person, then those decided (п. 2.1)."""
    table = CORRECTIONS.page(request.GET, corrections_seen(request.user))
    shown = (row.mark.sheet.cohort for row, _ in table.rows)
    look_at_groups(shown, Section.CORRECTIONS, reader=request.user, at=now())
    return render(request, "learning/corrections.html", {"table": table})


@require_safe
@needs(Permission.SHEET_READ)
def correction_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, CORRECTIONS, corrections_seen(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.SHEET_READ)
def correction_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One correction: what changes, why, on what paper, who; the proposer sees that another must decide (п. 2.1)."""
    return _correction(request, _seen(request, pk), RefusalForm())


@require_POST
@needs(Permission.CORRECTION_CONFIRM)
def correction_confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Confirm: a new mark supersedes the old one (п. 2.1)."""
    correction = _seen(request, pk)
    confirm_correction(correction, actor=request.user, at=now())
    messages.success(
        request, f"{learner_of(correction)}: теперь «{mark_words(correction)}». Прежняя оценка осталась в истории."
    )
    return redirect("learning:correction-list")


@require_POST
@needs(Permission.CORRECTION_CONFIRM)
def correction_refuse(request: ActorRequest, pk: int) -> HttpResponse:
    """Refuse, saying why (п. 2.1)."""
    correction = _seen(request, pk)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _correction(request, correction, form, status=422)
    refuse_correction(correction, why=form.cleaned_data["why"], actor=request.user, at=now())
    messages.success(request, "Исправление отклонено, оценка прежняя.")
    return redirect("learning:correction-list")


def _seen(request: ActorRequest, pk: int) -> Correction:
    return get_object_or_404(corrections_seen(request.user), pk=pk)


def _correction(request: ActorRequest, correction: Correction, form: RefusalForm, status: int = 200) -> HttpResponse:
    waits = correction.state == Correction.State.PROPOSED
    mine = correction.proposed_by_person == request.user.person_uid
    about_me = is_own(correction.mark.enrolment.human_uid, request.user)
    may_decide = waits and can(request.user, Permission.CORRECTION_CONFIRM, correction)
    return render(
        request,
        "learning/correction.html",
        {
            "correction": correction,
            "learner": correction.mark.enrolment.learner.person,
            "sheet": correction.mark.sheet,
            "old": mark_words(correction.mark),
            "new": mark_words(correction),
            "history": read_mark_history(correction.mark, reader=request.user, at=now()),
            "form": form,
            "waits": waits,
            "mine": mine,
            "about_me": about_me,
            "decides": may_decide and not mine and not about_me,
        },
        status=status,
    )
