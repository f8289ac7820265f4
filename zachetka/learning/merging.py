"""What learning has against the merging of two cards: nothing is moved, and nobody's hands come to be on their own record (п. 2.1, 3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from zachetka.core.errors import RuleViolation
from zachetka.learning.models import Award, Commissioner, Correction, Enrolment, Excuse, Mark, OrderLine, Reopening
from zachetka.learning.models.order import Order
from zachetka.people.standing import against_merging

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from zachetka.people.models import Person

CLAUSE: Final = "2.1"
STILL_LEARNS: Final = "По карточке, которую вы поглощаете, ещё учатся: сделайте её главной."
BOTH_LEARN: Final = (
    "Пока объединить нельзя: по обеим карточкам учатся — по главной в группе {stays}, по другой в группе {goes}. Оставьте пару в списке: когда "
    "обучение по одной из карточек закончится, сделайте главной другую. Если зачислили ошибочно, издайте приказ об отчислении — объединить "
    "можно будет с его дня."
)


@against_merging
def learning_stands(stays: Person, goes: Person, day: date) -> None:
    """Refuse while somebody learns by the card that goes, or where the two are parties to one record; eleven queries at most.

    An end is read by its day: whoever is to leave from a later one learns until it (273-ФЗ ст. 61 ч. 4).

    Raises:
        RuleViolation: which of them.
    """
    books = Enrolment.objects.filter(learner__person=goes)
    if (goes_on := _group_of(goes, day)) is not None:
        other = _group_of(stays, day)
        refusal = STILL_LEARNS if other is None else BOTH_LEARN.format(stays=other, goes=goes_on)
        raise RuleViolation(CLAUSE, refusal, field="survivor")
    named = OrderLine.objects.filter(learner__person=goes)
    if named.filter(order__state__in=[Order.State.DRAFT, Order.State.SUBMITTED]).exists():
        raise RuleViolation(
            CLAUSE,
            "Карточка, которую вы поглощаете, названа в неизданном приказе: уберите её из него или дождитесь решения.",
            field="survivor",
        )
    shared = books.filter(cohort__enrolments__learner__person=stays).values_list("cohort__code", flat=True).first()
    if shared is not None:
        raise RuleViolation(
            CLAUSE,
            f"Обе карточки — в группе {shared}: один человек не учится в ней дважды. Проверьте приказы или признайте людей разными.",
            field="survivor",
        )
    if hands := list(_hands_of(stays.uid, goes)):
        raise RuleViolation(
            "3.8",
            f"Человек главной карточки решал о другой как о чужой: {', '.join(hands)}. Объединить — значит сказать, что он решал о себе.",
            field="survivor",
        )


def _group_of(person: Person, day: date) -> str | None:
    """Return the code of a group in which somebody learns by a card on `day`, None when they learn in none."""
    books = Enrolment.objects.going_on(day).filter(learner__person=person)
    return books.order_by("-started_on", "-pk").values_list("cohort__code", flat=True).first()


def _hands_of(who: UUID, goes: Person) -> Iterator[str]:
    """Yield what somebody did to the records of a card that has to be another's, in words."""
    marks = Mark.objects.filter(enrolment__learner__person=goes)
    set_by = Q(recorded_by_person=who) | Q(confirmed_by_person=who) | Q(teacher__person__uid=who)
    if marks.filter(set_by | Q(sheet__teacher__person__uid=who)).exists():
        yield "оценка"
    if Commissioner.objects.filter(sheet__in=marks.values("sheet"), employee__person__uid=who).exists():
        yield "комиссия пересдачи"
    corrected = Correction.objects.filter(mark__enrolment__learner__person=goes)
    if corrected.filter(Q(proposed_by_person=who) | Q(decided_by_person=who)).exists():
        yield "исправление оценки"
    if Reopening.objects.filter(sheet__in=marks.values("sheet"), decided_by_person=who).exists():
        yield "повторное открытие ведомости"
    if Excuse.objects.filter(enrolment__learner__person=goes, recorded_by_person=who).exists():
        yield "уважительная причина"
    if Award.objects.filter(enrolment__learner__person=goes, recorded_by_person=who).exists():
        yield "поощрение"
    if OrderLine.objects.filter(learner__person=goes, order__approved_by_person=who).exists():
        yield "приказ"
