"""Pages over HTTP: what a person waits for, asked of the academies of all sizes in turn."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, cycle

from benchmarks.crowd import walked
from benchmarks.figures import Figure, Works, growth
from benchmarks.ground import LEARNERS, MANY, MODULES, WIDE
from benchmarks.sites import Site
from benchmarks.visitor import Visitor
from zachetka.cli.serve import PROCESSES

WARM = 4
"""Times that the crowd goes round all books in each process before its pace is taken, so that each has met each book."""
SURNAMES = ("ковалев", "соколова анна", "елкин", "ов", "рябов", "щербакова")


class Visits:
    """Somebody with a role who asks the same of each site."""

    def __init__(self, sites: Sequence[Site], login: str) -> None:
        self.sites = sites
        self.visitors = {site.learners: Visitor(site.port) for site in sites}
        for site in sites:
            self.visitors[site.learners].sign_in(login, site.told["password"])

    def get(self, path: Callable[[Site], str], expect: str) -> Works:
        """Return the visit to the page that `path` names, which must hold `expect`."""

        def visit(site: Site) -> Callable[[], object]:
            return lambda: self.visitors[site.learners].get(path(site), expect=expect)

        return {site.learners: visit(site) for site in self.sites}


def measure(sites: Sequence[Site]) -> list[Figure]:
    """Return the figures of the pages."""
    methodist, teacher, learner = (Visits(sites, login) for login in ("methodist", "teacher", "learner"))
    book, search = _record_book(learner, methodist), _search(methodist)
    return [
        *book,
        *growth(book[0]),
        *growth(book[1]),
        _history(learner),
        *_sheet(teacher),
        *_summary(methodist),
        _one_mark(teacher),
        search,
        *growth(search),
        *_lists(sites),
        _paper(learner),
        *_sign_in(sites),
        *_views_a_second(sites),
    ]


def _record_book(learner: Visits, methodist: Visits) -> list[Figure]:
    own = Figure("Зачётная книжка, своя", "≤ 40 мс", 40, "ms", "132 мс, 458 запросов")
    own.timed(learner.get(_own_book, "Специалист в сфере закупок"), 40)
    looked = Figure("Зачётные книжки глазами методиста, каждый взгляд записан", "≤ 40 мс", 40, "ms", "175 мс")
    looked.timed(methodist.get(_some_book(), "Зачётная книжка"), 40)
    past = Figure("Зачётная книжка на прошлую дату", "≤ 40 мс", 40, "ms", "нет ни у кого")
    past.timed(learner.get(lambda site: f"{_own_book(site)}?on=2026-11-01", "как её видели"), 20)
    return [own, looked, past]


def _own_book(site: Site) -> str:
    return f"/record-books/{site.told['own_book']}/"


def _some_book() -> Callable[[Site], str]:
    """Return what names another book at each visit."""
    turns = count()
    return lambda site: f"/record-books/{site.told['books'][next(turns) * 7 % len(site.told['books'])]}/"


def _history(learner: Visits) -> Figure:
    figure = Figure("История оценки, с доказательствами", "≤ 30 мс", 30, "ms", "нет ни у кого")
    return figure.timed(learner.get(lambda site: f"/marks/{site.told['corrected']}/history/", "68"), 30)


def _sheet(teacher: Visits) -> list[Figure]:
    path = f"/cohorts/{WIDE}/sheet/"
    page = Figure(f"Ведомость {LEARNERS} × {MODULES}", "≤ 90 мс", 90, "ms", "447 мс")
    page.timed(teacher.get(lambda _site: path, "Дисц. 20"), 20)
    weight = Figure("Вес этой ведомости", "≤ 250 КБ", 250, "KB", "2 000 КБ")
    for size, visitor in teacher.visitors.items():
        weight.values[size] = round(len(visitor.get(path, expect="Дисц. 20")) / 1024, 1)
    return [page, weight]


def _summary(methodist: Visits) -> list[Figure]:
    """The summary sheet of a thousand: each spreadsheet is a list taken, so the limit of lists is lifted between them."""

    def path(site: Site) -> str:
        return f"/cohorts/{site.told['whole']}/summary/"

    def spreadsheet(site: Site) -> Callable[[], object]:
        visitor = methodist.visitors[site.learners]

        def once() -> None:
            site.lift_limits()
            visitor.get(f"{path(site)}export/?file=xlsx", expect="PK")

        return once

    size = f"{MANY} × {MODULES}"
    page = Figure(f"Сводная ведомость {size}, одной страницей", "≤ 400 мс", 400, "ms", "3 438 мс")
    page.timed(methodist.get(path, "Дисц. 20"), 15)
    past = Figure("То же на прошлую дату", "≤ 400 мс", 400, "ms", "нет ни у кого")
    past.timed(methodist.get(lambda site: f"{path(site)}?on=2026-11-01", "какой она была"), 8)
    book = Figure(f"Сводная ведомость {size} в XLSX", "≤ 800 мс", 800, "ms", "6 232 мс")
    book.timed({site.learners: spreadsheet(site) for site in methodist.sites}, 8)
    return [page, past, book]  # paper of this size is a job of the worker


def _one_mark(teacher: Visits) -> Figure:
    def typist(site: Site) -> Callable[[], object]:
        visitor, people = teacher.visitors[site.learners], cycle(site.told["people_of_sheet"])
        standing = {who: (pk, symbol) for who, pk, symbol in site.told["marks_of_sheet"]}
        path = f"/sheets/{site.told['sheet']}/marks/"

        def click() -> None:
            who = next(people)
            seen, symbol = standing.get(who, (None, ""))
            text = "4" if symbol == "5" else "5"
            answer = visitor.post_json(path, {"cells": [{"enrolment": who, "text": text, "seen": seen}]})
            found = re.search(r'"mark": (\d+)', str(answer).replace("'", '"'))
            assert found is not None, answer
            standing[who] = (int(found.group(1)), text)

        return click

    figure = Figure("Одна оценка от нажатия, с событием журнала", "≤ 25 мс", 25, "ms", "26 мс (38 в секунду)")
    return figure.timed({site.learners: typist(site) for site in teacher.sites}, 60)


def _search(methodist: Visits) -> Figure:
    asked = _in_turn(SURNAMES)
    figure = Figure("Поиск по всему", "≤ 40 мс", 40, "ms")
    return figure.timed(methodist.get(lambda site: f"/search/?q={next(asked[site.learners])}", "Поиск"), 36)


def _in_turn(words: Sequence[str]) -> dict[int, Iterator[str]]:
    class Turns(dict[int, Iterator[str]]):
        def __missing__(self, size: int) -> Iterator[str]:
            self[size] = cycle(words)
            return self[size]

    return Turns()


LISTS = (
    ("Список людей", "registrar", "/people/", "Слушатели"),
    ("Список людей с поиском", "registrar", "/people/?q=ковал", "Ковал"),
    ("Список людей, последняя страница", "registrar", "/people/?page=99999", "Слушатели"),
    ("Список групп", "head", "/cohorts/", "Группы"),
    ("Список ведомостей", "inspector", "/sheets/", "Ведомости"),
    ("Ведомости преподавателя", "teacher", "/sheets/", "Ведомости"),
    ("Список приказов", "head", "/orders/", "Приказы"),
    ("Журнал событий", "security", "/events/", "Журнал"),
    ("Сегодня у методиста", "methodist", "/", "Сегодня"),
    ("Сегодня у руководителя", "head", "/", "Сегодня"),
)
"""What is read, by whom, where, and a word that stands there."""


def _lists(sites: Sequence[Site]) -> list[Figure]:
    visits = {login: Visits(sites, login) for login in sorted({login for _, login, *_ in LISTS})}
    figures = []
    for name, login, path, word in LISTS:
        figure = Figure(name, "≤ 100 мс", 100, "ms")
        figures.append(figure.timed(visits[login].get(lambda _site, path=path: path, word), 16))
    return figures


def _paper(learner: Visits) -> Figure:
    figure = Figure("Зачётная книжка в PDF/A-2a + PDF/UA-1", "≤ 100 мс", 100, "ms", "97 мс, обычный PDF")
    return figure.timed(learner.get(lambda site: f"{_own_book(site)}pdf/", "%PDF"), 15)


def _sign_in(sites: Sequence[Site]) -> list[Figure]:
    def whole(site: Site) -> Callable[[], object]:
        return lambda: Visitor(site.port).sign_in("head", site.told["password"])

    def sent(site: Site) -> Callable[[], object]:
        """Only the sending of the form; each time by somebody who has just opened it."""
        waiting: list[Visitor] = []

        def send() -> None:
            waiting.pop().send_sign_in("head", site.told["password"])

        for _ in range(_TIMES + 3):
            waiting.append(Visitor(site.port))
            waiting[-1].open_sign_in()
        return send

    post = Figure("Вход: отправка логина и пароля", "≤ 60 мс", 60, "ms")
    post.timed({site.learners: sent(site) for site in sites}, _TIMES)
    path = Figure("Вход: форма, пароль, первая страница", "≤ 200 мс", 200, "ms", "215 мс")
    path.timed({site.learners: whole(site) for site in sites}, 10, warm=1)
    return [post, path]


_TIMES = 12


def _views_a_second(sites: Sequence[Site], clients: int = 8, seconds: float = 5.0) -> list[Figure]:
    """Eight people opening record books at once, each look recorded: each book for the first time, then the same ones again."""
    anew = Figure("Просмотров зачёток в секунду, 8 человек, книжки впервые", "без обещания", 0, "/s", "18,7–26,8")
    again = Figure("Просмотров зачёток в секунду, 8 человек, каждый взгляд записан", "≥ 300/с", 300, "/s", "18,7–26,8")
    anew.more_is_better = again.more_is_better = True
    for site in sites:
        visitors = [Visitor(site.port) for _ in range(clients)]
        for visitor in visitors:
            visitor.sign_in("methodist", site.told["password"])
        books = cycle(f"/record-books/{book}/" for book in site.told["books"])

        def a_second(long: float, books: Iterator[str] = books, visitors: Sequence[Visitor] = visitors) -> float:
            start = time.perf_counter()
            came = walked(visitors, lambda: next(books), expect="Зачётная книжка", seconds=long)
            return round(came / (time.perf_counter() - start), 1)

        anew.values[site.learners] = a_second(seconds)
        rounds = WARM * len(site.told["books"]) * PROCESSES
        while rounds > 0:
            rounds -= int(a_second(seconds) * seconds)
        again.values[site.learners] = a_second(2 * seconds)
        for figure in (anew, again):
            figure.notes[site.learners] = {"clients": clients, "books": len(site.told["books"])}
    return [anew, again]
