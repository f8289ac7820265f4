"""A person says of every module what counts there, and the rule refuses what may not (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57)."""

from __future__ import annotations

from typing import Any

import pytest

from zachetka.access.tests.make import make_account
from zachetka.core.errors import Forbidden, IllegalStep, RuleViolation, Stale
from zachetka.learning.actions.equivalences import match_modules
from zachetka.learning.actions.orders import submit_order
from zachetka.learning.equivalence_rules import Chosen
from zachetka.learning.models import Carried, Enrolment, Equivalence, Order
from zachetka.learning.queries.equivalences import matching_of
from zachetka.learning.tests.make import book_of, make_cohort, make_enrolments, sheet
from zachetka.learning.tests.make_equivalences import (
    approve,
    cohort_of,
    elsewhere,
    issue,
    make_draft,
    make_matched,
    match,
)
from zachetka.learning.tests.make_transfers import MOVED, two, typed
from zachetka.ledger.models import Event
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.models import PlannedResult
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")]


def test_a_transfer_to_another_plan_is_submitted_once_somebody_has_confirmed_every_line():
    learner, _ = two()
    typed(learner, 1, "5")
    order = make_draft(learner, elsewhere(learner))
    with pytest.raises(RuleViolation, match="не подтверждено"):
        submit_order(order, actor=order.drafted_by, at=MOVED)
    match(order, learner)
    assert Equivalence.objects.filter(order=order).count() == 3
    assert Event.objects.filter(type="equivalence.written").count() == 3
    assert submit_order(order, actor=order.drafted_by, at=MOVED).state == "submitted"
    with pytest.raises(IllegalStep):
        match(order, learner)


def test_what_is_said_already_is_said_again_without_a_trace():
    learner, _ = two()
    typed(learner, 1, "5")
    order = match(make_draft(learner, elsewhere(learner)), learner)
    before = Event.objects.count()
    match(order, learner)
    assert (Event.objects.count(), Equivalence.objects.count()) == (before, 3)
    match(order, learner, {1: None})
    assert Equivalence.objects.count() == 6
    assert "Остаётся в прежней книжке" not in Order.objects.get(pk=order.pk).text  # frozen at the issue only


def test_an_overtaken_page_writes_nothing_and_a_stranger_matches_nothing():
    learner, _ = two()
    typed(learner, 1, "5")
    order = make_draft(learner, elsewhere(learner))
    seen = seen_of(order)
    match(order, learner)
    how = matching_of(order, [learner], day=MOVED.date())
    nothing: dict[int, Any] = {one.key: None for one in how.targets}
    with pytest.raises(Stale):
        match_modules(order, learner.learner, nothing, seen=seen, actor=order.drafted_by, at=MOVED)
    stranger = make_account("methodist", unit=make_cohort().program_version.program.unit)
    with pytest.raises(Forbidden):
        match_modules(order, learner.learner, nothing, seen=seen_of(order), actor=stranger, at=MOVED)


def test_one_result_counts_twice_only_when_both_lines_say_so_and_its_hours_suffice():
    version = make_program_version(scales=("five_point",) * 2, hours_each=24)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    target = elsewhere(learner, scales=("five_point",) * 3)
    module = sheet(learner.cohort, 1).module
    order = make_draft(learner, target)
    shared = Chosen((learner.pk, module.pk), is_shared=True)
    with pytest.raises(RuleViolation, match="уже засчитана"):
        match(order, learner, {1: shared, 2: 1})
    match(order, learner, {1: shared, 2: shared})
    issue(order)
    new = Enrolment.objects.get(continues=learner)
    assert [line.words for line in book_of(new).lines] == ["отлично", "отлично", ""]
    assert [one.is_shared for one in Carried.objects.all()] == [True, True]


def test_final_attestation_counts_nowhere():
    version = make_program_version(scales=("five_point",) * 2, final=True)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    order = make_draft(learner, elsewhere(learner, scales=("five_point",) * 3))
    assert [one.line.is_final for one in matching_of(order, [learner], day=MOVED.date()).shown[learner.pk].earlier] == [
        False
    ]
    final = version.modules.get(sort="final")
    with pytest.raises(RuleViolation, match="такого результата"):
        match(order, learner, {2: Chosen((learner.pk, final.pk))})


def test_planned_results_propose_a_pair_of_other_names():
    version = make_program_version(scales=("five_point",) * 3, approved=False)
    (module,) = version.modules.filter(ordinal=1)
    result = PlannedResult.objects.create(version=version, code="ПК-1", text="Готовит  извещение о закупке")
    result.links.create(module=module)
    approve(version)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    other = make_program_version(unit=version.program.unit, scales=("five_point",) * 2, approved=False)
    other.modules.filter(ordinal=1).update(title="Извещения")
    same = PlannedResult.objects.create(version=other, code="ПК-7", text="готовит извещение о закупке")
    same.links.create(module=other.modules.get(ordinal=1))
    approve(other)
    new = make_matched(learner, cohort_of(other))
    assert book_of(new).lines[0].words == "отлично"
