"""Pages of cards that look alike: the list, the two side by side, what a person says of them (п. 2.1)."""

from __future__ import annotations

from uuid import uuid4

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
from zachetka.people.actions.merging import merge_cards, undo_merge
from zachetka.people.actions.resemblances import reconsider, tell_apart
from zachetka.people.comparison import compared
from zachetka.people.models import Distinction, Merge, Person, Resemblance
from zachetka.people.resemblance_forms import CALLED, DecisionForm, MergeForm
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


@require_POST
@needs(Permission.DOUBLE_MERGE)
def merge(request: ActorRequest, pk: int) -> HttpResponse:
    """They are one person: one card stays, the other points at it."""
    found = _found(request, pk)
    form = MergeForm(found.one, found.other, request.POST)
    if form.is_valid():
        with at_its_field(form):
            made = merge_cards(
                found,
                form.survives(),
                wanted=form.cleaned_data["wanted"],
                reason=form.cleaned_data["reason"],
                key=form.cleaned_data["key"],
                actor=request.user,
                at=now(),
            )
            messages.success(request, "Карточки объединены. Разъединить их может другой человек.")
            return redirect("people:merge", made.pk)
    return _page(request, found, DecisionForm(), form)


@require_safe
@needs(Permission.DOUBLE_READ)
def merged(request: ActorRequest, pk: int) -> HttpResponse:
    """One merge: which card stays, what it took, who parted them and why."""
    return _merge_page(request, _merge(request, pk), DecisionForm())


@require_POST
@needs(Permission.DOUBLE_MERGE)
def part(request: ActorRequest, pk: int) -> HttpResponse:
    """They are two people after all: both cards as they were."""
    found, form = _merge(request, pk), DecisionForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            undo_merge(found, reason=form.cleaned_data["reason"], actor=request.user, at=now())
            messages.success(request, "Карточки разъединены, пара снова ждёт решения.")
            return redirect("people:merge", pk)
    return _merge_page(request, found, form)


def _merge(request: ActorRequest, pk: int) -> Merge:
    seen = Merge.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("survivor", "absorbed", "merged_by", "undone_by"), pk=pk)


def _merge_page(request: ActorRequest, found: Merge, form: DecisionForm) -> HttpResponse:
    is_mine = any(is_own(person.uid, request.user) for person in (found.survivor, found.absorbed))
    is_by_me = is_own(found.merged_by_person, request.user)
    may = request.user.allowed(Permission.DOUBLE_MERGE) and found.state == Merge.State.DONE
    context = {
        "merge": found,
        "form": form,
        "taken": ", ".join(CALLED[name] for name in found.taken),
        "is_locked": may and (is_mine or is_by_me),
        "may_part": may and not is_mine and not is_by_me,
    }
    return render(request, "people/doubles/merge.html", context, status=422 if form.errors else 200)


def _found(request: ActorRequest, pk: int) -> Resemblance:
    return get_object_or_404(resemblances(request.user), pk=pk)


def _page(
    request: ActorRequest, found: Resemblance, form: DecisionForm, merging: MergeForm | None = None
) -> HttpResponse:
    at, reader = now(), request.user
    told_wrong = bool(form.errors) or merging is not None
    merging = merging or MergeForm(found.one, found.other, initial={"key": uuid4()})
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
            "merging": merging,
            "may_merge": reader.allowed(Permission.DOUBLE_MERGE) and not is_mine,
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
        return render(request, "people/doubles/pair.html", page, status=422 if told_wrong else 200)


def _card(request: ActorRequest, person: Person) -> Person:
    return get_object_or_404(queries.card(request.user, person.uid))
