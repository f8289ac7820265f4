"""What the page «что хранится» shows to one reader; personal fields stay masked as on the card (152-ФЗ ст. 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zachetka.access.guard import is_own
from zachetka.access.policy import FieldClass, Permission
from zachetka.jobs.models import Job
from zachetka.people.card import Rights, particulars_of
from zachetka.people.merged import identities_of
from zachetka.people.models import SubjectRequest
from zachetka.people.sections import kept_sections_of
from zachetka.people.subject import holdings, seen
from zachetka.people.subject.grounds import BEYOND, WITHHELD
from zachetka.people.subject.package import WORK

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person

SHOWN: Final = 8
"""Newest looks on the page; all of them are in the journal and in the file."""
WORDS: Final = {
    FieldClass.PERSONAL: "персональные",
    FieldClass.PERSONAL_DOCUMENTS: "личные документы",
}


def kept_page(person: Person, reader: Account) -> dict[str, Any]:
    """Return the context of the page; a fixed number of queries however much is kept."""
    held, signed = holdings.counted(identities_of(person))
    looks, taken = seen.looks(person), seen.taken(person)
    labels = {one.label for one in held}
    asked = (
        SubjectRequest.objects.visible_to(reader)
        .filter(person__human_uid=person.human_uid)
        .select_related("file", "answered_by")
    )
    requests = list(asked[:SHOWN])
    return {
        "person": person,
        "is_own": is_own(person.human_uid, reader),
        "particulars": particulars_of(person, Rights.of(reader, person)),
        "figures": [
            {"label": "Записей о человеке", "figure": sum(one.count for one in held), "base": f"в {len(held)} видах"},
            {"label": "Смотрели другие", "figure": looks.count(), "base": "за всё время"},
            {"label": "Передано файлами", "figure": taken.count(), "base": "за всё время"},
        ],
        "held": [(one, [WORDS[kind] for kind in one.classes if kind in WORDS]) for one in held],
        "signed": sum(one.count for one in signed),
        "looks": seen.told(looks[:SHOWN]),
        "taken": seen.told(taken[:SHOWN]),
        "lists": seen.lists_taken(person).count(),
        "absent": list(
            dict.fromkeys(
                [
                    *(told for name, told in WITHHELD.items() if name.rpartition(".")[0] in labels),
                    *((one.ground.called, one.reason) for one in held if one.reason),
                    *BEYOND.values(),
                ]
            )
        ),
        "requests": requests,
        "sections": kept_sections_of(person, reader),
        "job": running_on(requests, reader),
        "may_export": reader.allowed(Permission.SUBJECT_EXPORT),
        "may_answer": reader.allowed(Permission.REQUEST_ANSWER),
    }


def running_on(requests: list[SubjectRequest], reader: Account) -> Job | None:
    """Return the work that `reader` has asked for and that has not ended, on one of these requests."""
    asked = [one.pk for one in requests if one.state == SubjectRequest.State.WAITING]
    return Job.objects.visible_to(reader).unfinished().filter(kind=WORK, given__request__in=asked).first()
