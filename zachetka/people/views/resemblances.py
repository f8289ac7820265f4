"""Pages of cards that look alike: the list, the two side by side, what a person says of them (п. 2.1)."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import ActorRequest, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.people import queries
from zachetka.people.actions import looks
from zachetka.people.actions.resemblances import reconsider, tell_apart
from zachetka.people.comparison import compared
from zachetka.people.models import Distinction, Person, Resemblance
from zachetka.people.resemblance_forms import DecisionForm
from zachetka.people.resemblance_list import RESEMBLANCES, reasons_of, resemblances, state_badge, strength_badge
from zachetka.people.rules.likeness import told
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.DOUBLE_READ)
def doubles(request: ActorRequest) -> HttpResponse:
    """Cards that look alike, the likeliest doubles first (п. 2.1)."""
    table = RESEMBLANCES.page(request.GET, resemblances(request.user))
    return render(request, "people/doubles/list.html", {"table": table})


@require_safe
@needs(Permission.DOUBLE_READ)
def export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, RESEMBLANCES, resemblances(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.DOUBLE_READ)
def double(request: ActorRequest, pk: int) -> HttpResponse:
    """Two cards side by side; opening them is a look at both (п. 3.8)."""
    return _page(request, _found(request, pk), DecisionForm())


@require_POST
@needs(Permission.DOUBLE_EDIT)
def apart(request: ActorRequest, pk: int) -> HttpResponse:
    """They are two people: not suggested again unless something new speaks for one."""
    found, form = _found(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            tell_apart(found, reason=form.cleaned_data["reason"], actor=request.user, at=now())
            messages.success(request, "Записано: разные люди. Снова предложим, только если появится новое сходство.")
            return redirect("people:double", pk)
    return _page(request, found, form)


@require_POST
@needs(Permission.DOUBLE_EDIT)
def again(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back that they are two people."""
    found, form = _found(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            reconsider(found, reason=form.cleaned_data["reason"], actor=request.user, at=now())
            messages.success(request, "Пара снова ждёт решения.")
            return redirect("people:double", pk)
    return _page(request, found, form)


def _found(request: ActorRequest, pk: int) -> Resemblance:
    return get_object_or_404(resemblances(request.user), pk=pk)


def _page(request: ActorRequest, found: Resemblance, form: DecisionForm) -> HttpResponse:
    at, reader = now(), request.user
    with transaction.atomic():
        one, other = (_card(request, person) for person in (found.one, found.other))
        for person in (one, other):
            looks.read_card(person, actor=reader, at=at)
        is_mine = any(is_own(person.uid, reader) for person in (one, other))
        decided = Distinction.objects.visible_to(reader).filter(one=one, other=other).select_related("decided_by")
        decided = decided.order_by("-pk")
        context = {
            "found": found,
            "one": one,
            "other": other,
            "form": form,
            "told": told(reasons_of(found)),
            "strength": strength_badge(found),
            "state": state_badge(found),
            "decided": decided,
            "is_mine": is_mine,
            "waits": found.state == Resemblance.State.WAITING,
            "is_apart": found.state == Resemblance.State.APART,
            "may_settle": reader.allowed(Permission.DOUBLE_EDIT) and not is_mine,
        }
        page = context | compared(one, other, reader)
        return render(request, "people/doubles/pair.html", page, status=422 if form.errors else 200)


def _card(request: ActorRequest, person: Person) -> Person:
    return get_object_or_404(queries.card(request.user, person.uid))
