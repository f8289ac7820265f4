"""Which cohorts an order can be about, and why it cannot be about this one (п. 2.2; 273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.russian import date_words
from zachetka.learning.models import Cohort, Enrolment, MarkSheet, Order
from zachetka.learning.queries.cohorts import LEARNING
from zachetka.learning.queries.transfers import has_target, targets_of

if TYPE_CHECKING:
    from zachetka.access.models import Account

NAMED: Final = 3
"""Closed sheets named in a refusal; the others are counted."""
OFFERS: Final = {
    Order.Kind.ENROLMENT: ("user-plus", "О зачислении", "закрыта ведомость последнего дня"),
    Order.Kind.ADMISSION: ("user-check", "О допуске к аттестации", "допускать некого"),
    Order.Kind.WITHDRAWAL: ("user-minus", "Об отчислении", "отчислять некого"),
    Order.Kind.STUDY_PLAN: ("calendar-event", "Об индивидуальном плане", "некому"),
    Order.Kind.TRANSFER: ("arrow-forward-up", "О переводе", "некого или некуда"),
}
"""Kind → icon, name in the menu of a cohort, why it cannot be chosen there."""
LAWFUL: Final = {
    Order.Kind.ADMISSION: (Enrolment.State.ACTIVE,),
    Order.Kind.WITHDRAWAL: LEARNING,
    Order.Kind.STUDY_PLAN: (Enrolment.State.ACTIVE,),
    Order.Kind.TRANSFER: (Enrolment.State.ACTIVE,),
}
"""Kind of an order about those who study → the states of whom it may name."""
NOBODY: Final = {
    Order.Kind.ADMISSION: (
        "273-ФЗ ст. 59",
        "В группе {} допускать некого: нет никого, кто обучается и ещё без допуска.",
    ),
    Order.Kind.WITHDRAWAL: ("273-ФЗ ст. 61", "В группе {} отчислять некого: в ней никто не обучается."),
    Order.Kind.STUDY_PLAN: (
        "273-ФЗ ст. 34 ч. 1 п. 3",
        "В группе {} план составить некому: нет никого, кто обучается и ещё без допуска.",
    ),
    Order.Kind.TRANSFER: (
        "273-ФЗ ст. 57",
        "Из группы {} перевести нельзя: нет никого, кто обучается и ещё без допуска, или нет другой группы, которая ещё не окончена.",
    ),
}
NO_COHORTS: Final = {
    Order.Kind.ENROLMENT: (
        "Зачислять некуда",
        "Каждая группа окончена, или закрыта ведомость её последнего дня. Сформируйте новую.",
    ),
    Order.Kind.ADMISSION: ("Допускать некого", "Ни в одной группе нет тех, кто обучается и ещё без допуска."),
    Order.Kind.WITHDRAWAL: ("Отчислять некого", "Ни в одной группе никто не обучается."),
    Order.Kind.STUDY_PLAN: ("План составить некому", "Ни в одной группе нет тех, кто обучается и ещё без допуска."),
    Order.Kind.TRANSFER: (
        "Переводить некого или некуда",
        "Переводят того, кто обучается и ещё без допуска, в другую группу, которая ещё не окончена.",
    ),
}
"""Kind → what the page says when no cohort can take such an order, and why."""


class Offer(NamedTuple):
    """One line of the menu «Приказ…» of a cohort.

    Attributes:
        icon: its picture.
        label: what the order is about.
        barred: why it cannot be drafted now.
        url: where it is drafted; empty when `barred` holds.
    """

    icon: str
    label: str
    barred: str
    url: str


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
    if kind == Order.Kind.TRANSFER:
        return Q(Exists(_in_state(OuterRef("pk"), kind))) & Q(has_target(OuterRef("pk"), day))
    return Q(Exists(_in_state(OuterRef("pk"), kind)))


def offers_for(cohort: Cohort) -> list[Offer]:
    """Return each kind of an order with its address where one can be about `cohort` now; one query, none possible: empty."""
    rows = Cohort.objects.filter(pk=cohort.pk).annotate(
        enrolment=~Exists(_closed(OuterRef("pk"))),
        **{kind.value: Exists(_in_state(OuterRef("pk"), kind)) for kind in LAWFUL},
    )
    can_be = (
        rows.annotate(other=has_target(OuterRef("pk"), legal_date(now()))).values("enrolment", "other", *LAWFUL).get()
    )
    can_be[Order.Kind.TRANSFER.value] &= can_be.pop("other")
    address = f"{reverse('learning:order-new')}?cohort={cohort.pk}&kind="
    if not any(can_be.values()):
        return []
    return [Offer(*OFFERS[kind], address + kind if can_be[kind] else "") for kind in Order.Kind]


def why_not(kind: Order.Kind, cohort: Cohort) -> tuple[str, str]:
    """Return the clause and the sentence that say why no order of this `kind` can be about `cohort`, or two ""; one query."""
    if kind == Order.Kind.ENROLMENT:
        closed = _closed(cohort).order_by("module__ordinal").values_list("module__title", flat=True)
        return ("2.2", closed_words(cohort, list(closed), cohort.ends_on)) if closed else ("", "")
    is_led = kind != Order.Kind.TRANSFER or targets_of(cohort, legal_date(now())).exists()
    if is_led and _in_state(cohort, kind).exists():
        return "", ""
    clause, sentence = NOBODY[kind]
    return clause, sentence.format(cohort)


def closed_words(cohort: Cohort, modules: list[str], last: date) -> str:
    """Say that a learner cannot come into `cohort`, whose sheets of `modules`, held until the day `last`, are closed."""
    more = f" и ещё {len(modules) - NAMED}" if len(modules) > NAMED else ""
    named = ", ".join(f"«{title}»" for title in modules[:NAMED])
    later = "в другую группу"
    if last < cohort.ends_on:
        later = f"с {date_words(last + timedelta(days=1))} или позже, их он сдаст отдельно, или {later}"
    return (
        f"В группе {cohort} уже закрыты ведомости: {named}{more}. "
        f"Оценку новому слушателю в них не внести: зачислите его {later}."
    )


def _closed(cohort: Cohort | OuterRef) -> QuerySet[MarkSheet]:
    """Return the sheets that keep newcomers out whatever their first day: `learning_enrolment_is_in_time` looks at that day."""
    closed = MarkSheet.objects.main().filter(state__in=[MarkSheet.State.CLOSED, MarkSheet.State.REOPENED])
    return closed.filter(cohort=cohort, held_on__gte=F("cohort__ends_on"))


def _in_state(cohort: Cohort | OuterRef, kind: Order.Kind) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(cohort=cohort, state__in=LAWFUL[kind])
