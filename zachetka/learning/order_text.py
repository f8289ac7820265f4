"""What an order says on paper, made from its facts: headline, basis in law, points, people (273-ФЗ ст. 53, 57, 59, 61)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from zachetka.access.policy import Role
from zachetka.core.canonical import canonical
from zachetka.core.composed import Composed, Given, hand_over
from zachetka.core.hashing import new_salt, sha256
from zachetka.core.russian import date_words, initials_first
from zachetka.learning import plan_text, transfer_text
from zachetka.learning.grounds import GROUNDS
from zachetka.learning.models import Enrolment, Order, OrderLine
from zachetka.learning.order_points import Point, point_of
from zachetka.learning.queries.enrolling import ENOUGH, LEVEL
from zachetka.learning.queries.study_plans import written_in
from zachetka.people.models import Learner, Person, PersonName
from zachetka.people.signing import acting, name_held
from zachetka.programs.models.program import NEEDS_EDUCATION

if TYPE_CHECKING:
    from zachetka.access.models import Account

LAW: Final = "Федерального закона от 29.12.2012 № 273-ФЗ «Об образовании в Российской Федерации»"
HEADLINES: Final = {
    Order.Kind.ENROLMENT: "О зачислении слушателей",
    Order.Kind.ADMISSION: "О допуске к итоговой аттестации",
    Order.Kind.WITHDRAWAL: "Об отчислении слушателей",
    Order.Kind.STUDY_PLAN: "Об обучении по индивидуальному учебному плану",
    Order.Kind.TRANSFER: "О переводе слушателей",
}
ARTICLES: Final = {
    Order.Kind.ENROLMENT: "с частью 1 статьи 53",
    Order.Kind.ADMISSION: "со статьёй 59",
    Order.Kind.WITHDRAWAL: "со статьёй 61",
    Order.Kind.STUDY_PLAN: "с пунктом 3 части 1 статьи 34",
    Order.Kind.TRANSFER: "со статьёй 57",
}

HIDDEN: Final = "Сведения о результатах скрыты: эта зачётная книжка вам не открыта."


@dataclass(frozen=True, slots=True)
class Named:
    """A person in the order: the name as it was on the day of the order, the number of the record book if there is one."""

    learner_id: int
    name: str
    book: str
    enrolment_id: int | None


@dataclass(frozen=True, slots=True)
class OrderText:
    """The order as it is read.

    Attributes:
        points: the points after the first; the first introduces the people.
        signed: who signed, as signatures name people; "" while nobody has.
    """

    headline: str
    preamble: str
    first_point: str
    people: list[Named]
    points: list[Point]
    basis: str
    signed: str

    @property
    def ending(self) -> list[Point]:
        """The points that stay on one page with the signature."""
        return self.points[-ENDING:]

    @property
    def middle(self) -> list[Point]:
        """The points between the first and the ending."""
        return self.points[:-ENDING]


def order_text(order: Order, enrolments: Mapping[int, Enrolment], *, today: date) -> OrderText:
    """Return what `order` says; an issued one says what it said when it was issued (273-ФЗ ст. 53).

    Args:
        order: read by `queries.orders.order_page`.
        enrolments: of the cohort, by learner; empty before the order of enrolment is issued.
        today: by whose norms a draft is judged.
    """
    return _thawed(order, enrolments) if order.text else _composed(order, enrolments, today)


def opened(said: OrderText, learners: Container[int]) -> OrderText:
    """Return `said` with the results of `learners` alone; a point about another says that it is hidden (п. 3.8)."""
    shown = [
        point if point.learner_id is None or point.learner_id in learners else Point(HIDDEN) for point in said.points
    ]
    return replace(said, points=shown)


def frozen(order: Order, people: Sequence[Learner]) -> tuple[str, str]:
    """Return the text of an order at its issue and the SHA-256 of it, for `Order.text` and `Order.text_hash`.

    `people` are those of the order as `check_order` has read them. Canonical JSON with a salt: without the text the hash tells nobody who is named. Numbers of record books are
    not in it: they are given after it, and each stays with its owner for good.
    """
    _read_whole(order, people)
    said = _composed(order, {}, order.order_date or order.effective_on)
    form = {
        "headline": said.headline,
        "preamble": said.preamble,
        "first_point": said.first_point,
        "people": [{"learner": one.learner_id, "name": one.name} for one in said.people],
        "points": [point.form for point in said.points],
        "basis": said.basis,
        "signed": said.signed,
        "salt": new_salt(),
    }
    text = canonical(form)
    return text.decode(), sha256(text).hex()


def _read_whole(order: Order, people: Sequence[Learner]) -> None:
    """Read what `_composed` needs beside `people`: their lines and the names that they have had."""
    by_key, lines = {learner.pk: learner for learner in people}, _LINES(order=order.pk)
    for line in lines:
        line.learner = by_key[line.learner_id]
    persons = [learner.person for learner in people]
    names: defaultdict[int, list[PersonName]] = defaultdict(list)
    for name in _NAMES(order=order.pk):
        names[name.person_id].append(name)
    hand_over(persons, "names", names)
    hand_over([order], "lines", {order.pk: lines})


ENDING: Final = 2
"""Points that a signature is never parted from on paper."""
_LINES: Final = Composed(lambda: OrderLine.objects.filter(order_id=Given("order")).order_by())
_NAMES: Final = Composed(
    lambda: PersonName.objects.filter(person__learner__order_lines__order_id=Given("order")).order_by()
)


def _thawed(order: Order, enrolments: Mapping[int, Enrolment]) -> OrderText:
    form = json.loads(order.text)
    return OrderText(
        headline=form["headline"],
        preamble=form["preamble"],
        first_point=form["first_point"],
        people=[_named(one["learner"], one["name"], enrolments) for one in form["people"]],
        points=[point_of(one) for one in form["points"]],
        basis=form["basis"],
        signed=form["signed"],
    )


def _composed(order: Order, enrolments: Mapping[int, Enrolment], judged_on: date) -> OrderText:
    kind = Order.Kind(order.kind)
    day = order.order_date or order.effective_on
    lines = sorted(order.lines.all(), key=lambda line: (line.learner.person.sort_key, line.pk))
    people = [_named(line.learner_id, name_on(line.learner.person, day), enrolments) for line in lines]
    is_plan = kind is Order.Kind.STUDY_PLAN
    plan = written_in(order) if is_plan else None
    signed = ""
    if order.approved_by is not None:
        signed = _signed(order.approved_by, day)
    return OrderText(
        headline=HEADLINES[kind],
        preamble=f"В соответствии {ARTICLES[kind]} {LAW}",
        first_point=plan_text.first_point(order, plan) if is_plan else _FIRST[kind](order),
        people=people,
        points=[
            *(plan_text.points(plan) if is_plan else _points(order, lines, judged_on)),
            Point("Контроль за исполнением приказа оставляю за собой."),
        ],
        basis=order.basis,
        signed=signed,
    )


def _signed(account: Account, day: date) -> str:
    """Return how whoever signs is named: as they were on the day of signing, by the records of people (п. 2.1).

    A substitute of the head signs as one: «и. о. руководителя О. С. Белова» (п. 3.8).
    """
    held, acts = name_held(account.person_uid, day), acting(account.person_uid, Role.HEAD, day)
    if held is not None:
        name = initials_first(held.last_name, held.first_name, held.patronymic)
    else:
        surname, _, rest = str(account).partition(" ")
        name = initials_first(surname, *rest.split(" ", 1))
    return f"{acts} {name}".strip()


def name_on(person: Person, day: date) -> str:
    """Return the name that `person` had on `day`; the earliest known one for an earlier day."""
    known = sorted(person.names.all(), key=lambda name: (name.valid_from, name.pk))
    held = [name for name in known if name.valid_from <= day] or known[:1]
    return str(held[-1]) if held else person.full_name


def _named(learner_id: int, name: str, enrolments: Mapping[int, Enrolment]) -> Named:
    enrolment = enrolments.get(learner_id)
    if enrolment is None:
        return Named(learner_id, name, "", None)
    return Named(learner_id, name, enrolment.number or "", enrolment.pk)


def _enrol(order: Order) -> str:
    cohort, form = order.cohort, order.cohort.program_version.get_study_form_display()
    return (
        f"Зачислить с {date_words(order.effective_on)} г. в группу {cohort.code} для обучения {plan_text.program_words(order)} "
        f"(форма обучения — {form}, срок — с {cohort.starts_on:%d.%m.%Y} по {cohort.ends_on:%d.%m.%Y}):"
    )


def _admit(order: Order) -> str:
    return f"Допустить к итоговой аттестации {plan_text.program_words(order)} слушателей группы {order.cohort.code}, выполнивших учебный план:"


def _withdraw(order: Order) -> str:
    ground = GROUNDS[Order.Ground(order.ground)]
    return f"Отчислить с {date_words(order.effective_on)} г. {ground.wording} ({ground.article}) из группы {order.cohort.code}, обучавшихся {plan_text.program_words(order)}:"


_FIRST: Final = {
    Order.Kind.ENROLMENT: _enrol,
    Order.Kind.ADMISSION: _admit,
    Order.Kind.WITHDRAWAL: _withdraw,
    Order.Kind.TRANSFER: transfer_text.first_point,
}


def _points(order: Order, lines: list[OrderLine], judged_on: date) -> Iterator[Point]:
    if order.kind == Order.Kind.TRANSFER:
        yield from transfer_text.points(order, judged_on)
    if order.kind == Order.Kind.ENROLMENT:
        yield Point(
            "Завести на зачисленных электронные зачётные книжки (п. 2.5 Положения об индивидуальном учёте результатов)."
        )
        if order.cohort.program_version.program.kind in NEEDS_EDUCATION and (students := _students(lines)):
            yield Point(
                "Документ о квалификации выдать одновременно с документом о полученном образовании "
                f"(часть 16 статьи 76): {', '.join(students)}"
            )
    if order.kind == Order.Kind.ADMISSION and order.cohort.attestation_on:
        yield Point(f"Итоговую аттестацию провести {date_words(order.cohort.attestation_on)} г.")


def _students(lines: list[OrderLine]) -> list[str]:
    found = []
    for line in lines:
        levels = {paper.level for paper in line.learner.person.education.all()}
        if LEVEL.STUDENT in levels and not levels & set(ENOUGH):
            found.append(line.learner.person.short_name)
    return found
