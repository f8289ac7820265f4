"""Canaries: people whose every field is a word that stands nowhere else, so that a leak of one byte can be named."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple
from urllib.parse import unquote
from uuid import uuid4

from django.test import Client

from tests.academy import ROLES
from tests.architecture.routes import Route, routes
from tests.corpus.crawl import HREF, OF_A_SHAPE, STATIC, addresses, unhurried
from tests.corpus.texts import CAMPAIGN, dealt
from tests.counted import counted, flaws
from zachetka.access.models import Account
from zachetka.access.policy import MATRIX, Permission, Role
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


class Met(NamedTuple):
    """What a visitor met at one address.

    Attributes:
        address: where.
        status: of the answer.
        text: what a reader of the body could copy out of it.
        said: the same in plain letters and the headers, without what was asked.
        links: where the body and the headers lead.
        is_shown: it was reached by links from the first page.
        asked: how many statements it asked of the database; 0 when they were not counted.
        flaws: what is wrong with them.
    """

    address: str
    status: int
    text: str
    said: str
    links: tuple[str, ...]
    is_shown: bool
    asked: int = 0
    flaws: tuple[str, ...] = ()


FILES: Final = re.compile(r"/(export|pdf|proof|refused|result|verify_bundle\.py)")
"""Addresses that answer with a file; what they cost is for the tests of tables and forms."""
PROOF: Final = re.compile(r"/record-books/\d+/proof/")
"""A file of proofs is there to fetch once it was asked for."""


def answers(
    client: Client,
    cages: list[Cage],
    beginning: str = "/",
    first: int = 0,
    *,
    orders: set[tuple[str, str]] | None = None,
    asking: Callable[[], None] = lambda: None,
) -> Iterator[Met]:
    """Yield all that comes back from each address that `client` is shown or can try.

    First the links from the first page on, few of one shape, of a list one in each order and with each filter. Then every route with canaries and with ordinary records in it,
    every list with a share of what can be asked of it (from the `first` on, another list another share), and of the links
    that these answers carry one of each shape: filters, pages, files.

    Args:
        client: who asks.
        cages: whose canaries are tried.
        beginning: of the addresses that are of interest.
        first: the place of this visitor among others, for what is dealt round.
        orders: of lists, that others have opened already: each is opened once.
        asking: called once before anything is asked for that a look does not make.
    """
    orders = set() if orders is None else orders
    shown = deque(["/"] if beginning == "/" else [])
    tried = deque(address for address in tried_by(cages, first) if address.startswith(beginning))
    shapes, known = Counter[_Shape](), {_question(address) for address in tried}
    met_with, seen, proofs, place = {"/"}, set[str](), list[str](), first
    while shown or tried:
        is_shown = bool(shown)
        address = (shown or tried).popleft()
        if address in seen:
            continue
        seen.add(address)
        if PROOF.fullmatch(address):
            proofs.append(address)
            continue
        yield (met := _read(client, address, is_shown=is_shown))
        if met.status == 200 and address in _lists():
            place += 1
            tried.extend(dealt(place, [*_asked(address)], 4))
            known |= {_question(asked) for asked in _asked(address)}
        for link in met.links:
            if (
                link in met_with
                or not link.startswith(beginning)
                or link.startswith(STATIC)
                or _is_opened(link, orders)
            ):
                continue
            met_with.add(link)
            question = _question(link)
            if is_shown and shapes[question] < (OF_A_SHAPE if CAMPAIGN or "?" not in link else 1):
                shapes[question] += 1
                shown.append(link)
            elif not is_shown and question not in known and not shapes[question]:
                known.add(question)
                tried.append(link)
    asking()
    for address in proofs:
        client.post(address)
        yield _read(client, address, is_shown=False)


def tried_by(cages: list[Cage], first: int) -> list[str]:
    """Return the addresses that the visitor at the place `first` tries: of each route with canaries, with records that exist and of none.

    Where the job is opened, all of them but a quarter of those with nothing real in them; where the route is closed to the job, as
    the page of rights says it, a quarter, other visitors the others.
    """
    tried = dict[str, None]()
    for place, route in enumerate(routes(), first):
        real, others = [*planted(route, cages), *addresses(route)[:2]], addresses(route)[2:]
        if (
            CAMPAIGN
            or not route.permissions
            or any(ROLES[first] in MATRIX[Permission(one)] for one in route.permissions)
        ):
            tried |= dict.fromkeys([*real, *dealt(place, others, 4)])
        else:
            tried |= dict.fromkeys(dealt(place, [*real, *others], min(4, len(real) + len(others))))
    return list(tried)


_Shape = tuple[str, tuple[str, ...]]


def _is_opened(link: str, orders: set[tuple[str, str]]) -> bool:
    """Say whether a list was opened in this order before; it counts as opened from now on."""
    order = re.search(r"[?&]sort=([^&]*)", link)
    if order is None or "file=" in link or CAMPAIGN:
        return False
    asked = (shape(link), order[1])
    was_opened = asked in orders
    orders.add(asked)
    return was_opened


def _question(address: str) -> _Shape:
    """Return the shape of an address and the names of what it asks; of a list, but not of its file, the order too."""
    asked = address.partition("?")[2].split("&")
    told = "sort=" if "file=" not in address else "="
    return shape(address), tuple(sorted(one if one.startswith(told) else one.partition("=")[0] for one in asked))


@cache
def _lists() -> frozenset[str]:
    return frozenset(f"/{route.pattern}" for route in routes() if "<" not in route.pattern)


def planted(route: Route, cages: list[Cage]) -> Iterator[str]:
    """Yield the addresses of a route with canaries in it."""
    if "<" not in route.pattern:
        return
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
                    yield from (f"/{address}".replace("orders", tab) for tab in ("evidence", "readers", "attestation"))


def _asked(address: str) -> Iterator[str]:
    yield from (f"{address}?q={word}" for word in (*_STEMS.values(), "птица"))
    yield f"{address}?sort=-snils&q=900555"
    if "export" in address:
        yield from (f"{address}?{name}={kind}" for name in ("file", "kind") for kind in ("csv", "xlsx"))


def _read(client: Client, address: str, *, is_shown: bool) -> Met:
    """Return what comes back from an address; what was asked is not counted as an answer."""
    unhurried()
    with counted() as asked:
        response = client.get(address, headers={"HX-Request": "true"} if "q=" in address else {})
    is_page = is_shown and response.status_code == 200 and not response.streaming and not FILES.search(address)
    if is_page and flaws(address, asked):  # what is composed once is composed by now
        with counted() as asked:
            response = client.get(address)
    assert response.status_code != 429, f"{address}: the crawl sees nothing where it is told to wait"
    body = response.getvalue()
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    text_of_body = content_of(body, response.headers.get("Content-Type", ""))
    said = plain(f"{headers} {text_of_body}")
    echo = plain(address.partition("q=")[2]) or next(iter(re.findall(r"/(птица-\w+)/", address.casefold())), "")
    links = (response.headers.get("Location", ""), *HREF.findall(text_of_body))
    return Met(
        address, response.status_code, text_of_body, said.replace(echo, "·") if echo else said,
        tuple(found.replace("&amp;", "&").partition("#")[0] for found in links), is_shown,
        asked.total() if is_page else 0, tuple(flaws(address, asked)) if is_page else (),
    )  # fmt: skip


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


Found = dict[tuple[str, str], set[str]]
"""Where each canary was seen: place and kind → shapes of addresses."""


def caught(client: Client, cages: list[Cage], beginning: str = "/", first: int = 0) -> Found:
    """Return where each canary was seen."""
    found: Found = {}
    for met in answers(client, cages, beginning, first):
        seek(met, cages, found)
    return found


def seek(met: Met, cages: list[Cage], found: Found) -> None:
    """Add the canaries of an answer to what was `found`."""
    on_paper = "/pdf/" in met.address
    squeezed = seen(met.said) if on_paper else met.said
    for cage in cages:
        for canary in cage.canaries:
            if any((seen(word) if on_paper else word) in squeezed for word in canary.words):
                found.setdefault((canary.place, canary.kind), set()).add(shape(met.address))


def shape(address: str) -> str:
    """Return an address without its question and with «#» for what varies."""
    bare = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "#", address.partition("?")[0])
    return re.sub(r"/(\d+|ПТИЦА-\w+|%D0[^/]*)/", "/#/", bare)
