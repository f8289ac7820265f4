"""The engine without pages: marks, events, proofs, import."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from itertools import cycle, islice
from pathlib import Path
from random import Random

from benchmarks.figures import Figure, rate
from benchmarks.ground import LEARNERS, OPEN, ROOT, WIDE
from zachetka.cli.serve import THREADS

EVENTS = 40_000
ROWS = 1_000
TURNS = 6


def measure(learners: int) -> list[Figure]:
    """Return the figures of the engine in the academy of this size."""
    figures = [_yardstick(), _hash(), _queries(), _marks(), _column(), *_ledger(), _proof(), *_offline(), _import()]
    for figure in figures:
        figure.values = dict.fromkeys([learners], next(iter(figure.values.values())))
        figure.notes = dict.fromkeys([learners], next(iter(figure.notes.values()), {}))
    return figures


HERE = 0
"""Stands for the size of this process until `measure` names it."""


def _timed(figure: Figure, work: Callable[[], object], times: int) -> Figure:
    return figure.timed({HERE: work}, times)


def _hash() -> Figure:
    """What of a sign-in is the hash of the password, which is slow by design."""
    from django.contrib.auth.hashers import check_password, make_password

    encoded = make_password("long-enough-for-a-measurement")
    figure = Figure("Из входа: проверка пароля, Argon2id (19 МиБ, 2 прохода)", "без обещания", 1000, "ms")
    return _timed(figure, lambda: check_password("long-enough-for-a-measurement", encoded), 15)


def _queries() -> Figure:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from zachetka.access.models import Account
    from zachetka.learning.models import Enrolment

    learner = Account.objects.get(login="learner")
    own = Enrolment.objects.filter(learner__person__uid=learner.person_uid).values_list("pk", flat=True)[0]
    client = Client(SERVER_NAME="localhost")
    client.force_login(learner)
    client.get(f"/record-books/{own}/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/record-books/{own}/").status_code == 200
    return Figure("Запросов к базе на зачётную книжку", "≤ 15", 15, "queries", "458", values={HERE: len(captured)})


def _yardstick() -> Figure:
    """How fast this machine is right now: shared machines differ threefold from hour to hour."""
    from django.db import connection

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchall()

    figure = Figure("Мерка машины: пустой запрос к базе", "0,1 на тихой", 9, "ms")
    return _timed(figure, ask, 500)


def _marks() -> Figure:
    """One cell a call, as a click is; the process has as many threads as the web process, each another part of a sheet."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from zachetka.access.models import Account
    from zachetka.core.clock import now
    from zachetka.learning.actions.marks import Cell, set_marks
    from zachetka.learning.models import Mark, MarkSheet

    teacher = Account.objects.get(login="teacher")
    sheet = MarkSheet.objects.get(cohort__code=WIDE, module__ordinal=OPEN)
    people = list(sheet.cohort.enrolments.order_by("pk").values_list("pk", flat=True))
    held = dict(Mark.objects.in_force().filter(sheet=sheet).values_list("enrolment_id", "pk"))
    grade_of = dict(Mark.objects.in_force().filter(sheet=sheet).values_list("enrolment_id", "grade__symbol"))
    assert teacher.assignments

    def type_marks(part: list[int]) -> None:
        for _ in range(TURNS):
            for who in part:
                text = "4" if grade_of.get(who) == "5" else "5"
                (outcome,) = set_marks(sheet, [Cell(who, text, held.get(who))], actor=teacher, at=now())
                assert not outcome.refusal, outcome
                assert outcome.mark is not None
                held[who], grade_of[who] = outcome.mark.pk, text
        connection.close()

    def all_type() -> None:
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(type_marks, [people[place::THREADS] for place in range(THREADS)]))

    name = f"Оценок в секунду одним процессом ({THREADS} потоков), с событием"
    figure = Figure(name, "≥ 400/с", 400, "/s", "38/с", more_is_better=True)
    figure.values[HERE] = rate(all_type, TURNS * len(people))
    return figure


def _column() -> Figure:
    """A hundred cells a call, as a pasted column is."""
    from zachetka.access.models import Account
    from zachetka.core.clock import now
    from zachetka.learning.actions.marks import Cell, set_marks
    from zachetka.learning.models import Mark, MarkSheet

    teacher = Account.objects.get(login="teacher")
    sheet = MarkSheet.objects.get(cohort__code=WIDE, module__ordinal=OPEN)

    def paste() -> None:
        held = Mark.objects.in_force().filter(sheet=sheet).select_related("grade")
        cells = [Cell(mark.enrolment_id, "4" if mark.grade.symbol == "5" else "5", mark.pk) for mark in held]
        outcomes = set_marks(sheet, cells, actor=teacher, at=now())
        assert len(outcomes) == len(cells) == LEARNERS
        assert not any(outcome.refusal for outcome in outcomes)

    figure = Figure("То же вставкой столбца из ста", "≥ 400/с", 400, "/s", "38/с", more_is_better=True)
    figure.values[HERE] = rate(lambda: [paste() for _ in range(TURNS)], TURNS * LEARNERS)
    return figure


def _ledger() -> list[Figure]:
    from django.db import transaction

    from zachetka.core.clock import now
    from zachetka.ledger.actions import Happening, record_events
    from zachetka.ledger.events import EventType
    from zachetka.ledger.sealer import seal
    from zachetka.programs.models import Module

    at, modules = now(), list(Module.objects.all())  # each event commits to the whole row, with a salt of its own

    def append() -> None:
        with transaction.atomic():
            record_events(
                Happening(type=EventType.MODULE_CHANGED, subject=module, actor=None, at=at, clause="2.1")
                for module in islice(cycle(modules), EVENTS)
            )

    appended = Figure("Событий в секунду пачками", "≥ 20 000/с", 20_000, "/s", "нет ни у кого", more_is_better=True)
    appended.values[HERE] = rate(append, EVENTS)
    sealed = Figure("Закрепление событий", "без обещания", 0, "/s", more_is_better=True)
    sealed.values[HERE] = rate(lambda: seal(now()), EVENTS)
    return [appended, sealed]


def _proof() -> Figure:
    from zachetka.ledger.models import Leaf
    from zachetka.ledger.proofs import inclusion_proof

    events = list(Leaf.objects.order_by("index").values_list("event_id", flat=True)[:5000:50])
    drawn = iter(events * 10)
    figure = Figure("Доказательство включения", "≤ 5 мс", 5, "ms", "нет ни у кого")
    return _timed(figure, lambda: inclusion_proof(next(drawn)), 300)


def _offline() -> list[Figure]:
    verifier = ROOT / "zachetka" / "ledger" / "verify_bundle.py"
    with tempfile.TemporaryDirectory() as folder:
        bundle, paper = Path(folder, "book.json"), Path(folder, "book.pdf")
        command = [sys.executable, "-m", "zachetka", "export", "record-book", "--any"]
        subprocess.run([*command, "--pdf", paper, "--bundle", bundle], check=True, capture_output=True)
        check = (
            "import runpy, sys, time; ours = runpy.run_path(sys.argv[1]); start = time.perf_counter();"
            "from pathlib import Path; ours['check'](ours['read'](Path(sys.argv[2])));"
            "print((time.perf_counter() - start) * 1000)"
        )
        told = [
            float(
                subprocess.run([sys.executable, "-c", check, verifier, bundle], check=True, capture_output=True).stdout
            )
            for _ in range(7)
        ]
        start = time.perf_counter()
        subprocess.run([sys.executable, verifier, bundle], check=True, capture_output=True)
        whole = round((time.perf_counter() - start) * 1000, 1)
    figure = Figure("Офлайн-проверка зачётки посторонним", "≤ 50 мс", 50, "ms", "нет ни у кого")
    figure.values[HERE], figure.notes[HERE] = round(sorted(told)[3], 2), {"with_python_start_ms": whole}
    return [figure]


def _import() -> Figure:
    import xlsxwriter

    from zachetka.demo.people import Strangers

    strangers = Strangers(Random(time.time_ns()), date.today(), made=Random().randint(1_000_000, 90_000_000))  # noqa: DTZ011, S311
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "список.xlsx")
        book = xlsxwriter.Workbook(file)
        sheet = book.add_worksheet("Слушатели")
        sheet.write_row(0, 0, ["Список слушателей"])
        sheet.write_row(2, 0, ["№", "Фамилия, имя, отчество", "Дата рождения", "СНИЛС", "Пол", "E-mail"])
        for place in range(ROWS):
            one = next(strangers)
            name = " ".join(filter(None, (one.last_name, one.first_name, one.patronymic)))
            born = f"{one.birth_date:%d.%m.%Y}"
            sheet.write_row(3 + place, 0, [place + 1, name, born, one.snils, one.sex.replace("f", "ж"), one.email])
        book.close()
        start = time.perf_counter()
        command = [sys.executable, "-m", "zachetka", "import", "learners", file, "--json"]
        answer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        taken = round(time.perf_counter() - start, 2)
    if answer["new"] < ROWS * 0.98:
        raise AssertionError(answer)
    notes = {"new": answer["new"], "refused": len(answer["refused"]), "with": "запуск команды и чтение файла"}
    return Figure(f"Загрузка списка на {ROWS} строк", "≤ 5 с", 5, "s", values={HERE: taken}, notes={HERE: notes})
