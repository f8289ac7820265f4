"""What a person learns here, on their card: one line an enrolment, with its record book (п. 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.entrants import admittable, entrants
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


@on_card
def sign_in(person: Person, reader: Account) -> CardSection | None:
    """Return how far the person has got on the way to signing in, for whoever may let them in; three queries."""
    if not reader.allowed(Permission.LEARNER_ADMIT) or person.uid == reader.person_uid:
        return None
    newest = admittable(reader, Enrolment.objects.filter(learner__person=person)).exclude(
        state=Enrolment.State.WITHDRAWN
    )
    found = entrants(newest, now())
    found.sort(key=lambda one: (one.enrolment.started_on, one.enrolment.pk))
    return CardSection(
        title="Вход в систему",
        template="learning/_card_sign_in.html",
        rows=found[-1:],
        empty="Вход даёт приказ о зачислении в группу вашего подразделения.",
    )
