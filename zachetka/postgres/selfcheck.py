"""What must hold in the database before the system may start; a violation is a refusal to start (п. 3.3).

Every check is a question to the server's own catalogue, asked as the app's role: the answer is what is, not what
our settings meant. Findings are data; the command prints them and ends.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, LiteralString

import psycopg

from zachetka.postgres.address import APP, LOGINS, OWNER
from zachetka.postgres.append_only import GUARD, LAWFUL_DOOR, ROW_TRIGGER, TRUNCATE_TRIGGER, Mark
from zachetka.postgres.finding import Finding
from zachetka.postgres.guard_check import guard_findings
from zachetka.postgres.guards import Guards

__all__ = ["DURABILITY", "MINIMUM_VERSION", "PRIVACY", "Finding", "findings"]

MINIMUM_VERSION = 160000  # server_version_num

Connection = psycopg.Connection[tuple[object, ...]]


def findings(connection: Connection, *, append_only: Mapping[str, str], guards: Guards | None = None) -> list[Finding]:
    """Return every violation, none when the system may start.

    Args:
        connection: as `zachetka_app`.
        append_only: table → writer, as the migrations declare (`append_only.declared`).
        guards: triggers, functions and constraints, as the migrations declare (`guards.declared`).
    """
    found = [finding for check in _CHECKS for finding in check(connection, append_only)]
    return found + list(guard_findings(connection, guards or Guards()))


def _one(connection: Connection, query: LiteralString, *arguments: object) -> tuple[object, ...]:
    row = connection.execute(query, arguments).fetchone()
    if row is None:
        raise LookupError(f"the catalogue answered nothing to {query}")
    return row


def _version(connection: Connection, _: Mapping[str, str]) -> Iterator[Finding]:
    if connection.info.server_version < MINIMUM_VERSION:
        yield Finding(
            "version",
            f"Нужен PostgreSQL 16 или новее, работает {connection.info.parameter_status('server_version')}.",
        )


DURABILITY: dict[str, tuple[frozenset[str], str]] = {
    "fsync": (frozenset({"on"}), "после сбоя питания база данных может не открыться"),
    "full_page_writes": (frozenset({"on"}), "после сбоя питания страницы таблиц могут быть испорчены"),
    "data_checksums": (frozenset({"on"}), "порча файлов на диске останется незамеченной"),
    "synchronous_commit": (frozenset({"on", "remote_apply"}), "подтверждённая запись может пропасть при сбое"),
    "zero_damaged_pages": (frozenset({"off"}), "испорченные страницы таблиц молча становятся пустыми"),
    "ignore_checksum_failure": (frozenset({"off"}), "порча файлов на диске остаётся незамеченной"),
    "session_replication_role": (frozenset({"origin"}), "внешние ключи не проверяются"),
    "default_transaction_isolation": (frozenset({"read committed"}), "номера без пропусков выдаются только при нём"),
}
PRIVACY: dict[str, tuple[frozenset[str], str]] = {
    "log_error_verbosity": (frozenset({"terse"}), "отвергнутая строка с личными данными попадёт в журнал сервера"),
    "log_min_error_statement": (
        frozenset({"fatal", "panic"}),
        "отвергнутый запрос с личными данными попадёт в него же",
    ),
    "log_statement": (frozenset({"none", "ddl"}), "каждая запись личных данных попадёт в журнал сервера"),
}
_MENDS: Final = {
    "data_checksums": "на остановленном сервере: pg_checksums --enable -D каталог_кластера",
    "fsync": "ALTER SYSTEM SET fsync = 'on'; SELECT pg_reload_conf();",
    "full_page_writes": "ALTER SYSTEM SET full_page_writes = 'on'; SELECT pg_reload_conf();",
}
"""What is not set for one database, as the others are."""


def _settings(connection: Connection, _: Mapping[str, str]) -> Iterator[Finding]:
    for setting, (accepted, reason) in (DURABILITY | PRIVACY).items():
        (value,) = _one(connection, "SELECT current_setting(%s)", setting)
        if value not in accepted:
            wanted = " или ".join(sorted(accepted))
            (database,) = _one(connection, "SELECT quote_ident(current_database())")
            mend = _MENDS.get(setting, f"ALTER DATABASE {database} SET {setting} = '{min(accepted)}';")
            yield Finding(
                setting,
                f"Параметр сервера {setting} = {value}, нужно {wanted}: {reason}. Исправит администратор сервера — {mend}",
            )


_ROLE: LiteralString = """
    SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
    FROM pg_roles WHERE rolname = ANY(%s) ORDER BY rolname
"""
_POWERS = ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")


def _roles(connection: Connection, _: Mapping[str, str]) -> Iterator[Finding]:
    (user,) = _one(connection, "SELECT session_user")
    if user != APP:
        yield Finding("role", f"Приложение подключено под ролью {user}, нужно {APP}.")
    for name, *flags in connection.execute(_ROLE, [list(LOGINS)]):
        for power in (power for power, held in zip(_POWERS, flags, strict=True) if held):
            yield Finding("role", f"У роли {name} есть право {power}: ALTER ROLE {name} NO{power}.")


_MEMBERSHIPS: LiteralString = """
    SELECT granted.rolname
    FROM pg_roles granted, pg_roles app
    WHERE app.rolname = %s AND granted.oid <> app.oid AND NOT app.rolsuper AND pg_has_role(app.oid, granted.oid, 'MEMBER')
"""
_OWNED: LiteralString = """
    SELECT d.refobjid::regrole::text, (i).type || ' ' || (i).identity
    FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, d.objsubid) i
    WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o' AND d.refobjid = ANY(%s::regrole[])
      AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
      AND NOT EXISTS (SELECT FROM pg_class c WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid
                      AND c.relpersistence = 't')
    ORDER BY 1, 2
"""
"""Tables, functions, types, schemas, databases: whatever a role owns, it may change or drop."""


def _ownership(connection: Connection, _: Mapping[str, str]) -> Iterator[Finding]:
    for (role,) in connection.execute(_MEMBERSHIPS, [APP]):
        yield Finding("membership", f"Роль {APP} входит в роль {role}: REVOKE {role} FROM {APP}.")
    for role, thing in connection.execute(_OWNED, [[name for name, *_ in connection.execute(_ROLE, [list(LOGINS)])]]):
        yield Finding("owner", f"Роль {role} владеет объектом «{thing}»: владельцем должна быть {OWNER}.")
    (may_create,) = _one(connection, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", APP)
    if may_create:
        yield Finding("owner", f"Роль {APP} может создавать таблицы: REVOKE CREATE ON SCHEMA public FROM {APP}.")


_GUARDED: LiteralString = """
    SELECT c.relname, obj_description(c.oid, 'pg_class'),
           coalesce(array_agg(t.tgname::text) FILTER (WHERE t.tgenabled = 'A' AND p.proname = ANY(%s)), '{}')
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relname = ANY(%s) OR obj_description(c.oid, 'pg_class') LIKE 'append-only;%%'
    GROUP BY c.oid, c.relname ORDER BY c.relname
"""


def _append_only(connection: Connection, declared: Mapping[str, str]) -> Iterator[Finding]:
    found = {
        str(table): (str(comment or ""), frozenset(map(str, triggers)) if isinstance(triggers, list) else frozenset())
        for table, comment, triggers in connection.execute(_GUARDED, [[GUARD, LAWFUL_DOOR], list(declared)])
    }
    for table in sorted(declared.keys() - found.keys()):
        yield Finding("append-only", f"Нет таблицы {table}, которую создают миграции: выполните zachetka migrate.")
    for table, (comment, triggers) in found.items():
        mark = Mark.read(comment)
        if mark is None or (table in declared and mark.writer != declared[table]):
            yield Finding(
                "append-only", f"Таблица {table} больше не отмечена как только пополняемая: выполните zachetka migrate."
            )
        for trigger in sorted({ROW_TRIGGER, TRUNCATE_TRIGGER} - triggers):
            yield Finding(
                "append-only",
                f"На таблице {table} нет или выключен триггер {trigger} (нужно ENABLE ALWAYS): выполните zachetka migrate.",
            )


_MAY: LiteralString = """
    SELECT c.relname, role, privilege
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public',
         unnest(%s::text[]) role, unnest(%s::text[]) privilege
    WHERE c.relkind IN ('r', 'p')
      AND (privilege = 'TRUNCATE' OR c.relname = ANY(%s))
      AND (has_table_privilege(role, c.oid, privilege)
           OR privilege = 'UPDATE' AND has_any_column_privilege(role, c.oid, privilege))
    ORDER BY 1, 2, 3
"""


def _grants(connection: Connection, declared: Mapping[str, str]) -> Iterator[Finding]:
    roles = [name for name, *_ in connection.execute(_ROLE, [list(LOGINS)])]
    forbidden = ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]
    for table, role, privilege in connection.execute(_MAY, [roles, forbidden, list(declared)]):
        yield Finding("grants", f"Роль {role} имеет право {privilege} на таблицу {table}: выполните zachetka migrate.")


_CHECKS: tuple[Callable[[Connection, Mapping[str, str]], Iterator[Finding]], ...] = (
    _version,
    _settings,
    _roles,
    _ownership,
    _append_only,
    _grants,
)
