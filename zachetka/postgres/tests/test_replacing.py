"""A function that a migration replaces gets its earlier text back, which is written once (п. 3.3)."""

from __future__ import annotations

import pytest

from zachetka.postgres.guards import statement_of
from zachetka.postgres.replacing import ReplaceFunction

pytestmark = pytest.mark.clause("3.3")

NEW = "CREATE OR REPLACE FUNCTION learning_resit_is_held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;"


def test_going_back_puts_in_the_text_of_the_migration_before():
    operation = ReplaceFunction(NEW, was="learning.0015_law_of_resits")
    assert operation.sql == NEW
    assert isinstance(operation.reverse_sql, str)
    assert operation.reverse_sql.startswith("CREATE OR REPLACE FUNCTION learning_resit_is_held() RETURNS trigger")
    assert "комиссия из трёх человек" in operation.reverse_sql
    assert operation.reverse_sql.endswith("END $$;")


def test_a_text_that_replaces_nothing_and_a_migration_that_makes_no_such_function_are_refused():
    with pytest.raises(ValueError, match="CREATE OR REPLACE"):
        ReplaceFunction(NEW.replace(" OR REPLACE", ""), was="learning.0015_law_of_resits")
    with pytest.raises(LookupError):
        ReplaceFunction(NEW, was="learning.0014_resits")


def test_of_several_texts_the_last_one_is_taken():
    twice = (
        "CREATE FUNCTION f() AS $$ one $$; CREATE FUNCTION g() AS $$ x $$; CREATE OR REPLACE FUNCTION f() AS $$ two $$;"
    )
    assert statement_of("f", twice) == "CREATE OR REPLACE FUNCTION f() AS $$ two $$;"
