"""Group L of the bad-input corpus: whatever the address, nobody is called but the one that the operator named."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from typing import Any

import pytest

from zachetka.core.errors import RuleViolation
from zachetka.exchange import outbound
from zachetka.exchange.outbound import addresses_of, origin_of, post, within
from zachetka.exchange.tests.make import ANSWERS, LOOPBACK, TOKEN, Raw, served

pytestmark = pytest.mark.clause("3.8")

ORIGIN = origin_of("https://sdo.academy.ru/moodle")
CASES = {
    "L1": "http://127.0.0.1/",
    "L2": "http://[::1]/",
    "L3": "http://0x7f.1/",
    "L4": "http://2130706433/",
    "L5": "http://169.254.169.254/latest/meta-data/",
    "L6": "https://rebinding.example.ru/",
    "L7": "https://sdo.academy.ru/",  # the redirect itself is tested below
    "L8": "file:///etc/passwd",
    "L9": "gopher://sdo.academy.ru/moodle",
    "L10": "https://sdo.academy.ru@evil.example/",
    "L11": "https://sdо.academy.ru/moodle",  # a Cyrillic «о»
    "L12": "https://sdo.academy.ru:5432/moodle",
    "folder": "https://sdo.academy.ru/moodle-evil/",
    "scheme": "http://sdo.academy.ru/moodle",
    "punycode": "https://xn--sd-8kc.academy.ru/moodle",
    "slash": "https://sdo.academy.ru\\@evil.example/moodle",
    "question": "https://sdo.academy.ru/moodle?x=https://evil.example",
    "name": "https://localhost/",
    "one word": "https://sdo/",
    "userinfo": "https://user:password@sdo.academy.ru/moodle",
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address to which a socket was opened."""
    calls: list[Any] = []
    connect = socket.socket.connect

    def counted(self: socket.socket, address: Any) -> None:
        calls.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", counted)
    return calls


@pytest.mark.parametrize("case", CASES)
def test_no_other_address_is_gone_to_and_no_socket_opened(case: str, opened: list[Any]) -> None:
    with pytest.raises(RuleViolation) as refusal:
        within(CASES[case], ORIGIN)
    assert refusal.value.field == "url"
    assert opened == []


def test_the_address_that_was_named_is_gone_to() -> None:
    assert within("https://sdo.academy.ru/moodle/webservice/", ORIGIN).host == "sdo.academy.ru"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/", "http://10.0.0.1/", "http://192.168.1.1/",
     "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://0.0.0.0/", "http://224.0.0.1/", "http://100.64.0.1/",
     "http://[::127.0.0.1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/",
     "http://[::ffff:0:127.0.0.1]/", "http://[fec0::1]/", "http://[fd00::1]/", "http://[ff02::1]/", "http://[::]/"],
)  # fmt: skip
def test_even_the_operator_names_inner_networks_apart_l1_l2_l5(url: str, opened: list[Any]) -> None:
    with pytest.raises(RuleViolation, match="внутреннюю сеть"):
        post(origin_of(url), "/", {}, ())
    assert opened == []


def test_a_name_that_leads_inside_is_refused_whatever_else_it_answers_l6(
    monkeypatch: pytest.MonkeyPatch, opened: list[Any]
) -> None:
    answers = [[("93.184.216.34", 443)], [("93.184.216.34", 443), ("127.0.0.1", 443)]]

    def told(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in answers.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", told)
    assert [str(one) for one in addresses_of(ORIGIN, ())] == ["93.184.216.34"]
    with pytest.raises(RuleViolation, match="внутреннюю сеть"):
        addresses_of(ORIGIN, ())
    assert opened == []


def test_a_name_is_asked_for_once_and_the_socket_goes_where_was_looked_l6(monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as site:
        origin = origin_of(site.url)._replace(host="moodle.example.ru")
        asked: list[Any] = []

        def told(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        monkeypatch.setattr(socket, "getaddrinfo", told)
        answer = post(origin, "/x", {"wstoken": TOKEN, "wsfunction": "core_cohort_get_cohorts"}, LOOPBACK)
    assert answer.status == 200
    assert [one for one in asked if one == "moodle.example.ru"] == ["moodle.example.ru"]


def test_a_redirect_is_not_followed_l7(opened: list[Any]) -> None:
    elsewhere = Raw(b"", status=302, headers={"Location": "http://127.0.0.1:1/"})
    with served({"f": elsewhere}) as site, pytest.raises(RuleViolation, match="другой адрес"):
        post(origin_of(site.url), "/x", {"wsfunction": "f", "wstoken": TOKEN}, LOOPBACK)
    assert len(opened) == 1


def test_an_answer_is_cut_at_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "MOST_BYTES", 1000)
    with served({"f": Raw(b"x" * 2000), "g": Raw(b"x" * 900)}) as site:
        origin = origin_of(site.url)
        assert len(post(origin, "/x", {"wsfunction": "g", "wstoken": TOKEN}, LOOPBACK).body) == 900
        with pytest.raises(RuleViolation, match="Ответ больше"):
            post(origin, "/x", {"wsfunction": "f", "wstoken": TOKEN}, LOOPBACK)


def test_silence_is_waited_for_no_longer_than_a_term(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 8017)) as deaf, pytest.raises(RuleViolation, match="молчит"):
        post(origin_of(f"http://127.0.0.1:{deaf.getsockname()[1]}"), "/x", {}, LOOPBACK)


LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"


@pytest.mark.parametrize(
    ("scheme", "greeting"),
    [("https", b"\x16\x03\x03\x40\x00"), ("http", b""), ("http", b"HTTP/1.1 200 OK\r\nX: "), ("http", LENGTH)],
    ids=["the greeting of TLS", "the first line", "a header", "the body"],
)
def test_a_byte_now_and_then_holds_nobody_longer_than_the_term(
    monkeypatch: pytest.MonkeyPatch, scheme: str, greeting: bytes
) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 1.0)
    begun = time.monotonic()
    with trickling(greeting) as port, pytest.raises(RuleViolation, match="молчит"):
        post(origin_of(f"{scheme}://127.0.0.1:{port}"), "/x", {}, LOOPBACK)
    assert time.monotonic() - begun < 4


@contextmanager
def trickling(greeting: bytes) -> Iterator[int]:
    """Serve somebody who says `greeting` and then a byte every fifth of a second, for ever; yield the port."""
    ended = threading.Event()

    def serve(listening: socket.socket) -> None:
        with suppress(OSError), listening.accept()[0] as caller:
            caller.sendall(greeting)
            while not ended.wait(0.2):
                caller.sendall(b"H")

    with socket.create_server(("127.0.0.1", 8018)) as listening:
        thread = threading.Thread(target=serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            thread.join(5)


def test_an_answer_that_broke_off_is_not_taken_for_a_whole_one() -> None:
    short = Raw(b"[]", headers={"Content-Length": "99"})
    with served({"f": short}) as site, pytest.raises(RuleViolation, match="не удалось соединиться"):
        post(origin_of(site.url), "/x", {"wsfunction": "f", "wstoken": TOKEN}, LOOPBACK)


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(RuleViolation, match="не удалось соединиться"):
        post(origin_of("http://127.0.0.1:8016"), "/x", {}, (ip_network("127.0.0.0/8"),))


def test_the_guard_would_notice_a_socket(opened: list[Any]) -> None:
    """The negative control: a lawful question does open one."""
    with served() as site:
        post(origin_of(site.url), "/x", {"wstoken": TOKEN, "wsfunction": next(iter(ANSWERS))}, LOOPBACK)
    assert len(opened) == 1
