"""Pages of holds: placed by an order, lifted by an order (T18)."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.destruction.actions.holds import lift_hold, place_hold
from zachetka.destruction.forms import HoldForm, OrderForm
from zachetka.destruction.lifecycle import HOLD_STEPS
from zachetka.destruction.models import Hold
from zachetka.lifecycle.steps import allowed
from zachetka.people.models import Person
from zachetka.rendering.fields import at_its_field


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.HOLD_EDIT)
def new(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Place a hold on everything of a person."""
    at = now()
    person = get_object_or_404(Person.objects.visible_to(request.user), uid=uid)
    form = HoldForm(request.POST or None, initial={"key": uuid4(), "day": legal_date(at)})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            made = place_hold(person, form.order(), key=form.cleaned_data["key"], actor=request.user, at=at)
            messages.success(request, "Запрет введён: пока он действует, ни один акт о человеке не утвердят.")
            return redirect("destruction:hold", made.pk)
    context = {"form": form, "person": person}
    return render(request, "destruction/hold_new.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.HOLD_READ)
def hold(request: ActorRequest, pk: int) -> HttpResponse:
    """One hold: by which orders, who placed and lifted it."""
    return _page(request, _found(request, pk), OrderForm(initial={"day": legal_date(now())}))


@require_POST
@needs(Permission.HOLD_LIFT)
def lift(request: ActorRequest, pk: int) -> HttpResponse:
    """Lift it by another order."""
    found, form = _found(request, pk), OrderForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            lift_hold(found, form.order(), actor=request.user, at=now())
            messages.success(request, "Запрет снят.")
            return redirect("destruction:hold", pk)
    return _page(request, found, form)


def _page(request: ActorRequest, found: Hold, form: OrderForm) -> HttpResponse:
    context = {"hold": found, "form": form, "steps": allowed(HOLD_STEPS, found, request.user)}
    return render(request, "destruction/hold.html", context, status=422 if form.errors else 200)


def _found(request: ActorRequest, pk: int) -> Hold:
    seen = Hold.objects.visible_to(request.user).select_related("person", "placed_by", "lifted_by")
    return get_object_or_404(seen, pk=pk)
