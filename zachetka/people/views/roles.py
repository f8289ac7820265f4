"""Pages of roles: proposed by one person, decided by another (п. 3.8)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.models import RoleAssignment
from zachetka.access.policy import Permission, Role
from zachetka.core.clock import legal_date, now
from zachetka.people import actions, lists, matrix, queries
from zachetka.people.actions import substitution
from zachetka.people.forms import RoleForm, SubstituteForm, rights_of
from zachetka.people.suspensions import Suspension
from zachetka.rendering.acts import Come, Stage
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken

DECISIONS = {
    "approve": (
        actions.approve_role,
        "Роль действует со дня, названного в приказе. Если она первая, прежний пароль отменён: новый выдают двое.",
    ),
    "refuse": (actions.refuse_role, "В роли отказано."),
    "end": (actions.end_role, "Роль прекращена: следующий запрос её владельца уже получит отказ."),
}
STATE = RoleAssignment.State


@require_safe
@needs(Permission.ACCOUNT_READ)
def roles(request: ActorRequest) -> HttpResponse:
    """Roles given, proposed and ended."""
    table = lists.ROLES.page(request.GET, queries.assignments(request.user))
    may_propose = request.user.allowed(Permission.ROLE_PROPOSE)
    return render(request, "people/roles.html", {"table": table, "may_propose": may_propose})


@require_safe
@needs(Permission.ACCOUNT_READ)
def export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, lists.ROLES, queries.assignments(request.user), at=now(), clause="3.8")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ROLE_PROPOSE)
def propose(request: ActorRequest) -> HttpResponse:
    """Propose a role by an order; another person decides (п. 3.8)."""
    at = now()
    initial: dict[str, Any] = {"valid_from": legal_date(at)}
    if (asked := request.GET.get("account", "")).isdecimal() and asked.isascii() and len(asked) < 10:
        initial["account"] = int(asked)
    form = RoleForm(request.POST or None, initial=initial, actor=request.user)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            assignment = actions.propose_role(
                typed["account"],
                Role(typed["role"]),
                unit=typed["unit"],
                basis=form.basis(),
                actor=request.user,
                at=at,
            )
            messages.success(request, "Роль предложена. Решит администратор безопасности.")
            return redirect("people:role", assignment.pk)
    context = {"form": form, "pairs": matrix.separated()}
    return render(request, "people/role_new.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.ACCOUNT_READ)
def role(request: ActorRequest, pk: int) -> HttpResponse:
    """One role: by which order, who proposed, what it gives, what it excludes."""
    found = get_object_or_404(queries.assignments(request.user), pk=pk)
    reader, held = request.user.person_uid, Role(found.role)
    own = found.account.person_uid == reader
    decides = request.user.allowed(Permission.ROLE_APPROVE)
    waits = decides and found.state == STATE.PROPOSED
    mine = own or found.proposed_by_person == reader
    return render(
        request,
        "people/role.html",
        {
            "assignment": found,
            "role": held,
            "name": lists.role_name(found),
            "substitutes": [(one, lists.role_badge(one)) for one in queries.substitutions(request.user, found)],
            "may_substitute": request.user.allowed(Permission.ROLE_PROPOSE)
            and substitution.may_be_substituted(found, now()),
            "state": lists.role_badge(found),
            "suspension": Suspension.of(found),
            "may_review": request.user.allowed(Permission.EMERGENCY_REVIEW),
            "rights": rights_of(held),
            "apart": [other.label for other in matrix.apart_from(held)],
            "eyes": _eyes(found, reader),
            "may_decide": waits and not mine,
            "locked": waits and mine,
            "may_end": decides and found.state == STATE.ACTIVE and not own,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ROLE_PROPOSE)
def substitute(request: ActorRequest, pk: int) -> HttpResponse:
    """Propose who has the role of an employee while they are away, by an order and for a term (п. 3.8)."""
    at, found = now(), get_object_or_404(queries.assignments(request.user), pk=pk)
    initial = {"valid_from": legal_date(at)}
    form = SubstituteForm(request.POST or None, initial=initial, actor=request.user, away=found)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            made = substitution.propose_substitute(
                found, form.cleaned_data["account"], basis=form.basis(), actor=request.user, at=at
            )
            messages.success(request, "Замещение предложено. Решит администратор безопасности.")
            return redirect("people:role", made.pk)
    context = {"form": form, "assignment": found, "role": Role(found.role), "pairs": matrix.separated()}
    return render(request, "people/role_substitute.html", context, status=422 if form.errors else 200)


def _eyes(found: RoleAssignment, reader: UUID) -> list[Stage]:
    waits = found.state == STATE.PROPOSED
    verdict = "Кто отказал" if found.state == STATE.REFUSED else "Кто утвердил"
    decided = f"{found.approved_by or 'при установке системы'}"
    if found.decided_at:
        decided = f"{decided}, {legal_date(found.decided_at):%d.%m.%Y}"
    proposed = f"{found.proposed_by or 'при установке системы'}"
    mine = " — это вы" if found.proposed_by_person == reader else ""
    return [
        Stage("Кто предложил", proposed + mine, Come.DONE),
        Stage("Решает администратор безопасности", "другой человек", Come.NOW)
        if waits
        else Stage(verdict, decided, Come.DONE),
    ]


@require_POST
@needs(Permission.ROLE_APPROVE)
def decide(request: ActorRequest, pk: int, decision: str) -> HttpResponse:
    """Approve, refuse or end a role (п. 3.8)."""
    if decision not in DECISIONS:
        raise Http404
    act, done = DECISIONS[decision]
    found = get_object_or_404(queries.assignments(request.user), pk=pk)
    act(found, actor=request.user, at=now())
    messages.success(request, done)
    return redirect("people:role", pk)
