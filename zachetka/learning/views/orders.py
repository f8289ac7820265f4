"""Pages of orders: the list, the paper, drafting, the steps (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from zachetka.access.guard import ActorRequest, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.academy import academy_on
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions import orders as actions
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.forms.orders import OrderChoice, keys_of
from zachetka.learning.lifecycle import ORDER_STEPS, WRITTEN_BY
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.order_draft import OrderDraft
from zachetka.learning.order_text import opened, order_text
from zachetka.learning.queries import orders as queries
from zachetka.learning.queries.enrolling import confirmed_upload, fitness, found_people
from zachetka.learning.queries.equivalences import is_within_a_plan, unsaid_in
from zachetka.learning.queries.order_choice import NO_COHORTS
from zachetka.learning.queries.order_list import ORDERS
from zachetka.lifecycle.hands import has_handled, last_hand, seen_of
from zachetka.lifecycle.steps import allowed
from zachetka.people.actions import looks
from zachetka.rendering.acts import Act, Come, RemarkForm, SeenForm, Stage
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.meanwhile import if_overtaken
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.ORDER_READ)
def orders(request: ActorRequest) -> HttpResponse:
    """Orders that the person may see."""
    page = ORDERS.page(request.GET, queries.listed(request.user))
    context = {"table": page, "may_create": request.user.allowed(Permission.ORDER_DRAFT)}
    return render(request, "learning/orders.html", context)


@require_safe
@needs(Permission.ORDER_READ)
def orders_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, ORDERS, queries.listed(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.ORDER_READ)
def order(request: ActorRequest, pk: int) -> HttpResponse:
    """The order as it is read and issued."""
    shown, seen = _read(request, pk)
    return render(request, "learning/order.html", _order_context(request, shown, seen))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ORDER_DRAFT)
def order_new(request: ActorRequest) -> HttpResponse:
    """Draft an order: what about, which cohort, whom (273-ФЗ ст. 53, 59, 61)."""
    named = request.GET.get("kind", "")
    if named and named not in Order.Kind.values:
        raise BadRequest(f"no such kind of order: {named!r}")
    asked = {"kind", "cohort"} <= request.GET.keys()
    choice = OrderChoice(request.GET if asked else None, actor=request.user)
    if choice.is_valid() and request.method != "POST":
        choice.refuse_the_impossible()
    if not choice.is_valid():
        return _choice(request, choice, asked=asked)
    kind, cohort = choice.cleaned_data["kind"], choice.cleaned_data["cohort"]
    if kind == Order.Kind.STUDY_PLAN:
        people = queries.may_be_planned(request.user, cohort)
        return render(request, "learning/study_plan_choice.html", {"cohort": cohort, "people": people})
    draft = OrderDraft.begun(request, kind, cohort)
    if request.method == "POST" and draft.is_sent:
        with at_its_field(draft.form):
            made = actions.draft_order(
                cohort,
                kind=kind,
                learners=draft.named,
                request_key=draft.form.cleaned_data["request_key"],
                **draft.said(),
                actor=request.user,
                at=now(),
            )
            messages.success(request, "Проект приказа подготовлен. Прочтите его и передайте на подпись.")
            return redirect("learning:order", made.pk)
    return _draft_page(request, draft, {"cohort": cohort})


def _choice(request: ActorRequest, choice: OrderChoice, *, asked: bool) -> HttpResponse:
    """Return the page that offers the cohorts which can take an order of the kind asked for, of enrolment by default."""
    kind = Order.Kind(request.GET.get("kind") or Order.Kind.ENROLMENT)
    kept = {name: request.GET[name] for name in ("learners", "upload", "sheet") if name in request.GET}
    if not asked:
        choice = OrderChoice(initial={"kind": kind, "cohort": request.GET.get("cohort", "")}, actor=request.user)
    offered = choice.offer(kind, legal_date(now()))
    kinds = [
        {"label": one.label.capitalize(), "url": f"?{urlencode({'kind': one.value} | kept)}", "current": one == kind}
        for one in Order.Kind
    ]
    title, text = NO_COHORTS[kind]
    context = {
        "form": choice,
        "kind": kind.value,
        "kept": kept.items(),
        "kinds": kinds,
        "offered": offered,
        "listed": confirmed_upload(request.user, kept["upload"]) if "upload" in kept else None,
        "nothing": {
            "title": title,
            "text": text,
            "may_form": kind == Order.Kind.ENROLMENT and request.user.allowed(Permission.COHORT_EDIT),
        },
    }
    return render(request, "learning/order_choice.html", context, status=422 if asked else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ORDER_DRAFT)
def order_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Correct a draft; a submitted or issued order opens as it is."""
    shown, seen = _read(request, pk)
    if request.method != "POST" and shown.state != Order.State.DRAFT:
        return redirect("learning:order", shown.pk)
    if shown.kind == Order.Kind.STUDY_PLAN:
        return redirect("learning:study-plan-edit", shown.pk)
    draft = OrderDraft.reopened(request, shown, seen)
    if request.method == "POST" and draft.is_sent:
        with at_its_field(draft.form), if_overtaken(lambda _: _meet(draft, request, pk)):
            seen = draft.form.cleaned_data["seen"]
            actions.change_order(shown, learners=draft.named, **draft.said(), seen=seen, actor=request.user, at=now())
            messages.success(request, "Проект приказа сохранён.")
            return redirect("learning:order", shown.pk)
    return _draft_page(request, draft, {"cohort": shown.cohort, "order": shown})


def _draft_page(request: ActorRequest, draft: OrderDraft, context: dict[str, Any]) -> HttpResponse:
    """Return the page of a draft; that of people of a group says who of them owes what, so it is a look at them (п. 3.8)."""
    if not draft.is_enrolment:
        look_at_marks(draft.cohort, Section.DRAFT, reader=request.user, at=now())
    return render(request, "learning/order_draft.html", context | {"draft": draft}, status=draft.status)


def _meet(draft: OrderDraft, request: ActorRequest, pk: int) -> None:
    """Show on the page of `draft` what somebody else has written into the order meanwhile."""
    fresh, seen = _read(request, pk)
    draft.overtake(fresh, seen, last_hand(fresh))


@require_safe
@needs(Permission.ORDER_DRAFT)
def order_people(request: ActorRequest) -> HttpResponse:
    """People found for an order of enrolment, each ready to be put into it; asked by the search field."""
    choice = OrderChoice({"kind": Order.Kind.ENROLMENT, "cohort": request.GET.get("cohort", "")}, actor=request.user)
    if not choice.is_valid():
        raise Http404
    text = request.GET.get("q", "").replace("\x00", "")[:200]
    named = keys_of(request.GET.get("named", "").split(","))
    looks.find_by_number(text, actor=request.user, at=now())
    found = list(found_people(request.user, text, without=named)) if len(text.strip()) > 1 else []
    how = fitness(choice.cleaned_data["cohort"], found)
    return render(request, "learning/_order_found.html", {"found": [(one, how[one.pk]) for one in found], "text": text})


ACTS = {
    "submit": Act(actions.submit_order, "Приказ передан руководителю на подпись."),
    "return": Act(actions.return_order, "Приказ возвращён с замечанием.", RemarkForm),
    "approve": Act(actions.approve_order, "Приказ издан.", SeenForm),
    "cancel": Act(actions.cancel_order, "Проект приказа отменён."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ORDER_DRAFT, Permission.ORDER_APPROVE)
def order_step(request: ActorRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of an order; opened as a page, ask first (273-ФЗ ст. 53, 59, 61)."""
    if name not in ACTS:
        raise Http404
    act = ACTS[name]
    shown, seen = _read(request, pk)
    if request.method != "POST":
        return render(request, "learning/order.html", _order_context(request, shown, seen) | {"asked": name})
    form = act.form(request.POST)
    if form.is_valid():
        with at_its_field(form):
            taken = act.take(shown, **form.cleaned_data, actor=request.user, at=now())
            messages.success(request, f"{act.done} № {taken.number}." if name == "approve" else act.done)
            return redirect("learning:order", shown.pk)
    refused = [*form.non_field_errors(), *form.errors.get("seen", [])]
    context = _order_context(request, shown, seen) | {"refused": refused, "asked": name}
    if name == "return":
        context["return_form"] = form
    return render(request, "learning/order.html", context, status=422)


def _read(request: ActorRequest, pk: int) -> tuple[Order, str]:
    """Return the order and what shows later that it is still the one that was read."""
    seen = seen_of(Order(pk=pk))
    return get_object_or_404(queries.order_page(request.user, pk)), seen


def _order_context(request: ActorRequest, shown: Order, seen: str) -> dict[str, Any]:
    at = now()
    books = {one.learner_id: one for one in Enrolment.objects.visible_to(request.user).filter(cohort=shown.cohort)}
    sees_books = request.user.allowed(Permission.RECORD_BOOK_READ)
    text = opened(order_text(shown, books, today=legal_date(at)), books if sees_books else ())
    if any(point.learner_id is not None for point in text.points):
        look_at_marks(shown.cohort, Section.ORDER, reader=request.user, at=at)
    is_drafter = shown.drafted_by_person == request.user.person_uid or has_handled(shown, WRITTEN_BY, request.user)
    return {
        "sees_cohort": request.user.allowed(Permission.COHORT_READ),
        "sees_books": sees_books,
        "order": shown,
        "cohort": shown.cohort,
        "text": text,
        "academy": academy_on(shown.order_date or legal_date(at)),
        "steps": allowed(ORDER_STEPS, shown, request.user),
        "is_drafter": is_drafter,
        "is_named": any(is_own(line.learner.person.human_uid, request.user) for line in shown.lines.all()),
        "return_form": RemarkForm(),
        "approve_form": SeenForm(initial={"seen": seen}),
        "eyes": _eyes(shown, request.user.person_uid),
        **_matches(shown),
    }


def _matches(shown: Order) -> dict[str, Any]:
    """Return whose modules are to be matched in the draft of a transfer to another plan, and of whom that is still to be said."""
    if shown.kind != Order.Kind.TRANSFER or shown.state != Order.State.DRAFT or is_within_a_plan(shown):
        return {}
    unsaid = {one.learner_id for one in unsaid_in(shown)}
    people = sorted((line.learner for line in shown.lines.all()), key=lambda one: (one.person.sort_key, one.pk))
    return {"matches": [(one, one.pk not in unsaid) for one in people], "is_unsaid": bool(unsaid)}


def _eyes(shown: Order, reader: UUID) -> list[Stage]:
    drafted = f"{shown.drafted_by}, {legal_date(shown.drafted_at):%d.%m.%Y}"
    mine = " — это вы" if shown.drafted_by_person == reader else ""
    drafting = Stage("Подготовлен", drafted + mine, Come.NOW if shown.state == Order.State.DRAFT else Come.DONE)
    if shown.approved_at is None:
        waits = Come.NOW if shown.state == Order.State.SUBMITTED else Come.AHEAD
        return [
            drafting,
            Stage("Издаёт руководитель", "другой человек", waits),
            Stage("Номер даст книга приказов", "в момент издания, без пропусков", Come.AHEAD),
        ]
    return [
        drafting,
        Stage("Издан", f"{shown.approved_by}, {shown.order_date:%d.%m.%Y}", Come.DONE),
        Stage(f"№ {shown.number} в книге приказов", "", Come.DONE),
    ]
