"""The only way out of the system: to one origin that the operator named, and nowhere else (security.md L; п. 3.8).

A name is resolved once, every address is looked at, and the socket is opened to the address that was looked at: a name
that answers differently the next moment leads nowhere. Redirects are not followed. Answers are cut at a size and a time,
and so is the way to them: whoever says a byte of it every few seconds holds nobody longer.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from zachetka.core.errors import RuleViolation

CLAUSE: Final = "3.8"
SECONDS: Final = 20.0
"""For one answer, from the connection to its last byte."""
MOST_BYTES: Final = 20 * 1024 * 1024
PIECE: Final = 64 * 1024
PORTS: Final = {"https": 443, "http": 80}
LEAST_PORT, MOST_PORT = 8000, 8999
"""Ports of web servers besides 80 and 443: a database or a mail server is not one."""
GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
CARRIES_V4: Final = ipaddress.IPv6Network("2002::/16")
"""Public addresses of the sixth version, and those among them that lead to one of the fourth. All others are of this machine,
of a network, or an address of the fourth in disguise: `::127.0.0.1`, `64:ff9b::10.0.0.1`, though the library calls them global."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Origin(NamedTuple):
    """Where we may go: scheme, host, port, and the folder in which the other system stands, «» or «/moodle»."""

    scheme: str
    host: str
    port: int
    folder: str

    def __str__(self) -> str:
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.folder}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the kind of content, the bytes."""

    status: int
    kind: str
    body: bytes


def refused(sentence: str) -> RuleViolation:
    """Return the refusal to go somewhere, or to take what came."""
    return RuleViolation(CLAUSE, sentence, field="url")


def origin_of(url: str) -> Origin:
    """Return the origin that `url` names.

    Raises:
        RuleViolation: not an address of a web server: another scheme, a number for a host, a name of this machine or of no
            domain, other letters than Latin ones, a password in it, a port of something else, a question.
    """
    if any(sign in url for sign in "\\\t\r\n \0") or not url.isprintable():
        raise refused("Адрес с пробелами или косыми чертами не в ту сторону: запишите https://сервер/.")
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise refused("Годятся адреса, которые начинаются с https:// или http://.")
    if "@" in parts.netloc:
        raise refused("Имени и пароля в адресе быть не должно: токен лежит в файле.")
    host = parts.hostname or ""
    if not host.isascii() or "xn--" in host:
        raise refused("Имя сервера — латиницей: похожие буквы других алфавитов ведут к чужим.")
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise refused("После двоеточия в адресе — номер порта.") from None
    if port not in PORTS.values() and not LEAST_PORT <= port <= MOST_PORT:
        raise refused(f"Порт {port} — не веб-сервера: годятся 443, 80 и 8000–8999.")
    if parts.query or parts.fragment:
        raise refused("В адресе лишнее после «?» или «#»: нужен адрес сайта.")
    if _literal(host) is None and not _is_name(host):
        raise refused("Имя сервера — с доменом, как sdo.academy.ru; числом его не записывают.")
    return Origin(parts.scheme, host, port, parts.path.rstrip("/"))


def within(url: str, origin: Origin) -> Origin:
    """Return the origin of `url` when it is the one that we may go to.

    Raises:
        RuleViolation: it is another one, whatever it is; or as `origin_of`.
    """
    found = origin_of(url)
    if found[:3] != origin[:3] or not f"{found.folder}/".startswith(f"{origin.folder}/"):
        raise refused(f"Обмен — только с {origin}: другие адреса закрыты.")
    return found


def addresses_of(origin: Origin, allowed: Sequence[Network]) -> list[Address]:
    """Return the addresses of a server, each looked at.

    Args:
        origin: where we may go.
        allowed: networks of our own besides the public ones: the other system may stand beside us.

    Raises:
        RuleViolation: it has none, or one of them is of this machine, of our networks or of nobody.
    """
    try:
        told = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise refused(f"Сервер {origin.host} не найден: проверьте имя и сеть.") from error
    found = list(dict.fromkeys(ipaddress.ip_address(row[4][0]) for row in told))
    for address in found:
        if not _is_open(address, allowed):
            raise refused(
                f"{origin.host} ведёт во внутреннюю сеть. Если так и надо, назовите её в ZACHETKA_EXCHANGE_NETWORKS."
            )
    if not found:
        raise refused(f"Сервер {origin.host} не найден: проверьте имя и сеть.")
    return found


def post(origin: Origin, path: str, fields: Mapping[str, str], allowed: Sequence[Network]) -> Answer:
    """Send a form to `origin` and return the answer; nothing is followed, nothing is remembered.

    Raises:
        RuleViolation: it cannot be reached, is too slow, answers too much or leads elsewhere.
    """
    address = str(addresses_of(origin, allowed)[0])
    until = time.monotonic() + SECONDS
    body = urlencode(fields)
    headers = {
        "Host": origin.host if origin.port == PORTS[origin.scheme] else f"{origin.host}:{origin.port}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
        "User-Agent": "zachetka",
    }
    connection = _Pinned(origin, address)
    term = threading.Timer(SECONDS, connection.hang_up)
    term.daemon = True
    term.start()
    try:
        connection.request("POST", f"{origin.folder}{path}", body, headers)
        answer = connection.getresponse()
        if 300 <= answer.status < 400:
            raise refused(f"{origin} отправляет на другой адрес: укажите в настройках тот, что открывается сразу.")
        return Answer(answer.status, answer.headers.get_content_type(), _read(answer, connection, until))
    except (OSError, http.client.HTTPException) as error:
        if isinstance(error, TimeoutError) or time.monotonic() >= until:
            raise refused(f"{origin.host} молчит дольше {SECONDS:.0f} секунд: попробуйте позже.") from error
        if isinstance(error, ssl.SSLError):
            raise refused(f"Сертификату {origin.host} нельзя верить: проверьте его и часы сервера.") from error
        raise refused(f"С {origin.host} не удалось соединиться: проверьте, работает ли он.") from error
    finally:
        term.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at; the name is for the certificate and the header."""

    def __init__(self, origin: Origin, address: str) -> None:
        super().__init__(origin.host, origin.port, timeout=SECONDS)
        self.origin, self.address = origin, address

    def connect(self) -> None:
        """Open the socket to the address, and only to it."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.origin.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.origin.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def hang_up(self) -> None:
        """End it from another thread, wherever it is: in the greeting, the headers or the body."""
        if self.sock is not None:
            with suppress(OSError):  # it has just ended by itself
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, connection: _Pinned, until: float) -> bytes:
    pieces: list[bytes] = []
    length = 0
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = answer.read1(PIECE)
        if not piece:
            if answer.length:  # it broke off: a part is not the answer
                raise http.client.IncompleteRead(b"", answer.length)
            return b"".join(pieces)
        length += len(piece)
        if length > MOST_BYTES:
            raise refused(f"Ответ больше {MOST_BYTES // 1024 // 1024} МБ: запросите меньше, по одной группе или курсу.")
        pieces.append(piece)


def _is_open(address: Address, allowed: Sequence[Network]) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    real = mapped or address
    if any(real.version == network.version and real in network for network in allowed):
        return True
    is_public = real.version == 4 or (real in GLOBAL_V6 and real not in CARRIES_V4)
    return is_public and real.is_global and not real.is_multicast


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """True for a name with a domain that is no number: «0x7f.1» and «2130706433» are addresses in disguise."""
    labels = host.rstrip(".").split(".")
    return (
        len(host) <= 253
        and len(labels) >= 2
        and labels[-1].isalpha()
        and all(label.replace("-", "").isalnum() and len(label) <= 63 and label.strip("-") == label for label in labels)
        and labels[-1] not in ("localhost", "local", "internal", "localdomain")
    )
