"""What people's pages show of learning: enrolments on the card (п. 2.5), open sheets of who is dismissed (п. 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zachetka.access.guard import is_own
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.learning.models import Enrolment, MarkSheet
from zachetka.learning.queries.completeness import gone
from zachetka.learning.queries.entrants import admittable, entrants
from zachetka.people.sections import CardSection, on_card, on_dismissal

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Employee, Person


@on_card
def enrolments(person: Person, reader: Account) -> CardSection | None:
    """Return the enrolments of `person` that `reader` may see, newest first; one query."""
    if not reader.allowed(Permission.RECORD_BOOK_READ):
        return None
    found = (
        Enrolment.objects.visible_to(reader)
        .filter(learner__person__human_uid=person.human_uid)
        .select_related("cohort__program_version")
        .order_by("-started_on", "-pk")
    )
    return CardSection(
        title="Учёба и зачётные книжки",
        template="learning/_card_enrolments.html",
        rows=[(one, one.words_on(legal_date(now()))) for one in found],
        empty="Зачисления ни в одну группу ещё не было, или группа не вашего подразделения.",
    )


@on_card
def sign_in(person: Person, reader: Account) -> CardSection | None:
    """Return how far the person has got on the way to signing in, for whoever may let them in; three queries."""
    if not reader.allowed(Permission.LEARNER_ADMIT) or is_own(person.human_uid, reader):
        return None
    at = now()
    theirs = Enrolment.objects.filter(learner__person__human_uid=person.human_uid).exclude(gone(legal_date(at)))
    found = entrants(admittable(reader, theirs), at)
    found.sort(key=lambda one: (one.enrolment.started_on, one.enrolment.pk))
    return CardSection(
        title="Вход в систему",
        template="learning/_card_sign_in.html",
        rows=found[-1:],
        empty="Вход даёт приказ о зачислении в группу вашего подразделения.",
    )


@on_dismissal
def open_sheets(employee: Employee, reader: Account) -> CardSection | None:
    """Return how many sheets somebody else will have to fill, and by when the first; one query.

    Whoever dismisses reads no sheets: which ones they are is told to the methodist of the cohort, as a task.
    """
    if not reader.allowed(Permission.EMPLOYEE_EDIT):
        return None
    terms = list(MarkSheet.objects.open().filter(teacher=employee).order_by("due_on").values_list("due_on", flat=True))
    if not terms:
        return None
    return CardSection(title="Открытые ведомости", template="learning/_left_sheets.html", rows=terms, empty="")
