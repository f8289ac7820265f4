"""What a person learns here, on their card: one line an enrolment, with its record book (п. 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zachetka.access.policy import Permission
from zachetka.learning.models import Enrolment
from zachetka.people.sections import CardSection, on_card

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person


@on_card
def enrolments(person: Person, reader: Account) -> CardSection | None:
    """Return the enrolments of `person` that `reader` may see, newest first; one query."""
    if not reader.allowed(Permission.RECORD_BOOK_READ):
        return None
    found = (
        Enrolment.objects.visible_to(reader)
        .filter(learner__person=person)
        .select_related("cohort__program_version")
        .order_by("-started_on", "-pk")
    )
    return CardSection(
        title="Учёба и зачётные книжки",
        template="learning/_card_enrolments.html",
        rows=list(found),
        empty="Ещё не зачислен ни в одну группу, или группа не вашего подразделения.",
    )
