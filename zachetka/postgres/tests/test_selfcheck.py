"""Each way to weaken the database is found, and nothing is found in a sound one."""

import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from zachetka.postgres import roles, selfcheck
from zachetka.postgres.address import APP, Place
from zachetka.postgres.programs import environment, program, runner_for
from zachetka.postgres.roles import Connection
from zachetka.postgres.server import EmbeddedServer
from zachetka.postgres.tests.conftest import LEDGER


def found(connection: Connection) -> set[str]:
    return {finding.check for finding in selfcheck.findings(connection, append_only=LEDGER)}


@pytest.mark.clause("3.3")
def test_a_sound_database_gives_no_findings(app: Connection) -> None:
    assert selfcheck.findings(app, append_only=LEDGER) == []


WEAKENINGS = {
    # name: (weaken, restore, the check that finds it)
    "app is a superuser": ("ALTER ROLE zachetka_app SUPERUSER", "ALTER ROLE zachetka_app NOSUPERUSER", "role"),
    "app makes roles": ("ALTER ROLE zachetka_app CREATEROLE", "ALTER ROLE zachetka_app NOCREATEROLE", "role"),
    "app makes databases": ("ALTER ROLE zachetka_app CREATEDB", "ALTER ROLE zachetka_app NOCREATEDB", "role"),
    "app passes row rules": ("ALTER ROLE zachetka_app BYPASSRLS", "ALTER ROLE zachetka_app NOBYPASSRLS", "role"),
    "sealer replicates": ("ALTER ROLE zachetka_sealer REPLICATION", "ALTER ROLE zachetka_sealer NOREPLICATION", "role"),
    "app is the owner": (
        "GRANT zachetka_owner TO zachetka_app",
        "REVOKE zachetka_owner FROM zachetka_app",
        "membership",
    ),
    "app owns a table": (
        "ALTER TABLE person OWNER TO zachetka_app",
        "ALTER TABLE person OWNER TO zachetka_owner",
        "owner",
    ),
    "app owns a function": (
        "ALTER FUNCTION answer() OWNER TO zachetka_app",
        "ALTER FUNCTION answer() OWNER TO zachetka_owner",
        "owner",
    ),
    "sealer owns a table": (
        "ALTER TABLE leaf OWNER TO zachetka_sealer",
        "ALTER TABLE leaf OWNER TO zachetka_owner",
        "owner",
    ),
    "app owns the schema": (
        "ALTER SCHEMA public OWNER TO zachetka_app",
        "ALTER SCHEMA public OWNER TO zachetka_owner",
        "owner",
    ),
    "app makes tables": (
        "GRANT CREATE ON SCHEMA public TO zachetka_app",
        "REVOKE CREATE ON SCHEMA public FROM zachetka_app",
        "owner",
    ),
    "app updates events": (
        "GRANT UPDATE ON event TO zachetka_app",
        "REVOKE UPDATE ON event FROM zachetka_app",
        "grants",
    ),
    "app updates one column": (
        "GRANT UPDATE (person_id) ON event TO zachetka_app",
        "REVOKE UPDATE (person_id) ON event FROM zachetka_app",
        "grants",
    ),
    "everybody deletes events": ("GRANT DELETE ON event TO PUBLIC", "REVOKE DELETE ON event FROM PUBLIC", "grants"),
    "sealer deletes leaves": (
        "GRANT DELETE ON leaf TO zachetka_sealer",
        "REVOKE DELETE ON leaf FROM zachetka_sealer",
        "grants",
    ),
    "app truncates an ordinary table": (
        "GRANT TRUNCATE ON person TO zachetka_app",
        "REVOKE TRUNCATE ON person FROM zachetka_app",
        "grants",
    ),
    "row trigger off": (
        "ALTER TABLE event DISABLE TRIGGER append_only_row",
        "ALTER TABLE event ENABLE ALWAYS TRIGGER append_only_row",
        "append-only",
    ),
    "row trigger not always": (
        "ALTER TABLE event ENABLE TRIGGER append_only_row",
        "ALTER TABLE event ENABLE ALWAYS TRIGGER append_only_row",
        "append-only",
    ),
    "truncate trigger for replicas only": (
        "ALTER TABLE leaf ENABLE REPLICA TRIGGER append_only_truncate",
        "ALTER TABLE leaf ENABLE ALWAYS TRIGGER append_only_truncate",
        "append-only",
    ),
    "mark removed": (
        "COMMENT ON TABLE event IS NULL",
        "COMMENT ON TABLE event IS 'append-only; writer=zachetka_app'",
        "append-only",
    ),
    "another writer": (
        "COMMENT ON TABLE leaf IS 'append-only; writer=zachetka_app'",
        "COMMENT ON TABLE leaf IS 'append-only; writer=zachetka_sealer'",
        "append-only",
    ),
    "table renamed": ("ALTER TABLE leaf RENAME TO leaves", "ALTER TABLE leaves RENAME TO leaf", "append-only"),
}


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("name", WEAKENINGS)
def test_a_weakening_is_found(name: str, superuser: Connection, place: Place) -> None:
    weaken, restore, check = WEAKENINGS[name]
    superuser.execute(weaken.encode())
    try:
        with psycopg.connect(place.conninfo(APP), autocommit=True) as app:
            assert check in found(app)
    finally:
        superuser.execute(restore.encode())


@pytest.mark.clause("3.3")
def test_a_trigger_that_does_something_else_is_found(superuser: Connection, app: Connection) -> None:
    with superuser.transaction():
        superuser.execute("CREATE FUNCTION allow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        superuser.execute(
            "CREATE OR REPLACE TRIGGER append_only_row BEFORE UPDATE ON leaf FOR EACH ROW EXECUTE FUNCTION allow()"
        )
        superuser.execute("ALTER TABLE leaf ENABLE ALWAYS TRIGGER append_only_row")
    try:
        assert "append-only" in found(app)
    finally:
        superuser.execute(
            "CREATE OR REPLACE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON leaf"
            " FOR EACH ROW EXECUTE FUNCTION zachetka_refuse_change()"
        )
        superuser.execute("ALTER TABLE leaf ENABLE ALWAYS TRIGGER append_only_row")
        superuser.execute("DROP FUNCTION allow()")


@pytest.mark.clause("3.3")
def test_connecting_as_somebody_else_is_found(superuser: Connection) -> None:
    assert "role" in found(superuser)


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server whose every promise of durability is off, and whose log tells everything."""
    data_dir = tmp_path_factory.mktemp("careless") / "var"
    sound = EmbeddedServer(data_dir)
    sound.start()
    roles.prepare(Place(data_dir))
    with psycopg.connect(Place(data_dir).administrator(), autocommit=True) as superuser:
        superuser.execute("ALTER DATABASE zachetka RESET ALL")  # `prepare` keeps our database's log clean by itself
    sound.stop()
    disable = runner_for(sound.cluster).command(program("pg_checksums"), "--disable", "-D", sound.cluster)
    subprocess.run(disable, cwd="/", env=environment(), check=True, capture_output=True)
    settings = {
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "zero_damaged_pages": "on",
        "ignore_checksum_failure": "on",
        "session_replication_role": "replica",
        "default_transaction_isolation": "serializable",
        "log_error_verbosity": "default",
        "log_min_error_statement": "error",
        "log_statement": "mod",
    }
    server = EmbeddedServer(data_dir, settings=settings)
    server.start()
    yield Place(data_dir)
    server.stop()


@pytest.mark.clause("3.3")
@pytest.mark.parametrize("setting", [*selfcheck.DURABILITY, *selfcheck.PRIVACY])
def test_a_careless_setting_of_the_server_is_found(setting: str, careless: Place) -> None:
    with psycopg.connect(careless.conninfo(APP), autocommit=True) as app:
        sentences = {finding.check: finding.sentence for finding in selfcheck.findings(app, append_only={})}
    assert sentences[setting].startswith(f"Параметр сервера {setting} = ")
    mended = "pg_checksums --enable" if setting == "data_checksums" else f"SET {setting} = "
    assert mended in sentences[setting].split("Исправит администратор сервера — ")[1]


@pytest.mark.clause("3.3")
def test_an_old_server_is_found(app: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "MINIMUM_VERSION", app.info.server_version + 1)
    assert found(app) == {"version"}
