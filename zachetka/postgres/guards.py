"""What laws, migrations and models say the database guards: triggers, the text of functions, constraints (п. 3.3).

Read from them themselves, so that the self-check cannot fall behind: whoever writes a trigger into a law has added it to
the check. A test holds this list equal to a freshly migrated database.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.apps import apps
from django.db import models
from django.db.migrations import RunSQL

from zachetka.postgres import append_only, laws
from zachetka.postgres.append_only import AppendOnly
from zachetka.postgres.history import on_disk
from zachetka.postgres.laws import OURS

STATEMENT: Final = re.compile(
    r"""
    CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+(?P<function>\w+)\([^()]*\)(?P<terms>.*?)\bAS\s+\$(?P<quote>\w*)\$(?P<body>.*?)\$(?P=quote)\$
    | CREATE\s+(?:CONSTRAINT\s+)?TRIGGER\s+(?P<trigger>\w+)\s+(?P<when>BEFORE|AFTER)\s+(?P<events>.*?)\s+ON\s+(?P<table>\w+)
      (?P<how>.*?)EXECUTE\s+FUNCTION\s+(?P<runs>\w+)\(\)
    | DROP\s+TRIGGER\s+(?P<dropped>\w+)\s+ON\s+(?P<dropped_on>\w+)
    | ALTER\s+TABLE\s+(?P<held>\w+)\s+ADD\s+CONSTRAINT\s+(?P<constraint>\w+)
    """,
    re.VERBOSE | re.DOTALL,
)
_BITS: Final = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
_ROW, _BEFORE = 1, 2
_NOISE: Final = re.compile(r"::character varying|::\w+|[\s()]")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger as the catalogue of PostgreSQL describes it.

    Attributes:
        kind: `pg_trigger.tgtype`, the bits of row, before and the events.
        columns: after UPDATE OF, empty for all.
        condition: of WHEN, in the bare spelling of `bare`; empty when there is none.
        is_deferred: DEFERRABLE INITIALLY DEFERRED.
    """

    table: str
    name: str
    function: str
    kind: object
    columns: str = ""
    condition: str = ""
    is_deferred: bool = False


@dataclass(slots=True)
class Guards:
    """Everything that guards, by name.

    Attributes:
        triggers: (table, trigger) → what it is.
        functions: function → (its text, whether it runs with the owner's rights).
        constraints: (table, constraint) that must exist and be valid; a conditional unique one is an index.
        links: (table, column) with a foreign key.
        tables: tables of the models; no other trigger may stand on them.
    """

    triggers: dict[tuple[str, str], Trigger] = field(default_factory=dict)
    functions: dict[str, tuple[str, bool]] = field(default_factory=dict)
    constraints: set[tuple[str, str]] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)

    def read(self, statements: str) -> None:
        """Take in what `statements` of a migration or a law make and drop, in their order."""
        for found in STATEMENT.finditer(statements):
            if name := found["function"]:
                self.functions[name] = (found["body"], "SECURITY DEFINER" in found["terms"])
            elif name := found["trigger"]:
                self.triggers[found["table"], name] = _trigger(found)
            elif name := found["dropped"]:
                self.triggers.pop((found["dropped_on"], name), None)
            else:
                self.constraints.add((found["held"], found["constraint"]))


def declared() -> Guards:
    """Return what the project's migrations, laws and models declare. Django must be set up."""
    guards = Guards()
    for operation in _operations():
        if isinstance(operation, AppendOnly):
            guards.read("".join(append_only.statements(operation.table, writer=operation.writer)))
        elif isinstance(operation, RunSQL) and isinstance(operation.sql, str):
            guards.read(operation.sql)
    for law in laws.written():
        guards.read(law)
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith(OURS):
            _read_model(guards, model)
    return guards


def bare(definition: str) -> str:
    """Return the condition of a trigger without what PostgreSQL adds to it: brackets, casts, spaces, case."""
    _, _, condition = definition.partition("EXECUTE FUNCTION")[0].partition("WHEN ")
    return _NOISE.sub("", condition).lower()


def _operations() -> Iterator[object]:
    graph = on_disk().graph
    seen: set[tuple[str, str]] = set()
    for leaf in sorted(graph.leaf_nodes()):
        for key in graph.forwards_plan(leaf):
            migration = graph.nodes[key]
            if key not in seen and type(migration).__module__.startswith(OURS):
                yield from migration.operations
            seen.add(key)


def _trigger(found: "re.Match[str]") -> Trigger:
    events, _, columns = found["events"].partition(" OF ")
    kind = sum(_BITS[event] for event in events.split(" OR "))
    kind += _BEFORE * (found["when"] == "BEFORE") + _ROW * ("FOR EACH ROW" in found["how"])
    how = found["how"]
    return Trigger(
        found["table"], found["trigger"], found["runs"], kind, columns, bare(how), "INITIALLY DEFERRED" in how
    )


def _read_model(guards: Guards, model: type[models.Model]) -> None:
    table = model._meta.db_table
    guards.tables.add(table)
    named = (models.CheckConstraint, models.UniqueConstraint)
    guards.constraints |= {(table, each.name) for each in model._meta.constraints if isinstance(each, named)}
    for column in model._meta.local_concrete_fields:
        if isinstance(column, models.ForeignKey):
            guards.links.add((table, column.column))
