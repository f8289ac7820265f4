"""The check of destroyed salts: what is gone is gone by an approved act, and nothing else is gone (п. 3.3; 152-ФЗ ст. 21).

Everything it asks is in signed events and in the lines of acts, which are proven rows: that a record was destroyed in the moment
in which a second person approved the act that names it. Whoever takes a salt away with the triggers off, writes down an act that
was not approved by a second hand, or names one that was made for something else, is found.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.utils import CursorWrapper

from zachetka.ledger.events import EventType
from zachetka.ledger.findings import LIMIT, Report

_GONE: Final = """
SELECT e.id, e.object_type, e.object_id FROM ledger_event e
WHERE e.commitment IS NOT NULL
  AND NOT EXISTS (SELECT FROM ledger_opening o WHERE o.event_id = e.id)
  AND NOT EXISTS (SELECT FROM ledger_destroyedsalt d WHERE d.event_id = e.id)
ORDER BY e.id LIMIT %s
"""
_BACK: Final = """
SELECT e.id, e.object_type, e.object_id FROM ledger_destroyedsalt d
JOIN ledger_event e ON e.id = d.event_id JOIN ledger_opening o ON o.event_id = d.event_id
ORDER BY e.id LIMIT %s
"""
_LIES_AGAIN: Final = """
SELECT by.id, by.object_type, by.object_id FROM ledger_event by JOIN account_emailaddress e ON e.id::text = by.object_id
WHERE by.type = %s AND by.object_type = 'account.emailaddress'
ORDER BY by.id LIMIT %s
"""
"""Rows that nobody commits to are gone for ever, under their keys."""
_LAWFUL: Final = """
WITH approved AS MATERIALIZED (
    SELECT DISTINCT ON (given.object_id) act.id AS act, given.object_id, given.id, given.xid, given.at
    FROM ledger_event composed JOIN ledger_event given USING (object_type, object_id)
    JOIN access_account one ON one.id = composed.actor_id JOIN access_account other ON other.id = given.actor_id
    JOIN destruction_act act ON act.id::text = given.object_id AND act.state = 'approved'
    WHERE object_type = 'destruction.act' AND composed.type = %s AND given.type = %s AND composed.id < given.id
      AND one.person_uid <> other.person_uid
    ORDER BY given.object_id, given.id),
lawful AS MATERIALIZED (
    SELECT by.id FROM ledger_event by
    JOIN approved a ON a.object_id = by.body ->> 'act' AND a.id < by.id AND (a.xid, a.at) = (by.xid, by.at)
    WHERE by.type = %s AND by.body -> 'fields' = (
        SELECT jsonb_agg(l.what ORDER BY l.what COLLATE "C") FROM destruction_actline l
        WHERE l.act_id = a.act AND (l.record_type, l.record_id) = (by.object_type, by.object_id))
    UNION ALL
    SELECT by.id FROM ledger_event by
    JOIN approved a ON a.object_id = by.body ->> 'act' AND a.id < by.id AND (a.xid, a.at) = (by.xid, by.at)
    WHERE by.type = %s AND by.object_type = 'files.destroyedfile' AND EXISTS (
        SELECT FROM files_destroyedfile f JOIN destruction_actline l ON l.record_id = f.file_id::text
        WHERE f.id::text = by.object_id AND l.act_id = a.act AND l.record_type = 'files.storedfile'))
"""
"""Events of destruction that an act names, record and fields, told in the transaction and at the moment of its approval."""
_UNLAWFUL: Final = (
    _LAWFUL  # noqa: S608 - all of it is written here
    + """
SELECT e.id, e.object_type, e.object_id FROM ledger_destroyedsalt d
JOIN ledger_event e ON e.id = d.event_id JOIN ledger_event by ON by.id = d.by_id
WHERE by.type <> %s OR by.id <= e.id OR (by.object_type, by.object_id) <> (e.object_type, e.object_id)
   OR by.id NOT IN (SELECT id FROM lawful)
ORDER BY e.id LIMIT %s
"""
)
_UNAPPROVED: Final = (
    _LAWFUL  # noqa: S608 - all of it is written here
    + """
SELECT by.id, by.object_type, by.object_id FROM ledger_event by
WHERE by.type = ANY(%s) AND by.id NOT IN (SELECT id FROM lawful)
ORDER BY by.id LIMIT %s
"""
)
_DESTROYING: Final = [EventType.RECORD_DESTROYED.value, EventType.FILE_DESTROYED.value]
_TYPES: Final = (
    EventType.DESTRUCTION_ACT_COMPOSED.value, EventType.DESTRUCTION_ACT_APPROVED.value, *_DESTROYING,
)  # fmt: skip


def check_salts(cursor: CursorWrapper, report: Report) -> None:
    """Add to `report` what was destroyed without an approved act, and what was destroyed by one and lies there again."""
    _look(cursor, report, _GONE, [], "Соль события № {event} исчезла из базы без акта об уничтожении.")
    _look(cursor, report, _BACK, [], "Соль события № {event} уничтожена по акту, но снова лежит в базе.")
    _look(
        cursor, report, _LIES_AGAIN, [EventType.RECORD_DESTROYED.value],
        "Запись уничтожена событием № {event} по акту, но снова лежит в базе.",
    )  # fmt: skip
    _look(
        cursor, report, _UNLAWFUL, [*_TYPES, EventType.RECORD_DESTROYED.value],
        "Соль события № {event} уничтожена не по акту, который утвердил второй человек.",
    )  # fmt: skip
    _look(
        cursor, report, _UNAPPROVED, [*_TYPES, _DESTROYING],
        "Событие № {event} говорит об уничтожении по акту, которого второй человек не утверждал.",
    )  # fmt: skip


def _look(cursor: CursorWrapper, report: Report, statement: str, values: list[str | list[str]], sentence: str) -> None:
    cursor.execute(statement, [*values, LIMIT])
    for event, object_type, object_id in cursor.fetchall():
        report.add(sentence.format(event=event), object_type=object_type, object_id=object_id, event=event)
