"""All record books of a cohort as one file: what will be in it, and asking for it (п. 2.5, 3.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.learning.actions.cohort_books import Shape, ask_for_books, books_of
from zachetka.learning.models import Cohort

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.COHORT_BOOKS_EXPORT)
def cohort_books(request: ActorRequest, pk: int) -> HttpResponse:
    """Say what the two files are; a click asks for one and leads to its progress."""
    seen = Cohort.objects.visible_to(request.user, Permission.COHORT_BOOKS_EXPORT).select_related("program_version")
    cohort, at = get_object_or_404(seen, pk=pk), now()
    if request.method == "POST":
        if request.POST.get("shape") not in set(Shape):
            raise BadRequest("No such shape of the books.")
        job = ask_for_books(cohort, Shape(request.POST["shape"]), actor=request.user, at=at)
        return redirect("jobs:job", job.pk)
    return render(request, "learning/cohort_books.html", {"cohort": cohort, "books": len(books_of(cohort, at))})
