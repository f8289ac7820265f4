"""What each layer stops; the last tests take a layer away and show what then passes."""

import psycopg
import pytest
from django.db.migrations.state import ProjectState

from zachetka.postgres.append_only import AppendOnly, Mark, declared
from zachetka.postgres.roles import Connection

REFUSED = psycopg.errors.RestrictViolation


@pytest.fixture(autouse=True)
def _one_event(superuser: Connection) -> None:
    superuser.execute("INSERT INTO person VALUES (1, 'Иванова') ON CONFLICT DO NOTHING")
    superuser.execute("INSERT INTO event VALUES (1, 1) ON CONFLICT DO NOTHING")


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("change", ["UPDATE event SET person_id = NULL", "DELETE FROM event", "TRUNCATE event"])
def test_the_owner_cannot_change_what_is_only_added_to(owner: Connection, change: str) -> None:
    with pytest.raises(REFUSED, match="«event» только пополняется"):
        owner.execute(change.encode())
    assert owner.execute("SELECT count(*) FROM event").fetchone() == (1,)


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("change", ["UPDATE event SET person_id = NULL", "DELETE FROM event", "TRUNCATE event"])
def test_a_superuser_as_a_replica_cannot_either(superuser: Connection, change: str) -> None:
    superuser.execute("SET session_replication_role = replica")
    with pytest.raises(REFUSED):
        superuser.execute(change.encode())


@pytest.mark.clause("3.3")
def test_a_deleted_parent_does_not_take_its_events_along(app: Connection) -> None:
    with pytest.raises(REFUSED):
        app.execute("DELETE FROM person WHERE id = 1")


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("change", ["UPDATE event SET person_id = NULL", "DELETE FROM event", "TRUNCATE event"])
def test_the_app_is_refused_before_any_trigger(app: Connection, change: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(change.encode())


@pytest.mark.clause("3.3")
@pytest.mark.parametrize(
    ("weakened", "change"),
    [
        ("ENABLE TRIGGER append_only_row", "SET session_replication_role = replica; DELETE FROM event"),
        ("DISABLE TRIGGER append_only_row", "UPDATE event SET person_id = NULL"),
        ("DISABLE TRIGGER append_only_truncate", "TRUNCATE event"),
    ],
)
def test_each_layer_is_needed(superuser: Connection, weakened: str, change: str) -> None:
    """Negative control: without the layer the same change passes."""
    with superuser.transaction(force_rollback=True):
        superuser.execute(f"ALTER TABLE event {weakened}".encode())
        superuser.execute(change.encode())
        assert superuser.execute("SELECT count(*) FROM event WHERE person_id IS NOT NULL").fetchone() == (0,)
        superuser.execute("SET session_replication_role = origin")


@pytest.mark.clause("3.3")
def test_a_table_that_is_not_a_plain_name_is_refused() -> None:
    with pytest.raises(ValueError, match="not plain SQL names"):
        AppendOnly("event; DROP TABLE person", writer="zachetka_app")


@pytest.mark.clause("3.3")
def test_the_operation_writes_itself_into_a_migration() -> None:
    name, arguments, keywords = AppendOnly("event", writer="zachetka_app").deconstruct()
    again = AppendOnly(*arguments, **keywords)
    assert (name, again.table, again.writer) == ("AppendOnly", "event", "zachetka_app")
    assert again.describe() == "Make event append-only, written by zachetka_app"
    state = ProjectState()
    again.state_forwards("ledger", state)
    assert not state.models


@pytest.mark.clause("3.3")
def test_the_mark_is_read_as_it_was_written() -> None:
    assert Mark.read(str(Mark("zachetka_sealer"))) == Mark("zachetka_sealer")
    assert Mark.read("a comment of somebody's") is None
    assert Mark.read(None) is None


@pytest.mark.clause("3.3")
def test_the_migrations_declare_the_ledger() -> None:
    assert declared()["ledger_event"] == "zachetka_app"


@pytest.mark.clause("3.3")
def test_the_operation_can_be_undone(fresh_database: object) -> None:
    from django.db import connections

    operation = AppendOnly("undone", writer="zachetka_app")
    owner = connections["migrate"]
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE undone (id bigint)")
        cursor.execute("INSERT INTO undone VALUES (1)")
    state = ProjectState()
    with owner.schema_editor() as editor:
        operation.database_forwards("ledger", editor, state, state)
        operation.database_backwards("ledger", editor, state, state)
    with owner.cursor() as cursor:
        cursor.execute("DELETE FROM undone")
        cursor.execute("SELECT count(*), obj_description('undone'::regclass) FROM undone")
        assert cursor.fetchone() == (0, None)
