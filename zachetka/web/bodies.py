"""How much may be sent where, decided by what the headers say, before a byte of the body is read (п. 3.8; corpus F2, J).

Whoever has not signed in sends a login and a password, so that is all the room there is. Files are taken at the addresses
of `FILES` alone. Nothing that a stranger sends comes to the disk.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.urls import Resolver404, resolve

from zachetka.intake.cells import MAX_FILE_BYTES
from zachetka.web.arriving import Arriving, Told, Trouble
from zachetka.web.refusals import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

FORM: Final = 64 * 1024
"""Bytes of a form around its file."""
STRANGER: Final = 16 * 1024
"""Bytes from whoever has not signed in."""
FILES: Final = {"imports:list": MAX_FILE_BYTES + FORM}
"""Addresses that take a file: name → bytes. Every other one takes `DATA_UPLOAD_MAX_MEMORY_SIZE`."""
COOKIES: Final = 50

METHODS: Final = frozenset({"GET", "HEAD", "POST"})
"""What any address knows."""

UNKNOWN: Final = Told(405, "")
NO_LENGTH: Final = Told(411, "Запрос не говорит, сколько в нём данных.")
TWO_LENGTHS: Final = Told(400, "Запрос говорит о своей длине дважды.")
NO_NUMBER: Final = Told(400, "Длина запроса написана не числом.")
TOO_LARGE: Final = Told(413, "")
PACKED: Final = Told(415, "Сжатые запросы не принимаются.")
NOT_UTF8: Final = Told(400, "Кодировка запроса не та: нужна UTF-8.")
MANY_COOKIES: Final = Told(400, "В запросе слишком много cookie.")


class Bodies:
    """Refuses by its headers what is too large, of no known length or packed; tells why a body did not come."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or refuse unread; what went wrong under way outweighs whatever was made of it."""
        if told := refusal(request):
            return _told(request, told)
        response = self.get_response(request)
        trouble = trouble_of(request)
        if trouble is None:
            return response
        response.close()
        return _told(request, trouble.value)


class StrangersBodies:
    """Refuses what is more than a login and a password from whoever has not signed in; stands before the check of forms.

    That check reads the body, and forgives one that breaks off when the token came beside it; here it is not forgiven.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, or refuse unread."""
        if length_of(request) > STRANGER and not request.user.is_authenticated:
            return _told(request, TOO_LARGE)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Keep a view from acting on a body that is not whole."""
        trouble = trouble_of(request)
        return None if trouble is None else _told(request, trouble.value)


class Stopping(FileUploadHandler):
    """The last defence: it stops a file that grows past every limit, whatever the headers have said."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        """Pass the portion on to those who keep it.

        Raises:
            RequestDataTooBig: more than any address takes.
        """
        self.taken += len(raw_data)
        if self.taken > max(FILES.values()):
            raise RequestDataTooBig("a file past every limit")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Keep nothing: the next handler has it."""


def refusal(request: HttpRequest) -> Told | None:
    """Return why the headers alone are reason enough to refuse, None if they are none."""
    if request.method not in METHODS:
        return UNKNOWN
    told, coding = request.META, request.META.get("HTTP_CONTENT_ENCODING", "")
    if "HTTP_TRANSFER_ENCODING" in told:
        return TWO_LENGTHS if told.get("CONTENT_LENGTH") else NO_LENGTH
    if not told.get("CONTENT_LENGTH") and request.method == "POST":
        return NO_LENGTH
    if not str(told.get("CONTENT_LENGTH") or "0").isdecimal():
        return NO_NUMBER
    if length_of(request) > room_at(request):
        return TOO_LARGE
    if coding and coding.lower() != "identity":
        return PACKED
    if not _is_utf8((request.content_params or {}).get("charset", "utf-8")):
        return NOT_UTF8
    return MANY_COOKIES if told.get("HTTP_COOKIE", "").count(";") >= COOKIES else None


def trouble_of(request: HttpRequest) -> Trouble | None:
    """Return why the body of `request` did not come whole, as far as it was read."""
    body = request.META.get("wsgi.input")
    return body.trouble if isinstance(body, Arriving) else None


def length_of(request: HttpRequest) -> int:
    """Return how many bytes the request says it has."""
    return int(request.META.get("CONTENT_LENGTH") or 0)


def room_at(request: HttpRequest) -> int:
    """Return how many bytes the address takes."""
    if length_of(request) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        name = ""
    return FILES.get(name, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in {"utf-8", "ascii"}
    except LookupError:
        return False


def _told(request: HttpRequest, told: Told) -> HttpResponse:
    return answer(request, told.status, sentence=told.sentence)
