"""What a refused request asked for: the kind of record and its identifier, told from the address alone (п. 3.8).

Nothing is looked up: a record that exists and one that does not are told alike, by the same statements (security.md, E1, E2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404

from zachetka.core.clock import now
from zachetka.core.errors import Forbidden
from zachetka.people.actions.refused_looks import Asked, key_of, refused_look

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import ResolverMatch

RECORDS: Final = {
    "accounts/": "access.account",
    "accounts/security/factors/": "access.secondfactor",
    "accounts/security/sessions/": "access.session",
    "awards/": "learning.award",
    "cohorts/": "learning.cohort",
    "consents/": "people.consent",
    "corrections/": "learning.correction",
    "destruction/": "destruction.act",
    "doubles/": "people.resemblance",
    "emergency/": "access.emergencyaccess",
    "employees/": "people.employee",
    "events/": "ledger.event",
    "excuses/": "learning.excuse",
    "holds/": "destruction.hold",
    "imports/": "people.upload",
    "jobs/": "jobs.job",
    "kept/": "people.person",
    "marks/": "learning.mark",
    "marks/files/": "learning.markupload",
    "merges/": "people.merge",
    "notices/": "notices.notice",
    "orders/": "learning.order",
    "people/": "people.person",
    "programs/": "programs.program",
    "programs/versions/": "programs.programversion",
    "record-books/": "learning.enrolment",
    "registers/": "registers.register",
    "reopenings/": "learning.reopening",
    "requests/": "people.subjectrequest",
    "roles/": "access.roleassignment",
    "roles/matrix/": "people.matrixedition",
    "sheets/": "learning.marksheet",
    "withdrawals/": "people.withdrawal",
}
"""What stands before the first part of an address → the kind of record that the part names."""
OTHERS: Final = frozenset({"help/", "programs/minima/", "programs/scales/", "roles/matrix/export/", "verify/"})
"""Parts that name no record of somebody: a page of the guide, a kind of file, what anybody may check."""
LOOKS: Final = frozenset({"GET", "HEAD", "POST"})
"""Methods by which something is asked for; whatever else is sent, `405` answers alike for every record."""


def record_refusal(request: HttpRequest, exception: Exception) -> None:
    """Record who was refused what, when the policy refused it: a right that is missing, or a record that is not there for them.

    A stranger is led to the door, which counts and records by itself. No header of the asker's leaves the trace out.

    Raises:
        DatabaseError: the trace cannot be written; then the answer is not given either.
    """
    match = request.resolver_match
    if match is None or request.method not in LOOKS or not request.user.is_authenticated:
        return
    asked = asked_for(match, str(request.method))
    if is_by_policy(exception, asked):
        refused_look(asked, actor=request.user, at=now())


def is_by_policy(exception: Exception, asked: Asked) -> bool:
    """True for a missing right, and for «no such record»: in a page of no record it is a slip in the address."""
    if isinstance(exception, Http404):
        return bool(asked.kind) or asked.method == "POST"
    return isinstance(exception, Forbidden | PermissionDenied)


def asked_for(match: ResolverMatch, method: str) -> Asked:
    """Return what the address asks for: its first part names the record, if any."""
    before, part, _ = match.route.partition("<")
    kind = RECORDS.get(before, "") if part else ""
    return Asked(match.view_name, method, kind, key_of(next(iter(match.kwargs.values()))) if kind else "")
