"""The whole answer to a data subject, as data: canonical JSON in, nothing chosen by hand (152-ФЗ ст. 14 ч. 7)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from zachetka.core.academy import academy_on
from zachetka.core.canonical import Plain, plain
from zachetka.core.clock import legal_date
from zachetka.people.merged import identities_of, survivor_of
from zachetka.people.subject import holdings, seen
from zachetka.people.subject.grounds import BEYOND, GROUNDS, WITHHELD
from zachetka.people.subject.ways import kinds

if TYPE_CHECKING:
    from zachetka.people.models import Person

FORMAT: Final = "zachetka-subject-data/1"


def answer_about(person: Person, *, at: datetime) -> dict[str, Any]:
    """Return everything that is kept of `person`, who looked at it, where it went, and what is not handed out and why."""
    person, identities = survivor_of(person), identities_of(person)
    held, signed = holdings.counted(identities)
    by_label = {kind.label: kind for kind in kinds()}
    labels = {one.label for one in held}
    return {
        "format": FORMAT,
        "academy": academy_on(legal_date(at)).name,
        "formed_at": plain(at),
        "person": {"uid": str(person.uid), "name": person.full_name},
        "kept": [
            {
                "record": one.label,
                "called": one.ground.called,
                "ground": one.ground.ground,
                "period": one.period,
                "count": one.count,
                "told_by_number_alone": one.reason,
                "records": [] if one.reason else list(holdings.records(by_label[one.label], identities)),
            }
            for one in held
        ],
        "signed": [{"record": one.label, "field": one.field, "count": one.count} for one in signed],
        "seen": _looks(seen.told(seen.looks(person))),
        "handed_out": _looks(seen.told(seen.taken(person))),
        "lists": _looks(seen.told(seen.lists_taken(person)[: seen.LISTS_SHOWN])),
        "withheld": [
            {"field": name, "called": called, "reason": reason}
            for name, (called, reason) in WITHHELD.items()
            if name.rpartition(".")[0] in labels
        ],
        "beyond": [{"record": label, "called": called, "reason": reason} for label, (called, reason) in BEYOND.items()],
    }


def _looks(found: list[seen.Seen]) -> list[dict[str, Plain]]:
    return [{name: plain(value) for name, value in asdict(one).items()} for one in found]


def grounds_missing() -> set[str]:
    """Return the kinds that are about people and have no ground on the page of grounds; a test wants none."""
    return {kind.label for kind in kinds() if kind.about} - GROUNDS.keys()
