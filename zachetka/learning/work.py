"""Long work of this room: the record books of a whole cohort (п. 2.5, 3.9).

Parts that are finished are kept with the job, so that a worker that follows a killed one goes on where it stopped. The
moment shown is that of the asking, whenever the work is done.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pikepdf
from django.db import transaction

from zachetka.access.guard import require
from zachetka.access.policy import Permission
from zachetka.core.canonical import canonical
from zachetka.core.clock import LEGAL_ZONE, now
from zachetka.core.errors import Refusal
from zachetka.core.hashing import sha256
from zachetka.core.russian import Gender, Noun, counted
from zachetka.files import store
from zachetka.jobs.actions import keep_part
from zachetka.jobs.work import Progress, Result, doing
from zachetka.learning.actions.cohort_books import KIND, Shape, books_of, finish_paper, hand_out
from zachetka.learning.actions.record_books import NotSealedInTime, bundle_of, promise_bundle, set_record_book
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.ledger import verify_bundle

if TYPE_CHECKING:
    from datetime import datetime

    from zachetka.jobs.models import Job

FORMAT: Final = "zachetka-record-books/1"
MANIFEST: Final = "manifest.json"
BOOK: Final = Noun("зачётная книжка", "зачётные книжки", "зачётных книжек", Gender.FEMININE)
PATIENCE: Final = 60.0
"""Seconds that a bundle of this work waits for the sealer, which comes once a second."""
NOT_NOW: Final = 503
"""Refusals of this status are of the moment: the work is tried again, the book is not left out."""


@dataclass(slots=True)
class _Books:
    """The books of one job, and how far they have come."""

    progress: Progress
    cohort: Cohort
    enrolments: list[Enrolment]
    steps: int
    done: int = 0
    refused: dict[int, str] = field(default_factory=dict)

    @property
    def job(self) -> Job:
        """Whose books they are."""
        return self.progress.job

    def step(self) -> None:
        """Say that one step more is done."""
        self.done += 1
        self.progress.step(self.done)

    def names_kept(self) -> set[str]:
        """Return the names of the parts that are finished."""
        return set(self.job.parts.values_list("name", flat=True))

    def left_out(self, enrolment: Enrolment, refusal: Refusal) -> None:
        """Write down why a book is not handed out; what will pass by itself stops the work instead.

        Raises:
            Refusal: it is of the moment.
        """
        if refusal.status == NOT_NOW or isinstance(refusal, NotSealedInTime):
            raise refusal
        self.refused[enrolment.pk] = refusal.sentence


def _opened(job: Job) -> tuple[Permission, Cohort]:
    cohort = Cohort.objects.select_related("program_version").get(pk=job.given["cohort"])
    return Permission.COHORT_BOOKS_EXPORT, cohort


@doing(KIND, opened=_opened)
def gather_books(progress: Progress) -> Result:
    """Set every book of the cohort as of the moment of asking, and put them together."""
    job, shape = progress.job, Shape(progress.job.given["shape"])
    right, cohort = _opened(job)
    require(job.asked_by, right, cohort)
    enrolments = books_of(cohort, job.asked_at)
    books = _Books(progress, cohort, enrolments, steps=3 if shape is Shape.ARCHIVE else 1)
    progress.begin(books.steps * len(enrolments))
    _set_papers(books)
    if shape is Shape.ARCHIVE:
        _build_bundles(books)
    content = _archive(books) if shape is Shape.ARCHIVE else _merged(books)
    stored = hand_out(cohort, shape, content, job=job, books=enrolments, refused=len(books.refused), at=now())
    return Result(_outcome(books), file=stored)


def _set_papers(books: _Books) -> None:
    kept = books.names_kept()
    for enrolment in books.enrolments:
        if _paper(enrolment) not in kept:
            book, at = _fresh(enrolment), books.job.asked_at
            try:
                made = set_record_book(book, actor=books.job.asked_by, at=at, seen_at=at)
            except Refusal as refusal:
                books.left_out(enrolment, refusal)
            else:
                finish_paper(books.job, _paper(enrolment), book, made)
        books.step()


def _build_bundles(books: _Books) -> None:
    """Promise all of them first: the sealer comes once a second, and a promise kept before is the same promise."""
    kept = books.names_kept()
    wanted = [one for one in books.enrolments if _bundle(one) not in kept and one.pk not in books.refused]
    books.done += 2 * (len(books.enrolments) - len(wanted))
    promised = {}
    for enrolment in wanted:
        promised[enrolment.pk] = promise_bundle(_fresh(enrolment), actor=books.job.asked_by, at=now())
        books.step()
    for enrolment in wanted:
        try:
            content = bundle_of(promised[enrolment.pk], patience=PATIENCE)
        except Refusal as refusal:
            books.left_out(enrolment, refusal)
        else:
            _keep(books.job, _bundle(enrolment), content)
        books.step()


def _keep(job: Job, name: str, content: bytes) -> None:
    with transaction.atomic():
        keep_part(job, name, content)


def _fresh(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.select_related(*PAPERS).get(pk=enrolment.pk)


def _paper(enrolment: Enrolment) -> str:
    return f"{enrolment}.pdf"


def _bundle(enrolment: Enrolment) -> str:
    return f"{enrolment}.json"


def _archive(books: _Books) -> bytes:
    """Return the archive: papers, bundles, the program that checks them, and a manifest with the hash of each."""
    parts = {part.name: part.sha256 for part in books.job.parts.order_by("pk")}
    whole = {name: store.read(digest) for name, digest in sorted(parts.items()) if _is_of(name, books)}
    whole[Path(verify_bundle.__file__).name] = Path(verify_bundle.__file__).read_bytes()
    manifest = {
        "format": FORMAT,
        "cohort": books.cohort.code,
        "as_of": books.job.asked_at,
        "books": [
            {"number": str(one), "enrolment": one.pk, "refused": books.refused.get(one.pk)} for one in books.enrolments
        ],
        "files": [
            {"name": name, "sha256": sha256(content).hex(), "size": len(content)} for name, content in whole.items()
        ],
    }
    return zipped({MANIFEST: canonical(manifest), **whole}, books.job.asked_at)


def _is_of(name: str, books: _Books) -> bool:
    """A paper whose bundle was refused is not handed out either."""
    refused = {str(one) for one in books.enrolments if one.pk in books.refused}
    return name.rpartition(".")[0] not in refused


def zipped(files: Mapping[str, bytes], at: datetime) -> bytes:
    """Return `files` as a ZIP without compression: the same files of the same moment are the same bytes."""
    target = io.BytesIO()
    moment = at.astimezone(LEGAL_ZONE).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=moment)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return target.getvalue()


def _merged(books: _Books) -> bytes:
    """Return all papers as one file for a printer: each begins on a sheet of its own, so it is printed on both sides."""
    digests = {part.name: part.sha256 for part in books.job.parts.all()}
    return merged(store.read(digests[_paper(one)]) for one in books.enrolments if _paper(one) in digests)


def merged(papers: Iterable[bytes]) -> bytes:
    """Return `papers` one after another, each from an odd page; the same papers give the same bytes."""
    with pikepdf.Pdf.new() as whole:
        for paper in papers:
            with pikepdf.open(io.BytesIO(paper)) as one:
                if len(whole.pages) % 2:
                    whole.add_blank_page(page_size=_size(one.pages[0]))
                whole.pages.extend(one.pages)
        target = io.BytesIO()
        whole.save(target, deterministic_id=True)
    return target.getvalue()


def _size(page: pikepdf.Page) -> tuple[float, float]:
    left, bottom, right, top = (float(side) for side in page.mediabox.as_list())
    return right - left, top - bottom


def _outcome(books: _Books) -> str:
    given = len(books.enrolments) - len(books.refused)
    words = f"Собрано: {counted(given, BOOK)} группы {books.cohort.code}."
    if not books.refused:
        return words
    first = next(one for one in books.enrolments if one.pk in books.refused)
    return f"{words} Не выдано: {len(books.refused)}; № {first}: {books.refused[first.pk]}"
