"""Everything that is kept of a person, as one file that they take away (152-ФЗ ст. 14)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.hashing import sha256
from zachetka.ledger.actions import record_event
from zachetka.ledger.events import EventType
from zachetka.people.subject.answer import answer_about
from zachetka.people.subject.package import packed
from zachetka.people.subject.papers import Asking, Paper, makers_of
from zachetka.people.subject.sheet import FORM, printed
from zachetka.rendering.press import press

if TYPE_CHECKING:
    from zachetka.access.models import Account
    from zachetka.people.models import Person

CLAUSE: Final = "152-ФЗ ст. 14"
DATA: Final = "data.json"
SHEET: Final = "Сведения.pdf"


@dataclass(frozen=True, slots=True)
class Package:
    """The file and what is in it.

    Attributes:
        files: names, sorted.
        missing: names of papers that could not be made.
    """

    content: bytes
    files: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits."""
        return sha256(self.content).hex()


def unwatched(done: int, total: int) -> None:
    """Tell nobody."""


def export_subject_data(
    person: Person,
    *,
    actor: Account | None,
    at: datetime,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[int, int], None] = unwatched,
) -> Package:
    """Make the package about `person` and record that it was made, with its hash (152-ФЗ ст. 14).

    `actor` is None for the operator at the console. Call outside a transaction: papers take seconds, and nothing is
    handed out before the event is recorded.

    Args:
        person: of whom.
        actor: who asks.
        at: when.
        sleep: waits while the sealer works.
        tell: is told how much is done, and of how much.

    Raises:
        Forbidden: the policy does not let the actor take it away.
        TooMany, NotSealedInTime: a paper cannot be made right now; asking again later helps.
    """
    if actor:
        require(actor, Permission.SUBJECT_EXPORT, person)
    makers = makers_of(Asking(person, actor, at, sleep))
    total, papers = len(makers) + 2, list[Paper]()
    for done, make in enumerate(makers, 1):
        papers += make()
        tell(done, total)
    missing = [paper for paper in papers if paper.content is None]
    with transaction.atomic():
        answer = answer_about(person, at=at)
    answer["papers_not_made"] = [{"name": paper.name, "reason": paper.reason} for paper in missing]
    tell(total - 1, total)
    pdf = press.render(FORM, printed(answer, person, at), at)
    files = {paper.name: paper.content for paper in papers if paper.content is not None}
    files |= {DATA: _json(answer), SHEET: pdf.content}
    told = {"person": str(person.uid), "formed_at": answer["formed_at"]}
    package = Package(packed(files, told), tuple(sorted(files)), tuple(paper.name for paper in missing))
    with transaction.atomic():
        record_event(
            EventType.SUBJECT_DATA_EXPORTED,
            person,
            actor=actor,
            at=at,
            clause=CLAUSE,
            form="zip",
            sha256=package.sha256,
            files=len(files),
            roles=sorted(actor.roles_held) if actor else [],
        )
    tell(total, total)
    return package


def _json(answer: dict[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, indent=1).encode()
