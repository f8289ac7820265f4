"""Laws are laid as they are written: what differs is mended, what is written no longer goes (п. 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest

from tests.databases import HASTE
from zachetka.postgres import append_only, guards, laws, laying, selfcheck
from zachetka.postgres.address import APP, MIGRATE, Place

pytestmark = pytest.mark.clause("3.3")

LAW = """
-- A law of one test.
CREATE FUNCTION access_of_a_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER of_a_test BEFORE INSERT ON access_unit FOR EACH ROW EXECUTE FUNCTION access_of_a_test();

CREATE FUNCTION access_called_by_others(of_what bigint) RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT of_what $$;
"""
SPOILT = (
    "DROP TRIGGER mark_is_lawful ON learning_mark",
    "ALTER TABLE learning_order DISABLE TRIGGER order_walks",
    "ALTER TABLE learning_order ENABLE TRIGGER issued_stays",
    (
        "CREATE OR REPLACE FUNCTION learning_sheet_walks() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN coalesce(NEW, OLD); END'"
    ),
    "CREATE OR REPLACE FUNCTION learning_books_before(of_enrolment bigint) RETURNS bigint[] LANGUAGE sql AS 'SELECT ''{}''::bigint[]'",
    (
        "CREATE OR REPLACE TRIGGER cohort_is_lawful BEFORE INSERT ON learning_cohort "
        "FOR EACH ROW EXECUTE FUNCTION learning_cohort_is_lawful()"
    ),
    "DROP TRIGGER book_is_numbered ON learning_enrolment; DROP FUNCTION learning_book_is_numbered()",
    (
        "CREATE FUNCTION people_of_nobody() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "CREATE TRIGGER of_nobody AFTER INSERT ON people_person FOR EACH ROW EXECUTE FUNCTION people_of_nobody()"
    ),
    "ALTER TABLE learning_mark DISABLE TRIGGER append_only_row",
    "ALTER TABLE ledger_event ENABLE TRIGGER append_only_truncate",
    "ALTER TABLE ledger_opening ENABLE TRIGGER append_only_row",  # a law stands there
    "DROP TRIGGER append_only_row ON ledger_event",
    (
        "CREATE OR REPLACE TRIGGER append_only_row BEFORE DELETE ON learning_mark "
        "FOR EACH ROW EXECUTE FUNCTION zachetka_refuse_change()"
    ),
    (
        "CREATE OR REPLACE FUNCTION zachetka_refuse_change() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN coalesce(NEW, OLD); END'"
    ),
    "COMMENT ON TABLE learning_mark IS NULL",
    "COMMENT ON TABLE ledger_leaf IS 'append-only; writer=zachetka_app'",
)
"""Each is found by the self-check, and mended by laying the laws."""


@pytest.fixture
def owner(fresh_database: Place) -> Iterator[laying.Connection]:
    with psycopg.connect(fresh_database.conninfo(MIGRATE), autocommit=True) as connection:
        yield connection


def found(place: Place) -> set[str]:
    with psycopg.connect(place.conninfo(APP), autocommit=True) as app:
        findings = selfcheck.findings(app, append_only=append_only.declared(), guards=guards.declared())
        return {each.sentence for each in findings if each.check not in {*HASTE, "grant"}}


def catalogue(owner: laying.Connection) -> list[tuple[object, ...]]:
    functions = "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    triggers = "SELECT tgname, oid::text || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
    return sorted(owner.execute(f"{functions} UNION ALL {triggers}".encode()).fetchall(), key=str)


def test_laying_again_touches_no_trigger(owner: laying.Connection) -> None:
    before = catalogue(owner)
    laying.lay(owner)
    assert catalogue(owner) == before


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_was_weakened_stands_again_when_the_laws_are_laid(
    owner: laying.Connection, fresh_database: Place, spoilt: str
) -> None:
    assert found(fresh_database) == set()
    owner.execute(spoilt.encode())
    assert found(fresh_database), "the control: the self-check sees it"
    laying.lay(owner)
    assert found(fresh_database) == set()


@pytest.mark.parametrize("table", ["learning_mark", "learning_order"])
def test_whoever_follows_the_advice_of_the_self_check_weakens_nothing_more(
    owner: laying.Connection, fresh_database: Place, table: str
) -> None:
    with psycopg.connect(
        fresh_database.administrator(database=fresh_database.database), autocommit=True
    ) as administrator:
        administrator.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
        told = found(fresh_database)
        statements = [advice for sentence in told for advice in re.findall(r"ALTER TABLE .*;", sentence)]
        assert len(statements) == 1
        assert all("zachetka migrate" in sentence or statements[0] in sentence for sentence in told)
        administrator.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL".encode())  # the control: on, but not always
        assert len(found(fresh_database)) == len(told) - 1
        administrator.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL".encode())
        laying.lay(owner)
        assert [statements[0] in sentence for sentence in found(fresh_database)] == [True]
        administrator.execute(statements[0].encode())
    assert found(fresh_database) == set()


def test_a_law_that_is_written_no_longer_is_taken_away(
    owner: laying.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = catalogue(owner)
    of_today = list(laws.written())
    monkeypatch.setattr(laws, "written", lambda: iter([*of_today, LAW]))
    laying.lay(owner)
    made = set(catalogue(owner)) - set(before)
    assert {str(name) for name, _ in made} == {"access_of_a_test", "of_a_test", "access_called_by_others"}
    assert {str(of)[-1] for name, of in made if name == "of_a_test"} == {"A"}, "always on, without being told so"
    changed = LAW.replace("of_what bigint) RETURNS bigint", "of_whom text) RETURNS text").replace("of_what", "of_whom")
    monkeypatch.setattr(laws, "written", lambda: iter([*of_today, changed]))
    laying.lay(owner)  # other arguments and another result
    monkeypatch.undo()
    laying.lay(owner)
    assert catalogue(owner) == before


@pytest.mark.parametrize(
    "law", [f"{LAW}\nUPDATE access_unit SET name = '';", f"{LAW}\n{LAW}", "DROP TRIGGER order_walks ON learning_order;"]
)
def test_a_law_makes_functions_and_triggers_each_once_and_nothing_else(
    owner: laying.Connection, monkeypatch: pytest.MonkeyPatch, law: str
) -> None:
    before = catalogue(owner)
    of_today = list(laws.written())
    monkeypatch.setattr(laws, "written", lambda: iter([*of_today, law]))
    with pytest.raises(ValueError, match="a law"):
        laying.lay(owner)
    assert catalogue(owner) == before


def test_an_error_in_one_law_leaves_all_as_they_were(owner: laying.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue(owner)
    of_today = list(laws.written())
    monkeypatch.setattr(laws, "written", lambda: iter([*of_today, LAW.replace("access_unit", "access_nowhere")]))
    with pytest.raises(psycopg.errors.UndefinedTable):
        laying.lay(owner)
    assert catalogue(owner) == before
