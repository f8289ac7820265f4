"""`zachetka export`: what the system hands out, written to files by the operator."""

from __future__ import annotations

import errno
import hashlib
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from zachetka.cli.session import database
from zachetka.postgres.duties import Duty

if TYPE_CHECKING:
    from zachetka.learning.models import Enrolment
    from zachetka.people.models import Person

_UNWRITTEN: Final = {
    errno.ENOENT: "такой папки нет",
    errno.ENOTDIR: "на пути к нему вместо папки файл",
    errno.EISDIR: "с этим именем есть папка",
    errno.EACCES: "нет права писать в эту папку",
    errno.EPERM: "нет права писать в эту папку",
    errno.EROFS: "диск открыт только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.ENAMETOOLONG: "имя слишком длинное",
}
_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group(short_help="Выгрузить запись с доказательством.")
def export() -> None:
    """Выгрузить то, что система выдаёт на руки."""


@export.command("record-book", short_help="Зачётная книжка: PDF и файл доказательств.")
@click.argument("identity", metavar="НОМЕР", required=False)
@click.option("--any", "pick", is_flag=True, help="Взять любую книжку, в которой есть оценки.")
@click.option("--pdf", type=_FILE, help="Куда записать выписку.")
@click.option("--bundle", type=_FILE, help="Куда записать файл доказательств для verify_bundle.py.")
def record_book(identity: str | None, *, pick: bool, pdf: Path | None, bundle: Path | None) -> None:
    """Выгрузить зачётную книжку по НОМЕРУ («ЗК-26-0025») или номеру записи; выгрузка записывается в журнал событий."""
    if pick and identity:
        raise click.UsageError("Назовите номер зачётной книжки или --any, не оба.")
    if not (pick or identity):
        raise click.UsageError("Назовите номер зачётной книжки или укажите --any.")
    if not (pdf or bundle):
        raise click.UsageError("Укажите, что записать: --pdf ФАЙЛ, --bundle ФАЙЛ или оба.")
    with database(Duty.EXPORTER):
        from zachetka.core.errors import Refusal

        try:
            written = _export(_found(identity), pdf, bundle)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal
    click.echo(json.dumps(written, ensure_ascii=False))


@export.command("access-matrix", short_help="Матрица доступа с держателями ролей: XLSX и PDF.")
@click.option("--xlsx", type=_FILE, help="Куда записать книгу XLSX.")
@click.option("--pdf", type=_FILE, help="Куда записать PDF.")
def access_matrix(*, xlsx: Path | None, pdf: Path | None) -> None:
    """Выгрузить «Матрицу доступа» на сегодня и её отличия от утверждённой; выгрузка записывается в журнал событий."""
    wanted = {kind: path for kind, path in (("xlsx", xlsx), ("pdf", pdf)) if path}
    if not wanted:
        raise click.UsageError("Укажите, что записать: --xlsx ФАЙЛ, --pdf ФАЙЛ или оба.")
    with database(Duty.EXPORTER):
        from zachetka.core.clock import now
        from zachetka.core.errors import Refusal
        from zachetka.people import editions, matrix_files
        from zachetka.people.actions.matrix import matrix_file

        at = now()
        taken = editions.taken(None, at)
        told: dict[str, object] = {
            "approved": taken.base.number if taken.base else None,
            "differences": len(taken.differs) if taken.base else None,
            "standing": matrix_files.standing(taken) or "утверждена",
        }
        try:
            for kind, path in wanted.items():
                told[kind] = _write(path, matrix_file(kind, None, actor=None, at=at).content)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal
    click.echo(json.dumps(told, ensure_ascii=False))


@export.command("subject-data", short_help="Всё, что хранится о человеке, одним файлом.")
@click.argument("learner", metavar="ЧЕЛОВЕК")
@click.option("--out", type=_FILE, required=True, help="Куда записать ZIP.")
def subject_data(learner: str, *, out: Path) -> None:
    """Выгрузить ответ субъекту данных (152-ФЗ ст. 14): ЧЕЛОВЕК — номер зачётной книжки, логин или код карточки.

    В файле опись с SHA-256, сведения для чтения и для программ, зачётные книжки с доказательствами. Выгрузка
    записывается в журнал событий.
    """
    with database(Duty.EXPORTER):
        from zachetka.core.clock import now
        from zachetka.core.errors import Refusal
        from zachetka.ledger.sealer import seal
        from zachetka.people.actions.subject_data import export_subject_data

        def wait(seconds: float) -> None:
            time.sleep(seconds)
            seal(now())

        try:
            person = _person(learner)
            seal(now())
            package = export_subject_data(person, actor=None, at=now(), sleep=wait)
        except Refusal as refusal:
            raise click.ClickException(refusal.sentence) from refusal
        written = {"person": str(person.uid), **_write(out, package.content), "files": [*package.files]}
        if package.missing:
            written["missing"] = [*package.missing]
    click.echo(json.dumps(written, ensure_ascii=False))


@export.command("checkpoint", short_help="Контрольная точка журнала для хранения вне системы.")
@click.option("--out", type=_FILE, required=True, help="Куда записать контрольную точку.")
def checkpoint(out: Path) -> None:
    """Закрепить журнал и выгрузить его подписанную контрольную точку; храните её на другом носителе.

    Потом «zachetka verify --checkpoint ФАЙЛ» докажет, что журнал с тех пор только дополнялся.
    """
    with database(Duty.EXPORTER):
        from zachetka.core.clock import now
        from zachetka.ledger import witness
        from zachetka.ledger.models import Checkpoint
        from zachetka.ledger.sealer import seal

        seal(now())
        newest = Checkpoint.objects.order_by("-tree_size").first()
        if newest is None:
            raise click.ClickException("Журнал событий пуст: подписывать нечего.")
        root = bytes(newest.root)
        content = witness.written(
            origin=newest.origin,
            tree_size=newest.tree_size,
            root=root,
            at=newest.at,
            signature=bytes(newest.signature),
        )
        written = _write(out, content)
    click.echo(json.dumps({"tree_size": newest.tree_size, "root": root.hex(), **written}, ensure_ascii=False))


def _found(identity: str | None) -> Enrolment:
    """Return the book by its number or primary key, or any one with marks.

    Raises:
        ClickException: there is no such book.
    """
    from zachetka.learning.models import Enrolment
    from zachetka.learning.queries.record_rows import PAPERS

    books = Enrolment.objects.select_related(*PAPERS).order_by("pk")
    if identity is None:
        found = books.filter(marks__grade__isnull=False).first()
    elif identity.isascii() and identity.isdigit():
        found = books.filter(pk=int(identity)).first()
    else:
        found = books.filter(number=identity).first()
    if found is None:
        raise click.ClickException(
            "Такой зачётной книжки нет." if identity else "Ни в одной зачётной книжке нет оценок."
        )
    return found


def _person(identity: str) -> Person:
    """Return the person by the number of a record book, a login or the code of the card.

    Raises:
        ClickException: there is nobody such.
    """
    from uuid import UUID

    from zachetka.access.models import Account
    from zachetka.learning.models import Enrolment
    from zachetka.people.merged import survivor_of
    from zachetka.people.models import Person

    account = Account.objects.filter(login=identity.strip().lower()).first()
    book = Enrolment.objects.filter(number=identity.strip()).select_related("learner__person").first()
    uid: UUID | None
    try:
        uid = UUID(identity.strip())
    except ValueError:
        uid = book.learner.person.uid if book else account.person_uid if account else None
    found = None if uid is None else Person.objects.filter(uid=uid).first()
    if found is None:
        raise click.ClickException("Такого человека нет: назовите номер зачётной книжки, логин или код карточки.")
    return survivor_of(found)


def _export(enrolment: Enrolment, pdf: Path | None, bundle: Path | None) -> dict[str, object]:
    """Write what was asked for; the sealer works here and now, so a running worker is not needed."""
    from zachetka.core.clock import now
    from zachetka.learning.actions.record_books import bundle_of, print_record_book, state_bundle
    from zachetka.ledger.sealer import seal

    def wait(seconds: float) -> None:
        time.sleep(seconds)
        seal(now())

    written: dict[str, object] = {"record_book": str(enrolment), "id": enrolment.pk}
    if pdf:
        seal(now())
        at = now()
        printed = print_record_book(enrolment, actor=None, at=at, seen_at=at)
        written["pdf"] = _write(pdf, printed.content)
    if bundle:
        stated = state_bundle(enrolment, actor=None, at=now())
        seal(now())
        written["bundle"] = _write(bundle, bundle_of(stated, sleep=wait))
    return written


def _write(path: Path, content: bytes) -> dict[str, object]:
    """Write the whole file or none of it."""
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as trouble:
        with suppress(OSError):
            draft.unlink()
        why = _UNWRITTEN.get(trouble.errno or 0, f"ошибка системы {trouble.errno}")
        raise click.ClickException(f"Файл {path} не записан: {why}.") from trouble
    return {"file": str(path), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
