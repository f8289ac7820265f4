"""The guards that migrations set: the list is complete, and each way to weaken one is found (п. 3.3)."""

from __future__ import annotations

import psycopg
import pytest

from tests.databases import HASTE
from zachetka.postgres import append_only, guards, selfcheck
from zachetka.postgres.address import APP, Place
from zachetka.postgres.finding import Finding

pytestmark = pytest.mark.clause("3.3")

CATALOGUE = """
SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
WHERE NOT t.tgisinternal AND c.relname NOT LIKE 'procrastinate%'
"""
REPLACED = "CREATE OR REPLACE FUNCTION {}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN coalesce(NEW, OLD); END'"

WEAKENINGS = {
    # name: (statements, the check that finds it, a word of the sentence)
    "a guard dropped": ("DROP TRIGGER mark_is_lawful ON learning_mark", "trigger", "нет или выключен"),
    "a guard off": ("ALTER TABLE learning_order DISABLE TRIGGER order_walks", "trigger", "нет или выключен"),
    "not for replicas": ("ALTER TABLE learning_order ENABLE TRIGGER order_walks", "trigger", "нет или выключен"),
    "a function emptied": (REPLACED.format("learning_order_walks"), "function", "изменена в обход"),
    "the common guard emptied": (REPLACED.format("zachetka_refuse_change"), "function", "изменена в обход"),
    "another function": (
        (
            "CREATE OR REPLACE TRIGGER role_is_lawful BEFORE INSERT OR UPDATE OR DELETE ON access_roleassignment "
            "FOR EACH ROW EXECUTE FUNCTION access_account_is_lawful(); "
            "ALTER TABLE access_roleassignment ENABLE ALWAYS TRIGGER role_is_lawful"
        ),
        "trigger",
        "срабатывает не так",
    ),
    "fewer events": (
        (
            "CREATE OR REPLACE TRIGGER append_only_row BEFORE DELETE ON learning_mark "
            "FOR EACH ROW EXECUTE FUNCTION zachetka_refuse_change(); "
            "ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER append_only_row"
        ),
        "trigger",
        "срабатывает не так",
    ),
    "never": (
        (
            "CREATE OR REPLACE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON learning_mark "
            "FOR EACH ROW WHEN (false) EXECUTE FUNCTION zachetka_refuse_change(); "
            "ALTER TABLE learning_mark ENABLE ALWAYS TRIGGER append_only_row"
        ),
        "trigger",
        "срабатывает не так",
    ),
    "a stranger": (
        "CREATE TRIGGER aaa BEFORE INSERT ON learning_mark FOR EACH ROW EXECUTE FUNCTION zachetka_refuse_change()",
        "trigger",
        "посторонний",
    ),
    "a check dropped": (
        "ALTER TABLE learning_order DROP CONSTRAINT order_is_issued_by_another",
        "constraint",
        "нет ограничения",
    ),
    "a check of a migration dropped": (
        "ALTER TABLE ledger_leaf DROP CONSTRAINT leaf_is_digest",
        "constraint",
        "нет ограничения",
    ),
    "a conditional index dropped": ("DROP INDEX mark_has_one_first", "constraint", "нет ограничения"),
    "a check not validated": (
        (
            "ALTER TABLE learning_order DROP CONSTRAINT order_is_issued_by_another; ALTER TABLE learning_order "
            "ADD CONSTRAINT order_is_issued_by_another CHECK (approved_by_person <> drafted_by_person) NOT VALID"
        ),
        "constraint",
        "не проверено",
    ),
    "a foreign key dropped": (
        (
            "DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE learning_mark DROP CONSTRAINT %I', conname) FROM pg_constraint "
            "WHERE conrelid = 'learning_mark'::regclass AND contype = 'f' LIMIT 1); END $$"
        ),
        "constraint",
        "нет внешнего ключа",
    ),
    "foreign keys off": ("ALTER TABLE programs_scaleversion DISABLE TRIGGER ALL", "constraint", "не проверяются"),
}


def found(connection: psycopg.Connection) -> list[Finding]:
    findings = selfcheck.findings(connection, append_only=append_only.declared(), guards=guards.declared())
    return [each for each in findings if each.check not in HASTE]


def test_every_trigger_of_the_database_is_of_a_migration_and_the_other_way_round(fresh_database: Place) -> None:
    with psycopg.connect(fresh_database.conninfo(APP), autocommit=True) as app:
        standing = {(str(table), str(name)) for table, name in app.execute(CATALOGUE)}
        assert standing == guards.declared().triggers.keys()
        assert len(standing) > 30
        assert found(app) == []


def test_each_way_to_weaken_a_guard_is_found(fresh_database: Place) -> None:
    """One database, each weakening in a transaction that is rolled back; the superuser reads as the application."""
    declared, tables = guards.declared(), append_only.declared()
    with psycopg.connect(fresh_database.administrator(database=fresh_database.database)) as superuser:
        for name, (statements, check, words) in WEAKENINGS.items():
            superuser.execute(statements.encode())
            superuser.execute(f"SET LOCAL ROLE {APP}")
            findings = selfcheck.findings(superuser, append_only=tables, guards=declared)
            assert [each for each in findings if each.check == check and words in each.sentence], name
            superuser.rollback()
        superuser.execute(f"SET LOCAL ROLE {APP}")
        found = selfcheck.findings(superuser, append_only=tables, guards=declared)
        assert {each.check for each in found} == {"role", "fsync", "full_page_writes"}


def test_the_reading_of_migrations_follows_what_they_drop_and_replace() -> None:
    read = guards.Guards()
    read.read(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ one $$;"
        "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();"
        "CREATE CONSTRAINT TRIGGER u AFTER UPDATE OF state ON a DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW WHEN ((NEW.x)::text = 'y') EXECUTE FUNCTION f();"
    )
    read.read("CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ two $$; DROP TRIGGER t ON a;")
    assert read.functions == {"f": (" two ", False)}
    assert read.triggers == {("a", "u"): guards.Trigger("a", "u", "f", 1 + 16, "state", "new.x='y'", is_deferred=True)}
