"""Which cohorts an order can be about, and why it cannot be about this one (п. 2.2; 273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from zachetka.access.policy import Permission
from zachetka.learning.models import Cohort, Enrolment, MarkSheet, Order
from zachetka.learning.queries.cohorts import LEARNING

if TYPE_CHECKING:
    from zachetka.access.models import Account

NAMED: Final = 3
"""Closed sheets named in a refusal; the others are counted."""
LAWFUL: Final = {Order.Kind.ADMISSION: (Enrolment.State.ACTIVE,), Order.Kind.WITHDRAWAL: LEARNING}
"""Kind of an order about those who study → the states of whom it may name."""
NOBODY: Final = {
    Order.Kind.ADMISSION: (
        "273-ФЗ ст. 59",
        "В группе {} допускать некого: нет никого, кто обучается и ещё не допущен.",
    ),
    Order.Kind.WITHDRAWAL: ("273-ФЗ ст. 61", "В группе {} отчислять некого: в ней никто не обучается."),
}
NO_COHORTS: Final = {
    Order.Kind.ENROLMENT: (
        "Зачислять некуда",
        "Нет группы, которая ещё не окончена и где открыты все ведомости. Сформируйте новую.",
    ),
    Order.Kind.ADMISSION: ("Допускать некого", "Ни в одной группе нет тех, кто обучается и ещё не допущен."),
    Order.Kind.WITHDRAWAL: ("Отчислять некого", "Ни в одной группе никто не обучается."),
}
"""Kind → what the page says when no cohort can take such an order, and why."""


def orderable(actor: Account) -> QuerySet[Cohort]:
    """Return the cohorts for which `actor` drafts orders, the newest first."""
    rows = Cohort.objects.visible_to(actor, Permission.COHORT_EDIT)
    return rows.select_related("program_version__program").order_by("-starts_on", "code")


def possible(kind: Order.Kind, day: date) -> Q:
    """Return what makes an order of this `kind` possible for a cohort on the legal `day`.

    A cohort that has ended is not offered for enrolment; whoever writes down an old enrolment opens it from its page.
    """
    if kind == Order.Kind.ENROLMENT:
        return Q(~Exists(_closed(OuterRef("pk"))), ends_on__gte=day)
    return Q(Exists(Enrolment.objects.filter(cohort=OuterRef("pk"), state__in=LAWFUL[kind])))


def why_not(kind: Order.Kind, cohort: Cohort) -> tuple[str, str]:
    """Return the clause and the sentence that say why no order of this `kind` can be about `cohort`, or two ""; one query."""
    if kind == Order.Kind.ENROLMENT:
        closed = _closed(cohort).order_by("module__ordinal").values_list("module__title", flat=True)
        return ("2.2", closed_words(cohort, list(closed))) if closed else ("", "")
    if Enrolment.objects.filter(cohort=cohort, state__in=LAWFUL[kind]).exists():
        return "", ""
    clause, sentence = NOBODY[kind]
    return clause, sentence.format(cohort)


def closed_words(cohort: Cohort, modules: list[str]) -> str:
    """Say that a learner cannot come into `cohort`, whose sheets of `modules` are closed."""
    more = f" и ещё {len(modules) - NAMED}" if len(modules) > NAMED else ""
    named = ", ".join(f"«{title}»" for title in modules[:NAMED])
    return (
        f"В группе {cohort} уже закрыты ведомости: {named}{more}. "
        "Оценку новому слушателю в них не внести: зачислите его в группу, где все ведомости ещё открыты."
    )


def _closed(cohort: Cohort | OuterRef) -> QuerySet[MarkSheet]:
    """Return the sheets that keep newcomers out: the same that `learning_enrolment_is_in_time` looks at."""
    return MarkSheet.objects.filter(cohort=cohort, attempt=1, state=MarkSheet.State.CLOSED)
