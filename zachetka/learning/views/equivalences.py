"""The page on which the modules of two plans are matched for one person of a transfer (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.equivalences import match_modules
from zachetka.learning.actions.record_books import record_reading
from zachetka.learning.equivalence_rules import left_behind, proposed
from zachetka.learning.forms.equivalences import MatchForm
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.queries import orders as queries
from zachetka.learning.queries.equivalences import is_within_a_plan, matching_of, movers_of
from zachetka.learning.queries.transfers import moves_of
from zachetka.lifecycle.hands import seen_of
from zachetka.rendering.fields import at_its_field

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ORDER_DRAFT)
def order_match(request: ActorRequest, pk: int, learner: int) -> HttpResponse:
    """Say what of the earlier books counts in each module of the new plan; an order that is no draft opens as it is."""
    seen = seen_of(Order(pk=pk))
    order = get_object_or_404(queries.order_page(request.user, pk), kind=Order.Kind.TRANSFER)
    book = _book(request, order, learner)
    if request.method != "POST" and order.state != Order.State.DRAFT:
        return redirect("learning:order", order.pk)
    at = now()
    how = matching_of(order, [book], day=legal_date(at))
    shown, said = how.shown[book.pk], how.said.get(learner)
    choices = proposed(how.targets, shown.earlier, how.norms) if said is None else said
    typed = request.POST if request.method == "POST" else None
    form = MatchForm(typed, how=how, earlier=shown.earlier, choices=choices, seen=seen)
    if typed is not None and form.is_valid():
        with at_its_field(form):
            match_modules(order, book.learner, form.said(), seen=form.cleaned_data["seen"], actor=request.user, at=at)
            messages.success(request, f"Соответствие дисциплин подтверждено: {book.learner}.")
            return redirect("learning:order", order.pk)
    record_reading(book.pk, book.whose, reader=request.user, section="match", at=at, seen_at=at)
    move = moves_of(order, [book], day=legal_date(at))[book.learner_id]
    context = {
        "order": order,
        "cohort": order.cohort,
        "book": book,
        "form": form,
        "rows": form.rows({line.was.key: line for line in move.lines}),
        "left": left_behind(shown.earlier, form.said() if form.is_bound and form.is_valid() else choices),
        "is_said": said is not None,
        "share": how.norms.share,
    }
    return render(request, "learning/equivalences.html", context, status=422 if typed is not None else 200)


def _book(request: ActorRequest, order: Order, learner: int) -> Enrolment:
    """Return the record book that the transfer ends, out of those for which the reader drafts orders."""
    found = next((one for one in movers_of(order) if one.learner_id == learner), None)
    mine = Enrolment.objects.visible_to(request.user, Permission.ORDER_DRAFT)
    if found is None or is_within_a_plan(order) or not mine.filter(pk=found.pk).exists():
        raise Http404
    return found
