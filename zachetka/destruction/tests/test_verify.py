"""`zachetka verify` tells what was lawfully destroyed from what was taken away, and the tree stands (п. 3.3; G8)."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
import pytest
from pytest_django.fixtures import Settings

from zachetka.destruction.tests.make import EMAIL, NOON, make_act, make_done, make_withdrawn
from zachetka.files.actions import store_file
from zachetka.ledger.models import Checkpoint, Event
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.people.models import Person, Upload
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("3.3"), pytest.mark.clause("152-ФЗ ст. 21")]

FORGED: Final = (
    "INSERT INTO ledger_destroyedsalt SELECT {event}, max(id) FROM ledger_event; "
    "DELETE FROM ledger_opening WHERE event_id = {event}"
)
NAMED: Final = (
    "INSERT INTO ledger_event (id, xid, at, type, actor_id, object_type, object_id, clause, body) "
    "SELECT (SELECT max(id) + 1 FROM ledger_event), {moment}, 'record.destroyed', actor_id, 'people.person', '{whose}', "
    "clause, jsonb_build_object('act', {{act}}, 'fields', jsonb_build_array('{field}')) "
    "FROM ledger_event WHERE type = 'destruction_act.approved' AND object_id = '{{act}}'; "
)
"""An event that names a genuine act, approved earlier."""


@pytest.fixture
def kept(fresh_database: Place, settings: Settings, tmp_path: Path) -> Place:
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    return fresh_database


def forge(place: Place, *statements: str) -> None:
    """Do what no role of the system may: as superuser, without triggers."""
    with psycopg.connect(place.administrator()) as connection:
        for table in ("people_person", "ledger_opening", "ledger_destroyedsalt", "ledger_event"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in statements:
            connection.execute(statement)
        for table in ("people_person", "ledger_opening", "ledger_destroyedsalt", "ledger_event"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


def sentences() -> list[str]:
    found = verify(models=[Person]).findings
    return [one.sentence for one in found if one.object_type != "access.account"]


def test_a_lawful_destruction_leaves_the_tree_the_root_and_old_checkpoints_and_nothing_is_found(kept: Place) -> None:
    case = make_withdrawn()
    seal(NOON)
    root = Checkpoint.objects.latest("tree_size")
    assert sentences() == []
    make_done(case)
    seal(NOON)
    assert sentences() == []
    again = Checkpoint.objects.get(tree_size=root.tree_size)
    assert (bytes(again.root), bytes(again.signature)) == (bytes(root.root), bytes(root.signature))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE people_person SET email = '' WHERE id = {person}", "изменена в обход системы"),
        ("DELETE FROM ledger_opening WHERE event_id = {event}", "исчезла из базы без акта"),
        (
            FORGED,
            "не по акту, который утвердил второй человек",
        ),
        (
            NAMED.format(moment="xid, at", whose="{person}", field="phone") + FORGED,
            "не по акту, который утвердил второй человек",
        ),
        (
            NAMED.format(moment="pg_current_xact_id(), at", whose="{old}", field="phone")
            + FORGED.replace("{event}", "{left}"),
            "не по акту, который утвердил второй человек",
        ),
    ],
    ids=[
        "a value",
        "a salt",
        "a salt with a row that no act stands behind",
        "a genuine old act of somebody else is named",
        "a genuine old act is used again",
    ],
)
def test_what_is_taken_away_without_an_act_is_found(kept: Place, statement: str, says: str) -> None:
    case, old = make_withdrawn(), make_withdrawn("calls", phone="+79001110000")
    make_act(case)
    done = make_done(old)
    seal(NOON)
    assert sentences() == []
    event = Event.objects.of(case.person).filter(commitment__isnull=False).latest("pk")
    left = Event.objects.of(old.person).filter(commitment__isnull=False).latest("pk")
    named = {"person": case.person.pk, "event": event.pk, "act": done.pk, "old": old.person.pk, "left": left.pk}
    forge(kept, *statement.format(**named).split("; "))
    assert any(says in one for one in sentences())


def test_a_destroyed_salt_that_lies_there_again_and_an_act_approved_by_one_hand_are_found(kept: Place) -> None:
    case = make_withdrawn()
    event = Event.objects.of(case.person).filter(commitment__isnull=False).latest("pk")
    act = make_done(case)
    seal(NOON)
    forge(kept, f"INSERT INTO ledger_opening VALUES ({event.pk}, decode(repeat('ab', 32), 'hex'))")  # noqa: S608
    assert any("снова лежит в базе" in one for one in sentences())
    forge(
        kept,
        f"UPDATE ledger_event SET actor_id = {act.composed_by_id} WHERE type = 'destruction_act.approved'",  # noqa: S608
    )
    assert any("второй человек не утверждал" in one for one in sentences())


def test_a_list_destroyed_by_an_act_is_no_theft_and_the_same_words_without_an_act_are(kept: Place) -> None:
    case = make_withdrawn()
    table = f"Фамилия;Почта\nЗвягина;{EMAIL}\n".encode()
    file = store_file([table], name="Список.csv", media_type="text/csv", actor=None, at=NOON)
    Upload.objects.create(key=uuid4(), file=file, sha256=file.sha256, uploaded_at=NOON)
    Upload.objects.filter(file=file).update(state="cancelled", ended_at=NOON)
    make_done(case)
    seal(NOON)
    done = Event.objects.get(type="file.destroyed")
    assert sentences() == []
    forge(kept, f'UPDATE ledger_event SET body = body || \'{{"act": "0"}}\' WHERE id = {done.pk}')  # noqa: S608
    assert any("второй человек не утверждал" in one for one in sentences())
