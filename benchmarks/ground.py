"""The ground of the measurements: a data folder with the demo academy, a wide cohort, and a web server of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from zachetka.postgres.address import Place

ROOT = Path(__file__).resolve().parents[1]
DATA_DIR = Path(os.environ.get("ZACHETKA_BENCH_DIR", ROOT / "var" / "bench"))
WIDE = "ПП-БЕНЧ"
MODULES, LEARNERS = 20, 100
WHOLE, MANY = "ПП-ТЫСЯЧА", 1000
"""The cohort of the summary sheet, as large as the peer's was."""


def settle() -> None:
    """Point this process and its children at the bench's own data folder. Call before Django is set up."""
    os.environ |= {
        "ZACHETKA_DATA_DIR": str(DATA_DIR),
        "DJANGO_SETTINGS_MODULE": "zachetka.settings",
    }


def password() -> str:
    """Return the password of this academy's demo accounts."""
    from zachetka.cli.demonstration import Academy

    academy = Academy.load(DATA_DIR)
    assert academy is not None
    return academy.password


def prepare(learners: int) -> None:
    """Build the academy and the wide cohort if this folder has none."""
    from zachetka.access.models import Account
    from zachetka.cli import demonstration, statics
    from zachetka.cli.migrate import bring_up_to_date
    from zachetka.core.clock import now
    from zachetka.learning.models import Cohort
    from zachetka.ledger.sealer import seal
    from zachetka.postgres.address import Place

    place = Place.from_environment()
    bring_up_to_date(place)
    statics.collect()
    if not Account.objects.exists():
        demonstration.make(DATA_DIR, learners=learners, seed=1)
    for code, people in ((WIDE, LEARNERS), (WHOLE, MANY)):
        if not Cohort.objects.filter(code=code).exists():
            _widen(code, people)
    _analyse(place)
    seal(now())


def _analyse(place: Place) -> None:
    """Let the planner know the tables, as autovacuum does within a minute of their filling."""
    import psycopg

    with psycopg.connect(place.administrator(), autocommit=True) as administrator:
        administrator.execute("VACUUM ANALYZE")


def _widen(code: str, learners: int) -> None:
    """A cohort of so many people and twenty modules, all but the last column filled and closed."""
    from random import Random

    from django.db import transaction

    from zachetka.access.models import Account
    from zachetka.core.clock import legal_date, now
    from zachetka.demo.people import Strangers
    from zachetka.learning.actions.cohorts import Assignment, create_cohort
    from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
    from zachetka.learning.actions.orders import approve_order, draft_order, submit_order
    from zachetka.lifecycle.hands import seen_of
    from zachetka.people.actions import register_learners
    from zachetka.people.models import Employee
    from zachetka.programs.actions import (
        HeadDraft,
        ModuleDraft,
        ResultDraft,
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
        order = draft_order(
            cohort,
            kind="enrolment",
            learners=people,
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
        sheets = list(cohort.sheets.order_by("module__ordinal"))
        for place, sheet in enumerate(sheets):
            cells = [Cell(pk, "5432"[(pk + place) % 3], None) for pk in enrolments]
            set_marks(sheet, cells[: learners // 2] if place == MODULES - 1 else cells, actor=teacher, at=later)
            if place < MODULES - 1:
                close_sheet(sheet, actor=teacher, at=later)


@contextmanager
def web_server() -> Iterator[int]:
    """The real web server on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = (DATA_DIR / "web.log").open("wb")
    child = subprocess.Popen(
        [sys.executable, "-m", "zachetka", "serve", "--port", str(port)],
        env=os.environ | {"ZACHETKA_PORT": str(port)},
        stdout=log,
        stderr=log,
    )
    try:
        _wait(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=20)
        log.close()


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and child.poll() is None:
        try:
            connection = HTTPConnection("localhost", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the web server did not start, see {DATA_DIR / 'web.log'}")
