"""Tables that only grow: what a migration writes so that the database itself refuses a change (п. 3.3).

Four layers, each of which stops what the one before lets through (docs/architecture.md):

- no UPDATE, DELETE, TRUNCATE is granted (`roles.py` reads the comment written here);
- a row trigger stops the owner and a foreign key's CASCADE;
- a statement trigger stops TRUNCATE;
- ENABLE ALWAYS keeps both alive under `session_replication_role = replica`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db.migrations.operations.base import Operation

from zachetka.postgres.history import on_disk

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import ProjectState

GUARD = "zachetka_refuse_change"
LAWFUL_DOOR = "ledger_salt_goes_by_an_act"
"""Stands instead of the guard on the table of salts: a salt leaves by an act of destruction and no other way (152-ФЗ ст. 21)."""
ROW_TRIGGER = "append_only_row"
TRUNCATE_TRIGGER = "append_only_truncate"

_MARK = "append-only; writer="

_CREATE_GUARD = f"""
CREATE OR REPLACE FUNCTION {GUARD}() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    RAISE EXCEPTION 'Таблица «%» только пополняется: % отказано.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END
$guard$
"""

_ATTACH = {
    ROW_TRIGGER: f"""
CREATE TRIGGER {ROW_TRIGGER} BEFORE UPDATE OR DELETE ON %(table)s
    FOR EACH ROW EXECUTE FUNCTION {GUARD}();
ALTER TABLE %(table)s ENABLE ALWAYS TRIGGER {ROW_TRIGGER};
""",
    TRUNCATE_TRIGGER: f"""
CREATE TRIGGER {TRUNCATE_TRIGGER} BEFORE TRUNCATE ON %(table)s
    FOR EACH STATEMENT EXECUTE FUNCTION {GUARD}();
ALTER TABLE %(table)s ENABLE ALWAYS TRIGGER {TRUNCATE_TRIGGER};
""",
}

_COMMENT = "COMMENT ON TABLE %(table)s IS '%(comment)s'"

_DETACH = f"""
DROP TRIGGER {ROW_TRIGGER} ON %(table)s;
DROP TRIGGER {TRUNCATE_TRIGGER} ON %(table)s;
COMMENT ON TABLE %(table)s IS NULL
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the comment of an append-only table says: the only role that may insert into it."""

    writer: str

    def __str__(self) -> str:
        return f"{_MARK}{self.writer}"

    @classmethod
    def read(cls, comment: str | None) -> Self | None:
        """Return the mark in a table's comment, or None for an ordinary table."""
        if comment is None or not comment.startswith(_MARK):
            return None
        return cls(comment.removeprefix(_MARK))


def statements(table: str, *, writer: str) -> tuple[str, ...]:
    """Return the SQL that makes `table` append-only; both names are plain SQL names."""
    return _CREATE_GUARD, *(attached(table, trigger) for trigger in _ATTACH), marked(table, writer=writer)


def guarding() -> str:
    """Return the SQL that makes the function of the guard, or makes it again."""
    return _CREATE_GUARD


def attached(table: str, trigger: str) -> str:
    """Return the SQL that makes one of the two triggers on `table`, always on."""
    return _ATTACH[trigger] % {"table": table}


def marked(table: str, *, writer: str) -> str:
    """Return the SQL of the comment by which `roles.py` grants on `table`."""
    return _COMMENT % {"table": table, "comment": Mark(writer)}


class AppendOnly(Operation):
    """Make `table` append-only; `writer` is the only login role that may insert into it.

    Goes into the migration that creates the table, after `CreateModel`. Reversible.
    """

    reduces_to_sql: ClassVar[bool] = True
    reversible: ClassVar[bool] = True

    def __init__(self, table: str, *, writer: str) -> None:
        if not (table.isidentifier() and writer.isidentifier()):
            raise ValueError(f"not plain SQL names: {table!r}, {writer!r}")
        self.table = table
        self.writer = writer

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [self.table], {"writer": self.writer}

    def state_forwards(self, app_label: str, state: "ProjectState") -> None:
        """Django's picture of the models does not change: this is the database's own defence."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",  # noqa: ARG002
        to_state: "ProjectState",  # noqa: ARG002
    ) -> None:
        for statement in statements(self.table, writer=self.writer):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002
        schema_editor: "BaseDatabaseSchemaEditor",
        from_state: "ProjectState",  # noqa: ARG002
        to_state: "ProjectState",  # noqa: ARG002
    ) -> None:
        schema_editor.execute(_DETACH % {"table": self.table}, params=None)

    def describe(self) -> str:
        return f"Make {self.table} append-only, written by {self.writer}"


def declared() -> dict[str, str]:
    """Return table → writer for every `AppendOnly` in the project's migrations.

    The self-check compares the database with this list, so that a trigger and its comment removed together
    are still missed.
    """
    migrations = on_disk().disk_migrations.values()
    operations = (operation for migration in migrations for operation in migration.operations)
    return {operation.table: operation.writer for operation in operations if isinstance(operation, AppendOnly)}
