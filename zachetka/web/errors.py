"""Answers that no view made: Django's handlers, a stale form, a bare 405. All are drawn by `refusals.answer`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from zachetka.web.refusals import WORDS, Words, answer, door_of

STALE_FORM: Final = Words(
    "Форма устарела",
    "Так бывает, когда в другой вкладке вошли заново или страница открыта слишком давно. Откройте её ещё раз и повторите.",
    "refresh",
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 — Django's signature
    """400: the address or the data cannot be understood."""
    return answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: the role does not grant it (п. 3.8)."""
    return answer(request, 403, clause="3.8")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404: no such record, or not for this person: the words are the same (п. 3.8)."""
    return answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: ours. The details are in the log, never on the page."""
    return answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form was not ours, or has grown old while the page was open."""
    return answer(request, 403, sentence="Ничего не записано.", words=STALE_FORM, door=door_of(request))


class FaultPages:
    """Gives words to an answer that came out as a bare number: the 405 of a decorator, a 413, a 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; an empty answer with a status of `WORDS` becomes a page, its own headers stay."""
        bare = self.get_response(request)
        told = not isinstance(bare, HttpResponse) or bool(bare.content)
        if bare.status_code not in WORDS or told or request.method == "HEAD":
            return bare
        page = answer(request, bare.status_code)
        for name, value in bare.headers.items():
            if name.lower() not in {"content-type", "content-length"}:
                page.headers[name] = value
        return page
