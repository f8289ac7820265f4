"""The pages of the «Матрица доступа»: as it is now, each edition, the head's decision, the files (п. 3.8; ПП РФ № 1119, п. 13)."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.models import Account
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.people import editions, matrix, matrix_files
from zachetka.people.actions.matrix import KINDS, VERDICT, decide_matrix, matrix_file, propose_matrix
from zachetka.people.editions import Taken
from zachetka.people.models import MatrixEdition
from zachetka.rendering.xlsx import XLSX

PDF: Final = "application/pdf"
TYPES: Final = {"pdf": PDF, "xlsx": XLSX}
VERDICTS: Final = {
    "approve": (VERDICT.APPROVED, "Матрица утверждена: её содержание и хеш записаны в журнал событий."),
    "refuse": (VERDICT.REFUSED, "В утверждении отказано. Действует прежняя редакция."),
}
HISTORY: Final = 20
"""Editions listed at the foot of the page, the last ones."""


@require_safe
@needs(Permission.MATRIX_READ)
def live(request: ActorRequest) -> HttpResponse:
    """The matrix of now: rights, who holds each role by which order, what differs from the approved edition."""
    return _page(request, editions.taken(None, now()))


@require_safe
@needs(Permission.MATRIX_READ)
def edition(request: ActorRequest, number: int) -> HttpResponse:
    """An edition as it was frozen."""
    return _page(request, editions.taken(_found(request.user, number), now()))


@require_POST
@needs(Permission.MATRIX_PROPOSE)
def propose(request: ActorRequest) -> HttpResponse:
    """Freeze the matrix of now and put it to the head."""
    made = propose_matrix(actor=request.user, at=now())
    messages.success(request, f"Представлена {made}. Решит руководитель.")
    return redirect("people:matrix_edition", made.number)


@require_POST
@needs(Permission.MATRIX_APPROVE)
def decide(request: ActorRequest, number: int, decision: str) -> HttpResponse:
    """Approve or refuse an edition."""
    if decision not in VERDICTS:
        raise Http404
    verdict, done = VERDICTS[decision]
    decide_matrix(_found(request.user, number), verdict, actor=request.user, at=now())
    messages.success(request, done)
    return redirect("people:matrix_edition", number)


@require_safe
@needs(Permission.MATRIX_READ)
def file(request: ActorRequest, kind: str, number: int | None = None) -> HttpResponse:
    """The matrix of now, or an edition, as a file; that it left the system is recorded."""
    if kind not in KINDS:
        raise Http404
    at = now()
    found = None if number is None else _found(request.user, number)
    made = matrix_file(kind, found, actor=request.user, at=at)
    name = f"Матрица доступа {f'ред. {found.number}' if found else f'{legal_date(at):%Y-%m-%d}'}.{kind}"
    answer = HttpResponse(made.content, content_type=TYPES[kind])
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=kind != "pdf", filename=name) or "attachment"
    )
    return answer


def _found(actor: Account, number: int) -> MatrixEdition:
    return get_object_or_404(
        MatrixEdition.objects.visible_to(actor).select_related("proposed_by", "decision__decided_by"), number=number
    )


def _page(request: ActorRequest, taken: Taken) -> HttpResponse:
    history: list[Any] = list(editions.editions()[:HISTORY])
    last = history[0] if history else None
    waits = last is not None and not editions.is_decided(last)
    own = last is not None and last.proposed_by_person == request.user.person_uid
    allowed = request.user.allowed
    here = taken.edition is not None and last is not None and taken.edition.pk == last.pk
    context = matrix.page(taken.told) | {
        "at": taken.at,
        "edition": taken.edition,
        "approved": taken.approved,
        "base": taken.base,
        "standing": matrix_files.standing(taken),
        "differences": matrix.told_of(taken.differs) if taken.base else [],
        "history": history,
        "waiting": last if waits and not here else None,
        "may_propose": taken.edition is None
        and allowed(Permission.MATRIX_PROPOSE)
        and not taken.is_approved
        and not waits,
        "may_decide": here and waits and allowed(Permission.MATRIX_APPROVE) and not own,
        "locked": here and waits and own,
    }
    return render(request, "people/matrix.html", context)
