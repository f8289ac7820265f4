"""Laying the laws: what they say is made to stand in the database, what they say no longer is taken away (п. 3.3)."""

import re
from collections.abc import Iterator
from typing import Final, LiteralString

import psycopg
from django.apps import apps
from psycopg import sql

from zachetka.postgres import append_only, guards, laws
from zachetka.postgres.append_only import ROW_TRIGGER, TRUNCATE_TRIGGER, Mark
from zachetka.postgres.guard_check import standing_triggers
from zachetka.postgres.guards import STATEMENT, Guards

Connection = psycopg.Connection[tuple[object, ...]]

_REMARK: Final = re.compile(r"--[^\n]*")
_FUNCTIONS: LiteralString = """
    SELECT p.proname, p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND split_part(p.proname, '_', 1) = ANY (%s) ORDER BY 1, 2
"""
"""The functions of the rooms, each of which begins with the name of its room."""
_COMMENTS: LiteralString = """
    SELECT c.relname, obj_description(c.oid, 'pg_class') FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' WHERE c.relname = ANY (%s) ORDER BY 1
"""


def lay(connection: Connection) -> None:
    """Make the laws stand, all or none, every trigger of them always on, and the guards of tables that only grow. Safe to repeat (п. 3.3).

    A trigger that stands as it is written is left alone, so its table is not locked.

    Args:
        connection: as the owner of the schema; every migration has been applied.

    Raises:
        ValueError: a law holds anything beside functions and triggers, or one of them twice.
    """
    statements = [found for law in laws.written() for found in _statements(law)]
    _refuse_repeated(statements)
    declared = guards.declared()
    with connection.transaction():
        _drop_called(connection)
        for found in statements:
            if found["function"]:
                connection.execute(_replacing(found).encode())
        _lay_triggers(connection, statements, declared)
        _lay_append_only(connection, declared, {(found["table"], found["trigger"]) for found in statements})
        _drop_functions(connection, declared)


def _statements(law: str) -> Iterator["re.Match[str]"]:
    rest = _REMARK.sub("", STATEMENT.sub("", law)).replace(";", "").strip()
    if rest:
        raise ValueError(f"a law holds functions and triggers, this is neither: {rest[:80]}")
    yield from STATEMENT.finditer(law)


def _refuse_repeated(statements: list["re.Match[str]"]) -> None:
    seen: set[object] = set()
    for found in statements:
        name = found["function"] or (found["table"], found["trigger"])
        if name in seen or not (found["function"] or found["trigger"]):
            raise ValueError(f"a law makes a function or a trigger, once: {found[0][:80]}")
        seen.add(name)


def _replacing(found: "re.Match[str]") -> str:
    return re.sub(r"\ACREATE\s+(?:OR\s+REPLACE\s+)?", "CREATE OR REPLACE ", found[0])


def _drop_called(connection: Connection) -> None:
    """Drop the functions that others call: of these a new text may have other arguments or another result."""
    for _name, signature, is_of_triggers in _of_rooms(connection):
        if not is_of_triggers:
            connection.execute(f"DROP FUNCTION {signature}".encode())


def _lay_triggers(connection: Connection, statements: list["re.Match[str]"], declared: Guards) -> None:
    standing = standing_triggers(connection)
    rooms = {label + "_" for label in _labels()}
    for (table, name), (trigger, _always) in standing.items():
        if (table, name) not in declared.triggers and trigger.function.startswith(tuple(rooms)):
            connection.execute(sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table)))
    for found in statements:
        if not found["trigger"]:
            continue
        key = found["table"], found["trigger"]
        names = {"name": sql.Identifier(key[1]), "table": sql.Identifier(key[0])}
        if key in standing and standing[key] == (declared.triggers[key], True):
            continue
        connection.execute(sql.SQL("DROP TRIGGER IF EXISTS {name} ON {table}").format(**names))
        connection.execute(found[0].encode())
        connection.execute(sql.SQL("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}").format(**names))


def _lay_append_only(connection: Connection, declared: Guards, of_laws: set[tuple[str, str]]) -> None:
    """Mend what `AppendOnly` made in a migration: its function, both triggers, and the mark without which a table is
    granted as an ordinary one. A law may stand instead of a trigger.
    """
    connection.execute(append_only.guarding().encode())
    writers, standing = append_only.declared(), standing_triggers(connection)
    for name, comment in connection.execute(_COMMENTS, [list(writers)]).fetchall():
        table = str(name)
        for trigger in (ROW_TRIGGER, TRUNCATE_TRIGGER):
            key = table, trigger
            if key in of_laws or standing.get(key) == (declared.triggers[key], True):
                continue
            names = {"name": sql.Identifier(trigger), "table": sql.Identifier(table)}
            connection.execute(sql.SQL("DROP TRIGGER IF EXISTS {name} ON {table}").format(**names))
            connection.execute(append_only.attached(table, trigger).encode())
        if Mark.read(comment if isinstance(comment, str) else None) != Mark(writers[table]):
            connection.execute(append_only.marked(table, writer=writers[table]).encode())


def _drop_functions(connection: Connection, declared: Guards) -> None:
    for name, signature, _is_of_triggers in _of_rooms(connection):
        if name not in declared.functions:
            connection.execute(f"DROP FUNCTION {signature}".encode())


def _of_rooms(connection: Connection) -> list[tuple[str, str, bool]]:
    rows = connection.execute(_FUNCTIONS, [_labels()]).fetchall()
    return [(str(name), str(signature), bool(is_of_triggers)) for name, signature, is_of_triggers in rows]


def _labels() -> list[str]:
    return [room.label for room in apps.get_app_configs() if room.name.startswith(laws.OURS)]
