"""What the database holds of merged cards, asked by plain SQL as the application (п. 2.1, 3.8)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from zachetka.access.tests.make import make_account
from zachetka.people.tests.make import make_learner
from zachetka.people.tests.test_merging import two

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db]


def refuses(words: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{statement}; SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.clause("3.8")
def test_plain_sql_merges_no_other_way() -> None:
    case = two()
    merge = case.merge()
    stays, goes, third = case.stays.pk, case.goes.pk, make_learner().person
    row = f"WHERE id = {merge.pk}"
    refuses("не удаляется", f"DELETE FROM people_merge {row}")  # noqa: S608
    other = make_account("methodist")
    parts = (
        f"UPDATE people_merge SET state = 'undone', undone_by_id = {other.pk}, undone_by_person = '{other.person_uid}', "  # noqa: S608
        f"undone_at = now(), undo_reason = 'x' {row}"
    )
    refuses("ни на какую не указывает", parts)
    refuses("не меняется", f"UPDATE people_merge SET reason = 'x' {row}")  # noqa: S608
    refuses("не меняется", f"UPDATE people_person SET email = 'x' WHERE id = {goes}")  # noqa: S608
    refuses("Чья карточка", f"UPDATE people_person SET human_uid = '{case.goes.uid}' WHERE id = {third.pk}")  # noqa: S608
    refuses("указывает на ту", f"UPDATE people_person SET merged_into_id = NULL WHERE id = {goes}")  # noqa: S608
    refuses("указывает на ту", f"UPDATE people_person SET merged_into_id = {stays} WHERE id = {third.pk}")  # noqa: S608
    copy = (
        "INSERT INTO people_merge (key, survivor_id, absorbed_id, taken, reason, state, merged_by_id, merged_by_person, "
        "merged_at, undo_reason) SELECT gen_random_uuid(), {}, {}, taken, reason, 'done', {}, '{}', merged_at, '' FROM people_merge"
    )
    actor, own = case.actor, make_account("methodist", person_uid=third.uid)
    refuses("ни цепочек, ни колец", copy.format(third.pk, stays, actor.pk, actor.person_uid))
    refuses("ни цепочек, ни колец", copy.format(goes, third.pk, actor.pk, actor.person_uid))
    refuses("О своей карточке", copy.format(stays, third.pk, own.pk, own.person_uid))
    refuses("владелец учётной записи", copy.format(stays, third.pk, actor.pk, uuid4()))
    refuses("остаётся главной", copy.format(stays, third.pk, actor.pk, actor.person_uid))
    fourth = make_learner().person.pk
    refuses("указывает на главную", copy.format(stays, fourth, actor.pk, actor.person_uid))
    refuses("merge_is_of_two|ни цепочек", copy.format(fourth, fourth, actor.pk, actor.person_uid))
    paper = "INSERT INTO people_educationdocument (person_id, level, series, number, surname, organisation, recorded_at) VALUES "
    refuses("вносят в главную", f"{paper} ({goes}, 'higher', '', '', '', '', now())")


def test_plain_sql_parts_cards_as_the_action_does_when_the_card_lets_go_too() -> None:
    case = two()
    merge, other = case.merge(), make_account("methodist")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_merge SET state = 'undone', undone_by_id = %s, undone_by_person = %s, undone_at = now(), "
            "undo_reason = 'x' WHERE id = %s",
            [other.pk, other.person_uid, merge.pk],
        )
        cursor.execute("UPDATE people_person SET merged_into_id = NULL, human_uid = uid WHERE id = %s", [case.goes.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert [card.human_uid for card in case.fresh()] == [case.stays.uid, case.goes.uid]
