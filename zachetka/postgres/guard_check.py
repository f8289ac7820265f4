"""Whether the guards of the database stand as laws and migrations set them: triggers, functions, constraints (п. 3.3)."""

from collections.abc import Iterator
from typing import Final, LiteralString

import psycopg

from zachetka.postgres.append_only import ROW_TRIGGER, TRUNCATE_TRIGGER
from zachetka.postgres.finding import Finding
from zachetka.postgres.guards import Guards, Trigger, bare

Connection = psycopg.Connection[tuple[object, ...]]

_MIGRATE: Final = "выполните zachetka migrate"

_TRIGGERS: LiteralString = """
    SELECT c.relname, t.tgname, p.proname, t.tgtype::int, pg_get_triggerdef(t.oid), t.tgdeferrable AND t.tginitdeferred,
           array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY(t.tgattr)),
           t.tgenabled = 'A'
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal ORDER BY 1, 2
"""
_FUNCTIONS: LiteralString = """
    SELECT p.proname, p.prosrc, p.prosecdef FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proname = ANY(%s)
"""
_CONSTRAINTS: LiteralString = """
    SELECT c.relname, k.conname, k.convalidated FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    UNION ALL
    SELECT c.relname, i.relname, x.indisvalid AND x.indisready FROM pg_index x
    JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    WHERE x.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid)
    ORDER BY 1, 2
"""
_LINKS: LiteralString = """
    SELECT c.relname, a.attname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
    WHERE k.contype = 'f'
"""
_UNHELD: LiteralString = """
    SELECT c.relname, string_agg(format('ENABLE TRIGGER %I', t.tgname), ', ' ORDER BY t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    WHERE t.tgisinternal AND t.tgenabled NOT IN ('O', 'A') GROUP BY 1 ORDER BY 1
"""
"""By name: ENABLE TRIGGER ALL would take ALWAYS from our own triggers, which `migrate` puts back."""


def guard_findings(connection: Connection, guards: Guards) -> Iterator[Finding]:
    """Yield what differs from `guards`, a sentence each."""
    yield from _triggers(connection, guards)
    yield from _functions(connection, guards)
    yield from _constraints(connection, guards)


def standing_triggers(connection: Connection) -> dict[tuple[str, str], tuple[Trigger, bool]]:
    """Return (table, trigger) → what stands in the database, and whether it is always on."""
    standing = {}
    for table, name, function, kind, definition, deferred, columns, always in connection.execute(_TRIGGERS):
        watched = ",".join(map(str, columns)) if isinstance(columns, list) else ""
        trigger = Trigger(
            str(table), str(name), str(function), kind, watched, bare(str(definition)), is_deferred=bool(deferred)
        )
        standing[trigger.table, trigger.name] = trigger, bool(always)
    return standing


def _triggers(connection: Connection, guards: Guards) -> Iterator[Finding]:
    standing: set[tuple[str, str]] = set()
    for key, (trigger, always) in standing_triggers(connection).items():
        table, name = key
        declared = guards.triggers.get(key)
        if declared is None:
            if table in guards.tables:
                yield Finding(
                    "trigger", f"На таблице {table} посторонний триггер {name}: DROP TRIGGER {name} ON {table}."
                )
            continue
        if always:
            standing.add(key)
        if trigger != declared:
            yield Finding(
                "trigger", f"Триггер {name} на таблице {table} срабатывает не так, как написано в законах: {_MIGRATE}."
            )
    for table, name in sorted(guards.triggers.keys() - standing):
        if name not in {ROW_TRIGGER, TRUNCATE_TRIGGER}:  # told of by the check of append-only tables
            yield Finding(
                "trigger", f"На таблице {table} нет или выключен триггер {name} (нужно ENABLE ALWAYS): {_MIGRATE}."
            )


def _functions(connection: Connection, guards: Guards) -> Iterator[Finding]:
    found = {str(name): (text, power) for name, text, power in connection.execute(_FUNCTIONS, [[*guards.functions]])}
    for name, declared in sorted(guards.functions.items()):
        if found.get(name) != declared:
            what = "изменена" if name in found else "удалена"
            yield Finding(
                "function", f"Функция {name} {what} в обход миграций: её триггеры больше не сторожат; {_MIGRATE}."
            )


def _constraints(connection: Connection, guards: Guards) -> Iterator[Finding]:
    standing = set()
    for table, name, is_valid in connection.execute(_CONSTRAINTS):
        standing.add((str(table), str(name)))
        if not is_valid and table in guards.tables:
            yield Finding(
                "constraint",
                f"Ограничение {name} таблицы {table} не проверено на её записях: "
                f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}.",
            )
    for table, name in sorted(guards.constraints - standing):
        yield Finding("constraint", f"У таблицы {table} нет ограничения {name}: его создают миграции.")
    linked = {(str(table), str(column)) for table, column in connection.execute(_LINKS)}
    for table, column in sorted(guards.links - linked):
        yield Finding("constraint", f"У столбца {column} таблицы {table} нет внешнего ключа: его создают миграции.")
    for table, enabled in connection.execute(_UNHELD):
        yield Finding(
            "constraint",
            f"Внешние ключи таблицы {table} не проверяются. Исправит администратор сервера — ALTER TABLE {table} {enabled};",
        )
