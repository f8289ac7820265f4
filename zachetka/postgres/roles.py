"""The database, its roles and what each may do: the lowest layer of the access model (security by the database).

| role | login | what it is for |
|---|---|---|
| zachetka_owner | no | owns the schema; nobody is it for longer than a migration |
| zachetka_migrate | yes | `zachetka migrate`: acts as the owner |
| zachetka_app | yes | web server and worker |
| zachetka_sealer | yes | inserts leaves, nodes and checkpoints of the ledger |
| zachetka_reader | yes | reads everything: verification, backup copies |

Grants are not listed by table. They follow from one rule, applied after every migration: an ordinary table is the
app's to read and write, an append-only table is its writer's to read and extend, and nothing is anybody's to truncate.
"""

from collections.abc import Iterable, Iterator
from typing import LiteralString

import psycopg
from psycopg import sql

from zachetka.postgres.address import APP, LOGINS, MIGRATE, OWNER, READER, SEALER, Place
from zachetka.postgres.append_only import Mark
from zachetka.postgres.programs import ServerTrouble

SCHEMA = "public"

_KEPT_BY_MIGRATIONS = frozenset({"django_migrations"})  # the app reads it to know whether it is current

Connection = psycopg.Connection[tuple[object, ...]]


def prepare(place: Place) -> None:
    """Make the roles and the database where they do not exist yet; safe to repeat.

    On a server the administrator of ZACHETKA_DATABASE_URL needs CREATEROLE and the ownership of the (empty) database.

    Raises:
        ServerTrouble: the administrator lacks a right; the text lists the statements for whoever has it.
    """
    maintenance = place.administrator(database=None if place.url else "postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        try:
            _make_roles(connection, place.make_passwords() if place.url else {})
            if not place.url:
                _make_database(connection, place.database)
        except psycopg.errors.InsufficientPrivilege as refused:
            raise ServerTrouble(_for_the_administrator(place)) from refused
    with psycopg.connect(place.administrator(), autocommit=True) as connection:
        try:
            _own_schema(connection, place.database_name())
        except psycopg.errors.InsufficientPrivilege as refused:
            raise ServerTrouble(_for_the_administrator(place)) from refused


def drop_database(place: Place) -> None:
    """Drop the embedded server's database with everything in it."""
    with psycopg.connect(place.administrator(database="postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(place.database)))


def _make_roles(connection: Connection, passwords: dict[str, str]) -> None:
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    if OWNER not in known:
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OWNER)))
    for role in LOGINS:
        if role not in known:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(role)))
        if role in passwords:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(passwords[role]))
            )
    connection.execute(
        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(OWNER), sql.Identifier(MIGRATE))
    )


def _make_database(connection: Connection, name: str) -> None:
    if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
        )


def _own_schema(connection: Connection, database: str) -> None:
    me, is_superuser = connection.execute(
        "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
    ).fetchone() or (None, None)
    if not is_superuser:  # whoever made a role may grant it, but does not act as it until it is granted
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(OWNER), sql.Identifier(str(me))))
    for statement in schema_statements(database):
        connection.execute(statement)
    if is_superuser:
        for name, value in KEEPS_LOGS_CLEAN.items():
            setting = sql.SQL("ALTER DATABASE {} SET {} = {}")
            connection.execute(setting.format(sql.Identifier(database), sql.Identifier(name), sql.Literal(value)))


KEEPS_LOGS_CLEAN = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
"""Settings without which the server writes refused rows, personal data with them, into its log (п. 3.8).

Only a superuser may set them; where the administrator is none, the self-check says what to ask for.
"""


def schema_statements(database: str) -> Iterator[sql.Composed]:
    """Yield what gives the schema to the owner and leaves PUBLIC with nothing."""
    names = {"database": sql.Identifier(database), "schema": sql.Identifier(SCHEMA), "owner": sql.Identifier(OWNER)}
    readers = sql.SQL(", ").join(map(sql.Identifier, (APP, SEALER, READER)))
    yield sql.SQL("GRANT CREATE ON DATABASE {database} TO {owner}").format(**names)
    yield sql.SQL("ALTER SCHEMA {schema} OWNER TO {owner}").format(**names)
    yield from database_statements(database)
    yield sql.SQL("REVOKE ALL ON SCHEMA {schema} FROM PUBLIC").format(**names)
    yield sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {readers}").format(**names, readers=readers)
    yield sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(**names)


def database_statements(database: str) -> Iterator[sql.Composed]:
    """Yield what lets our roles, and nobody else, connect."""
    names = {"database": sql.Identifier(database), "logins": sql.SQL(", ").join(map(sql.Identifier, LOGINS))}
    yield sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names)
    yield sql.SQL("GRANT CONNECT ON DATABASE {database} TO {logins}").format(**names)


def _for_the_administrator(place: Place) -> str:
    quoted = "\n".join(f"  {statement}" for statement in administrator_statements(place.database_name()))
    return f"Не хватает прав, чтобы создать роли базы данных. Администратору СУБД выполнить в этой базе:\n{quoted}"


def administrator_statements(database: str) -> Iterable[str]:
    """Return the statements for an administrator who makes the roles by hand (passwords: database-logins/)."""
    yield f"CREATE ROLE {OWNER} NOLOGIN;"
    for role in LOGINS:
        yield f"CREATE ROLE {role} LOGIN NOINHERIT PASSWORD '…';"
    yield f"GRANT {OWNER} TO {MIGRATE} WITH INHERIT FALSE, SET TRUE;"
    yield from (f"{statement.as_string()};" for statement in schema_statements(database))


_EVERY_TABLE: LiteralString = """
    SELECT c.relname, obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY c.relname
"""


def grant(connection: Connection) -> int:
    """Grant what the rule says on every table, as the owner, in one transaction; return the number of tables.

    Called after every migration. What was granted by hand is taken back.
    """
    with connection.transaction():
        tables = connection.execute(_EVERY_TABLE, [SCHEMA]).fetchall()
        for statement in _everywhere():
            connection.execute(statement)
        for name, comment in tables:
            for role, privileges in _privileges(str(name), Mark.read(comment if isinstance(comment, str) else None)):
                connection.execute(
                    sql.SQL("GRANT {} ON TABLE {} TO {}").format(
                        sql.SQL(", ").join(map(sql.SQL, privileges)),
                        sql.Identifier(SCHEMA, str(name)),
                        sql.Identifier(role),
                    )
                )
        return len(tables)


def _everywhere() -> Iterator[sql.Composed]:
    names = {
        "schema": sql.Identifier(SCHEMA),
        "everybody": sql.SQL(", ").join([sql.SQL("PUBLIC"), *map(sql.Identifier, (APP, SEALER, READER))]),
        "reader": sql.Identifier(READER),
        "writers": sql.SQL(", ").join(map(sql.Identifier, (APP, SEALER))),
    }
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {everybody}").format(**names)
    yield sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {everybody}").format(**names)
    yield sql.SQL("REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM {everybody}").format(**names)
    yield sql.SQL("GRANT SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {reader}").format(**names)
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {writers}").format(**names)
    yield sql.SQL("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {writers}").format(**names)


def _privileges(table: str, mark: Mark | None) -> Iterator[tuple[str, tuple[LiteralString, ...]]]:
    yield READER, ("SELECT",)
    if mark is not None:
        for role in (APP, SEALER):
            yield role, ("SELECT", "INSERT") if role == mark.writer else ("SELECT",)
    elif table in _KEPT_BY_MIGRATIONS:
        yield APP, ("SELECT",)
    else:
        yield APP, ("SELECT", "INSERT", "UPDATE", "DELETE")
