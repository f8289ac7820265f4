"""The check of the records: every provable row against the commitment of its newest event (п. 2.1, 3.3)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from django.db import DataError, models
from django.db.backends.utils import CursorWrapper

from zachetka.core.hashing import row_commitment
from zachetka.core.provable import Provable, object_type_of, proven_columns
from zachetka.ledger.events import APPENDED, REMOVED, EventType
from zachetka.ledger.findings import Report
from zachetka.ledger.proofs import NOT_THE_ROW

CHUNK: Final = 2000
_REMOVED: Final = sorted(type_.value for type_ in REMOVED)

_NEWEST: Final = """
SELECT DISTINCT ON (e.object_id) e.object_id, e.id, e.type, e.commitment, o.salt
FROM ledger_event e LEFT JOIN ledger_opening o ON o.event_id = e.id
WHERE e.object_type = %s AND e.object_id = ANY(%s) AND e.commitment IS NOT NULL AND e.type <> ALL(%s)
ORDER BY e.object_id, e.id DESC
"""

_VANISHED: Final = """
SELECT object_id, id, type FROM (
    SELECT DISTINCT ON (e.object_id) e.object_id, e.id, e.type FROM ledger_event e
    WHERE e.object_type = %s AND e.commitment IS NOT NULL AND e.type <> ALL(%s)
      AND NOT EXISTS (SELECT FROM {table} r WHERE r.{column}::text = e.object_id)
    ORDER BY e.object_id, e.id DESC
) newest
WHERE type <> ALL(%s) ORDER BY id LIMIT %s
"""

_REPEATED: Final = """
SELECT object_id, count(*), max(id) FROM ledger_event
WHERE object_type = %s AND commitment IS NOT NULL AND type <> ALL(%s)
GROUP BY object_id HAVING count(*) > 1 ORDER BY max(id) LIMIT %s
"""


class RowCheck:
    """One pass over the rows of every provable model, in the order of their keys."""

    def __init__(
        self, cursor: CursorWrapper, report: Report, progress: Callable[[int, int], None], *, alias: str
    ) -> None:
        self.cursor = cursor
        self.report = report
        self.progress = progress
        self.alias = alias

    def run(self, model: type[Provable]) -> None:
        """Check every row of `model`, then look for rows that vanished."""
        name = object_type_of(model)
        done, total = 0, model._base_manager.using(self.alias).count()
        for chunk in self._chunks(model, [attribute for _name, attribute, _read in proven_columns(model)]):
            newest = self._newest(name, [str(row[0]) for row in chunk])
            for pk, *values in chunk:
                self._check(model, str(pk), newest.get(str(pk)), values)
            done += len(chunk)
            self.progress(done, total)
        self.report.rows += done
        for pk, column in model.astray(self.alias):
            self._add(model, str(pk), None, f"изменена в обход системы: «{column}» не следует из остальных её полей")
        self._check_vanished(model, name)
        if name in APPENDED:
            self._check_repeated(model, name)

    def _chunks(self, model: type[Provable], attributes: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        everything = model._base_manager.using(self.alias).order_by("pk")
        keys = list(everything.values_list("pk", flat=True)[:CHUNK])
        while keys:
            rows = everything.filter(pk__gte=keys[0], pk__lte=keys[-1]).values_list("pk", *attributes)
            try:
                yield list(rows)
            except DataError:  # «infinity» and the like, which no system of ours ever wrote
                yield list(self._readable(model, keys, rows))
            keys = list(everything.filter(pk__gt=keys[-1]).values_list("pk", flat=True)[:CHUNK])

    def _readable(
        self, model: type[Provable], keys: Sequence[Any], rows: "models.QuerySet[Any, tuple[Any, ...]]"
    ) -> Iterator[tuple[Any, ...]]:
        for pk in keys:
            try:
                yield rows.get(pk=pk)
            except DataError:
                self._add(model, str(pk), None, "изменена в обход системы: в ней значение, которое нельзя прочитать")

    def _newest(self, name: str, object_ids: list[str]) -> dict[str, tuple[int, str, bytes, bytes | None]]:
        self.cursor.execute(_NEWEST, [name, object_ids, NOT_THE_ROW])
        return {
            object_id: (event, type_, bytes(committed), None if salt is None else bytes(salt))
            for object_id, event, type_, committed, salt in self.cursor.fetchall()
        }

    def _check(
        self,
        model: type[Provable],
        pk: str,
        newest: tuple[int, str, bytes, bytes | None] | None,
        values: Sequence[Any],
    ) -> None:
        if newest is None:
            self._add(model, pk, None, "не подтверждена ни одним событием: внесена в обход системы")
            return
        event, type_, committed, salt = newest
        if type_ in _REMOVED:
            self._add(model, pk, event, f"есть в базе, хотя удалена событием № {event}")
        elif salt is None:
            self._add(model, pk, event, f"не может быть проверена: соль события № {event} удалена")
        elif not _agrees(model, values, salt, committed):
            self._add(
                model, pk, event, f"изменена в обход системы: не совпадает с событием № {event} ({_named(type_)})"
            )

    def _check_vanished(self, model: type[Provable], name: str) -> None:
        quote = self.cursor.db.ops.quote_name
        statement = _VANISHED.format(table=quote(model._meta.db_table), column=quote(model._meta.pk.column))
        self.cursor.execute(statement, [name, NOT_THE_ROW, _REMOVED, 100])
        for object_id, event, type_ in self.cursor.fetchall():
            self._add(model, object_id, event, f"исчезла из базы после события № {event} ({_named(type_)})")

    def _check_repeated(self, model: type[Provable], name: str) -> None:
        self.cursor.execute(_REPEATED, [name, NOT_THE_ROW, 100])
        for object_id, times, event in self.cursor.fetchall():
            what = f"только вносится, но о её содержании говорят {times} события: последнее, № {event}, внесено в обход системы"
            self._add(model, object_id, event, what)

    def _add(self, model: type[Provable], pk: str, event: int | None, what: str) -> None:
        self.report.add(
            f"Запись «{model.noun}» № {pk} {what}.",
            object_type=object_type_of(model),
            object_id=pk,
            event=event,
        )


def _agrees(model: type[Provable], values: Sequence[Any], salt: bytes, committed: bytes) -> bool:
    columns = zip(proven_columns(model), values, strict=True)
    try:
        fields = {name: read(value) for (name, _attribute, read), value in columns}
        return row_commitment(fields, salt) == committed
    except (TypeError, ValueError, ArithmeticError):
        return False  # a value that could never have been committed


def _named(type_: str) -> str:
    known = EventType._value2member_map_.get(type_)
    return known.sentence if isinstance(known, EventType) else type_
