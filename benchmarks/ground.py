"""The ground of the measurements: a data folder with the demo academy of a size and a wide cohort, built once."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from zachetka.postgres.address import Place

ROOT = Path(__file__).resolve().parents[1]
FOLDER_VARIABLE = "ZACHETKA_BENCH_DIR"
FOLDER = Path(os.environ.get(FOLDER_VARIABLE, ROOT / "var" / "bench"))
SMALL = 1000
SEED = 1
WIDE = "ПП-БЕНЧ"
MODULES, LEARNERS = 20, 100
OPEN = MODULES - 1
"""The sheet that is typed: the last before the final attestation, which is of the admitted alone."""
WHOLE, MANY = "ПП-ТЫСЯЧА", 1000
"""The cohort of the summary sheet, as large as the peer's was."""


def folder(learners: int) -> Path:
    """Return the data folder of the academy of this size."""
    return FOLDER / str(learners)


def surroundings(learners: int) -> dict[str, str]:
    """Return the environment for a process that works at this size."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZACHETKA_")}
    return kept | {"ZACHETKA_DATA_DIR": str(folder(learners)), FOLDER_VARIABLE: str(FOLDER), "PYTHONPATH": str(ROOT)}


def prepare(place: Place, learners: int) -> None:
    """Build the academy and the wide cohort, unless the very same is there; tell what the visitors need to know."""
    from zachetka.cli import demonstration, statics
    from zachetka.cli.migrate import bring_up_to_date
    from zachetka.core.clock import now
    from zachetka.learning.models import Cohort
    from zachetka.ledger.sealer import seal

    key, mark = _key(learners), place.data_dir / "ground.json"
    if not mark.exists() or json.loads(mark.read_text(encoding="utf-8")) != key:
        _clear(place)
    bring_up_to_date(place)
    statics.collect()
    if not mark.exists():
        demonstration.make(place.data_dir, learners=learners, seed=SEED)
        mark.write_text(json.dumps(key), encoding="utf-8")
    for code, people in ((WIDE, LEARNERS), (WHOLE, MANY)):
        if not Cohort.objects.filter(code=code).exists():
            _widen(code, people)
    seal(now())
    _settle(place)
    (place.data_dir / "told.json").write_text(json.dumps(tell(place), ensure_ascii=False), encoding="utf-8")


def _key(learners: int) -> dict[str, Any]:
    """Return what makes an academy the same: size, seed, and the code that its rows come from."""
    sources = [*ROOT.glob("zachetka/*/migrations/*.py"), *ROOT.glob("zachetka/demo/*.py"), Path(__file__)]
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(source.relative_to(ROOT).as_posix().encode() + b"\0" + source.read_bytes() + b"\0")
    return {"learners": learners, "seed": SEED, "code": digest.hexdigest()}


def _clear(place: Place) -> None:
    """Drop the academy of other code, with what the sealer kept of it outside the database."""
    import shutil

    from zachetka.postgres import roles

    for name in ("ground.json", "told.json", "demo.json"):
        (place.data_dir / name).unlink(missing_ok=True)
    for name in ("checkpoints", "keys"):
        shutil.rmtree(place.data_dir / name, ignore_errors=True)
    roles.drop_database(place)
    roles.prepare(place)


def _settle(place: Place) -> None:
    """Let the planner know the tables, as autovacuum does within a minute of their filling, and let the disk come to rest."""
    import psycopg

    with psycopg.connect(place.administrator(), autocommit=True) as administrator:
        administrator.execute("VACUUM ANALYZE")
        administrator.execute("CHECKPOINT")
    os.sync()


def tell(place: Place) -> dict[str, Any]:
    """Return what the visitors need to know: the password, and whose pages to open."""
    from zachetka.access.models import Account
    from zachetka.cli.demonstration import Academy
    from zachetka.learning.models import Cohort, Enrolment, Mark, MarkSheet

    academy = Academy.load(place.data_dir)
    assert academy is not None
    uid = Account.objects.get(login="learner").person_uid
    own = Enrolment.objects.filter(learner__person__uid=uid).values_list("pk", flat=True)[0]
    corrected = Mark.objects.filter(enrolment=own, supersedes__isnull=False).values_list("pk", flat=True)[0]
    sheet = MarkSheet.objects.get(cohort__code=WIDE, module__ordinal=OPEN)
    others = Enrolment.objects.filter(cohort__program_version__program__unit__name__startswith="Отдел доп")
    others = others.exclude(cohort__code__in=[WIDE, WHOLE])  # made for sheets: nobody learns in a group of a thousand
    return {
        "password": academy.password,
        "whole": Cohort.objects.get(code=WHOLE).pk,
        "own_book": own,
        "corrected": corrected,
        "books": list(others.order_by("pk").values_list("pk", flat=True)[:: max(1, others.count() // 400)]),
        "sheet": sheet.pk,
        "people_of_sheet": list(sheet.cohort.enrolments.order_by("pk").values_list("pk", flat=True)),
        "marks_of_sheet": list(
            Mark.objects.in_force().filter(sheet=sheet).values_list("enrolment_id", "pk", "grade__symbol")
        ),
    }


def _widen(code: str, learners: int) -> None:
    """A cohort of so many people and twenty modules, all but the last column filled and closed."""
    from random import Random

    from django.db import transaction

    from zachetka.access.models import Account
    from zachetka.core.clock import legal_date, now
    from zachetka.demo.people import Strangers
    from zachetka.learning.actions.cohorts import Assignment, create_cohort
    from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
    from zachetka.learning.actions.orders import MOST_PEOPLE, approve_order, draft_order, submit_order
    from zachetka.lifecycle.hands import seen_of
    from zachetka.people.actions import register_learners
    from zachetka.people.models import Employee
    from zachetka.programs.actions.plans import ModuleDraft, ResultDraft
    from zachetka.programs.actions.versions import (
        HeadDraft,
        approve_version,
        create_program,
        save_version,
        submit_version,
    )
    from zachetka.programs.models import GradingScale
    from zachetka.programs.queries import fingerprint

    at = now() - timedelta(days=60)
    today = legal_date(at)
    by_login = {account.login: account for account in Account.objects.all()}
    methodist, head, teacher = by_login["methodist"], by_login["head"], by_login["teacher"]
    employee = Employee.objects.get(person__uid=teacher.person_uid)
    scale = GradingScale.objects.get(code="five_point")
    with transaction.atomic():
        draft = HeadDraft("Широкая программа", MODULES * 16, "mixed")
        version = create_program(
            employee.unit, code=code, kind="professional_retraining", head=draft, actor=methodist, at=at
        )
        lines = [
            ModuleDraft(
                f"Дисциплина {place}",
                f"Дисц. {place}",
                "final" if place == MODULES else "subject",
                16,
                "exam",
                scale.pk,
            )
            for place in range(1, MODULES + 1)
        ]
        proof = ResultDraft("РО-1", "делает всё", frozenset(range(1, MODULES + 1)))
        version = save_version(
            version, head=draft, modules=lines, results=[proof], seen=fingerprint(version), actor=methodist, at=at
        )
        version = submit_version(version, actor=methodist, at=at)
        version = approve_version(version, valid_from=today, seen=seen_of(version), actor=head, at=at)
        held = today + timedelta(days=5)
        cohort = create_cohort(
            version,
            code=code,
            starts_on=today + timedelta(days=1),
            ends_on=today + timedelta(days=120),
            attestation_on=None,
            assignments={module.pk: Assignment(employee, held) for module in version.modules.all()},
            actor=methodist,
            at=at,
        )
        strangers = Strangers(Random(7), today, made=500_000 + 1000 * learners)  # noqa: S311 - the same people each time
        people = register_learners([next(strangers) for _ in range(learners)], actor=methodist, at=at)
        for named in (people[first : first + MOST_PEOPLE] for first in range(0, learners, MOST_PEOPLE)):
            order = draft_order(
                cohort,
                kind="enrolment",
                learners=named,
                effective_on=cohort.starts_on,
                basis="договоры",
                request_key=uuid4(),
                actor=methodist,
                at=at,
            )
            order = submit_order(order, actor=methodist, at=at)
            approve_order(order, seen=seen_of(order), actor=head, at=at)
        later = at + timedelta(days=6)
        enrolments = list(cohort.enrolments.values_list("pk", flat=True))
        sheets = list(cohort.sheets.filter(module__ordinal__lte=OPEN).order_by("module__ordinal"))
        for place, sheet in enumerate(sheets):
            cells = [Cell(pk, "5432"[(pk + place) % 3], None) for pk in enrolments]
            set_marks(sheet, cells[: learners // 2] if place == OPEN - 1 else cells, actor=teacher, at=later)
            if place < OPEN - 1:
                close_sheet(sheet, actor=teacher, at=later)
