"""How much may be sent where, by whom and how slowly: asked of the web server itself, over a socket (п. 3.8, 3.9; F2, J)."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.architecture.routes import routes
from tests.databases import connected_to, copied
from tests.granian import THREADS, Answer, Wire, granian, heard
from zachetka.access.tests.make import make_account
from zachetka.intake.cells import MAX_FILE_BYTES
from zachetka.people.models import Upload
from zachetka.postgres.address import Place
from zachetka.web import arriving
from zachetka.web.bodies import FILES, STRANGER, Bodies, Stopping

pytestmark = pytest.mark.clause("3.8", "3.9")

TOKEN = "a" * 32
BOUNDARY = "x-zachetka"


@pytest.fixture(scope="module")
def place(database_server: Place, database_template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Place]:
    """A database of this module, where commits are real."""
    with (
        copied(database_server, database_template) as name,
        connected_to(name, django_db_blocker),
        django_db_blocker.unblock(),
    ):
        yield Place(database_server.data_dir, database=name)


@pytest.fixture(scope="module")
def wire(place: Place, collected_statics: None) -> Iterator[Wire]:
    with granian(place) as server:
        yield server


@pytest.fixture(scope="module")
def session(place: Place) -> str:
    client = Client()
    client.force_login(make_account("methodist"))
    return client.cookies["session"].value


def post(address: str, length: int | None, *headers: str, session: str = "", kind: str = "") -> bytes:
    """Return the headers of a POST that says it has `length` bytes, from whoever has `session`."""
    lines = [
        f"POST {address} HTTP/1.1",
        "Host: localhost",
        f"Cookie: csrf={TOKEN}" + (f"; session={session}" if session else ""),
        f"X-CSRFToken: {TOKEN}",
        f"Content-Type: {kind or f'multipart/form-data; boundary={BOUNDARY}'}",
        *([] if length is None else [f"Content-Length: {length}"]),
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def form(file: bytes, name: str = "Список.csv") -> bytes:
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{uuid4()}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return head.encode() + file + f"\r\n--{BOUNDARY}--\r\n".encode()


def kept_on_disk() -> set[str]:
    return {path.name for path in Path(tempfile.gettempdir()).glob("*.upload*")}


@pytest.mark.parametrize("address", ["/accounts/login/", "/imports/", "/theme/", "/nothing-here/"])
def test_a_stranger_sends_no_more_than_a_login_and_a_password(wire: Wire, address: str) -> None:
    before = kept_on_disk()
    body = form(b"x" * 5_000_000)
    answer = wire.say(post(address, len(body)) + body)
    assert answer.status == 413
    assert answer.seconds < 5
    assert kept_on_disk() == before


def test_a_stranger_is_refused_before_the_body_comes(wire: Wire) -> None:
    answer = wire.say(post("/imports/", STRANGER + 1))
    assert (answer.status, answer.seconds < 2) == (413, True)
    assert "Слишком большой запрос" in answer.text
    assert "frame-ancestors 'none'" in answer.text, "a refusal carries the headers of safety too"


@pytest.mark.parametrize("address", [f"/{route.pattern}" for route in routes() if "<" not in route.pattern])
def test_no_address_takes_a_file_past_every_limit(wire: Wire, session: str, address: str) -> None:
    answer = wire.say(post(address, max(FILES.values()) + 1, session=session))
    assert answer.status == 413
    assert "Слишком большой запрос" in answer.text


def test_ten_megabytes_go_where_files_are_taken_and_nowhere_else(wire: Wire, session: str) -> None:
    body = form(b"x" * (MAX_FILE_BYTES - 1))
    taken = wire.say(post("/imports/", len(body), session=session) + body)
    assert taken.status == 422, "read whole, and no list"
    assert wire.say(post("/orders/new/", len(body), session=session)).status == 413


def test_ten_megabytes_of_text_in_a_field_are_refused_unread_a20(wire: Wire, session: str) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = wire.say(post("/people/new/", 10_000_000, session=session, kind=kind) + b"last_name=" + b"x" * 1_000)
    assert (answer.status, answer.seconds < 2) == (413, True)


def test_one_byte_more_than_ten_megabytes_is_told_at_its_field(wire: Wire, session: str) -> None:
    body = form(b"x" * (MAX_FILE_BYTES + 1))
    answer = wire.say(post("/imports/", len(body), session=session) + body)
    assert answer.status == 422
    assert "Файл больше 10" in answer.text


def test_without_a_length_or_in_pieces_nothing_is_read_j3(wire: Wire, session: str) -> None:
    piece = b"%x\r\n%s\r\n" % (65536, b"x" * 65536)
    assert wire.say(post("/imports/", None, session=session)).status == 411
    answer = wire.say(post("/imports/", None, "Transfer-Encoding: chunked", session=session) + piece * 200)
    assert (answer.status, answer.seconds < 5) == (411, True)
    for said in (
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 5"),
    ):
        assert wire.say(post("/imports/", None, *said, session=session) + b"0\r\n\r\n").status in {400, 411}


def test_a_body_that_broke_off_is_not_taken_for_a_whole_one(wire: Wire, session: str) -> None:
    uploads = Upload.objects.count()
    body = form("Фамилия;Имя\nСоколова;Анна\n".encode())
    with wire.open() as connection:
        connection.sendall(post("/imports/", len(body), session=session) + body[:-30])
        connection.shutdown(1)
        assert heard(connection, time.monotonic()).status in {0, 400}
    assert Upload.objects.count() == uploads


class Slow(NamedTuple):
    """What became of senders who stopped in the middle, and of those who came meanwhile."""

    strangers: list[Answer]
    signed_in: list[Answer]
    headers: Answer
    meanwhile: list[Answer]


@pytest.fixture(scope="module")
def slow(wire: Wire, session: str) -> Slow:
    """Let everybody be slow at the same moment."""
    begun = time.monotonic()
    sign_in = post("/accounts/login/", 100, kind="application/x-www-form-urlencoded") + b"login="
    long_list = post("/imports/", STRANGER * 2, session=session) + form(b"x" * 100)[:200]
    said = [sign_in] * THREADS * 10 + [long_list] * THREADS * 2 + [b"GET / HTTP/1.1\r\nHost: localhost\r\n"]
    with ExitStack() as kept:
        connections = [kept.enter_context(wire.open()) for _ in said]
        for connection, words in zip(connections, said, strict=True):
            connection.sendall(words)
        time.sleep(1)
        login = b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
        meanwhile = [wire.say(login) for _ in range(10)]
        answers = [heard(connection, begun) for connection in connections]
    return Slow(answers[: THREADS * 10], answers[THREADS * 10 : -1], answers[-1], meanwhile)


def test_forty_slow_strangers_are_cut_off_in_time_j13(slow: Slow) -> None:
    assert {one.status for one in slow.strangers} == {408}
    assert max(one.seconds for one in slow.strangers) < 20
    assert {"Ничего не записано" in one.text for one in slow.strangers} == {True}


def test_headers_drop_by_drop_are_cut_off_j13(slow: Slow) -> None:
    assert slow.headers.seconds < 30


def test_few_threads_wait_for_long_bodies_and_the_others_say_so(slow: Slow) -> None:
    statuses = Counter(one.status for one in slow.signed_in)
    assert statuses == {408: arriving.SLOW_AT_ONCE, 503: THREADS * 2 - arriving.SLOW_AT_ONCE}
    assert THREADS > arriving.SLOW_AT_ONCE


def test_whoever_comes_meanwhile_is_answered_at_once(slow: Slow) -> None:
    assert {one.status for one in slow.meanwhile} == {200}
    assert max(one.seconds for one in slow.meanwhile) < 2


def test_without_the_first_middleware_the_body_would_be_taken(rf: RequestFactory) -> None:
    """The negative control: the same request, asked of what stands behind."""
    file = SimpleUploadedFile("Список.csv", b"x" * 1_000_001)

    def behind(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(len(request.FILES["file"])))

    refused = Bodies(behind)(rf.post(reverse("web:theme"), {"file": file}))
    file.seek(0)
    assert refused.status_code == 413
    assert behind(rf.post(reverse("web:theme"), {"file": file})).content == b"1000001"


def test_a_file_that_grows_past_every_limit_is_stopped_whatever_was_said() -> None:
    handler = Stopping()
    portion = b"x" * 1_048_576
    for place in range(10):
        assert handler.receive_data_chunk(portion, place) == portion
    with pytest.raises(RequestDataTooBig):
        handler.receive_data_chunk(portion, 10)


def test_whoever_is_let_in_stands_after_whoever_counts_bytes() -> None:
    order = list(project.MIDDLEWARE)
    assert order.index("zachetka.web.bodies.Bodies") < order.index("zachetka.web.errors.FaultPages")
    assert project.FILE_UPLOAD_HANDLERS[0] == "zachetka.web.bodies.Stopping"


def test_every_address_that_takes_files_exists() -> None:
    assert set(FILES) <= {route.name for route in routes()}
