"""A function of the database gets another text in a migration, and the earlier one when the migration is taken back."""

import re
from importlib import import_module
from typing import Final

from django.db.migrations import RunSQL

from zachetka.postgres.guards import statement_of

_NAMED: Final = re.compile(r"\s*CREATE\s+OR\s+REPLACE\s+FUNCTION\s+(\w+)\(\)")


class ReplaceFunction(RunSQL):
    """Replace the trigger function that `text` makes; `was` is the migration that last made it, «learning.0015_…».

    The earlier text is read there, so it is written once in the project. Reversible.
    """

    def __init__(self, text: str, *, was: str) -> None:
        named = _NAMED.match(text)
        if named is None:
            raise ValueError("the text does not begin with CREATE OR REPLACE FUNCTION")
        super().__init__(text, statement_of(named[1], _statements(was)))


def _statements(was: str) -> str:
    room, _, name = was.partition(".")
    operations = import_module(f"zachetka.{room}.migrations.{name}").Migration.operations
    return "\n".join(one.sql for one in operations if isinstance(one, RunSQL) and isinstance(one.sql, str))
