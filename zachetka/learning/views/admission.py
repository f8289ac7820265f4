"""The page of admission to final attestation: who is ready, who is not, why, and what comes next (273-ФЗ ст. 58, 59)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from zachetka.access.guard import can, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.admission_list import admission_of

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_safe
@needs(Permission.SUMMARY_READ)
def admission(request: ActorRequest, pk: int) -> HttpResponse:
    """The cohort before its final attestation, line by line (273-ФЗ ст. 59)."""
    seen = Cohort.objects.visible_to(request.user, Permission.SUMMARY_READ).select_related("program_version")
    cohort = get_object_or_404(seen, pk=pk)
    at = now()
    today = legal_date(at)
    look_at_marks(cohort, Section.ADMISSION, reader=request.user, at=at)
    found = admission_of(cohort, today, appoints=can(request.user, Permission.RESIT_APPOINT, cohort))
    readable = Enrolment.objects.visible_to(request.user).filter(cohort=cohort)
    context = {
        "cohort": cohort,
        "today": today,
        "found": found,
        "books": set(readable.values_list("pk", flat=True)),
        "drafts": can(request.user, Permission.ORDER_DRAFT) and can(request.user, Permission.COHORT_EDIT, cohort),
        "figures": [
            {"label": "Можно допустить", "figure": str(len(found.ready)), "base": f"из {found.whole}"},
            {
                "label": "Не готовы",
                "figure": str(len(found.kept)),
                "base": f"из {found.whole}",
                "tone": "bad" if found.kept else "",
            },
            {"label": "Допущены приказом", "figure": str(len(found.admitted)), "base": f"из {found.whole}"},
        ],
    }
    return render(request, "learning/admission.html", context)
