"""What the database holds of results that count in another plan (273-ФЗ ст. 34 ч. 1 п. 7, ст. 57, 58)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from zachetka.learning.actions.orders import submit_order
from zachetka.learning.models import Carried, Equivalence
from zachetka.learning.queries.record_proof import disagreements, proof_of
from zachetka.learning.tests.make import book_of
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
from zachetka.learning.tests.make_transfers import MOVED, two, typed
from zachetka.learning.tests.test_ways import refuses, run

pytestmark = [pytest.mark.django_db, pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")]


CARRY = "INSERT INTO learning_carried (enrolment_id, module_id, source_id, origin_id, mark_id, edition_id, is_shared) VALUES (%s, %s, %s, %s, %s, %s, %s)"


def test_the_database_credits_only_what_the_order_says(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "5")
    typed(learner, 2, "4")
    order = match(make_draft(learner, elsewhere(learner)), learner)
    with monkeypatch.context() as patched:
        patched.setattr(Carried.objects, "bulk_create", lambda rows: list(rows)[:0])
        patched.setattr("zachetka.learning.actions.transfers._plan", lambda *_: None)
        with pytest.raises(IntegrityError, match="исполняется сразу"), transaction.atomic():
            issue(order)

    def swapped(rows: Any) -> Any:
        found = list(rows)
        found[0].module_id, found[1].module_id = found[1].module_id, found[0].module_id
        return type(found[0])._base_manager.bulk_create(found)

    monkeypatch.setattr(Carried.objects, "bulk_create", swapped)
    with pytest.raises(IntegrityError, match="приказ сопоставил"), transaction.atomic():
        issue(order)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("hours = hours * 3", "Часов прежней дисциплины"),
        ("control = 'defence'", "мягкая форма контроля"),
    ],
)
def test_the_database_holds_hours_and_control(spoil: str, said: str, monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "5")
    version = make_plan_like(learner.cohort.program_version, approved=False)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE programs_module SET {spoil} WHERE version_id = %s AND ordinal = 1", [version.pk])  # noqa: S608 - of the table above
    version.hours = sum(version.modules.values_list("hours", flat=True))
    version.save()
    approve(version)
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)
    order = match(make_draft(learner, cohort_of(version)), learner, {1: 1})
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        issue(order)


@pytest.mark.clause("273-ФЗ ст. 58 ч. 2")
def test_the_database_leaves_no_debt_of_the_same_module_behind(monkeypatch: pytest.MonkeyPatch):
    learner, _ = two()
    typed(learner, 1, "2")
    version = make_plan_like(learner.cohort.program_version, program=learner.cohort.program_version.program)
    for place in ("queries.transfers", "actions.equivalences"):
        monkeypatch.setattr(f"zachetka.learning.{place}.pairs_of", blind)
    order = match(make_draft(learner, cohort_of(version)), learner, {1: None})
    with pytest.raises(IntegrityError, match="переводом не оставляют"), transaction.atomic():
        issue(order)


def test_the_database_takes_a_correspondence_into_a_draft_only_and_never_changes_it():
    learner, other = two()
    typed(learner, 1, "5")
    order = match(make_draft(learner, elsewhere(learner)), learner)
    row = Equivalence.objects.filter(order=order, source__isnull=False).get()
    for statement in ("UPDATE learning_equivalence SET is_shared = true", "DELETE FROM learning_equivalence"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            run(statement)
    copy = (
        "INSERT INTO learning_equivalence (order_id, learner_id, module_id, source_id, origin_id, is_shared, written_by_id,"
        " written_by_person, written_at) SELECT order_id, {learner}, {module}, {source}, origin_id, is_shared, written_by_id,"
        " {person}, written_at FROM learning_equivalence WHERE id = %s"
    )
    known = {"learner": "learner_id", "module": "module_id", "source": "source_id", "person": "written_by_person"}
    refuses("в черновике", copy.format(**known | {"learner": other.learner_id}), row.pk)
    refuses("в черновике", copy.format(**known | {"module": row.origin_id}), row.pk)
    refuses("из книжек этого человека", copy.format(**known | {"source": other.pk}), row.pk)
    refuses("учётной записью", copy.format(**known | {"person": "gen_random_uuid()"}), row.pk)
    submit_order(order, actor=order.drafted_by, at=MOVED)
    refuses("в черновике", copy.format(**known), row.pk)


def test_a_row_changed_past_the_system_is_found_by_the_new_book():
    learner, _ = two()
    typed(learner, 1, "5")
    new = make_matched(learner, elsewhere(learner))
    now = book_of(new)
    now.rows.carried[0].is_shared = True
    proven = proof_of(now)
    assert not proven.is_whole
    assert disagreements(now, proven) == [f"перенос «{now.lines[0].module.title}» из книжки № {learner}"]
