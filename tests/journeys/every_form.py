"""Every form there is: on the pages that links lead to, and on those that stand only after an act (п. 2.4, 3.8).

A form is known by the address to which it is sent. What nobody is shown is named, so that a new form cannot be forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from re import sub
from typing import Final
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.academy import ROLES, Academy
from tests.architecture.routes import Route
from tests.corpus.crawl import HREF, LISTING, STATIC
from tests.journeys.every_page import FILES, Visit, address_of, prepared
from zachetka.access.models import Account
from zachetka.core.clock import legal_date, now
from zachetka.learning.actions.marks import Cell, set_marks
from zachetka.learning.models import Enrolment, MarkSheet
from zachetka.learning.queries.completeness import without_mark
from zachetka.people.actions.consents import Terms, give_consent
from zachetka.people.actions.factor_resets import ask_reset
from zachetka.people.actions.matrix import propose_matrix
from zachetka.people.actions.names import change_name
from zachetka.people.actions.passwords import ask_password
from zachetka.people.actions.resemblances import tell_apart
from zachetka.people.models import Employee, Person, Resemblance
from zachetka.people.rules import name_basis
from zachetka.people.tests.test_factors import with_app
from zachetka.programs.models import ProgramVersion

ELSEWHERE: Final = {
    "account_login": "вход: tests/corpus/test_accounts.py",
    "account_logout": "выход: tests/corpus/test_accounts.py, D20",
    "account_second_step": "второй шаг входа: tests/journeys/test_second_factor.py",
    "account_oidc_link": "без службы входа формы нет: zachetka/web/tests/test_outside_entry.py",
    "account_oidc_end": "без службы входа формы нет: zachetka/web/tests/test_outside_entry.py",
    "exchange:moodle-people": "без Moodle формы нет: zachetka/exchange/tests",
    "exchange:moodle-marks": "без Moodle формы нет: zachetka/exchange/tests",
    "learning:sheet-marks": "клетка ведомости, отправляет сценарий: zachetka/learning/tests/test_sheet_journey.py",
    "learning:summary-paper": "кнопка только у сводной, которую не напечатать сразу: zachetka/learning/tests/test_summary_work.py",
    "learning:study-plan-edit": "та же форма, что у «learning:study-plan-new», с внесённым: test_study_plan_journey.py",
    "learning:excuse-cancel": "у внесённой причины: zachetka/learning/tests/test_resits.py",
    "learning:resit-cancel": "у назначенной пересдачи: zachetka/learning/tests/test_handovers.py",
    "destruction:compose": "у отзыва согласия: zachetka/destruction/tests",
    "destruction:settle": "у отзыва согласия: zachetka/destruction/tests",
    "destruction:approve": "у акта, который ждёт второго: zachetka/destruction/tests",
    "destruction:return": "у акта, который ждёт второго: zachetka/destruction/tests",
    "destruction:hold_lift": "у запрета: zachetka/destruction/tests",
    "people:merge_undo": "разъединяет другой методист: tests/journeys/test_merge.py",
    "people:request_answer": "после собранного ответа: tests/journeys/test_subject_request.py",
}
"""Addresses to which something is sent and of whose form no visit is made here, and where it is looked at."""


def unsent(sent: Iterable[str], among: Iterable[Route]) -> list[str]:
    """Return the addresses that take what is posted and of which no form was met."""
    stranger, known = Client(raise_request_exception=False), set(sent) | set(ELSEWHERE)
    return [
        route.name
        for route in among
        if route.name not in known and stranger.post(address_of(route), {"any": "thing"}).status_code != 405
    ]


def shape(address: str) -> str:
    """Return an address with «#» for what varies."""
    return sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", address)


OF_A_SHAPE: Final = 3
"""Pages of one shape that are opened: the first may show another state than the next."""


def shown(academy: Academy) -> Iterator[tuple[str, str, str]]:
    """Yield every page with forms, as things stand at that moment: as whom, its address, its content."""
    for login in ROLES:
        yield from ((login, address, content) for address, content in _linked(academy.visitor(login)))
    yield from acted(academy)


def acted(academy: Academy) -> Iterator[tuple[str, str, str]]:
    """Yield the pages with forms that stand only after an act, each as things stand after it."""
    for visit in with_forms(academy):
        if visit.login:
            answer = academy.visitor(visit.login).get(visit.address)
            yield visit.login, visit.address, "" if answer.streaming else answer.content.decode("utf-8", "replace")


def _linked(client: Client) -> Iterator[tuple[str, str]]:
    waiting, seen, shapes = ["/"], {"/"}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address)
        is_page = not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html")
        content = answer.content.decode("utf-8", "replace") if is_page else ""
        if is_page and answer.status_code == 200:
            yield address, content
        for written in (answer.headers.get("Location", ""), *HREF.findall(content)):
            link = written.replace("&amp;", "&").partition("#")[0]
            if not link.startswith("/") or link.startswith(STATIC) or not has_forms_of_its_own(link):
                continue
            if link not in seen and shapes[shape(link)] < OF_A_SHAPE:
                shapes[shape(link)] += 1
                seen.add(link)
                waiting.append(link)


def has_forms_of_its_own(link: str) -> bool:
    """Say no of a file, and of a list in another order or cut otherwise."""
    return not FILES.search(link) and not LISTING.search(link)


def with_forms(academy: Academy) -> Iterator[Visit]:
    """Do what makes the pages that no link leads to, each step as whoever does it at work, and yield where they are."""
    yield from prepared(academy)
    yield from _of_learning(academy)
    yield from _of_people()
    yield from _of_accounts(academy)


def _of_learning(academy: Academy) -> Iterator[Visit]:
    methodist = Account.objects.get(login="methodist")
    mine = methodist.roles.get(state="active").unit_id
    version = ProgramVersion.objects.filter(state="approved", program__unit=mine).order_by("-pk")[0]
    yield Visit("methodist", f"{reverse('learning:cohort-new')}?version={version.pk}")
    learning = Enrolment.objects.filter(state="active", cohort__program_version__program__unit=mine)
    client = academy.visitor("methodist")
    for enrolment in learning.select_related("cohort").order_by("-pk"):
        address = reverse("learning:study-plan-new", args=[enrolment.pk])
        page = client.get(address)
        yield Visit("methodist", address)
        if page.status_code == 200:
            break
    sheets = MarkSheet.objects.filter(state=MarkSheet.State.OPEN, held_on__lte=legal_date(now()), teacher__isnull=False)
    for sheet in sheets.select_related("cohort", "teacher__person").order_by("-pk"):
        people = list(without_mark(sheet, legal_date(now())))
        teacher = Account.objects.filter(person_uid=sheet.teacher.person.uid, is_active=True).first()
        if not people or teacher is None:
            continue
        one = people[0].learner.person.full_name
        file = SimpleUploadedFile("marks.csv", f"Слушатель;Оценка\n{one};н\n".encode())
        answer = academy.visitor(teacher.login).post(
            reverse("learning:sheet-file", args=[sheet.pk]), {"file": file, "key": str(uuid4())}
        )
        yield Visit(teacher.login, answer.headers.get("Location", "/"))
        set_marks(sheet, [Cell(row.pk, "н", None) for row in people], actor=teacher, at=now())
        yield Visit(teacher.login, reverse("learning:sheet-close", args=[sheet.pk]))
        return


def _of_people() -> Iterator[Visit]:
    at = now()
    methodist, privacy = (Account.objects.get(login=login) for login in ("methodist", "privacy"))
    pair = Resemblance.objects.waiting().order_by("-pk").first()
    if pair is not None:
        tell_apart(pair, reason="сверены паспорта", actor=methodist, at=at)
        yield Visit("methodist", reverse("people:double", args=[pair.pk]))
    person = Person.objects.filter(learner__isnull=False).order_by("-pk")[0]
    terms = Terms("mailing", legal_date(at), None, "письмом", "paper", "бланк 1")
    consent = give_consent(person, terms, key=uuid4(), actor=privacy, at=at)
    yield Visit("privacy", reverse("people:consent", args=[consent.pk]))
    yield Visit("methodist", reverse("people:consent", args=[consent.pk]))
    employee = Employee.objects.filter(left_on__isnull=True, person__learner__isnull=True).order_by("-pk")[0]
    yield Visit("methodist", reverse("people:card", args=[employee.person.uid]))
    edition = propose_matrix(actor=Account.objects.get(login="security"), at=at)
    yield Visit("head", reverse("people:matrix_edition", args=[edition.number]))
    basis = name_basis.composed(
        kind=name_basis.KINDS[0], number="I-АК 123456", issued_on=legal_date(at), issuer="ЗАГС № 1"
    )
    name = {"last_name": "Перемен", "first_name": person.first_name, "patronymic": person.patronymic}
    change_name(person, **name, valid_from=legal_date(at), basis=basis, actor=methodist, at=at)
    yield Visit("methodist", reverse("people:card", args=[person.uid]))


def _of_accounts(academy: Academy) -> Iterator[Visit]:
    academy.visitor("archivist")  # a session of theirs somewhere else
    at, admin = now(), Account.objects.get(login="admin")
    locked, asked, given = (Account.objects.get(login=login) for login in ("chair", "archivist", "inspector"))
    ask_password(locked, actor=admin, at=at)
    yield Visit("security", reverse("people:account", args=[locked.pk]))
    with_app(asked, at - timedelta(minutes=1))
    yield Visit("archivist", reverse("account_security"))
    yield Visit("admin", reverse("people:account", args=[asked.pk]))
    with_app(given, at - timedelta(minutes=1))
    ask_reset(given, order_number="5-к", order_date=legal_date(at), actor=admin, at=at)
    yield Visit("security", reverse("people:account", args=[given.pk]))
