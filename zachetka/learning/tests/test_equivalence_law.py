"""What of earlier books counts elsewhere is one rule, written for the page and for the database (273-ФЗ ст. 34 ч. 1 п. 7, ст. 58 ч. 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.corpus.texts import CAMPAIGN
from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, propose_correction, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.equivalence_rules import Choices, Chosen, normal, pairs_of, proposed
from zachetka.learning.models import Enrolment, Equivalence, Mark, Order
from zachetka.learning.queries.equivalences import Matching, matching_of
from zachetka.learning.tests.make import book_of, make_cohort, make_enrolments, methodist_of, sheet, teacher_of
from zachetka.learning.tests.make_equivalences import (
    approve,
    blind,
    cohort_of,
    elsewhere,
    issue,
    make_draft,
    make_matched,
    make_plan_like,
    match,
)
from zachetka.learning.tests.make_transfers import LATER, two, typed
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 58 ч. 2")]

RESIT: Final = date(2026, 10, 25)
AT_RESIT: Final = datetime.fromisoformat("2026-10-25T12:00:00+03:00")
AGAIN: Final = AT_RESIT + timedelta(days=3)


def resat(book: Enrolment, place: int, text: str) -> None:
    """Sit the module again in the cohort of `book`."""
    main = sheet(book.cohort, place)
    found = appoint_resit(
        book.cohort, main.module, enrolments=[book], teacher=main.teacher, held_on=RESIT, due_on=RESIT + timedelta(days=2),
        actor=methodist_of(book), at=LATER,
    )  # fmt: skip
    set_marks(found, [Cell(book.pk, text, None)], actor=teacher_of(found), at=AT_RESIT)
    close_sheet(found, actor=teacher_of(found), at=AT_RESIT)


def ill(book: Enrolment, day: date) -> None:
    record_excuse(
        book, kind="illness", first_day=day, last_day=day, basis="справка № 7", actor=methodist_of(book), at=LATER
    )


def corrected(book: Enrolment, place: int, text: str) -> None:
    found = sheet(book.cohort, place)
    mark = Mark.objects.in_force().get(sheet=found, enrolment=book)
    told = propose_correction(mark, text=text, reason="ошибка", basis="лист № 1", actor=teacher_of(found), at=AT_RESIT)
    confirm_correction(told, actor=methodist_of(book), at=AT_RESIT)


def failed_after_all(old: Enrolment, new: Enrolment) -> None:
    corrected(old, 2, "2")
    resat(new, 1, "5")


def failed_again_then_corrected(old: Enrolment, new: Enrolment) -> None:
    resat(new, 1, "2")
    corrected(old, 1, "5")


def blinded(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)


# --- One rule of both ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """A learner of two books who is to be moved again.

    Attributes:
        texts: the marks of the three modules of the first book.
        before: in the first book, before the first transfer.
        after: in the second one: a resit, a correction, a reason.
        into: what the second book takes of the first, by place; what stands there twice is said to be shared.
        hours: of each module of the first, the second and the third plan.
        scale: of the third plan.
        is_back: the third plan is a version of the first programme.
    """

    texts: tuple[str, str, str] = ("2", "5", "4")
    before: Callable[[Enrolment], None] = lambda _: None
    after: Callable[[Enrolment, Enrolment], None] = lambda *_: None
    into: tuple[int | None, int | None, int | None] = (1, 2, None)
    hours: tuple[int, int, int] = (12, 10, 12)
    scale: str = "five_point"
    is_back: bool = True


CASES: Final[dict[str, Case]] = {
    "a debt carried and closed by a resit": Case(after=lambda _, new: resat(new, 1, "4")),
    "a debt carried and failed again, then the first attempt corrected": Case(
        after=failed_again_then_corrected, scale="pass_fail", is_back=False
    ),
    "a resit of too few hours after an attempt of enough": Case(
        after=lambda _, new: resat(new, 1, "5"), hours=(30, 10, 20)
    ),
    "a debt and an absence for a good reason left two books back": Case(
        ("2", "н", "н"), before=lambda old: ill(old, date(2026, 10, 6)), into=(None, None, None)
    ),
    "one result in two lines, corrected to a debt, one of them sat again": Case(
        after=failed_after_all, into=(2, 2, None), hours=(24, 10, 12)
    ),
    "an absence carried and excused later": Case(
        ("н", "5", "2"), after=lambda old, _: ill(old, date(2026, 10, 5)), into=(1, 2, 3), scale="hundred_point"
    ),
}


def moved_twice(case: Case) -> tuple[Enrolment, Order, Matching]:
    """Return the second book, the draft that would end it and what its owner has to show."""
    version = make_program_version(scales=("five_point",) * 3, hours_each=case.hours[0])
    (old,) = make_enrolments(make_cohort(version), 1)
    for place, text in enumerate(case.texts, 1):
        typed(old, place, text)
    case.before(old)
    of = {
        place: Chosen((old.pk, sheet(old.cohort, whence).module_id), is_shared=case.into.count(whence) > 1)
        if whence
        else None
        for place, whence in enumerate(case.into, 1)
    }
    new = make_matched(old, elsewhere(old, hours_each=case.hours[1]), of)
    case.after(old, new)
    whither = make_plan_like(
        version, program=version.program if case.is_back else None, hours_each=case.hours[2], scales=(case.scale,) * 3
    )
    order = make_draft(new, cohort_of(whither), at=AGAIN)
    return new, order, matching_of(order, [new], day=AGAIN.date())


def said_by_the_database(order: Order, book: Enrolment, how: Matching, choices: Choices) -> set[int]:
    """Write `choices` into the draft and return the modules of which the database says that they cannot be so."""
    actor = order.drafted_by
    Equivalence.objects.bulk_create(
        Equivalence(
            order=order, learner=book.learner, module_id=module, source_id=one and one.key[0], origin_id=one and one.key[1],
            is_shared=bool(one and one.is_shared), written_by=actor, written_by_person=actor.person_uid, written_at=AGAIN,
        )
        for module, one in choices.items()
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM learning_debts_left(%s, %s)", [order.pk, book.pk])
        found = {module for (module,) in cursor.fetchall()}
        for target in how.targets:
            cursor.execute("SELECT learning_credit_flaw(%s, %s, %s, %s)", [order.pk, book.pk, target.key, AGAIN.date()])
            if cursor.fetchone() != ("",):
                found.add(target.key)
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_database_finds_the_same_flaws_as_the_page_whatever_is_chosen(case: Case):
    book, order, how = moved_twice(case)
    shown = how.shown[book.pk].earlier
    known = [one.key for one in shown]
    told = [part for one in shown for part in one.results if part not in known]
    one_of = st.one_of(st.none(), st.builds(Chosen, st.sampled_from([*known, *told]), st.booleans()))
    plans = st.fixed_dictionaries({target.key: one_of for target in how.targets})
    seen: set[bool] = set()

    def judge(choices: Choices) -> None:
        pairs = pairs_of(how.targets, shown, choices, how.norms)
        flawed = {pair.target.key for pair in pairs if pair.flaw}
        found = said_by_the_database(order, book, how, choices)
        if any(one and one.key in told for one in choices.values()):
            assert bool(found) is bool(flawed) is True
        else:
            assert found == flawed, [pair.flaw for pair in pairs]
        seen.add(bool(flawed))

    @settings(max_examples=60 if CAMPAIGN else 12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(plans)
    def compare(choices: Choices) -> None:
        judge(choices)

    compare()
    judge(proposed(how.targets, shown, how.norms))
    judge({target.key: Chosen(known[0]) for target in how.targets})
    assert seen == {True, False}, "the comparison would hold of two rules that always say one thing"


@given(
    st.text(
        st.one_of(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), st.sampled_from("ЁёЯяZ \t\u00a0"))
    )
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_database_folds_a_title_as_the_rule_does(text: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT learning_normal(%s)", [text])
        assert cursor.fetchone() == (normal(text),)
    assert normal("  УЧЁТ  и\u00a0Отчётность ") == "учет и отчетность"


# --- Debts ---------------------------------------------------------------------------------------------------------------


def back_with_a_debt_of(first: Enrolment, title: str = "") -> tuple[Enrolment, Order]:
    """Return the book of whoever went elsewhere with a debt left behind, and the draft of the way back to a new version."""
    version = first.cohort.program_version
    bare = make_program_version(unit=version.program.unit, scales=("five_point",) * 2, approved=False)
    for place in (1, 2):
        bare.modules.filter(ordinal=place).update(title=f"Логистика, часть {place}")
    away = make_matched(first, cohort_of(approved(bare)))
    again = make_plan_like(version, program=version.program, approved=False)
    if title:
        again.modules.filter(ordinal=1).update(title=title)
    return away, make_draft(away, cohort_of(approved(again)), at=LATER)


def approved(version: ProgramVersion) -> ProgramVersion:
    approve(version)
    return version


def test_a_debt_left_two_books_back_goes_along_when_its_module_comes_again(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    away, order = back_with_a_debt_of(learner)
    with pytest.raises(RuleViolation, match="переходит вместе с дисциплиной"):
        match(order, away, {1: None}, at=LATER)
    blinded(monkeypatch)
    order = match(order, away, {1: None}, at=LATER)
    with pytest.raises(IntegrityError, match="переводом не оставляют"), transaction.atomic():
        issue(order, at=LATER)
    monkeypatch.undo()
    first = Chosen((learner.pk, sheet(learner.cohort, 1).module_id))
    issue(match(order, away, {1: first}, at=LATER), at=LATER)  # the control: it goes along
    assert [one.module.ordinal for one in book_of(Enrolment.objects.get(continues=away)).debts] == [1]


def test_a_debt_is_known_by_its_name_however_it_is_written(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    title = sheet(learner.cohort, 1).module.title
    away, order = back_with_a_debt_of(learner, title.upper().replace(" ", "\u00a0", 1))
    blinded(monkeypatch)
    order = match(order, away, {1: None}, at=LATER)
    with pytest.raises(IntegrityError, match="переводом не оставляют"), transaction.atomic():
        issue(order, at=LATER)


def test_no_other_result_stands_for_a_debt_of_the_same_module():
    learner, _ = two()
    typed(learner, 1, "2")
    typed(learner, 2, "5")
    version = learner.cohort.program_version
    order = make_draft(learner, cohort_of(make_plan_like(version, program=version.program)))
    with pytest.raises(RuleViolation, match="переходит вместе с дисциплиной"):
        match(order, learner, {1: 2, 2: None})


# --- Absences for a good reason ------------------------------------------------------------------------------------------


def excused_absence() -> tuple[Enrolment, Order]:
    learner, _ = two()
    typed(learner, 1, "н")
    ill(learner, date(2026, 10, 5))
    version = learner.cohort.program_version
    return learner, make_draft(learner, cohort_of(make_plan_like(version, program=version.program)))


def test_an_absence_for_a_good_reason_is_no_debt_that_has_to_go_along():
    learner, order = excused_absence()
    issue(match(order, learner, {1: None}))
    line = book_of(Enrolment.objects.get(continues=learner)).lines[0]
    assert (line.debt, line.own, line.attempts) == (None, None, ())


def test_an_absence_for_a_good_reason_goes_along_as_what_it_is():
    learner, order = excused_absence()
    issue(match(order, learner, {1: 1}))
    new = Enrolment.objects.get(continues=learner)
    line = book_of(new).lines[0]
    assert (line.debt, line.is_excused, line.is_passed) == (None, True, False)
    text = Order.objects.get(kind="transfer").text
    assert "Неявка по уважительной причине переносится, первая сдача впереди" in text
    assert "Зачесть" not in text
    first = appoint_resit(
        new.cohort, line.module, enrolments=[new], teacher=sheet(new.cohort, 1).teacher, held_on=RESIT, due_on=RESIT,
        actor=methodist_of(new), at=LATER,
    )  # fmt: skip
    assert first.attempt == 1
