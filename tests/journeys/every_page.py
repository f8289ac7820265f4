"""Every page there is, as somebody who reaches it: found by following links, and prepared where no link leads without an act.

A page is known by the name of its address. What nobody visits is named, so that a new page cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from re import compile as pattern
from typing import Final, NamedTuple
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Exists, OuterRef
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.academy import Academy
from tests.architecture.routes import Route
from tests.corpus.canaries import shape
from tests.corpus.crawl import HREF, STATIC, unhurried
from zachetka.access.models import Account, RoleAssignment
from zachetka.core.clock import legal_date, now
from zachetka.destruction.actions.holds import Order as HoldOrder
from zachetka.destruction.actions.holds import place_hold
from zachetka.destruction.models import Act
from zachetka.learning.actions.orders import draft_order, submit_order
from zachetka.learning.models import Enrolment, Mark, MarkSheet, Order
from zachetka.people.actions.emergency import Wanted, open_emergency
from zachetka.people.actions.merging import merge_cards
from zachetka.people.models import Employee, Person, Resemblance, Withdrawal
from zachetka.programs.models import Program
from zachetka.programs.norms import BY_NAME

LOGINS: Final = ("methodist", "teacher", "learner", "head", "admin", "security", "privacy", "inspector")
"""Roles by what their pages add: each page is looked at once, as the first of them who reaches it."""
FILES: Final = pattern(r"/(export|pdf|proof|refused|result)/|\.py$|/theme/")
"""Addresses that answer with a file."""
ELSEWHERE: Final = {
    "account_second_step": "tests/journeys/test_second_factor.py",
    "account_oidc": "zachetka/web/tests/test_outside_entry.py: без службы входа страницы нет",
    "account_oidc_back": "zachetka/web/tests/test_outside_entry.py: без службы входа страницы нет",
    "web:theme": "ведёт назад",
    "people:kept_own": "ведёт к «Что хранится»",
    "learning:my-record-books": "с одной книжкой ведёт в неё",
    "people:matrix_decide": "решение, без страницы",
    "people:decide": "решение, без страницы",
    "people:request_file": "отдаёт файл",
    "learning:order-people": "список подсказок под полем",
    "learning:study-plan-edit": "та же страница, что у «learning:study-plan-new», с внесённым",
}
"""Pages of which no visit is made here, and why or where one is."""
LIST: Final = "Фамилия;Имя;Отчество;Дата рождения\nАистов;Пётр;Петрович;01.02.1990\nГрачёв;Егор;Павлович;31.02.1990\n"


class Visit(NamedTuple):
    """A page to open: as whom, under which address. An empty login is nobody."""

    login: str
    address: str

    @property
    def name(self) -> str:
        """The name of the address."""
        return name_of(self.address)


def name_of(address: str) -> str:
    """Return the name of an address, "" when there is none."""
    try:
        return resolve(address.partition("?")[0].partition("#")[0]).view_name
    except Resolver404:
        return ""


def visits(academy: Academy) -> list[Visit]:
    """Return one visit of each shape of page, and those that were prepared."""
    made, known = list[Visit](), set[str]()
    for login in LOGINS:
        made += [Visit(login, address) for address in followed(academy.visitor(login), known)]
    return [*made, *prepared(academy)]


def followed(client: Client, known: set[str]) -> Iterator[str]:
    """Yield the pages that links lead this client to, one of each shape that is not yet `known`."""
    waiting, met = ["/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        response = client.get(address)
        is_page = not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and response.status_code == 200 and shape(address) not in known:
            known.add(shape(address))
            yield address
        links = HREF.findall(response.content.decode()) if is_page else []
        for link in (response.headers.get("Location", ""), *links):
            path = link.replace("&amp;", "&").partition("?")[0]
            if path.startswith("/") and not path.startswith(STATIC) and not FILES.search(path):
                if shape(path) not in met and (shape(path) not in known or address == "/"):
                    waiting.append(path)
                met.add(shape(path))


def unvisited(found: Iterable[Visit], among: Iterable[Route]) -> list[str]:
    """Return the pages of the URL configuration that nobody visits: not files, not what only a form sends."""
    seen = {visit.name for visit in found}
    return [
        route.name
        for route in among
        if route.name not in seen | set(ELSEWHERE)
        and not FILES.search(f"/{route.pattern}")
        and "text/html" in _kind_of(route)
    ]


def address_of(route: Route) -> str:
    """Return the address of a route with something in each place; there need be no such record."""
    address = "/" + route.pattern
    for kind, value in (("int", "1"), ("uuid", str(uuid4())), ("slug", "any"), ("str", "any")):
        address = pattern(rf"<{kind}:\w+>").sub(value, address)
    return address


def _kind_of(route: Route) -> str:
    """Return what the address answers to a stranger's GET: «» for what only a form sends."""
    response = Client(raise_request_exception=False).get(address_of(route))
    return "" if response.status_code == 405 else response.headers.get("Content-Type", "")


# --- What no link leads to ------------------------------------------------------------------------------------------


def prepared(academy: Academy) -> Iterator[Visit]:
    """Do what makes the remaining pages, each step as whoever does it at work, and yield where they are."""
    yield from (Visit("", reverse(name)) for name in ("account_login", "help:common"))
    yield Visit("", reverse("learning:verify", args=["0" * 26]))
    yield Visit("methodist", reverse("account_logout"))
    yield Visit("methodist", f"{reverse('web:search')}?q=а")
    yield Visit("methodist", f"{reverse('web:search')}?q=ъъъ")
    yield Visit("methodist", "/no-such-page/")
    yield Visit("methodist", f"{reverse('help:index')}?q=оценка")
    yield Visit("methodist", reverse("exchange:moodle-people"))
    yield Visit("teacher", reverse("exchange:moodle-marks"))
    yield from _lists(academy)
    yield from _marks(academy)
    yield from _orders_and_programs(academy)
    yield from _of_people(academy)


def _lists(academy: Academy) -> Iterator[Visit]:
    client = academy.visitor("methodist")
    for name in ("one.csv", "two.csv"):
        file = SimpleUploadedFile(name, f"{LIST}{name};Имя;;\n".encode())
        answer = client.post(reverse("imports:list"), {"file": file, "key": str(uuid4())})
        address = answer.headers["Location"]
        yield Visit("methodist", address)
        if name == "two.csv":  # the first stays to be confirmed
            client.post(f"{address}cancel/")


def _marks(academy: Academy) -> Iterator[Visit]:
    begun = Enrolment.objects.filter(cohort=OuterRef("cohort"), state="active")
    sheets = MarkSheet.objects.filter(Exists(begun), state=MarkSheet.State.OPEN, held_on__lte=legal_date(now()))
    sheet = sheets.select_related("cohort", "teacher__person").order_by("pk")[0]
    login = Account.objects.get(person_uid=sheet.teacher.person.uid, is_active=True).login
    for name in ("learning:sheet", "learning:sheet-close", "learning:sheet-file"):
        yield Visit(login, reverse(name, args=[sheet.pk]))
    yield Visit(login, reverse("learning:cohort-file", args=[sheet.cohort.code]))
    yield Visit(login, reverse("learning:cohort-sheet", args=[sheet.cohort.code]))
    enrolment = Enrolment.objects.filter(cohort=sheet.cohort, state="active").select_related("learner__person")[0]
    text = f"Слушатель;Оценка\n{enrolment.learner.person.full_name};5\nНикто Такой;4\n"
    sent = {"file": SimpleUploadedFile("marks.csv", text.encode()), "key": str(uuid4())}
    answer = academy.visitor(login).post(reverse("learning:sheet-file", args=[sheet.pk]), sent)
    yield Visit(login, answer.headers["Location"])
    closed = Mark.objects.filter(sheet__state=MarkSheet.State.CLOSED, sheet__teacher__isnull=False)
    mark = closed.select_related("sheet__teacher__person").order_by("-pk")[0]
    login = Account.objects.get(person_uid=mark.sheet.teacher.person.uid, is_active=True).login
    yield Visit(login, reverse("learning:mark-correct", args=[mark.pk]))
    yield Visit(login, reverse("learning:mark-history", args=[mark.pk]))
    yield Visit(login, reverse("learning:sheet-reopen", args=[mark.sheet_id]))


def _orders_and_programs(academy: Academy) -> Iterator[Visit]:
    methodist, at = Account.objects.get(login="methodist"), now()
    learning = Enrolment.objects.filter(
        state__in=("active", "admitted"), cohort__program_version__program__unit__in=_units(methodist)
    )
    draft, waiting = (
        draft_order(
            enrolment.cohort, kind="withdrawal", learners=[enrolment.learner], effective_on=legal_date(at),
            ground="own_wish", basis="заявление от 20.11.2026", request_key=uuid4(), actor=methodist, at=at,
        )
        for enrolment in learning.select_related("learner", "cohort").order_by("-pk")[:2]
    )  # fmt: skip
    submit_order(waiting, actor=methodist, at=at)
    yield Visit("methodist", reverse("learning:order", args=[draft.pk]))
    yield Visit("methodist", reverse("learning:order-edit", args=[draft.pk]))
    yield Visit("methodist", reverse("learning:order-step", args=[draft.pk, "cancel"]))
    moving = Order.objects.filter(kind="transfer", state="draft").order_by("pk")[0]
    yield Visit("methodist", reverse("learning:order-match", args=[moving.pk, moving.lines.get().learner_id]))
    yield Visit("head", reverse("learning:order", args=[waiting.pk]))
    yield Visit("head", reverse("learning:order-step", args=[waiting.pk, "approve"]))
    yield Visit("head", reverse("programs:norm", args=[next(iter(BY_NAME))]))
    yield Visit("head", reverse("programs:scale", args=["hundred_point"]))
    client = academy.visitor("methodist")
    for program in Program.objects.filter(unit__in=_units(methodist)).order_by("pk"):
        answer = client.post(reverse("programs:draft", args=[program.pk]))
        if name_of(answer.headers.get("Location", "")) == "programs:edit":
            yield Visit("methodist", answer.headers["Location"])
            return


def _of_people(academy: Academy) -> Iterator[Visit]:
    secretary, at = Account.objects.get(login="secretary"), now()
    person = Person.objects.filter(learner__isnull=False, birth_date__isnull=False, employee__isnull=True).order_by(
        "pk"
    )[0]
    assert person.birth_date is not None
    opened = open_emergency(
        Wanted(person.full_name, person.birth_date), reason="Звонит слушатель, нужна справка сегодня", minutes=30,
        actor=secretary, at=at - timedelta(minutes=1),
    )  # fmt: skip
    yield Visit("secretary", reverse("people:emergency", args=[opened.pk]))
    yield Visit("secretary", reverse("people:card", args=[person.uid]))
    for name in ("people:kept", "people:request_new", "people:consent_new"):
        yield Visit("privacy", reverse(name, args=[person.uid]))
    placed = place_hold(
        person,
        HoldOrder("14-о", at.date(), "спор в суде"),
        key=uuid4(),
        actor=Account.objects.get(login="privacy"),
        at=at,
    )
    yield Visit("privacy", reverse("destruction:hold_new", args=[person.uid]))
    yield Visit("privacy", reverse("destruction:hold", args=[placed.pk]))
    yield Visit("privacy", reverse("destruction:case", args=[Withdrawal.objects.waiting()[0].pk]))
    yield Visit("head", reverse("destruction:act", args=[Act.objects.order_by("pk")[0].pk]))
    yield Visit("methodist", reverse("people:rename", args=[person.uid]))
    held = RoleAssignment.objects.filter(account__login="methodist", state="active")[0]
    yield Visit("admin", reverse("people:role_substitute", args=[held.pk]))
    employee = Employee.objects.filter(left_on__isnull=True).exclude(person__uid=person.uid).order_by("-pk")[0]
    for name in ("people:employee", "people:employee_move", "people:employee_dismiss"):
        yield Visit("admin", reverse(name, args=[employee.pk]))
    pair = Resemblance.objects.waiting().select_related("one", "other").order_by("pk")[0]
    merge = merge_cards(
        pair, pair.one, wanted=(), reason="сверены документы", key=uuid4(),
        actor=Account.objects.get(login="methodist"), at=at,
    )  # fmt: skip
    yield Visit("methodist", reverse("people:merge", args=[merge.pk]))
    answer = academy.visitor("inspector").post(reverse("events:check"))
    yield Visit("inspector", answer.headers["Location"])
    unhurried()


def _units(account: Account) -> list[int]:
    held = RoleAssignment.objects.filter(account=account, state="active", unit__isnull=False)
    return list(held.values_list("unit", flat=True))
