"""What the database holds of transfers (273-ФЗ ст. 57, 58)."""

from __future__ import annotations

from datetime import date

import pytest

from zachetka.learning.actions.resits import appoint_resit
from zachetka.learning.models import Mark
from zachetka.learning.tests.make import methodist_of, sheet
from zachetka.learning.tests.make_transfers import TYPED, make_other, make_transfer, moved, two, typed
from zachetka.learning.tests.test_ways import refuses

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 57")]


def test_the_database_moves_nobody_without_an_order_of_transfer():
    learner, _ = two()
    refuses(
        "Допуск и отчисление",
        "UPDATE learning_enrolment SET state = 'moved', ended_on = '2026-10-10', withdrawal_order_id = enrolment_order_id"
        " WHERE id = %s",
        learner.pk,
    )


def test_the_database_carries_only_in_the_order_itself_and_only_marks_in_force_of_the_same_person():
    learner, other = two()
    typed(learner, 1, "5")
    typed(other, 2, "2")
    new = moved(learner)
    theirs = Mark.objects.get(enrolment=other, sheet__module__ordinal=1)
    module = theirs.sheet.module_id
    insert = "INSERT INTO learning_carried (enrolment_id, module_id, source_id, mark_id) VALUES (%s, %s, %s, %s)"
    refuses("новую книжку", insert, new.pk, module, other.pk, theirs.pk)
    refuses("новую книжку", insert, other.pk, module, learner.pk, theirs.pk)


def test_the_database_begins_no_book_by_an_order_of_transfer_elsewhere_or_twice():
    learner, other = two()
    new = moved(learner)
    copy = (
        "INSERT INTO learning_enrolment (learner_id, cohort_id, state, started_on, enrolment_order_id, continues_id,"
        " issue_deferred) SELECT learner_id, {cohort}, 'active', started_on, enrolment_order_id, {continues}, false"
        " FROM learning_enrolment WHERE id = %s"
    )
    strange = make_other(learner.cohort)
    refuses("только изданным приказом", copy.format(cohort=strange.pk, continues=other.pk), new.pk)
    refuses("продолжают книжку", copy.format(cohort=new.cohort_id, continues="NULL"), new.pk)
    refuses("продолжают книжку", copy.format(cohort=new.cohort_id, continues=other.pk), new.pk)


def test_the_database_leaves_no_result_behind(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    monkeypatch.setattr("zachetka.learning.actions.transfers._carry", lambda *_: None)
    monkeypatch.setattr("zachetka.learning.queries.transfers.Move.of", lambda _self, _way: [])
    with pytest.raises(Exception, match="перенёс приказ"):
        make_transfer(learner, make_other(learner.cohort))


def test_the_database_holds_a_person_who_is_to_sit(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    main = sheet(learner.cohort, 1)
    appoint_resit(
        learner.cohort, main.module, enrolments=[learner], teacher=main.teacher, held_on=date(2026, 10, 22),
        due_on=date(2026, 10, 24), actor=methodist_of(learner), at=TYPED,
    )  # fmt: skip
    monkeypatch.setattr("zachetka.learning.queries.transfers._pending", lambda _people: {})
    with pytest.raises(Exception, match="Назначена сдача"):
        make_transfer(learner, make_other(learner.cohort))
