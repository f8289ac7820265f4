"""Which kept files hold what an act destroys: lists as people handed them in, rows that did not enter, answers to the person."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zachetka.destruction.models import ActLine
from zachetka.destruction.queries.cases import Case, Spot
from zachetka.destruction.searching import KINDS, Sought, holds, tells
from zachetka.files.actions import contents
from zachetka.files.models import StoredFile
from zachetka.learning.models import MarkUpload
from zachetka.people.models import PersonName, SubjectRequest, Upload

if TYPE_CHECKING:
    from zachetka.intake.handed_in import HandedIn

FILE: Final = StoredFile._meta.label_lower


@dataclass(frozen=True, slots=True)
class Held:
    """A kept file that holds a value: which, where it stands, whether its list still waits."""

    file: StoredFile
    place: str
    waits: bool


def files_with(case: Case) -> list[Held]:
    """Return the kept files that hold what goes, or held it when they came: by the values, and by the rows of the person.

    Reads every kept list once, milliseconds each: call where a person waits for an act, not for a page.
    """
    if not case.may_lie_in_files:
        return []
    sought = sought_of(case)
    found = [*_answers(case, sought)]
    found += _handed_in(Upload.objects.all(), sought, Upload.State.UPLOADED, "загруженного списка")
    found += _handed_in(MarkUpload.objects.all(), sought, MarkUpload.State.UPLOADED, "с оценками")
    return found


def sought_of(case: Case) -> Sought:
    """Return what is looked for in files; one query."""
    names = PersonName.objects.filter(person__in=case.cards).values_list("last_name", "first_name")
    return Sought(
        kinds=frozenset(case.removed) & KINDS.keys(),
        values=case.values,
        names=frozenset({*names, *((card.last_name, card.first_name) for card in case.cards)}),
        snils=frozenset(card.snils for card in case.cards if card.snils),
    )


def spots_of(files: Iterable[Held]) -> tuple[Spot, ...]:
    """Return the places of files for an act."""
    return tuple(Spot(FILE, str(one.file.pk), ActLine.What.FILE.value, one.place) for one in files)


def _answers(case: Case, sought: Sought) -> Iterator[Held]:
    kept = SubjectRequest.objects.filter(person__in=case.cards, file__destroyed=None).exclude(file=None)
    for one in kept.select_related("file__destroyed").order_by("pk"):
        if one.file is not None and any(tells(part, sought) for part in _told(contents(one.file))):
            yield Held(one.file, f"файл ответа на запрос от {one.asked_on:%d.%m.%Y}", waits=False)


def _told(package: bytes) -> Iterator[bytes]:
    """Yield what a package tells in plain words; its papers say the same."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        yield from (archive.read(name) for name in archive.namelist() if name.endswith(".json"))


def _handed_in(rows: Iterable[HandedIn], sought: Sought, waiting: str, called: str) -> Iterator[Held]:
    for one in rows.select_related("file__destroyed", "refused_file__destroyed").order_by("pk"):  # type: ignore[attr-defined] # both querysets
        for file, word in ((one.file, "файл"), (one.refused_file, "файл невошедших строк")):
            if file is not None and getattr(file, "destroyed", None) is None and holds(contents(file), sought):
                yield Held(file, f"{word} {called} № {one.pk}", waits=one.state == waiting)
