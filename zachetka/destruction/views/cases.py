"""The page of a withdrawn consent taken apart: what goes, what stays and why (152-ФЗ ст. 21 ч. 5; T15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import ActorRequest, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.destruction.actions.acts import LIFTED_BY_YOU, compose_act, settle_without_act
from zachetka.destruction.forms import ComposeForm
from zachetka.destruction.models import Act, Hold
from zachetka.destruction.queries.cases import case_of
from zachetka.destruction.rules import STAYS
from zachetka.people.models import Withdrawal
from zachetka.people.rules.purposes import purpose_words
from zachetka.rendering.fields import at_its_field

if TYPE_CHECKING:
    from zachetka.access.models import Account

HELD: Final = "Действует запрет на уничтожение: сначала его снимает приказом руководитель."


@require_safe
@needs(Permission.DESTRUCTION_READ)
def case(request: ActorRequest, pk: int) -> HttpResponse:
    """What of the data under a withdrawn consent goes, what stays and why; what was done when it is settled."""
    return _page(request, _found(request, pk), ComposeForm(initial={"key": uuid4()}))


@require_POST
@needs(Permission.DESTRUCTION_DRAFT)
def compose(request: ActorRequest, pk: int) -> HttpResponse:
    """Compose the act; another person approves it."""
    found, form = _found(request, pk), ComposeForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            made = compose_act(
                found, outside=form.outside(), key=form.cleaned_data["key"], actor=request.user, at=now()
            )
            messages.success(request, "Акт составлен. Данные уничтожатся, когда его утвердит другой человек.")
            return redirect("destruction:act", made.pk)
    return _page(request, found, form)


@require_POST
@needs(Permission.CONSENT_SETTLE)
def settle(request: ActorRequest, pk: int) -> HttpResponse:
    """Close a withdrawal that leaves nothing without a ground."""
    settle_without_act(_found(request, pk), actor=request.user, at=now())
    messages.success(request, "Отзыв исполнен: данные остаются на других основаниях, они записаны.")
    return redirect("destruction:case", pk)


def _page(request: ActorRequest, found: Withdrawal, form: ComposeForm) -> HttpResponse:
    actor, person = request.user, found.consent.person
    waits = found.state == Withdrawal.State.WAITING
    acts = list(Act.objects.visible_to(actor).filter(withdrawal=found).order_by("-pk"))
    composed = next((one for one in acts if one.state == Act.State.COMPOSED), None)
    own = is_own(person.human_uid, actor)
    open_case = case_of(found, legal_date(now())) if waits else None
    may_begin = open_case is not None and composed is None and not own
    may_go = open_case is not None and (open_case.goes or open_case.may_lie_in_files)
    holds = list(Hold.objects.visible_to(actor).on(person.human_uid).select_related("lifted_by"))
    in_force = [one for one in holds if one.state == Hold.State.PLACED]
    context: dict[str, Any] = {
        "withdrawal": found,
        "person": person,
        "is_own": own,
        "title": purpose_words(found.consent.purpose),
        "case": open_case,
        "may_go": may_go,
        "stays": STAYS,
        "acts": acts,
        "holds": in_force,
        "barred": _barred(holds, in_force, actor),
        "form": form,
        "may_compose": may_begin and may_go and actor.allowed(Permission.DESTRUCTION_DRAFT),
        "may_settle": may_begin and open_case is not None and not open_case.goes and actor.allowed(Permission.CONSENT_SETTLE),
    }  # fmt: skip
    return render(request, "destruction/case.html", context, status=422 if form.errors else 200)


def _barred(holds: Iterable[Hold], in_force: Sequence[Hold], actor: Account) -> str:
    """Return why `actor` composes no act now, "" when nothing bars it."""
    if in_force:
        return HELD
    lifted = any(one.lifted_by is not None and is_own(one.lifted_by.person_uid, actor) for one in holds)
    return LIFTED_BY_YOU if lifted else ""


def _found(request: ActorRequest, pk: int) -> Withdrawal:
    seen = Withdrawal.objects.visible_to(request.user, Permission.DESTRUCTION_READ)
    return get_object_or_404(seen.select_related("consent__person", "recorded_by", "settled_by"), pk=pk)
