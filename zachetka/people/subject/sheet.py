"""The answer to a data subject as the printed form asks for it: strings alone, the template has no grammar (п. 2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps

from zachetka.core.academy import academy_on
from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.core.russian import grouped, moment_digits
from zachetka.people.subject.grounds import UNKNOWN_PERIOD
from zachetka.people.subject.holdings import ground_of
from zachetka.people.subject.labels import kind_named, named_as
from zachetka.rendering.forms import FORMS

if TYPE_CHECKING:
    from zachetka.people.models import Person
    from zachetka.rendering.forms import Form

FORM: Final[Form] = FORMS["subject_data"]
ABSENT: Final = "—"
LONGEST: Final = 500
"""Records of one kind that the paper prints in full; `data.json` has them all."""


def printed(answer: dict[str, Any], person: Person, at: datetime) -> dict[str, Any]:
    """Return the words of the sheet about `person`, formed at the moment `at`."""
    return {
        "organization": list(academy_on(legal_date(at)).lines),
        "organization_short": academy_on(legal_date(at)).short,
        "holder": person.full_name,
        "holder_short": person.short_name,
        "formed_at": _moment(at),
        "kept": [
            {
                "called": kind["called"],
                "count": grouped(kind["count"]),
                "ground": kind["ground"],
                "period": kind["period"] or UNKNOWN_PERIOD,
            }
            for kind in answer["kept"]
        ],
        "sections": list(_sections(answer["kept"])),
        "seen": _looks(answer["seen"]),
        "handed_out": _looks(answer["handed_out"]),
        "lists": _looks(answer["lists"]),
        "signed": [
            {
                "record": kind_named(apps.get_model(one["record"]), ground_of(one["record"]).called),
                "field": named_as(apps.get_model(one["record"])._meta.get_field(one["field"])),
                "count": grouped(one["count"]),
            }
            for one in answer["signed"]
        ],
        "absent": [{"what": what, "why": why} for what, why in dict.fromkeys(_absent(answer))],
    }


def _sections(kept: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the kinds with fields that have a Russian name; the others are for machines."""
    for kind in kept:
        records = [{"lines": lines} for record in kind["records"][:LONGEST] if (lines := _lines(record["fields"]))]
        if records:
            yield {"called": kind["called"], "records": records}


def _lines(fields: dict[str, dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {"label": told["called"], "value": value}
        for told in fields.values()
        if told["called"] and (value := str(told["words"] or ""))
    ]


def _looks(found: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "at": _moment(datetime.fromisoformat(one["at"])),
            "who": one["who"],
            "roles": one["roles"] or ABSENT,
            "what": one["what"],
            "why": one["why"] or ABSENT,
            "event": grouped(one["event"]),
        }
        for one in found
    ]


def _absent(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((one["called"], one["reason"]) for one in answer["withheld"])
    yield from (
        (kind["called"], kind["told_by_number_alone"]) for kind in answer["kept"] if kind["told_by_number_alone"]
    )
    yield from ((one["called"], one["reason"]) for one in answer["beyond"])
    yield from ((one["name"], one["reason"]) for one in answer["papers_not_made"])


def _moment(at: datetime) -> str:
    return f"{moment_digits(at.astimezone(LEGAL_ZONE))} МСК"
