"""Canaries: people whose every field is a word that stands nowhere else, so that a leak of one byte can be named."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

from django.test import Client

from tests.architecture.routes import routes
from tests.corpus.crawl import HREF, STATIC, addresses, unhurried
from tests.corpus.texts import dealt
from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.core.clock import legal_date
from zachetka.learning.actions.cohorts import Assignment, create_cohort
from zachetka.learning.actions.marks import Cell, close_sheet, confirm_correction, propose_correction, set_marks
from zachetka.learning.actions.orders import approve_order, draft_order, submit_order
from zachetka.learning.models import Enrolment, Mark, MarkSheet
from zachetka.lifecycle.hands import seen_of
from zachetka.people.actions import Particulars, Schooling, change_name, register_learners
from zachetka.people.models import Employee
from zachetka.people.rules.snils import control_number, shown
from zachetka.programs.models import ProgramVersion
from zachetka.rendering.tests.read import seen, text

PLACES: Final = ("mine", "untaught", "foreign")
"""Taught by the demo teacher; of the same unit, taught by a colleague; of the other unit."""
_STEMS: Final = {"mine": "Чижиквз", "untaught": "Снегирьвз", "foreign": "Зябликвз"}
_TEACHERS: Final = {"mine": "teacher", "untaught": "lebedeva", "foreign": "aksenov"}
_LATIN: Final = {"mine": "chizhik", "untaught": "snegir", "foreign": "zyablik"}


@dataclass(frozen=True, slots=True)
class Canary:
    """One word of one field.

    Attributes:
        place: whose it is, one of `PLACES`.
        kind: which field, in the words of `test_canary.OPENED`.
        words: spellings, any of which is a find.
    """

    place: str
    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cage:
    """What was planted for one place: its canaries and where its pages are."""

    canaries: tuple[Canary, ...]
    addresses: dict[str, tuple[str, ...]]
    """Beginning of an address as its route writes it → what the parameter is."""


def plant(place: str, at: datetime) -> Cage:
    """Enrol a learner of `place` by the actions themselves: order, marks, a correction, another name by a document."""
    index, stem = PLACES.index(place), _STEMS[place]
    methodist, head = (_account(login) for login in ("gushchina" if place == "foreign" else "methodist", "head"))
    teacher, today = _account(_TEACHERS[place]), legal_date(at)
    digits = f"9005550{index:02}"
    snils = f"{digits}{control_number(digits)}"
    born = date(1937, 5, 11 + index)
    (learner,) = register_learners(
        [
            Particulars(
                last_name=f"{stem}прежний", first_name="Клест", patronymic="Птичевич", sex="m", birth_date=born,
                snils=snils, citizenship="643", email=f"{_LATIN[place]}@example.ru", phone=f"+7900777{index:02}31",
                education=(Schooling("higher", f"СЕР{index}ИЯ", f"7713{index:02}9", f"{stem}дипломный", None, f"вуз {stem}"),),
            )
        ],
        actor=methodist,
        at=at,
    )  # fmt: skip
    change_name(
        learner.person, last_name=f"{stem}ов", first_name="Клест", patronymic="Птичевич",
        valid_from=today - timedelta(days=60), basis=f"свидетельство {stem}брачное", actor=methodist, at=at,
    )  # fmt: skip
    version = ProgramVersion.objects.filter(state="approved", program__unit=_unit(methodist)).order_by("pk")[0]
    employee = Employee.objects.get(person__uid=teacher.person_uid)
    cohort = create_cohort(
        version, code=f"ПТИЦА-{place.upper()}", starts_on=today - timedelta(days=40), ends_on=today + timedelta(days=40),
        attestation_on=None, actor=methodist, at=at,
        assignments={module.pk: Assignment(employee, today - timedelta(days=9)) for module in version.modules.all()},
    )  # fmt: skip
    order = draft_order(
        cohort, kind="enrolment", learners=[learner], effective_on=cohort.starts_on, basis=f"договор {stem}овый",
        request_key=uuid4(), actor=methodist, at=at,
    )  # fmt: skip
    order = submit_order(order, actor=methodist, at=at)
    order = approve_order(order, seen=seen_of(order), actor=head, at=at)
    enrolment = Enrolment.objects.get(learner=learner)
    sheet = MarkSheet.objects.filter(cohort=cohort).select_related("module__scale").order_by("module__ordinal")[0]
    passed, better = {"pass_fail": ("нз", "зач"), "hundred_point": ("51", "90")}.get(
        sheet.module.scale.code, ("3", "5")
    )
    (outcome,) = set_marks(sheet, [Cell(enrolment.pk, passed, None)], actor=teacher, at=at)
    assert outcome.mark is not None, outcome.refusal
    close_sheet(sheet, actor=teacher, at=at)
    correction = propose_correction(
        Mark.objects.get(pk=outcome.mark.pk), text=better, reason=f"ошибка {stem}ошная", basis=f"записка {stem}овна",
        actor=teacher, at=at,
    )  # fmt: skip
    confirm_correction(correction, actor=methodist, at=at)
    words = {
        "name": (f"{stem}ов",),
        "former name": (f"{stem}прежн",),
        "name basis": (f"{stem}брачн",),
        "snils": (snils, shown(snils)),
        "birth date": (f"{born:%d.%m.%Y}", f"{born:%Y-%m-%d}", f"{born.day} мая 1937"),
        "email": (f"{_LATIN[place]}@",),
        "phone": (f"900777{index:02}31", f"777-{index:02}-31", f"777 {index:02} 31"),
        "education": (f"сер{index}ия", f"7713{index:02}9", f"{stem}диплом", f"вуз {stem}"),
        "order basis": (f"договор {stem}",),
        "correction reason": (f"{stem}ошн", f"{stem}овна"),
        "cohort": (f"птица-{place}",),
    }
    paper = learner.person.education.get()
    return Cage(
        tuple(Canary(place, kind, tuple(word.casefold() for word in spelt)) for kind, spelt in words.items()),
        {
            "people/": (str(learner.person.uid), str(paper.pk)),
            "kept/": (str(learner.person.uid),),
            "record-books/": (str(enrolment.pk),),
            "sheets/": (str(sheet.pk),),
            "marks/": (str(outcome.mark.pk),),
            "corrections/": (str(correction.pk),),
            "cohorts/<str": (cohort.code,),
            "cohorts/<int": (str(cohort.pk),),
            "orders/": (str(order.pk),),
            "programs/": (str(version.program_id),),
        },
    )


def _account(login: str) -> Account:
    return Account.objects.get(login=login)


def _unit(methodist: Account) -> int:
    return next(held.unit_id for held in methodist.assignments if held.role == Role.METHODIST and held.unit_id)


def answers(client: Client, cages: list[Cage], beginning: str = "/", first: int = 0) -> Iterator[tuple[str, str]]:
    """Yield each address that `client` can try and all that comes back.

    Every route with canaries and with ordinary records in it, every list with a share of what can be asked of it (from the
    `first` on, another list another share), and of the links that the answers carry one of each shape: filters, orders,
    pages, files.
    """
    known = [*_planted(cages), *(address for route in routes() for address in addresses(route)[:2])]
    waiting, place = [address for address in dict.fromkeys(known) if address.startswith(beginning)], first
    shapes = {_question(address) for address in waiting}
    while waiting:
        address = waiting.pop(0)
        status, content, links = _read(client, address)
        yield address, content
        if status == 200 and address in _lists():
            place += 1
            waiting += dealt(place, [*_asked(address)], 2)
            shapes |= {_question(asked) for asked in _asked(address)}
        for link in links:
            if link.startswith(beginning) and not link.startswith(STATIC) and _question(link) not in shapes:
                shapes.add(_question(link))
                waiting.append(link)


def _question(address: str) -> tuple[str, tuple[str, ...]]:
    """Return the shape of an address and the names of what it asks."""
    return shape(address), tuple(sorted(name.partition("=")[0] for name in address.partition("?")[2].split("&")))


@cache
def _lists() -> frozenset[str]:
    return frozenset(f"/{route.pattern}" for route in routes() if "<" not in route.pattern)


def _planted(cages: list[Cage]) -> Iterator[str]:
    for route in routes():
        if "<" not in route.pattern:
            continue
        for cage in cages:
            for beginning, values in cage.addresses.items():
                if route.pattern.startswith(beginning):
                    address = re.sub(r"<slug:section>", "orders", route.pattern)
                    address = re.sub(r"<slug:\w+>", "snils", address)
                    for value in values:
                        address = re.sub(r"<[^>]+>", value, address, count=1)
                    address = re.sub(r"<[^>]+>", "1", address)
                    yield f"/{address}"
                    if "<slug:section>" in route.pattern:
                        yield from (
                            f"/{address}".replace("orders", tab) for tab in ("evidence", "readers", "attestation")
                        )


def _asked(address: str) -> Iterator[str]:
    yield from (f"{address}?q={word}" for word in (*_STEMS.values(), "птица"))
    yield f"{address}?sort=-snils&q=900555"
    if "export" in address:
        yield from (f"{address}?{name}={kind}" for name in ("file", "kind") for kind in ("csv", "xlsx"))


def _read(client: Client, address: str) -> tuple[int, str, list[str]]:
    """Return the status, all that came back, headers too, and its links; what was asked is not counted as an answer."""
    if re.fullmatch(r"/record-books/\d+/proof/", address):
        client.post(address)  # a file of proofs is there to fetch once it was asked for
    unhurried()
    response = client.get(address, headers={"HX-Request": "true"} if "q=" in address else {})
    assert response.status_code != 429, f"{address}: the crawl sees nothing where it is told to wait"
    body = response.getvalue()
    said = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    text_of_body = content_of(body, response.headers.get("Content-Type", ""))
    content = plain(f"{said} {text_of_body}")
    echo = plain(address.partition("q=")[2]) or next(iter(re.findall(r"/(птица-\w+)/", address.casefold())), "")
    links = [found.replace("&amp;", "&") for found in HREF.findall(text_of_body)]
    return response.status_code, content.replace(echo, "·") if echo else content, links


def content_of(body: bytes, kind: str) -> str:
    """Return the text of a body: what a reader of the file could copy out of it."""
    if kind.startswith("application/pdf"):
        return text(body)
    if "spreadsheet" in kind or body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return " ".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return body.decode("utf-8", "replace")


def plain(content: str) -> str:
    """Undo what HTML, JSON and addresses do to letters."""
    if "\\u0" in content:
        content = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), content)
    if "%D0" in content:
        content = unquote(content)
    return re.sub(r"[\xa0\u2060\u00ad]", " ", html.unescape(content)).casefold()


def caught(client: Client, cages: list[Cage], beginning: str = "/", first: int = 0) -> dict[tuple[str, str], set[str]]:
    """Return where each canary was seen: place and kind → shapes of addresses."""
    found = dict[tuple[str, str], set[str]]()
    canaries = [canary for cage in cages for canary in cage.canaries]
    for address, content in answers(client, cages, beginning, first):
        squeezed = seen(content) if "/pdf/" in address else content
        for canary in canaries:
            if any((seen(word) if "/pdf/" in address else word) in squeezed for word in canary.words):
                found.setdefault((canary.place, canary.kind), set()).add(shape(address))
    return found


def shape(address: str) -> str:
    """Return an address without its question and with «#» for what varies."""
    bare = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "#", address.partition("?")[0])
    return re.sub(r"/(\d+|ПТИЦА-\w+|%D0[^/]*)/", "/#/", bare)
