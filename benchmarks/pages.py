"""Pages over HTTP: what a person waits for."""

from __future__ import annotations

import re
from itertools import cycle

from benchmarks.figures import Figure, milliseconds
from benchmarks.ground import LEARNERS, MANY, MODULES, WHOLE, WIDE, password
from benchmarks.visitor import Visitor


def measure(port: int) -> list[Figure]:
    """Return the figures of the pages."""
    methodist, teacher, learner = Visitor(port), Visitor(port), Visitor(port)
    methodist.sign_in("methodist", password())
    teacher.sign_in("teacher", password())
    learner.sign_in("learner", password())
    return [
        *_record_book(learner, methodist),
        *_sheet(teacher),
        *_summary(methodist),
        _one_mark(teacher),
        _search(methodist),
        _people(methodist),
        _paper(learner),
        _sign_in(port),
    ]


def _own_book() -> int:
    from zachetka.access.models import Account
    from zachetka.learning.models import Enrolment

    uid = Account.objects.get(login="learner").person_uid
    return Enrolment.objects.filter(learner__person__uid=uid).values_list("pk", flat=True)[0]


def _record_book(learner: Visitor, methodist: Visitor) -> list[Figure]:
    path = f"/record-books/{_own_book()}/"
    own = Figure("Зачётная книжка, своя", "≤ 40 мс", 40, "ms", "132 мс, 458 запросов")
    own.value, own.notes = milliseconds(lambda: learner.get(path, expect="Специалист в сфере закупок"), 60)
    other = Figure("Зачётная книжка глазами методиста, взгляд записан", "≤ 40 мс", 40, "ms", "175 мс")
    other.value, other.notes = milliseconds(lambda: methodist.get(path, expect="Соколова"), 60)
    past = Figure("Зачётная книжка на прошлую дату", "≤ 40 мс", 40, "ms", "нет ни у кого")
    past.value, past.notes = milliseconds(lambda: learner.get(f"{path}?on=2026-11-01", expect="как её видели"), 40)
    return [own, other, past, _queries(path)]


def _queries(path: str) -> Figure:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from zachetka.access.models import Account

    client = Client(SERVER_NAME="localhost")
    client.force_login(Account.objects.get(login="learner"))
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return Figure("Запросов к базе на зачётную книжку", "≤ 15", 15, "queries", "458", value=len(captured))


def _sheet(teacher: Visitor) -> list[Figure]:
    path = f"/cohorts/{WIDE}/sheet/"
    size = len(teacher.get(path, expect="Дисц. 20"))
    page = Figure(f"Ведомость {LEARNERS} × {MODULES}", "≤ 90 мс", 90, "ms", "447 мс")
    page.value, page.notes = milliseconds(lambda: teacher.get(path, expect="Дисц. 20"), 40)
    weight = Figure("Вес этой ведомости", "≤ 250 КБ", 250, "KB", "2 000 КБ", value=round(size / 1024, 1))
    return [page, weight]


def _summary(methodist: Visitor) -> list[Figure]:
    """The summary sheet of a thousand: each file is a list taken, so the limit of lists is lifted between them."""
    from zachetka.access.models import SignInThrottle
    from zachetka.learning.models import Cohort

    path = f"/cohorts/{Cohort.objects.get(code=WHOLE).pk}/summary/"

    def taken(part: str, expect: str) -> None:
        SignInThrottle.objects.all().delete()
        methodist.get(f"{path}{part}", expect=expect)

    size = f"{MANY} × {MODULES}"
    page = Figure(f"Сводная ведомость {size}, одной страницей", "≤ 400 мс", 400, "ms", "3 438 мс")
    page.value, page.notes = milliseconds(lambda: methodist.get(path, expect="Дисц. 20"), 20)
    past = Figure("То же на прошлую дату", "≤ 400 мс", 400, "ms", "нет ни у кого")
    past.value, past.notes = milliseconds(lambda: methodist.get(f"{path}?on=2026-11-01", expect="какой она была"), 10)
    book = Figure(f"Сводная ведомость {size} в XLSX", "≤ 800 мс", 800, "ms", "6 232 мс")
    book.value, book.notes = milliseconds(lambda: taken("export/?file=xlsx", "PK"), 10)
    paper = Figure(f"Сводная ведомость {size} в PDF/A, сверена с журналом", "без обещания", 20_000, "ms")
    paper.value, paper.notes = milliseconds(lambda: taken("pdf/", "%PDF"), 3, warm=1)
    return [page, past, book, paper]


def _one_mark(teacher: Visitor) -> Figure:
    from zachetka.learning.models import Mark, MarkSheet

    sheet = MarkSheet.objects.get(cohort__code=WIDE, module__ordinal=MODULES)
    people = cycle(sheet.cohort.enrolments.order_by("pk").values_list("pk", flat=True))
    held = Mark.objects.in_force().filter(sheet=sheet).values_list("enrolment_id", "pk", "grade__symbol")
    standing = {who: (pk, symbol) for who, pk, symbol in held}

    def click() -> None:
        who = next(people)
        seen, symbol = standing.get(who, (None, ""))
        text = "4" if symbol == "5" else "5"
        told = {"cells": [{"enrolment": who, "text": text, "seen": seen}]}
        answer = teacher.post_json(f"/sheets/{sheet.pk}/marks/", told)
        found = re.search(r'"mark": (\d+)', str(answer).replace("'", '"'))
        assert found is not None, answer
        standing[who] = (int(found.group(1)), text)

    figure = Figure("Одна оценка от нажатия, с событием журнала", "≤ 25 мс", 25, "ms", "26 мс (38 в секунду)")
    figure.value, figure.notes = milliseconds(click, 100)
    return figure


def _search(methodist: Visitor) -> Figure:
    asked = cycle(["ковалев", "соколова анна", "елкин", "ов"])
    figure = Figure("Поиск по всему", "≤ 40 мс", 40, "ms")
    figure.value, figure.notes = milliseconds(lambda: methodist.get(f"/search/?q={next(asked)}", expect="Поиск"), 60)
    return figure


def _people(methodist: Visitor) -> Figure:
    figure = Figure("Список людей с поиском", "≤ 40 мс", 40, "ms")
    figure.value, figure.notes = milliseconds(lambda: methodist.get("/people/?q=ковал", expect="Ковал"), 60)
    return figure


def _paper(learner: Visitor) -> Figure:
    path = f"/record-books/{_own_book()}/pdf/"
    figure = Figure("Зачётная книжка в PDF/A-2a + PDF/UA-1", "≤ 100 мс", 100, "ms", "97 мс, обычный PDF")
    figure.value, figure.notes = milliseconds(lambda: learner.get(path, expect="%PDF"), 30)
    return figure


def _sign_in(port: int) -> Figure:
    def come_in() -> None:
        Visitor(port).sign_in("head", password())

    figure = Figure("Вход: форма, пароль, первая страница", "≤ 200 мс", 200, "ms", "215 мс")
    figure.value, figure.notes = milliseconds(come_in, 10, warm=1)
    return figure


def views_a_second(port: int, clients: int = 8, seconds: float = 5.0) -> Figure:
    """Eight people opening record books at once, each look recorded."""
    import threading
    import time

    visitors = [Visitor(port) for _ in range(clients)]
    for visitor in visitors:
        visitor.sign_in("methodist", password())
    path, done = f"/record-books/{_own_book()}/", [0] * clients
    until = time.perf_counter() + seconds

    def walk(place: int) -> None:
        while time.perf_counter() < until:
            visitors[place].get(path, expect="Соколова")
            done[place] += 1

    def all_walk() -> None:
        threads = [threading.Thread(target=walk, args=(place,)) for place in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    start = time.perf_counter()
    all_walk()
    figure = Figure(
        "Просмотров зачётки в секунду, 8 человек, каждый взгляд записан", "без обещания", 0, "/s", "18,7–26,8",
        more_is_better=True,
    )  # fmt: skip
    figure.value = round(sum(done) / (time.perf_counter() - start), 1)
    return figure
