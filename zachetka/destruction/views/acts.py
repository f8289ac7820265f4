"""Pages of acts of destruction: the list, one act with what it destroys, its papers (152-ФЗ ст. 21; приказ Роскомнадзора № 179)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import ActorRequest, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.destruction.actions.acts import COMPOSED_BY_YOU, OWN, approve_act, return_act
from zachetka.destruction.actions.papers import take_paper
from zachetka.destruction.forms import ReturnForm
from zachetka.destruction.lifecycle import ACT_STEPS
from zachetka.destruction.lists import ACTS, acts_seen, state_badge, whose
from zachetka.destruction.models import Act
from zachetka.destruction.paper import PAPERS
from zachetka.destruction.queries.proof import proof_of
from zachetka.destruction.rules import STAYS
from zachetka.lifecycle.steps import allowed
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.DESTRUCTION_READ)
def acts(request: ActorRequest) -> HttpResponse:
    """Acts of destruction, the newest first."""
    return render(request, "destruction/list.html", {"table": ACTS.page(request.GET, acts_seen(request.user))})


@require_safe
@needs(Permission.DESTRUCTION_READ)
def export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, ACTS, acts_seen(request.user), at=now(), clause="152-ФЗ ст. 21")


@require_safe
@needs(Permission.DESTRUCTION_READ)
def act(request: ActorRequest, pk: int) -> HttpResponse:
    """One act: what it destroys, what stays, whose hands, what proves it."""
    return _page(request, _found(request, pk), ReturnForm())


@require_POST
@needs(Permission.DESTRUCTION_APPROVE)
def approve(request: ActorRequest, pk: int) -> HttpResponse:
    """Approve it: what it names is destroyed at once."""
    done = approve_act(_found(request, pk), actor=request.user, at=now())
    messages.success(request, f"Акт № {done.number} утверждён и исполнен: данных больше нет.")
    return redirect("destruction:act", pk)


@require_POST
@needs(Permission.DESTRUCTION_APPROVE)
def send_back(request: ActorRequest, pk: int) -> HttpResponse:
    """Send it back with the reason: nothing is destroyed."""
    found, form = _found(request, pk), ReturnForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            return_act(found, why=form.cleaned_data["why"], actor=request.user, at=now())
            messages.success(request, "Акт возвращён, ничего не уничтожено.")
            return redirect("destruction:act", pk)
    return _page(request, found, form)


@require_safe
@needs(Permission.DESTRUCTION_READ)
def file(request: ActorRequest, pk: int, kind: str) -> HttpResponse:
    """The act or the extract from the journal as PDF/A; who took it is recorded (п. 3.8)."""
    found = _found(request, pk)
    if kind not in PAPERS or found.state != Act.State.APPROVED:
        raise Http404
    pdf = take_paper(found, kind, actor=request.user, at=now())
    number = found.number if kind == "act" else found.extract_number
    answer = HttpResponse(pdf.content, content_type="application/pdf")
    named = content_disposition_header(as_attachment=False, filename=f"{PAPERS[kind][1]} № {number}.pdf")
    answer["Content-Disposition"] = named or "inline"
    return answer


def _page(request: ActorRequest, found: Act, form: ReturnForm) -> HttpResponse:
    actor = request.user
    steps = allowed(ACT_STEPS, found, actor)
    person = found.withdrawal.consent.person if found.withdrawal else None
    barred = ""
    if steps["approve"]:
        composed = is_own(found.composed_by_person, actor)
        barred = COMPOSED_BY_YOU if composed else OWN if person and is_own(person.human_uid, actor) else ""
    context = {
        "act": found,
        "badge_": state_badge(found),
        "whose": whose(found),
        "person": person,
        "is_own": person is not None and is_own(person.human_uid, actor),
        "lines": list(found.lines.all()),
        "stays": found.content.get("kept") or STAYS,
        "steps": steps,
        "barred": barred,
        "form": form,
        "proof": proof_of(found),
    }
    return render(request, "destruction/act.html", context, status=422 if form.errors else 200)


def _found(request: ActorRequest, pk: int) -> Act:
    return get_object_or_404(acts_seen(request.user), pk=pk)
