"""What was carried as a debt is not turned into a credit that would have been refused, and one result stays one (273-ФЗ ст. 34 ч. 1 п. 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, Value

from zachetka.core.errors import RuleViolation
from zachetka.learning.actions.marks import confirm_correction, propose_correction
from zachetka.learning.equivalence_rules import Chosen
from zachetka.learning.models import Enrolment, Mark
from zachetka.learning.queries.carrying import carried_marks
from zachetka.learning.tests.make import book_of, make_cohort, make_enrolments, methodist_of, sheet, teacher_of
from zachetka.learning.tests.make_equivalences import blind, elsewhere, issue, make_draft, make_matched, match
from zachetka.learning.tests.make_transfers import LATER, two, typed
from zachetka.programs.tests.make import make_program_version

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 58 ч. 2")]

NOWHERE = "zachetka.learning.actions.marks.why_carried_may_not_pass"


def corrected(learner: Enrolment, text: str) -> Mark:
    mark = Mark.objects.get(enrolment=learner)
    teacher = teacher_of(sheet(learner.cohort, 1))
    correction = propose_correction(mark, text=text, reason="ошибка", basis="лист № 1", actor=teacher, at=LATER)
    return confirm_correction(correction, actor=methodist_of(learner), at=LATER)


def owing(scale: str, failing: str, **given: Any) -> Enrolment:
    (learner,) = make_enrolments(make_cohort(make_program_version(scales=(scale,) * 3)), 1)
    typed(learner, 1, failing)
    make_matched(learner, elsewhere(learner, **given), {1: 1})
    return learner


def test_a_debt_carried_with_too_few_hours_is_not_corrected_into_a_credit(monkeypatch: pytest.MonkeyPatch):
    learner = owing("five_point", "2", hours_each=100)
    with pytest.raises(RuleViolation, match=r"12 ч вместо 100.* Назначьте слушателю пересдачу"):
        corrected(learner, "5")
    monkeypatch.setattr(NOWHERE, lambda *_: "")
    with pytest.raises(IntegrityError, match="перенесён как задолженность"), transaction.atomic():
        corrected(learner, "5")


def test_a_debt_carried_into_a_fit_module_is_corrected_into_a_credit():
    learner = owing("five_point", "2")
    corrected(learner, "5")
    assert book_of(Enrolment.objects.get(continues=learner)).lines[0].words == "отлично"


@pytest.mark.clause("2.3")
def test_a_pass_without_a_reading_in_the_new_scale_is_no_correction_of_a_carried_debt(monkeypatch: pytest.MonkeyPatch):
    learner = owing("pass_fail", "нз", scales=("five_point",) * 3)
    monkeypatch.setattr("zachetka.learning.queries.equivalences.unfit", lambda *_, **__: "")
    with pytest.raises(RuleViolation, match="не переводится"):
        corrected(learner, "зач")
    monkeypatch.setattr(NOWHERE, lambda *_: "")
    with pytest.raises(IntegrityError, match="не переводится"), transaction.atomic():
        corrected(learner, "зач")


def test_a_debt_is_not_shared_between_two_modules(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    order = make_draft(learner, elsewhere(learner))
    shared = Chosen((learner.pk, sheet(learner.cohort, 1).module_id), is_shared=True)
    with pytest.raises(RuleViolation, match="задолженность переносят в одну"):
        match(order, learner, {1: shared, 2: shared})
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)
    order = match(order, learner, {1: shared, 2: shared})
    with pytest.raises(IntegrityError, match="только положительный"), transaction.atomic():
        issue(order)


def test_a_shared_result_that_goes_on_again_is_still_one_result():
    version = make_program_version(scales=("five_point",) * 2, hours_each=24)
    (learner,) = make_enrolments(make_cohort(version), 1)
    typed(learner, 1, "5")
    shared = Chosen((learner.pk, sheet(learner.cohort, 1).module_id), is_shared=True)
    new = make_matched(learner, elsewhere(learner, scales=("five_point",) * 3), {1: shared, 2: shared})
    order = make_draft(new, elsewhere(new), effective_on=date(2026, 10, 21), at=LATER)
    with pytest.raises(RuleViolation, match="уже засчитана"):
        match(order, new, {1: 1, 2: 2}, at=LATER)
    modules = {place: sheet(new.cohort, place).module_id for place in (1, 2)}
    both = {place: Chosen((new.pk, module), is_shared=True) for place, module in modules.items()}
    issue(match(order, new, both, at=LATER), at=LATER)
    assert [line.words for line in book_of(Enrolment.objects.get(continues=new)).lines] == ["отлично", "отлично", ""]


@pytest.mark.clause("2.3")
def test_a_carried_mark_that_its_edition_does_not_know_counts_as_nothing():
    learner, _ = two()
    typed(learner, 1, "5")
    line = book_of(make_matched(learner, elsewhere(learner, scales=("pass_fail",) * 3))).lines[0]
    assert line.result is not None
    assert line.written is not None
    unread = replace(line.written, counted=None)
    unread_line = replace(line, attempts=(replace(line.result, marks=(unread,)),))
    assert (line.is_passed, unread_line.is_passed, unread_line.words) == (True, False, "")
    own = Mark.objects.filter(enrolment=learner).values_list("pk")
    with patch("zachetka.learning.queries.carrying.F", lambda name: Value(0) if name == "grade_id" else F(name)):
        assert not carried_marks().filter(pk__in=own).exists()
    assert carried_marks().filter(pk__in=own).exists()
