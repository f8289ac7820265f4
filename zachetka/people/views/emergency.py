"""Pages of emergency access: opened with a reason, seen at once by those who review, reviewed with a conclusion (п. 3.8)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import EMERGENCY, MATRIX, Permission, Role
from zachetka.core.clock import legal_date, now
from zachetka.people import emergencies
from zachetka.people.actions.emergency import VERDICT, close_emergency, open_emergency, review_emergency
from zachetka.people.forms import EmergencyForm, ReviewForm
from zachetka.rendering.fields import at_its_field

OPENERS = [role.label for role in Role if role in MATRIX[Permission.EMERGENCY_OPEN]]
GIVEN = [permission.sentence for permission in EMERGENCY]


@require_safe
@needs(Permission.EMERGENCY_READ)
def listed(request: ActorRequest) -> HttpResponse:
    """Every access that one may see: one's own, or all."""
    table = emergencies.EMERGENCIES.page(request.GET, emergencies.emergencies(request.user))
    may_open = request.user.allowed(Permission.EMERGENCY_OPEN)
    return render(request, "people/emergencies.html", {"table": table, "may_open": may_open})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EMERGENCY_OPEN)
def open_one(request: ActorRequest) -> HttpResponse:
    """Open access to one learner who is named exactly, with a reason."""
    at = now()
    form = EmergencyForm(request.POST or None, initial={"minutes": 30}, today=legal_date(at))
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            opened = open_emergency(
                form.wanted(), reason=typed["reason"], minutes=typed["minutes"], actor=request.user, at=at
            )
            messages.warning(
                request,
                f"Экстренный доступ открыт. Его видят проверяющие; проверят не позже {opened.review_by:%d.%m.%Y}.",
            )
            return redirect("people:card", opened.person_uid)
    context = {"form": form, "given": GIVEN, "openers": OPENERS}
    return render(request, "people/emergency_open.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.EMERGENCY_READ)
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """Close one's own before its term."""
    found = get_object_or_404(emergencies.emergencies(request.user), pk=pk)
    close_emergency(found, actor=request.user, at=now())
    messages.success(request, "Экстренный доступ закрыт.")
    return redirect("people:emergency", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EMERGENCY_READ)
def one(request: ActorRequest, pk: int) -> HttpResponse:
    """One access: why, till when, what was looked at, and the review by another person."""
    found, at = get_object_or_404(emergencies.emergencies(request.user), pk=pk), now()
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            review_emergency(found, VERDICT(typed["verdict"]), typed["conclusion"], actor=request.user, at=at)
            messages.success(request, "Проверка записана.")
            return redirect("people:emergency", pk)
    own = found.account_person == request.user.person_uid
    reviews = request.user.allowed(Permission.EMERGENCY_REVIEW) and found.reviewed_at is None
    context = {
        "opened": found,
        "state": emergencies.state_of(found, at),
        "looks": emergencies.looks(found),
        "form": form,
        "may_review": reviews and not own and found.until <= at,
        "is_open": reviews and not own and found.until > at,
        "locked": reviews and own,
        "may_close": own and found.until > at,
        "sees_card": request.user.allowed(Permission.PERSON_READ) and not own,
    }
    return render(request, "people/emergency.html", context, status=422 if form.errors else 200)
