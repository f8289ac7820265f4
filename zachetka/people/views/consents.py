"""Pages of consents: given, withdrawn (152-ФЗ ст. 9)."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.people.actions import consents
from zachetka.people.consent_forms import ConsentForm, WithdrawalForm
from zachetka.people.models import Consent, Person
from zachetka.people.rules.purposes import CATEGORIES, is_in_force, purpose_words
from zachetka.rendering.fields import at_its_field

BY_ONESELF = "отозвано самим человеком в системе"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.CONSENT_EDIT)
def new(request: ActorRequest, uid: UUID) -> HttpResponse:
    """A consent as it was signed (152-ФЗ ст. 9 ч. 4)."""
    at = now()
    person = get_object_or_404(Person.objects.visible_to(request.user), uid=uid)
    today = legal_date(at)
    form = ConsentForm(request.POST or None, today=today, initial={"key": uuid4(), "given_on": today})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            made = consents.give_consent(person, form.terms(), key=form.cleaned_data["key"], actor=request.user, at=at)
            messages.success(request, "Согласие внесено.")
            return redirect("people:consent", made.pk)
    context = {"form": form, "person": person}
    return render(request, "people/consents/new.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.CONSENT_READ)
def consent(request: ActorRequest, pk: int) -> HttpResponse:
    """One consent: its terms, its withdrawal, what came of it."""
    return _page(request, _consent(request, pk), withdrawal_form=_withdrawal_form())


@require_POST
@needs(Permission.CONSENT_WITHDRAW)
def withdraw(request: ActorRequest, pk: int) -> HttpResponse:
    """Take a consent back: by oneself with one press, by others with the paper they were handed (152-ФЗ ст. 9 ч. 2)."""
    found, at = _consent(request, pk), now()
    own = is_own(found.person.human_uid, request.user)
    given = {"withdrawn_on": f"{legal_date(at):%d.%m.%Y}", "document": BY_ONESELF} if own else request.POST
    form = WithdrawalForm(given)
    if form.is_valid():
        with at_its_field(form):
            made = consents.withdraw_consent(found, **form.cleaned_data, actor=request.user, at=at)
            messages.success(request, f"Согласие отозвано. Исполнить до {made.due_on:%d.%m.%Y}.")
            return redirect("people:consent", pk)
    return _page(request, found, withdrawal_form=form)


def _withdrawal_form() -> WithdrawalForm:
    return WithdrawalForm(initial={"withdrawn_on": legal_date(now())})


def _page(request: ActorRequest, found: Consent, *, withdrawal_form: WithdrawalForm) -> HttpResponse:
    withdrawal = getattr(found, "withdrawal", None)
    withdrawn_on = withdrawal.withdrawn_on if withdrawal else None
    context = {
        "consent": found,
        "withdrawal": withdrawal,
        "title": purpose_words(found.purpose),
        "categories": ", ".join(CATEGORIES.get(one, one) for one in found.categories),
        "removed": ", ".join(CATEGORIES.get(one, one) for one in withdrawal.removed) if withdrawal else "",
        "still_kept": ", ".join(CATEGORIES[one] for one in consents.still_kept(found, found.person)),
        "is_in_force": is_in_force(found.given_on, found.valid_until, withdrawn_on, legal_date(now())),
        "is_own": is_own(found.person.human_uid, request.user),
        "may_withdraw": withdrawal is None and request.user.allowed(Permission.CONSENT_WITHDRAW),
        "sees_case": withdrawal is not None and request.user.allowed(Permission.DESTRUCTION_READ),
        "withdrawal_form": withdrawal_form,
    }
    return render(request, "people/consents/consent.html", context, status=422 if withdrawal_form.errors else 200)


def _consent(request: ActorRequest, pk: int) -> Consent:
    seen = Consent.objects.visible_to(request.user)
    found = seen.select_related("person", "recorded_by", "withdrawal__recorded_by", "withdrawal__settled_by")
    return get_object_or_404(found, pk=pk)
