"""What learning adds to the search over everything: record books by number, people with the groups they are in (п. 2.5)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from zachetka.access.guard import Scopes, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.composed import Composed, Given
from zachetka.core.russian import surname_first
from zachetka.learning.models import Enrolment
from zachetka.people.queries import hit_of, searched
from zachetka.rendering.tasks import Hit

if TYPE_CHECKING:
    from uuid import UUID

    from zachetka.access.models import Account

NAMED: Final = 3
"""Groups that a hit names; the newest come first."""


def record_books(actor: Account, text: str, limit: int) -> list[Hit]:
    """Find a record book by its whole number in any case; one query."""
    found = _by_number(scopes_of(actor, Permission.RECORD_BOOK_READ), limit)(
        number=text.upper(), person_uid=actor.person_uid
    )
    return [
        Hit(
            f"Зачётная книжка № {number}",
            f"{surname_first(last, first, patronymic)} · {code}",
            reverse("learning:record-book", args=[pk]),
            "зачётная книжка",
            "book",
        )
        for pk, number, last, first, patronymic, code in found
    ]


def people(actor: Account, text: str, limit: int) -> list[Hit]:
    """Find people, each with the groups that `actor` may see them in: namesakes are told apart; two queries."""
    found = searched(actor, text, limit)
    groups: defaultdict[UUID, list[str]] = defaultdict(list)
    asked = _groups(scopes_of(actor, Permission.RECORD_BOOK_READ))
    for person, code in asked(people=[one.uid for one in found], person_uid=actor.person_uid):
        groups[person].append(code)
    return [hit_of(one, ", ".join(groups[one.uid][:NAMED])) for one in found]


@cache
def _by_number(scopes: Scopes, limit: int) -> Composed[tuple[int, str, str, str, str, str]]:
    rows = Enrolment.objects.filter(reach(scopes, Enrolment), number=Given("number")).order_by()
    names = ("learner__person__last_name", "learner__person__first_name", "learner__person__patronymic")
    return Composed(lambda: rows.values_list("pk", "number", *names, "cohort__code")[:limit])


@cache
def _groups(scopes: Scopes) -> Composed[tuple[UUID, str]]:
    rows = Enrolment.objects.filter(reach(scopes, Enrolment), learner__person__human_uid__any=Given("people"))
    return Composed(
        lambda: rows.order_by("-started_on", "-pk").values_list("learner__person__human_uid", "cohort__code")
    )
