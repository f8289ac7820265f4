"""Pages by which learners are let in: a cohort at once, or one person from their card (п. 3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.academy import academy_on
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.admitting import Slip, admit, admit_cohort, next_turn
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.entrants import admittable, entrants, of_cohort

if TYPE_CHECKING:
    from zachetka.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LEARNER_ADMIT)
def cohort_sign_in(request: ActorRequest, pk: int) -> HttpResponse:
    """Who of a cohort can come in; posted, the slips for those who cannot, shown once to be printed."""
    at = now()
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.user, Permission.LEARNER_ADMIT).select_related("program_version"), pk=pk
    )
    if request.method == "POST":
        slips = admit_cohort(cohort, again=request.POST.get("again") == "1", actor=request.user, at=at)
        back = reverse("learning:cohort-sign-in", args=[cohort.pk])
        return _slips(request, slips, title=f"Вход для группы {cohort.code}", back=back, cohort=cohort)
    people = entrants(admittable(request.user, of_cohort(cohort, legal_date(at))), at)
    others = [one for one in people if one.enrolment.human_uid != request.user.person_uid]
    return render(
        request,
        "learning/cohort_sign_in.html",
        {
            "cohort": cohort,
            "people": people,
            "not_yet": next_turn(others, again=False, at=at),
            "again": next_turn(others, again=True, at=at),
        },
    )


@require_POST
@needs(Permission.LEARNER_ADMIT)
def sign_in(request: ActorRequest, pk: int) -> HttpResponse:
    """A way in for one person, or a new password instead of a forgotten one, on a slip shown once."""
    enrolment = get_object_or_404(
        Enrolment.objects.visible_to(request.user, Permission.LEARNER_ADMIT).select_related(
            "learner__person", "cohort"
        ),
        pk=pk,
    )
    slip = admit(enrolment, actor=request.user, at=now())
    back = reverse("people:card", args=[enrolment.learner.person.uid])
    return _slips(request, [slip], title="Вход для слушателя", back=back, person=enrolment.learner.person)


def _slips(
    request: ActorRequest,
    slips: list[Slip],
    *,
    title: str,
    back: str,
    cohort: Cohort | None = None,
    person: Person | None = None,
) -> HttpResponse:
    return render(
        request,
        "learning/slips.html",
        {
            "slips": slips,
            "title": title,
            "back": back,
            "cohort": cohort,
            "person": person,
            "address": settings.PUBLIC_URL,
            "academy": academy_on(legal_date(now())).short,
        },
    )
