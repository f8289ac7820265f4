"""The life of one cohort: a generator that yields its next act and does it when it is resumed.

A chapter of a life (a control, an order, an attestation) is a generator of its own: `yield from` it where it happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.core.clock import LEGAL_ZONE
from zachetka.demo.acts import Act, together, workday
from zachetka.demo.catalogue import Plan
from zachetka.demo.own_plans import OwnPlan, own_plan
from zachetka.demo.people import Strangers
from zachetka.demo.resits import sit_again
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
from zachetka.learning.actions.study_plans import PlanSaid
from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet, Order
from zachetka.learning.queries.admission import headways
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


class Book(NamedTuple):
    """A record book of the cohort, as its life remembers it.

    Attributes:
        pk: of the enrolment.
        learner: primary key of the learner.
        snils: tells people apart, in this academy and in the next one of the same seed.
    """

    pk: int
    learner: int
    snils: str

    @property
    def is_of_heroine(self) -> bool:
        return self.snils == HEROINE.snils


@dataclass(slots=True)
class Life:
    """One cohort.

    Attributes:
        strangers: where its people come from.
        returning: primary keys of the learners of earlier cohorts; some come again.
        is_late: its teachers fill the sheets late, and one stays open.
        has_heroine: the demo account `learner` learns here.
        has_resits: the debtors of one module sit it again, the last of them before a commission.
        rotation: by how many its teachers are shifted in the list of the unit.
        books: of those who learn, in the order of a sheet.
        own: who has an individual plan, and which.
    """

    course: Course
    code: str
    starts_on: date
    ends_on: date
    size: int
    random: Random
    strangers: Strangers
    returning: list[int]
    staff: Staff
    is_late: bool = False
    has_heroine: bool = False
    has_resits: bool = False
    password: str = ""
    rotation: int = 0
    books: list[Book] = field(default_factory=list)
    own: tuple[Book, OwnPlan] | None = None

    def acts(self) -> Iterator[Act]:
        """Yield each act; it happens when the generator is resumed."""
        yield Act(at := self._moment(self.starts_on, -12, 10))
        named = self._gather(at)
        yield Act(at := self._moment(self.starts_on, -10, 11))
        cohort = self._form(at)
        days = [self._moment(self.starts_on, *step) for step in ((-6, 12), (-5, 15), (-3, 9))]
        yield from self._order(cohort, Order.Kind.ENROLMENT, named, self.starts_on, days)
        self.books = _enrolled(cohort)
        if self.has_heroine:
            self._let_in(next(book for book in self.books if book.is_of_heroine), days[-1])
        *controls, final = cohort.sheets.select_related("module__scale").order_by("module__ordinal")
        chapters = [self._control(sheet, final.held_on) for sheet in controls]
        if found := own_plan(self.code, len(self.books), self.starts_on, self.ends_on, controls):
            book = self.books[found.place]
            if not book.is_of_heroine:
                self.own = book, found
                kind, moments = Order.Kind.STUDY_PLAN, found.moments
                chapters.append(self._order(cohort, kind, [book.learner], found.on, moments, plan=found.said))
        if len(controls) > 2 and self.random.random() < 0.3:
            chapters.append(self._leave(cohort, self.random.choice(controls[1:]).held_on))
        last = yield from together(chapters)
        yield from self._attest(cohort, final, last)

    @property
    def methodist(self) -> Account:
        return self.staff.methodist(self.course.plan.unit)

    @property
    def teachers(self) -> list[tuple[Employee, Account]]:
        return self.course.teachers

    def _gather(self, at: datetime) -> list[int]:
        """Enter the newcomers; return everybody who is to learn here, by primary key."""
        again = self.random.sample(self.returning, min(len(self.returning) // 12, self.size // 10))
        wanted = [next(self.strangers) for _ in range(self.size - len(again) - self.has_heroine)]
        fresh = register_learners(wanted, actor=self.methodist, at=at)
        if self.has_heroine:
            fresh += register_learners([HEROINE], actor=self.methodist, at=at)
        keys = [learner.pk for learner in fresh]
        self.returning.extend(keys)
        return again + keys

    def _let_in(self, heroine: Book, at: datetime) -> None:
        """Give the heroine her account and role by the order of enrolment, as everybody gets theirs."""
        enrolment = Enrolment.objects.select_related("learner__person", "enrolment_order").get(pk=heroine.pk)
        order, person = enrolment.enrolment_order, enrolment.learner.person
        account = create_account(
            "learner",
            person_uid=person.uid,
            display_name=person.full_name,
            password=self.password,
            actor=None,
            at=at,
        )
        ordered_on = order.order_date or self.starts_on
        basis = Basis(order.number, ordered_on, max(ordered_on, self.starts_on))
        install_role(account, Role.LEARNER, unit=None, basis=basis, at=at)

    def _form(self, at: datetime) -> Cohort:
        modules = list(self.course.version.modules.order_by("ordinal"))
        span = (self.ends_on - self.starts_on).days - 2
        spent, assignments = 0, {}
        for module in modules:
            spent += module.hours
            held = workday(
                self.starts_on + timedelta(days=max(1, span * spent // self.course.version.hours)), self.ends_on
            )
            # The seventh, half filled today, waits for the account `teacher`.
            turn = module.ordinal + self.rotation - 7 * self.has_heroine
            teacher, _ = self.teachers[turn % len(self.teachers)]
            assignments[module.pk] = Assignment(teacher, held)
        return create_cohort(
            self.course.version,
            code=self.code,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            attestation_on=assignments[modules[-1].pk].held_on,
            assignments=assignments,
            actor=self.methodist,
            at=at,
        )

    def _order(
        self,
        cohort: Cohort,
        kind: str,
        learners: Sequence[int],
        on: date,
        moments: Sequence[datetime],
        ground: str = "",
        plan: PlanSaid | None = None,
    ) -> Iterator[Act]:
        """An order about `learners`, by primary key: drafted, submitted and issued at the three `moments`."""
        drafted, submitted, issued = moments
        yield Act(drafted)
        found = {one.pk: one for one in Learner.objects.select_related("person").filter(pk__any=list(learners))}
        order = draft_order(
            cohort,
            kind=kind,
            learners=[found[pk] for pk in learners],
            effective_on=on,
            basis=_BASES.get((kind, ground), "учебный план"),
            ground=ground,
            plan=plan,
            request_key=UUID(int=self.random.getrandbits(128), version=4),
            actor=self.methodist,
            at=drafted,
        )
        del found
        yield Act(submitted)
        order = submit_order(order, actor=self.methodist, at=submitted)
        yield Act(issued, gives_number=True)
        approve_order(order, seen=seen_of(order), actor=self.staff.accounts["head"], at=issued)

    def _leave(self, cohort: Cohort, before: date) -> Iterator[Act]:
        """Somebody leaves by their own wish some days before a control."""
        drafted = max(self._moment(before, -5, 11), self._moment(self.starts_on, 1, 11))
        moments = [drafted, drafted + timedelta(hours=1), drafted + timedelta(hours=3)]
        staying = [book for book in self.books if not book.is_of_heroine and (not self.own or book != self.own[0])]
        if drafted.date() >= before or not staying:
            return
        leaver = self.random.choice(staying)
        on, ground = drafted.date(), Order.Ground.OWN_WISH
        yield from self._order(cohort, Order.Kind.WITHDRAWAL, [leaver.learner], on, moments, ground)
        self.books.remove(leaver)

    def _control(self, sheet: MarkSheet, final_on: date) -> Iterator[Act]:
        """One module: marks in two sittings, some typed over, closed, perhaps corrected."""
        teacher = self.account_of(sheet)
        first, second, third = self._sittings(sheet, final_on)
        yield Act(first)
        people = [
            book for book in self.books if not self.own or (book, sheet.module_id) != (self.own[0], self.own[1].module)
        ]
        half = len(people) // 2 if self.is_late else len(people)
        typed = [self._cell(book, sheet) for book in people[:half]]
        written = set_marks(sheet, typed, actor=teacher, at=first)
        seen = {outcome.enrolment_id: outcome.mark.pk for outcome in written if outcome.mark}
        yield Act(second)
        again = {cell.enrolment_id for cell in typed if cell.text == "н"}
        if typed and self.random.random() < 0.4:
            again.add(self.random.choice(typed).enrolment_id)
        here = set(self.books)
        cells = [self._cell(book, sheet) for book in people[half:] if book in here]
        cells += [self._cell(book, sheet, seen[book.pk]) for book in people[:half] if book in here and book.pk in again]
        set_marks(sheet, cells, actor=teacher, at=second)
        yield Act(third)
        sheet = close_sheet(sheet, actor=teacher, at=third)
        yield from self._correct(sheet, third, final_on)
        yield from sit_again(self, sheet, third + timedelta(days=7), final_on)

    def _correct(self, sheet: MarkSheet, closed: datetime, final_on: date) -> Iterator[Act]:
        """Two people correct a mark some days after its sheet was closed."""
        proposed, confirmed = closed + timedelta(days=5, hours=2), closed + timedelta(days=6, hours=5)
        if confirmed.date() >= final_on or (wrong := self._to_correct(sheet)) is None:
            return
        teacher = self.account_of(sheet)
        yield Act(proposed)
        correction = propose_correction(
            wrong,
            text=(_BETTER if wrong.score is None else _BETTER_SCORE)[wrong.grade.symbol if wrong.grade else "2"],
            reason="не учтён ответ на вопрос 14",
            basis=f"служебная записка № {self.random.randint(11, 99)}",
            actor=teacher,
            at=proposed,
        )
        yield Act(confirmed)
        confirm_correction(correction, actor=self.methodist, at=confirmed)

    def _sittings(self, sheet: MarkSheet, final_on: date) -> list[datetime]:
        """When the marks of a module are entered, twice, and when its sheet is closed: before final attestation."""
        days = (final_on - sheet.held_on).days
        if days <= 2:
            steps = ((0, 10), (0, 11), (0, 12))
        elif self.is_late and days > 21 and sheet.module.ordinal % 3 == 2:
            steps = ((9, 17), (18, 12), (20, 13))
        elif self.is_late and days > 12:
            steps = ((0, 17), (9, 12), (11, 13))
        else:
            steps = ((0, 17), (1, 12), (2, 13))
        return [self._moment(sheet.held_on, *step) for step in steps]

    def _to_correct(self, sheet: MarkSheet) -> Mark | None:
        of_heroine = self.has_heroine and sheet.module.ordinal == 3
        if self.random.random() >= 0.12 and not of_heroine:
            return None
        marks = Mark.objects.in_force().filter(sheet=sheet, grade__symbol__in=["2", "3", "4", "нз"])
        marks = marks.select_related("grade", "sheet", "enrolment__learner__person").order_by("enrolment_id")
        if of_heroine:
            return marks.filter(enrolment__learner__person__snils=HEROINE.snils).first()
        found = list(marks.exclude(enrolment__learner__person__snils=HEROINE.snils))
        return self.random.choice(found) if found else None

    def _attest(self, cohort: Cohort, final: MarkSheet, after: datetime) -> Iterator[Act]:
        """Admission, the final sheet, and withdrawal: of those who passed at once, of debtors later."""
        at = max(self._moment(final.held_on, -1, 10), after + timedelta(minutes=40))
        gap = timedelta(hours=2) if at.date() < final.held_on else timedelta(minutes=40)
        moments = [at, at + gap, at + 2 * gap]
        yield Act(at)
        ready = _without_debts(cohort, self.books)
        if ready:
            people = [book.learner for book in ready]
            yield from self._order(cohort, Order.Kind.ADMISSION, people, final.held_on, moments)
        yield Act(at := self._moment(final.held_on, 0, 18))
        teacher, admitted = self.account_of(final), set(ready)
        cells = [self._cell(book, final) for book in self.books if book in admitted]
        set_marks(final, cells, actor=teacher, at=at)
        yield Act(at := at + timedelta(hours=1))
        close_sheet(final, actor=teacher, at=at)
        passing = set(_passed(final))
        passed = [book.learner for book in ready if book.pk in passing]
        failed = [book.learner for book in ready if book.pk not in passing]
        leaving = [book.learner for book in self.books if book not in admitted]
        ends = (
            (passed, Order.Ground.COMPLETED, 1),
            (failed, Order.Ground.DEBT, 20),  # final attestation was not passed
            (leaving, Order.Ground.OWN_WISH, 20),  # a debt may still be closed, but they go (273-ФЗ ст. 58 ч. 5)
        )
        for learners, ground, days in ends:
            if not learners:
                continue
            at = self._moment(self.ends_on, days, 10)
            moments = [at, at + timedelta(hours=2), at + timedelta(hours=22)]
            yield from self._order(cohort, Order.Kind.WITHDRAWAL, learners, self.ends_on, moments, ground)

    def account_of(self, sheet: MarkSheet) -> Account:
        return next(account for employee, account in self.teachers if employee.pk == sheet.teacher_id)

    def _cell(self, book: Book, sheet: MarkSheet, seen: int | None = None) -> Cell:
        """What the teacher types; over the mark `seen`, of somebody who came after all or where the hand had slipped."""
        return Cell(book.pk, self._grade(book, sheet), seen)

    def _grade(self, book: Book, sheet: MarkSheet) -> str:
        scale = sheet.module.scale.code
        if book.is_of_heroine:
            return _HEROINE_MARKS.get(sheet.module.ordinal, {"pass_fail": "зач", "hundred_point": "94"}.get(scale, "5"))
        gift = Random(book.snils).gauss(0.0, 1.0)  # noqa: S311 - able people stay able
        able = gift + self.random.gauss(0.0, 0.8)
        if self.has_heroine and book in self._classmates(_FAILED_BESIDE_HER.get(sheet.module.ordinal, ())):
            able = -2.9
        if scale == "pass_fail":
            return "н" if able < -3.1 else "нз" if able < -2.8 else "зач"
        if scale == "hundred_point":
            return "н" if able < -3.2 else str(max(12, min(100, round(78 + able * 10))))
        return next(symbol for limit, symbol in _BORDERS if able > limit)

    def _classmates(self, places: Sequence[int]) -> list[Book]:
        """Who learns with the heroine, by place in the order of a sheet without her."""
        others = [book for book in self.books if not book.is_of_heroine]
        return [others[place] for place in places if place < len(others)]

    def _moment(self, day: date, days: int, hour: int) -> datetime:
        minute, second = self.random.randint(0, 59), self.random.randint(0, 59)
        return datetime.combine(day + timedelta(days=days), time(hour, minute, second), tzinfo=LEGAL_ZONE)


_BASES: dict[tuple[str, str], str] = {
    (Order.Kind.ENROLMENT, ""): "договоры об образовании",
    (Order.Kind.WITHDRAWAL, Order.Ground.OWN_WISH): "личное заявление",
    (Order.Kind.STUDY_PLAN, ""): "заявление слушателя",
}
_BETTER_SCORE = {"2": "62", "3": "81", "4": "94"}
_BETTER = {"2": "удовлетворительно", "3": "хорошо", "4": "отлично", "нз": "зачтено"}
_BORDERS = ((0.5, "5"), (-0.7, "4"), (-2.7, "3"), (-3.1, "2"), (-99.0, "н"))
_HEROINE_MARKS = {3: "68", 4: "78", 7: "нз"}
_FAILED_BESIDE_HER = {2: (0,), 5: (1, 2)}
"""Module → who of her cohort fails it: somebody has a resit before a commission behind them, two have it ahead."""


def _enrolled(cohort: Cohort) -> list[Book]:
    """The record books of a cohort in the order of its sheets."""
    rows = Enrolment.objects.filter(cohort=cohort).order_by("learner__person__sort_key", "pk")
    told = rows.values_list("pk", "learner_id", "learner__person__snils")
    return [Book(pk, learner, snils or "") for pk, learner, snils in told]


def _without_debts(cohort: Cohort, books: Sequence[Book]) -> list[Book]:
    """Those of `books` who may be admitted to final attestation."""
    enrolments = list(Enrolment.objects.filter(pk__any=[book.pk for book in books]))
    for enrolment in enrolments:
        enrolment.cohort = cohort
    how = headways(enrolments)
    return [book for book in books if not how[book.pk].before_final]


def _passed(final: MarkSheet) -> list[int]:
    """Primary keys of the enrolments whose mark of final attestation passes."""
    marks = Mark.objects.in_force().filter(sheet=final, grade__is_passing=True)
    return list(marks.values_list("enrolment_id", flat=True))
