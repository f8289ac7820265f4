"""Pages of encouragements: recording one, one with its story, the list (273-ФЗ ст. 28 ч. 3 п. 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import can, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.awards import OWN, RECORDED_BY_YOU, cancel_award, record_award
from zachetka.learning.actions.record_books import record_reading
from zachetka.learning.forms.awards import PAPERS, AwardForm, CancelForm
from zachetka.learning.models import Award, Enrolment
from zachetka.learning.queries.awards import awards_for, awards_seen, is_cancelled
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest
    from zachetka.access.models import Account

SECTION: Final = "awards"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.AWARD_EDIT)
def award_new(request: ActorRequest, pk: int) -> HttpResponse:
    """Record an encouragement of a learner; sent twice, it is recorded once."""
    mine = Enrolment.objects.visible_to(request.user, Permission.AWARD_EDIT)
    enrolment = get_object_or_404(mine.select_related("learner__person", "cohort__program_version"), pk=pk)
    at = now()
    form = AwardForm(request.POST if request.method == "POST" else None, today=legal_date(at))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with at_its_field(form):
            record_award(
                enrolment,
                kind=given["kind"],
                wording=given["wording"],
                awarded_on=given["awarded_on"],
                basis=given["basis"],
                actor=request.user,
                at=at,
            )
            messages.success(request, "Поощрение внесено: слушатель узнал о нём.")
            return redirect("learning:record-book-section", pk, SECTION)
    context = {"enrolment": enrolment, "form": form, "papers": PAPERS}
    return render(request, "learning/award_form.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.RECORD_BOOK_READ)
def award_list(request: ActorRequest) -> HttpResponse:
    """Whom the academy has encouraged, for what, when."""
    return render(
        request, "learning/awards.html", {"table": awards_for(request.user).page(request.GET, awards_seen(request.user))}
    )  # fmt: skip


@require_safe
@needs(Permission.RECORD_BOOK_READ)
def award_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, awards_for(request.user), awards_seen(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.RECORD_BOOK_READ)
def award_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One encouragement: for what, on which paper, who recorded it and who took it back; a look is recorded."""
    return _award(request, _seen(request.user, pk), CancelForm())


@require_POST
@needs(Permission.AWARD_WITHDRAW)
def award_cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back one recorded by mistake; both rows stay (п. 2.1)."""
    award = _seen(request.user, pk)
    form = CancelForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            cancel_award(award, why=form.cleaned_data["why"], actor=request.user, at=now())
            messages.success(request, "Поощрение отозвано: обе записи остались.")
            return redirect("learning:award", pk)
    return _award(request, award, form, status=422)


def _seen(actor: Account, pk: int) -> Award:
    return get_object_or_404(awards_seen(actor), pk=pk)


def _award(request: ActorRequest, award: Award, form: CancelForm, status: int = 200) -> HttpResponse:
    enrolment, reader, at = award.enrolment, request.user, now()
    record_reading(enrolment.pk, enrolment.whose, reader=reader, section=SECTION, at=at, seen_at=at)
    cancels = not is_cancelled(award) and can(reader, Permission.AWARD_WITHDRAW, enrolment)
    context = {
        "award": award,
        "enrolment": enrolment,
        "form": form,
        "cancelled": is_cancelled(award),
        "cancels": cancels,
        "barred": _barred(award, reader) if cancels else "",
    }
    return render(request, "learning/award.html", context, status=status)


def _barred(award: Award, reader: Account) -> str:
    """Return why whoever holds the right still does not take `award` back, "" when nothing keeps them from it (п. 3.8)."""
    if is_own(award.enrolment.human_uid, reader):
        return OWN
    return RECORDED_BY_YOU if is_own(award.recorded_by_person, reader) else ""
