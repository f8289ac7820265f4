"""The life of one cohort: a generator that yields the moment of its next act and acts when it is resumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.core.clock import LEGAL_ZONE
from zachetka.demo.catalogue import Plan
from zachetka.demo.people import Strangers
from zachetka.demo.staff import Staff
from zachetka.learning.actions.cohorts import Assignment, create_cohort
from zachetka.learning.actions.marks import (
    Cell,
    close_sheet,
    confirm_correction,
    propose_correction,
    set_marks,
)
from zachetka.learning.actions.orders import approve_order, draft_order, submit_order
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.admission import obstacles
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import Particulars, Schooling, create_account, install_role, register_learners
from zachetka.people.actions.roles import Basis
from zachetka.people.models import Employee, Learner
from zachetka.programs.models import ProgramVersion

HEROINE = Particulars(
    last_name="Соколова", first_name="Анна", patronymic="Дмитриевна", sex="f", birth_date=date(1991, 3, 14),
    snils="90000014799", citizenship="643", email="learner@example.ru", phone="+79001234567",
    education=(Schooling("higher", "107704", "0031822", "Соколова", date(2013, 6, 28)),),
)  # fmt: skip
"""The person of the demo account `learner`: one debt, one corrected mark, the rest well."""


class Course(NamedTuple):
    """What is the same for all cohorts of a programme."""

    plan: Plan
    version: ProgramVersion
    teachers: list[tuple[Employee, Account]]


@dataclass(slots=True)
class Life:
    """One cohort.

    Attributes:
        strangers: where its people come from.
        returning: learners of finished cohorts; some come again.
        is_late: its teachers fill the sheets late, and one stays open.
        has_heroine: the demo account `learner` learns here.
    """

    course: Course
    code: str
    starts_on: date
    ends_on: date
    size: int
    random: Random
    strangers: Strangers
    returning: list[Learner]
    staff: Staff
    is_late: bool = False
    has_heroine: bool = False
    password: str = ""

    def acts(self) -> Iterator[datetime]:
        """Yield the moment of each act; the act happens when the generator is resumed."""
        methodist, head = self.staff.methodist(self.course.plan.unit), self.staff.accounts["head"]
        yield (at := _moment(self.starts_on, -12, 10, self.random))
        learners = self._gather(methodist, at)
        yield (at := _moment(self.starts_on, -10, 11, self.random))
        cohort = self._form(methodist, at)
        order = None
        for step_days, hour in ((-6, 12), (-5, 15), (-3, 9)):
            yield (at := _moment(self.starts_on, step_days, hour, self.random))
            if order is None:
                order = self._draft(Order.Kind.ENROLMENT, cohort, learners, self.starts_on, methodist, at)
            elif order.state == Order.State.DRAFT:
                order = submit_order(order, actor=methodist, at=at)
            else:
                order = approve_order(order, seen=seen_of(order), actor=head, at=at)
        sheets = list(cohort.sheets.select_related("module").order_by("module__ordinal"))
        for sheet in sheets[:-1]:
            yield from self._control(sheet, methodist)
        yield from self._finish(cohort, sheets[-1], methodist, head)

    def _gather(self, methodist: Account, at: datetime) -> list[Learner]:
        again = self.random.sample(self.returning, min(len(self.returning) // 12, self.size // 10))
        wanted = self.size - len(again) - self.has_heroine
        fresh = register_learners([next(self.strangers) for _ in range(wanted)], actor=methodist, at=at)
        if self.has_heroine:
            fresh += register_learners([HEROINE], actor=methodist, at=at)
            account = create_account(
                "learner",
                person_uid=fresh[-1].person.uid,
                display_name=fresh[-1].person.full_name,
                password=self.password,
                actor=None,
                at=at,
            )
            basis = Basis(f"зачисление {self.code}", self.starts_on, self.starts_on)
            install_role(account, Role.LEARNER, unit=None, basis=basis, at=at)
        self.returning.extend(fresh)
        return again + fresh

    def _form(self, methodist: Account, at: datetime) -> Cohort:
        modules = list(self.course.version.modules.order_by("ordinal"))
        span = (self.ends_on - self.starts_on).days - 2
        spent, assignments = 0, {}
        for module in modules:
            spent += module.hours
            held = _workday(
                self.starts_on + timedelta(days=max(1, span * spent // self.course.version.hours)), self.ends_on
            )
            # The seventh, half filled today, waits for the account `teacher`.
            turn = module.ordinal - 7 * self.has_heroine
            teacher, _ = self.course.teachers[turn % len(self.course.teachers)]
            assignments[module.pk] = Assignment(teacher, held)
        return create_cohort(
            self.course.version,
            code=self.code,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            attestation_on=assignments[modules[-1].pk].held_on,
            assignments=assignments,
            actor=methodist,
            at=at,
        )

    def _draft(
        self,
        kind: str,
        cohort: Cohort,
        learners: list[Learner],
        on: date,
        actor: Account,
        at: datetime,
        ground: str = "",
    ) -> Order:
        return draft_order(
            cohort,
            kind=kind,
            learners=learners,
            effective_on=on,
            basis="договоры об образовании" if kind == Order.Kind.ENROLMENT else "учебный план",
            ground=ground,
            request_key=UUID(int=self.random.getrandbits(128), version=4),
            actor=actor,
            at=at,
        )

    def _control(self, sheet: MarkSheet, methodist: Account) -> Iterator[datetime]:
        """One module: marks in two sittings, closed, perhaps corrected."""
        teacher = self._account_of(sheet)
        late = 9 if self.is_late and sheet.module.ordinal % 3 == 2 else 0
        yield (at := _moment(sheet.held_on, late, 17, self.random))
        people = list(_learning(sheet))
        half = len(people) // 2 if self.is_late else len(people)
        set_marks(sheet, [self._cell(one, sheet) for one in people[:half]], actor=teacher, at=at)
        yield (at := _moment(sheet.held_on, late + (6 if self.is_late else 1), 12, self.random))
        set_marks(sheet, [self._cell(one, sheet) for one in people[half:]], actor=teacher, at=at)
        yield (at := _moment(sheet.held_on, late + (8 if self.is_late else 2), 13, self.random))
        sheet = close_sheet(sheet, actor=teacher, at=at)
        wrong = self._to_correct(sheet)
        if wrong is None:
            return
        yield (at := at + timedelta(days=5, hours=2))
        correction = propose_correction(
            wrong,
            text=_BETTER[wrong.grade.symbol if wrong.grade else "2"],
            reason="не учтён ответ на вопрос 14",
            basis=f"служебная записка № {self.random.randint(11, 99)}",
            actor=teacher,
            at=at,
        )
        yield (at := at + timedelta(days=1, hours=3))
        confirm_correction(correction, actor=methodist, at=at)

    def _to_correct(self, sheet: MarkSheet) -> Mark | None:
        marks = Mark.objects.in_force().filter(sheet=sheet, grade__symbol__in=["2", "3", "4", "нз"])
        marks = marks.select_related("grade", "sheet", "enrolment__learner__person").order_by("enrolment_id")
        if self.has_heroine and sheet.module.ordinal == 3:
            return marks.filter(enrolment__learner__person__snils=HEROINE.snils).first()
        found = list(marks.exclude(enrolment__learner__person__snils=HEROINE.snils))
        return self.random.choice(found) if found and self.random.random() < 0.12 else None

    def _finish(self, cohort: Cohort, final: MarkSheet, methodist: Account, head: Account) -> Iterator[datetime]:
        yield (at := max(_moment(final.held_on, -1, 10, self.random), _moment(self.starts_on, 1, 10, self.random)))
        enrolments = list(_learning(final))
        ready = [one.learner for one in enrolments if not obstacles(one)]
        if ready:
            order = self._draft(Order.Kind.ADMISSION, cohort, ready, final.held_on, methodist, at)
            yield (at := at + timedelta(hours=2))
            order = submit_order(order, actor=methodist, at=at)
            yield (at := at + timedelta(hours=3))
            approve_order(order, seen=seen_of(order), actor=head, at=at)
        yield (at := _moment(final.held_on, 0, 18, self.random))
        teacher = self._account_of(final)
        set_marks(final, [self._cell(one, final) for one in _learning(final)], actor=teacher, at=at)
        yield (at := at + timedelta(hours=1))
        close_sheet(final, actor=teacher, at=at)
        passed = [
            mark.enrolment.learner
            for mark in Mark.objects.in_force()
            .filter(sheet=final, grade__is_passing=True, enrolment__state=Enrolment.State.ADMITTED)
            .select_related("enrolment__learner")
        ]
        failed = [one.learner for one in _learning(final) if one.learner not in passed]
        for learners, ground, days in ((passed, Order.Ground.COMPLETED, 1), (failed, Order.Ground.DEBT, 20)):
            if not learners:
                continue
            yield (at := _moment(self.ends_on, days, 10, self.random))
            order = self._draft(Order.Kind.WITHDRAWAL, cohort, learners, self.ends_on, methodist, at, ground)
            yield (at := at + timedelta(hours=2))
            order = submit_order(order, actor=methodist, at=at)
            yield (at := at + timedelta(hours=20))
            approve_order(order, seen=seen_of(order), actor=head, at=at)

    def _account_of(self, sheet: MarkSheet) -> Account:
        return next(account for employee, account in self.course.teachers if employee.pk == sheet.teacher_id)

    def _cell(self, enrolment: Enrolment, sheet: MarkSheet) -> Cell:
        return Cell(enrolment.pk, self._grade(enrolment, sheet), None)

    def _grade(self, enrolment: Enrolment, sheet: MarkSheet) -> str:
        scale = sheet.module.scale.code
        if enrolment.learner.person.snils == HEROINE.snils:
            return _HEROINE_MARKS.get(sheet.module.ordinal, {"pass_fail": "зач", "hundred_point": "94"}.get(scale, "5"))
        gift = Random(f"{enrolment.learner_id}").gauss(0.0, 1.0)  # noqa: S311 - able people stay able
        able = gift + self.random.gauss(0.0, 0.8)
        if scale == "pass_fail":
            return "н" if able < -3.1 else "нз" if able < -2.8 else "зач"
        if scale == "hundred_point":
            return "н" if able < -3.2 else str(max(12, min(100, round(78 + able * 10))))
        return next(symbol for limit, symbol in _BORDERS if able > limit)


_BETTER = {"2": "удовлетворительно", "3": "хорошо", "4": "отлично", "нз": "зачтено"}
_BORDERS = ((0.5, "5"), (-0.7, "4"), (-2.7, "3"), (-3.1, "2"), (-99.0, "н"))
_HEROINE_MARKS = {3: "68", 4: "78", 7: "нз"}


def _learning(sheet: MarkSheet) -> Iterator[Enrolment]:
    """Those of the cohort who still learn, in the order of the sheet."""
    yield from (
        Enrolment.objects.filter(
            cohort_id=sheet.cohort_id, state__in=[Enrolment.State.ACTIVE, Enrolment.State.ADMITTED]
        )
        .select_related("learner__person", "cohort__program_version")
        .order_by("learner__person__sort_key", "pk")
    )


def _moment(day: date, days: int, hour: int, random: Random) -> datetime:
    at = datetime.combine(day + timedelta(days=days), time(hour, random.randint(0, 59), random.randint(0, 59)))
    return at.replace(tzinfo=LEGAL_ZONE)


def _workday(day: date, last: date) -> date:
    """Move a Saturday or Sunday to Monday, but never past the last day."""
    moved = day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
    return min(moved, last)
