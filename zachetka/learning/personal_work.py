"""Long work of this room: a learner's personal file as one package (п. 2.5, 3.8, 3.9).

Every leaf that is finished is kept with the job in the transaction that records what it reveals; the moment shown is that
of the asking. The same leaves of the same moment are the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pikepdf

from zachetka.access.guard import fields, require
from zachetka.access.policy import Permission
from zachetka.core.canonical import canonical
from zachetka.core.clock import legal_date, now
from zachetka.core.hashing import sha256
from zachetka.core.russian import surname_first
from zachetka.files import store
from zachetka.jobs.work import Progress, Result, doing
from zachetka.learning import personal_leaves as leaves
from zachetka.learning.actions.cohort_books import finish_paper
from zachetka.learning.actions.personal_files import KIND, finish_card, finish_education, finish_leaf, hand_out_file
from zachetka.learning.actions.record_books import bundle_of, promise_bundle, set_record_book, signer_of
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.order_text import order_text
from zachetka.learning.queries.record_book import record_book
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.learning.work import PATIENCE, zipped
from zachetka.ledger import verify_bundle
from zachetka.rendering.forms import personal_file as form
from zachetka.rendering.press import press

if TYPE_CHECKING:
    from zachetka.jobs.models import Job

FORMAT: Final = "zachetka-personal-file/1"
INVENTORY: Final = "00 Внутренняя опись.pdf"


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that is to be in the file: its name in the package, what the inventory says, how it is made and kept."""

    name: str
    title: str
    dated: date
    make: Callable[[str], None]


@dataclass(slots=True)
class _File:
    """The personal file of one job."""

    job: Job
    enrolment: Enrolment
    documents: list[_Document] = field(default_factory=list)

    def add(self, name: str, title: str, dated: date, make: Callable[[str], None]) -> None:
        """Put a document at the end of the file."""
        self.documents.append(_Document(f"{len(self.documents) + 1:02} {name}", title, dated, make))

    def printed(self, leaf: form.Leaf) -> bytes:
        """Return a leaf on paper, formed at the moment of asking, to be signed with a pen by whoever asked."""
        signer = signer_of(self.job.asked_by, legal_date(self.job.asked_at))
        signed = replace(leaf, signers=(signer,) if signer else ())
        return press.render(form.FORM, form.printed(signed), self.job.asked_at).content


def _opened(job: Job) -> tuple[Permission, Enrolment]:
    enrolment = Enrolment.objects.select_related(*PAPERS).get(pk=job.given["enrolment"])
    return Permission.PERSONAL_FILE_EXPORT, enrolment


@doing(KIND, opened=_opened)
def gather_file(progress: Progress) -> Result:
    """Make every document of the file that is not made yet, then the inventory and the package."""
    job = progress.job
    right, enrolment = _opened(job)
    require(job.asked_by, right, enrolment)
    file = _File(job, enrolment)
    _plan(file)
    progress.begin(len(file.documents) + 1)
    kept = set(job.parts.values_list("name", flat=True))
    for done, document in enumerate(file.documents, 1):
        if document.name not in kept:
            document.make(document.name)
        progress.step(done)
    content, manifest = _package(file)
    stored = hand_out_file(enrolment, content, manifest, job=job, at=now())
    return Result(f"Собрано личное дело № {enrolment}: документов {len(file.documents)} и опись.", file=stored)


def _plan(file: _File) -> None:
    """List the documents in the order of the inventory: the person, the orders, the record book and its proof."""
    enrolment, job = file.enrolment, file.job
    person, day = enrolment.learner.person, legal_date(job.asked_at)
    opened = fields(job.asked_by, person, Permission.PERSON_REVEAL)
    names, papers = list(person.names.order_by("valid_from", "pk")), list(person.education.select_related("person"))
    book = record_book(enrolment, at=job.asked_at)

    def card(name: str) -> None:
        content = file.printed(
            leaves.card_leaf(enrolment, day=day, names=names, opened=opened, awards=[one.award for one in book.awards])
        )
        finish_card(job, name, content, enrolment, names=names, opened=opened)

    def education(name: str) -> None:
        finish_education(job, name, file.printed(leaves.education_leaf(enrolment, papers, day=day)), papers)

    def paper(name: str) -> None:
        made = set_record_book(enrolment, actor=job.asked_by, at=job.asked_at, seen_at=job.asked_at)
        finish_paper(job, name, enrolment, made)

    def proof(name: str) -> None:
        finish_leaf(job, name, bundle_of(promise_bundle(enrolment, actor=job.asked_by, at=now()), patience=PATIENCE))

    file.add("Личная карточка.pdf", "Личная карточка слушателя", day, card)
    if papers:
        file.add("Документ об образовании.pdf", "Сведения о документе об образовании", day, education)
    own = frozenset(surname_first(one.last_name, one.first_name, one.patronymic) for one in names)
    for order in book.orders:
        name = f"Приказ {order.number.replace('/', '-')}.pdf"
        title = f"Выписка из приказа № {order.number} {order.get_kind_display()}"
        file.add(name, title, order.order_date or order.effective_on, _order(file, order.pk, own))
    file.add(f"Зачётная книжка {enrolment}.pdf", f"Зачётная книжка № {enrolment}, выписка", day, paper)
    file.add(f"Зачётная книжка {enrolment}.json", f"Зачётная книжка № {enrolment}, файл доказательств", day, proof)


def _order(file: _File, pk: int, own: frozenset[str]) -> Callable[[str], None]:
    def make(name: str) -> None:
        order = Order.objects.select_related("cohort__program_version__program", "approved_by").get(pk=pk)
        day = legal_date(file.job.asked_at)
        said = order_text(order, {file.enrolment.learner_id: file.enrolment}, today=day)
        finish_leaf(file.job, name, file.printed(leaves.order_leaf(file.enrolment, order, said, own, day=day)))

    return make


def _package(file: _File) -> tuple[bytes, dict[str, object]]:
    """Return the package and its manifest: the inventory first, then every document, then the program that checks."""
    parts = dict(file.job.parts.values_list("name", "sha256"))
    whole = {one.name: store.read(parts[one.name]) for one in file.documents}
    pieces = [
        leaves.Piece(one.name, one.title, one.dated, _pages(one.name, whole[one.name]), parts[one.name])
        for one in file.documents
    ]
    made_on = legal_date(file.job.asked_at)
    inventory = file.printed(leaves.inventory_leaf(file.enrolment, pieces, made_on=made_on))
    checker = Path(verify_bundle.__file__)
    contents = {INVENTORY: inventory, **whole, checker.name: checker.read_bytes()}
    manifest: dict[str, object] = {
        "format": FORMAT,
        "number": str(file.enrolment),
        "as_of": file.job.asked_at,
        "files": [{"name": name, "sha256": sha256(each).hex(), "size": len(each)} for name, each in contents.items()],
    }
    return zipped({"manifest.json": canonical(manifest), **contents}, file.job.asked_at), manifest


def _pages(name: str, content: bytes) -> int | None:
    if not name.endswith(".pdf"):
        return None
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)
