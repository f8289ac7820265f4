"""Pages on which an individual study plan is drafted (273-ФЗ ст. 34 ч. 1 п. 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.orders import change_order, draft_order
from zachetka.learning.actions.study_plans import said_before
from zachetka.learning.forms.study_plans import StudyPlanForm
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.queries import orders as queries
from zachetka.learning.queries.study_plans import terms_of
from zachetka.lifecycle.hands import last_hand, seen_of
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.meanwhile import TAKE, if_overtaken, taken_back

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ORDER_DRAFT)
def study_plan_new(request: ActorRequest, pk: int) -> HttpResponse:
    """Draft an order that sets an individual plan for the holder of a record book."""
    enrolment = _enrolment(request, pk=pk)
    form = StudyPlanForm(_typed(request), enrolment=enrolment, today=legal_date(now()))
    if _is_sent(request) and form.is_valid():
        with at_its_field(form):
            made = draft_order(
                enrolment.cohort,
                kind=Order.Kind.STUDY_PLAN,
                learners=[enrolment.learner],
                effective_on=form.cleaned_data["effective_on"],
                basis=form.cleaned_data["paper"],
                plan=form.said(),
                request_key=form.cleaned_data["request_key"],
                actor=request.user,
                at=now(),
            )
            messages.success(request, "Проект приказа подготовлен. Прочтите его и передайте на подпись.")
            return redirect("learning:order", made.pk)
    return _page(request, enrolment, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ORDER_DRAFT)
def study_plan_edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Correct the plan of a draft; a submitted or issued order opens as it is."""
    order, seen = _order(request, pk)
    if request.method != "POST" and order.state != Order.State.DRAFT:
        return redirect("learning:order", order.pk)
    enrolment = _enrolment(request, cohort=order.cohort_id, learner__order_lines__order=order.pk)
    said = said_before(order)
    typed = taken_back(request.POST) or _typed(request)
    form = StudyPlanForm(typed, enrolment=enrolment, today=legal_date(now()), order=order, said=said, seen=seen)
    if _is_sent(request) and form.is_valid():
        with at_its_field(form), if_overtaken(lambda _: _meet(form, request, pk)):
            change_order(
                order,
                learners=[enrolment.learner],
                effective_on=form.cleaned_data["effective_on"],
                basis=form.cleaned_data["paper"],
                plan=form.said(),
                seen=form.cleaned_data["seen"],
                actor=request.user,
                at=now(),
            )
            messages.success(request, "Проект приказа сохранён.")
            return redirect("learning:order", order.pk)
    return _page(request, enrolment, form, order)


def _order(request: ActorRequest, pk: int) -> tuple[Order, str]:
    """Return the draft and what shows later that it is still the one that was read."""
    seen = seen_of(Order(pk=pk))
    return get_object_or_404(queries.order_page(request.user, pk), kind=Order.Kind.STUDY_PLAN), seen


def _meet(form: StudyPlanForm, request: ActorRequest, pk: int) -> None:
    """Show in `form` what somebody else has written into the draft meanwhile."""
    fresh, seen = _order(request, pk)
    form.overtaken_by(fresh, said_before(fresh), seen=seen, who=last_hand(fresh))


def _enrolment(request: ActorRequest, **which: int) -> Enrolment:
    visible = Enrolment.objects.visible_to(request.user, Permission.ORDER_DRAFT).filter(state=Enrolment.State.ACTIVE)
    return get_object_or_404(
        visible.select_related("learner__person", "cohort__program_version__program", "study_plan__order"), **which
    )


def _typed(request: ActorRequest) -> object:
    return request.POST if request.method == "POST" else None


def _is_sent(request: ActorRequest) -> bool:
    """True when the page asks to write; «Проверить» only judges what was typed, «Взять записанное» changes the page."""
    return request.method == "POST" and not {"check", TAKE} & request.POST.keys()


def _page(request: ActorRequest, enrolment: Enrolment, form: StudyPlanForm, order: Order | None) -> HttpResponse:
    is_refused = form.is_bound and not form.is_valid()
    today = legal_date(now())
    drafts = Order.objects.visible_to(request.user).filter(
        kind=Order.Kind.STUDY_PLAN,
        cohort=enrolment.cohort_id,
        lines__learner=enrolment.learner_id,
        state__in=[Order.State.DRAFT, Order.State.SUBMITTED],
    )
    context = {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "version": enrolment.cohort.program_version,
        "form": form,
        "order": order,
        "drafts": drafts.exclude(pk=order.pk) if order else drafts,
        "terms": terms_of(enrolment, first=today, ends_on=today, today=today),
    }
    status = 409 if form.met else 422 if is_refused and _is_sent(request) else 200
    return render(request, "learning/study_plan.html", context, status=status)
