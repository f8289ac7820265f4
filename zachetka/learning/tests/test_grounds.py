"""On what ground a learner is withdrawn, and what each ground asks: in the action and in the database (273-ФЗ ст. 61)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client

from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.learning import grounds
from zachetka.learning.actions import enrolments
from zachetka.learning.actions.excuses import record_excuse
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.grounds import GROUNDS, Ground, grounds_on
from zachetka.learning.models import Enrolment, MarkSheet, Order
from zachetka.learning.order_text import order_text
from zachetka.learning.queries.withdrawing import NOBODY_HOLDS
from zachetka.learning.tests.make import NOON, enrolments_of, fill_sheet, make_order, make_sheet, teacher_of
from zachetka.people.tests.make import make_employee

pytestmark = [pytest.mark.clause("273-ФЗ ст. 61"), pytest.mark.usefixtures("db")]

TODAY = date(2026, 11, 20)


def test_the_table_has_a_line_with_clause_and_words_for_every_ground() -> None:
    assert set(GROUNDS) == set(Order.Ground)
    for line in GROUNDS.values():
        assert line.clause.startswith("273-ФЗ ст. ")
        assert "стать" in line.article


def test_a_ground_that_the_law_has_dropped_is_not_offered_later(monkeypatch: pytest.MonkeyPatch) -> None:
    assert grounds_on(TODAY) == list(Order.Ground)
    dropped = {
        **GROUNDS,
        Order.Ground.BREACH: Ground("слово", "статья 61", "273-ФЗ ст. 61", valid_to=date(2026, 11, 19)),
    }
    monkeypatch.setattr(grounds, "GROUNDS", dropped)
    assert Order.Ground.BREACH not in grounds_on(TODAY)
    assert Order.Ground.BREACH in grounds_on(date(2026, 11, 19))


@pytest.mark.clause("273-ФЗ ст. 61 ч. 2")
@pytest.mark.parametrize(
    "ground", [Order.Ground.OUTSIDE, Order.Ground.DEATH, Order.Ground.BREACH, Order.Ground.DISCIPLINE]
)
def test_the_order_says_the_ground_with_its_article(ground: Order.Ground) -> None:
    sheet = make_sheet(learners=1)
    (row,) = enrolments_of(sheet)
    order = make_order(sheet.cohort, [row.learner], kind="withdrawal", ground=ground, effective_on=TODAY, at=NOON)
    said = order_text(Order.objects.select_related("cohort").get(pk=order.pk), {}, today=NOON.date()).first_point
    assert f"{GROUNDS[ground].wording} ({GROUNDS[ground].article})" in said
    assert Enrolment.objects.get(pk=row.pk).state == "withdrawn"


def failed(*, learners: int = 1) -> MarkSheet:
    sheet = make_sheet(learners=learners)
    fill_sheet(sheet, "2")
    return close_sheet(sheet, actor=teacher_of(sheet), at=NOON)


def resit(sheet: MarkSheet, row: Enrolment, day: date) -> None:
    """Let the learner sit the module again and fail."""
    chair = sheet.teacher
    panel: dict[str, Any] = {}
    if day.day > 21:
        panel = {"commission": [make_employee(), make_employee()], "basis": "№ 41-к от 20.11.2026"}
    again = appoint_resit(
        sheet.cohort, sheet.module, enrolments=[row], teacher=chair, held_on=day, due_on=day,
        actor=make_account("methodist"), at=NOON, **panel,
    )  # fmt: skip
    at = NOON.replace(day=day.day)
    set_marks(again, [Cell(row.pk, "2", None)], actor=teacher_of(sheet), at=at)
    close_sheet(again, actor=teacher_of(sheet), at=at)


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_nobody_is_withdrawn_for_a_debt_that_may_still_be_closed() -> None:
    sheet = failed()
    (row,) = enrolments_of(sheet)
    said: dict[str, Any] = {"kind": "withdrawal", "ground": "debt"}
    for day in (date(2026, 11, 21), date(2026, 11, 22)):
        with pytest.raises(RuleViolation) as refusal, transaction.atomic():
            make_order(sheet.cohort, [row.learner], at=NOON.replace(day=day.day), **said)
        assert refusal.value.clause == "273-ФЗ ст. 58 ч. 5"
        assert "ещё можно закрыть" in refusal.value.sentence
        resit(sheet, row, day)
    make_order(sheet.cohort, [row.learner], at=NOON.replace(day=23), **said)
    assert Enrolment.objects.get(pk=row.pk).state == "withdrawn", "both resits are used"


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_after_the_year_of_the_debt_one_may_be_withdrawn() -> None:
    sheet = failed()
    (row,) = enrolments_of(sheet)
    late = NOON.replace(year=2027)
    make_order(sheet.cohort, [row.learner], kind="withdrawal", ground="debt", effective_on=late.date(), at=late)
    assert Enrolment.objects.get(pk=row.pk).state == "withdrawn"


def test_whoever_owes_nothing_is_not_withdrawn_for_a_debt() -> None:
    sheet = make_sheet(learners=1)
    fill_sheet(sheet, "5")
    with pytest.raises(RuleViolation, match="долга нет"):
        make_order(
            sheet.cohort,
            [enrolments_of(sheet)[0].learner],
            kind="withdrawal",
            ground="debt",
            effective_on=TODAY,
            at=NOON,
        )


@pytest.mark.clause("273-ФЗ ст. 58 ч. 5")
def test_the_database_withdraws_nobody_for_a_debt_that_may_still_be_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = failed()
    (row,) = enrolments_of(sheet)
    said: dict[str, Any] = {"kind": "withdrawal", "ground": "debt", "effective_on": TODAY, "at": NOON}
    monkeypatch.setattr(enrolments, "_check_debts", lambda *_: None)
    with pytest.raises(DatabaseError, match="когда его уже не закрыть"), transaction.atomic():
        make_order(sheet.cohort, [row.learner], **said)
    make_order(sheet.cohort, [row.learner], **said | {"ground": "own_wish"})


@pytest.mark.clause("273-ФЗ ст. 43 ч. 6")
def test_discipline_waits_for_the_end_of_an_illness() -> None:
    sheet = make_sheet(learners=1)
    (row,) = enrolments_of(sheet)
    methodist = make_account("methodist")
    days = {"first_day": date(2026, 11, 16), "last_day": TODAY}
    record_excuse(row, kind="illness", basis="справка № 118", actor=methodist, at=NOON, **days)
    said: dict[str, Any] = {"kind": "withdrawal", "ground": "discipline"}
    well = date(2026, 11, 21)
    for day, at in (
        (TODAY, NOON),
        (well, NOON),
        (TODAY, NOON.replace(day=21)),
    ):  # whichever of the two days is one of illness
        with pytest.raises(RuleViolation) as refusal, transaction.atomic():
            make_order(sheet.cohort, [row.learner], effective_on=day, at=at, **said)
        assert refusal.value.clause == "273-ФЗ ст. 43 ч. 6"
    make_order(sheet.cohort, [row.learner], effective_on=well, at=NOON.replace(day=21), **said)
    assert Enrolment.objects.get(pk=row.pk).state == "withdrawn"


# --- What the page offers ------------------------------------------------------------------------------------------------


def offered(client: Client, cohort_id: int) -> dict[str, str]:
    """Return the reason beside each ground that the page of a new order does not let choose."""
    page = client.get(f"/orders/new/?kind=withdrawal&cohort={cohort_id}").content.decode().replace("\u00a0", " ")
    options = re.findall(r'<option value="(\w+)"([^>]*)>([^<]*)<', page)
    return {value: label.partition(" — ")[2] for value, attrs, label in options if "disabled" in attrs}


@pytest.mark.usefixtures("collected_statics")
def test_a_ground_that_holds_for_nobody_is_named_with_the_reason_and_cannot_be_chosen(client: Client) -> None:
    sheet = make_sheet(learners=2)
    methodist = make_account("methodist", unit=sheet.cohort.program_version.program.unit)
    with time_machine.travel(NOON, tick=False):
        client.force_login(methodist)
        assert offered(client, sheet.cohort_id) == {
            "completed": "обучение ещё никто не завершил",
            "debt": NOBODY_HOLDS[Order.Ground.DEBT],
        }
    late = failed(learners=2)
    with time_machine.travel(NOON + timedelta(days=400), tick=False):
        client.force_login(make_account("methodist", unit=late.cohort.program_version.program.unit))
        assert "debt" not in offered(client, late.cohort_id), "its year has passed"


@pytest.mark.usefixtures("collected_statics")
def test_a_ground_chosen_past_the_page_is_refused_by_the_action(client: Client) -> None:
    sheet = make_sheet(learners=1)
    (row,) = enrolments_of(sheet)
    with time_machine.travel(NOON, tick=False):
        client.force_login(make_account("methodist", unit=sheet.cohort.program_version.program.unit))
        typed = {"request_key": str(uuid4()), "effective_on": "20.11.2026", "basis": "приказ", "ground": "debt"}
        answer = client.post(
            f"/orders/new/?kind=withdrawal&cohort={sheet.cohort_id}", typed | {"learner": row.learner_id}
        )
    assert answer.status_code == 422
    assert not Order.objects.filter(kind="withdrawal").exists()
