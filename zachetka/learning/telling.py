"""What learning tells: orders, sheets, corrections, debts (п. 2.1, 2.2). Each is called in its action's transaction.

Nothing is told of a mark while it is typed: a sheet tells once, when it is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse

from zachetka.access.policy import Role
from zachetka.core.clock import legal_date
from zachetka.core.composed import Composed, Given
from zachetka.core.russian import date_digits
from zachetka.learning.models import Mark, MarkSheet
from zachetka.learning.queries.debts import examinees_in
from zachetka.learning.queries.debts_ended import Place, counting_in, debts_of_sheet, passed_by, sheets_of_debts
from zachetka.learning.queries.excuses import absence_is_excused
from zachetka.learning.queries.openable import address_for
from zachetka.notices.actions import Told, close_cause, tell, tell_each
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.queries import holding, of_people
from zachetka.notices.work import daily
from zachetka.programs.models import Module

if TYPE_CHECKING:
    from uuid import UUID

    from zachetka.access.models import Account
    from zachetka.learning.models import Award, Cohort, Correction, Enrolment, HandOver, Order, Reopening
    from zachetka.people.models import Employee


def order_waits(order: Order, *, actor: Account, at: datetime) -> None:
    """Tell the head that an order waits for their signature."""
    close_cause(_cause(order, "returned"), at=at)
    tell(
        NoticeKind.ORDER_WAITS,
        holding(Role.HEAD, day=legal_date(at)),
        title=f"Приказ ждёт подписи: {_order(order)}",
        url=reverse("learning:order", args=[order.pk]),
        key=f"{_cause(order, 'waits')}{int(at.timestamp())}",
        at=at,
        but=actor,
    )


def order_returned(order: Order, *, actor: Account, at: datetime) -> None:
    """Tell whoever drafted an order that it came back."""
    close_cause(_cause(order, "waits"), at=at)
    _tell_drafter(NoticeKind.ORDER_RETURNED, order, f"Приказ возвращён на доработку: {_order(order)}", actor, at)


def order_issued(order: Order, *, actor: Account, at: datetime) -> None:
    """Tell whoever drafted an order that it is issued."""
    close_cause(_cause(order, "waits"), at=at)
    _tell_drafter(NoticeKind.ORDER_ISSUED, order, f"Приказ № {order.number} издан: {_order(order)}", actor, at)


def plan_set(enrolment: Enrolment, order: Order, *, at: datetime) -> None:
    """Tell the learner that an individual plan of theirs is in force (273-ФЗ ст. 34 ч. 1 п. 3)."""
    tell(
        NoticeKind.PLAN_SET,
        of_people([enrolment.human_uid]),
        title=f"Утверждён индивидуальный учебный план: приказ № {order.number}",
        url=reverse("learning:record-book", args=[enrolment.pk]),
        key=f"order-{order.pk}-plan",
        at=at,
    )


def award_recorded(award: Award, *, at: datetime) -> None:
    """Tell the learner that an encouragement of theirs is in their record book (273-ФЗ ст. 28 ч. 3 п. 11)."""
    _tell_rewarded(award, f"Внесено поощрение: {award}", f"award-{award.pk}-recorded", at)


def award_cancelled(back: Award, award: Award, *, at: datetime) -> None:
    """Tell the learner that it was taken back, in place of the earlier notice."""
    close_cause(f"award-{award.pk}-recorded", at=at)
    _tell_rewarded(back, f"Отозвано поощрение: {award}", f"award-{award.pk}-cancelled", at)


def _tell_rewarded(award: Award, title: str, key: str, at: datetime) -> None:
    address = reverse("learning:record-book-section", args=[award.enrolment_id, "awards"])
    tell(NoticeKind.AWARD_CHANGED, of_people([award.enrolment.human_uid]), title=title, url=address, key=key, at=at)


def moved(order: Order, target: Cohort, books: Sequence[Enrolment], *, at: datetime) -> None:
    """Tell the learners of the new `books` that they learn in another group now, the teachers of both that the list has changed: each teacher once."""
    owned = {one.human_uid: one for one in books}
    told = [
        Told(
            account,
            f"Перевод в группу {target.code}: приказ № {order.number}",
            reverse("learning:record-book", args=[owned[account.person_uid].pk]),
        )
        for account in of_people(owned)
    ]
    tell_each(NoticeKind.MOVED, told, key=f"order-{order.pk}-moved", at=at)
    knowing: set[UUID] = set()
    for cohort in (target, order.cohort):
        sheets = MarkSheet.objects.open().filter(cohort=cohort)
        teachers = set(sheets.values_list("teacher__person__uid", flat=True)) - knowing
        knowing |= teachers
        tell(
            NoticeKind.MOVED,
            of_people(teachers),
            title=f"Перевод из группы {order.cohort.code} в группу {target.code}: приказ № {order.number}",
            url=reverse("learning:cohort-sheet", args=[cohort.code]),
            key=f"order-{order.pk}-moved-{cohort.pk}",
            at=at,
        )


def _tell_drafter(kind: NoticeKind, order: Order, title: str, actor: Account, at: datetime) -> None:
    if order.drafted_by is not None:
        address = reverse("learning:order", args=[order.pk])
        key = f"{_cause(order, kind.value.rpartition('.')[2])}{int(at.timestamp())}"
        tell(kind, [order.drafted_by], title=title, url=address, key=key, at=at, but=actor)


def order_cancelled(order: Order, *, at: datetime) -> None:
    """Nothing is left to be done about an order that was given back."""
    close_cause(_cause(order, "returned"), at=at)


def _cause(order: Order, what: str) -> str:
    return f"order-{order.pk}-{what}-"


def _order(order: Order) -> str:
    return f"{order.get_kind_display()}, группа {order.cohort.code}"


def correction_proposed(correction: Correction, *, actor: Account, at: datetime) -> None:
    """Tell the methodists of the unit that a correction waits."""
    sheet = correction.mark.sheet
    tell(
        NoticeKind.CORRECTION_PROPOSED,
        holding(Role.METHODIST, day=legal_date(at), unit_id=sheet.cohort.program_version.program.unit_id),
        title=f"Предложено исправление оценки: {_sheet(sheet)}",
        url=reverse("learning:correction", args=[correction.pk]),
        key=f"correction-{correction.pk}-proposed",
        at=at,
        but=actor,
    )


def correction_decided(correction: Correction, word: str, *, actor: Account, at: datetime) -> None:
    """Tell whoever proposed a correction what was decided."""
    close_cause(f"correction-{correction.pk}-proposed", at=at)
    tell(
        NoticeKind.CORRECTION_DECIDED,
        [correction.proposed_by],
        title=f"Исправление оценки {word}: {_sheet(correction.mark.sheet)}",
        url=reverse("learning:correction", args=[correction.pk]),
        key=f"correction-{correction.pk}-decided",
        at=at,
        but=actor,
    )


def mark_corrected(mark: Mark, *, at: datetime) -> None:
    """Tell the learner that a mark of theirs was corrected, and of the debt that it made, with its term; a debt that it ended is
    told of no more (273-ФЗ ст. 58 ч. 2, 5). After a transfer it counts in the book that goes on (ст. 57).
    """
    learner, book = of_people([mark.enrolment.human_uid]), reverse("learning:record-book", args=[mark.enrolment_id])
    module, key = mark.sheet.module, f"mark-{mark.pk}-corrected"
    tell(NoticeKind.MARK_CORRECTED, learner, title=f"Исправлена оценка: {module.title}", url=book, key=key, at=at)
    if module.sort == Module.Sort.FINAL:
        return
    lapsed = mark.supersedes is not None and mark.supersedes.grade is not None and mark.supersedes.grade.is_passing
    for taker, taken in counting_in(mark):
        owed = examinees_in(taken, [taker])[taker.pk].owed
        if owed is None:
            _debts_ended([(taker.pk, taken.pk)], learner, at=at)
        elif lapsed:
            title = f"Академическая задолженность: {taken.title}, закрыть до {date_digits(owed.until)}"
            book = reverse("learning:record-book", args=[taker.pk])
            key = f"{_debt(mark.sheet_id)}-mark-{mark.pk}-{taker.pk}-{taken.pk}"
            tell(NoticeKind.DEBT_AROSE, learner, title=title, url=book, key=key, at=at)


def resit_appointed(sheet: MarkSheet, people: Sequence[Enrolment], judges: Sequence[Employee], *, at: datetime) -> None:
    """Tell those whom a resit names, and those who take it, its day: the law counts by it (273-ФЗ ст. 58 ч. 5, 6)."""
    books = {one.human_uid: one.pk for one in people}
    title = f"Назначена {sheet.occasion}: {sheet.module.title}, {date_digits(sheet.held_on)}"
    told = [
        Told(account, title, reverse("learning:record-book", args=[books[account.person_uid]]))
        for account in of_people(books)
    ]
    tell_each(NoticeKind.RESIT_APPOINTED, told, key=_resit(sheet), at=at)
    title = f"Вы принимаете: {_sheet(sheet)}, {sheet.occasion}, {date_digits(sheet.held_on)}"
    takers = {one.person.uid for one in judges}
    _tell_keepers(NoticeKind.RESIT_APPOINTED, takers, sheet, title, key=f"{_resit(sheet)}-taken", at=at)


def sheet_closed(sheet: MarkSheet, *, at: datetime, changed_by: Reopening | None = None) -> None:
    """Nobody is late with it any more; whoever passed has no debt of it or of an earlier one; whoever failed has one."""
    sheet_put_off(sheet, at=at)
    if not sheet.is_main:
        close_cause(_resit(sheet), at=at)
    passed = _MARKED(sheet=sheet.pk, passes=True)
    free = of_people(uid for uid, _ in passed)
    if free:
        _debts_ended(passed_by(sheet, [pk for _, pk in passed]), free, at=at)
    debts_arose(sheet, at=at, changed_by=changed_by)


def _debts_ended(places: Iterable[Place], accounts: Sequence[Account], *, at: datetime) -> None:
    for pk in sorted(sheets_of_debts(places)):
        close_cause(_debt(pk), at=at, accounts=accounts)


_OF_SHEET: Final = (
    Mark.objects.in_force().annotate(is_excused=absence_is_excused()).filter(sheet_id=Given("sheet"), is_excused=False)
)
"""An absence for a good reason passes nothing and fails nothing (273-ФЗ ст. 58 ч. 2)."""
_MARKED: Final = Composed(
    lambda: _OF_SHEET.filter(grade__is_passing=Given("passes")).values_list(
        "enrolment__learner__person__human_uid", "enrolment"
    )
)
"""Whose marks of a sheet pass or do not, each with the record book."""
_MARKED_ANEW: Final = Composed(
    lambda: _OF_SHEET.filter(grade__is_passing=False, reopening_id=Given("reopening")).values_list(
        "enrolment__learner__person__human_uid", "enrolment"
    )
)


def sheet_handed_over(handed: HandOver, *, actor: Account, at: datetime) -> None:
    """Tell both teachers that a sheet passed from one to the other, by which paper (п. 2.2)."""
    sheet = handed.sheet
    for who, words in (
        (handed.teacher, "Вам передана ведомость"),
        (handed.was, "Ведомость передана другому преподавателю"),
    ):
        title, key = f"{words}: {_sheet(sheet)}. Основание — {handed.basis}", f"handover-{handed.pk}-{who.pk}"
        _tell_keepers(NoticeKind.SHEET_HANDED_OVER, {who.person.human_uid}, sheet, title, key=key, at=at, but=actor)


def resit_cancelled(
    sheet: MarkSheet, sitting: Sequence[Enrolment], reason: str, *, actor: Account, at: datetime
) -> None:
    """Tell whoever was to sit a resit, and whoever was to take it, that it is not to be (273-ФЗ ст. 58)."""
    sheet_put_off(sheet, at=at)
    close_cause(_resit(sheet), at=at)
    title, books = f"Отменена пересдача {date_digits(sheet.held_on)}", {one.human_uid: one.pk for one in sitting}
    told = [
        Told(one, f"{title}: {sheet.module.title}", reverse("learning:record-book", args=[books[one.person_uid]]))
        for one in of_people(books)
    ]
    tell_each(NoticeKind.RESIT_CANCELLED, told, key=f"sheet-{sheet.pk}-cancelled", at=at)
    takers = {sheet.teacher.person.uid, *sheet.commissioners.values_list("employee__person__uid", flat=True)}
    title, key = f"{title}: {_sheet(sheet)}. {reason}", f"sheet-{sheet.pk}-cancelled-teacher"
    _tell_keepers(NoticeKind.RESIT_CANCELLED, takers, sheet, title, key=key, at=at, but=actor)


def _tell_keepers(
    kind: NoticeKind,
    people: set[UUID],
    sheet: MarkSheet,
    title: str,
    *,
    key: str,
    at: datetime,
    but: Account | None = None,
) -> None:
    """Tell of `sheet` those who keep or take it, or did so until now; each is led to what they can open."""
    others = [one for one in of_people(people) if but is None or one.person_uid != but.person_uid]
    tell_each(kind, [Told(one, title, address_for(one, sheet)) for one in others], key=key, at=at)


def sheet_put_off(sheet: MarkSheet, *, at: datetime) -> None:
    """The term of which people were told holds no longer."""
    close_cause(f"sheet-{sheet.pk}-overdue-", at=at)


def _resit(sheet: MarkSheet) -> str:
    return f"sheet-{sheet.pk}-resit"


def _debt(sheet_id: int) -> str:
    return f"sheet-{sheet_id}-debt"


def debts_arose(sheet: MarkSheet, *, at: datetime, changed_by: Reopening | None = None) -> None:
    """Tell each learner whom a closed sheet leaves with a debt (273-ФЗ ст. 58 ч. 2); final attestation makes none.

    After a transfer it is in the book that goes on (ст. 57). Of a sheet closed again, only those whose marks were `changed_by` its reopening.
    """
    if sheet.module.sort == Module.Sort.FINAL:
        return
    if changed_by is None:
        books = dict(_MARKED(sheet=sheet.pk, passes=False))
    else:
        books = dict(_MARKED_ANEW(sheet=sheet.pk, reopening=changed_by.pk))
    places = debts_of_sheet(sheet.module, books.values()) if books else {}
    owing = {who: places[book] for who, book in books.items() if book in places}
    told = [
        Told(account, f"Академическая задолженность: {title}", reverse("learning:record-book", args=[book]))
        for account in of_people(owing)
        for book, title in (owing[account.person_uid],)
    ]
    again = f"-{changed_by.pk}" if changed_by else ""
    tell_each(NoticeKind.DEBT_AROSE, told, key=f"{_debt(sheet.pk)}{again}", at=at)


def reopening_asked(reopening: Reopening, *, actor: Account, at: datetime) -> None:
    """Tell the heads that somebody asks to open a closed sheet again (п. 2.2)."""
    tell(
        NoticeKind.REOPENING_ASKED,
        holding(Role.HEAD, day=legal_date(at)),
        title=f"Просят открыть ведомость заново: {_sheet(reopening.sheet)}",
        url=reverse("learning:reopening", args=[reopening.pk]),
        key=f"reopening-{reopening.pk}-asked",
        at=at,
        but=actor,
    )


def reopening_decided(reopening: Reopening, word: str, *, actor: Account, at: datetime) -> None:
    """Tell whoever asked, and the teacher, what was decided."""
    close_cause(f"reopening-{reopening.pk}-asked", at=at)
    told = {reopening.asked_by.pk: reopening.asked_by}
    told |= {account.pk: account for account in of_people([reopening.sheet.teacher.person.uid])}
    tell(
        NoticeKind.REOPENING_DECIDED,
        told.values(),
        title=f"Ведомость {word}: {_sheet(reopening.sheet)}",
        url=reverse("learning:reopening", args=[reopening.pk]),
        key=f"reopening-{reopening.pk}-decided",
        at=at,
        but=actor,
    )


def sheet_closed_again(reopening: Reopening, *, actor: Account | None, at: datetime) -> None:
    """Tell the teacher and whoever asked that a sheet is closed again, each learner that their mark is another (п. 2.1)."""
    sheet = reopening.sheet
    told = {reopening.asked_by.pk: reopening.asked_by}
    told |= {account.pk: account for account in of_people([sheet.teacher.person.uid])}
    tell(
        NoticeKind.REOPENING_ENDED,
        told.values(),
        title=f"Ведомость закрыта снова: {_sheet(sheet)}",
        url=reverse("learning:reopening", args=[reopening.pk]),
        key=f"reopening-{reopening.pk}-ended",
        at=at,
        but=actor,
    )
    changed = Mark.objects.in_force().filter(reopening=reopening)
    books = dict(changed.values_list("enrolment__learner__person__human_uid", "enrolment"))
    corrected = [
        Told(
            account,
            f"Исправлена оценка: {sheet.module.title}",
            reverse("learning:record-book", args=[books[account.person_uid]]),
        )
        for account in of_people(books)
    ]
    tell_each(NoticeKind.MARK_CORRECTED, corrected, key=f"reopening-{reopening.pk}-marks", at=at)
    sheet_closed(sheet, at=at, changed_by=reopening)


@daily
def sheets_overdue(at: datetime) -> int:
    """Tell teachers and the methodists of the unit which sheets are not closed in time; once for each term of each sheet."""
    today, told = legal_date(at), 0
    late = (
        MarkSheet.objects.open()
        .filter(due_on__lt=today)
        .select_related("cohort__program_version__program", "module", "teacher__person")
    )
    with transaction.atomic():
        for sheet in late.order_by("pk"):
            unit = sheet.cohort.program_version.program.unit_id
            for accounts in (of_people([sheet.teacher.person.uid]), holding(Role.METHODIST, day=today, unit_id=unit)):
                told += tell(
                    NoticeKind.SHEET_OVERDUE,
                    accounts,
                    title=f"Ведомость не закрыта в срок ({sheet.due_on:%d.%m.%Y}): {_sheet(sheet)}",
                    url=reverse("learning:sheet", args=[sheet.pk]),
                    key=f"sheet-{sheet.pk}-overdue-{sheet.due_on:%Y-%m-%d}",
                    at=at,
                )
    return told


def _sheet(sheet: MarkSheet) -> str:
    return f"группа {sheet.cohort.code}, {sheet.module.title}"
