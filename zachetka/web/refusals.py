"""Refusals as answers: what, why, under which clause, and what to do. The only place that catches them.

A page gets a page, htmx gets a fragment for the place that asked, a script gets JSON. Forms keep what was typed:
their views show a refusal at its field through `rendering.fields.at_its_field`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import Resolver404, resolve

from zachetka.core.constraints import LOCK_TIMEOUT, guard_words, sqlstate_of
from zachetka.core.errors import Busy, Door, Forbidden, Refusal, Stale, TooMany
from zachetka.web.asked import record_refusal

logger = logging.getLogger(__name__)


class Words(NamedTuple):
    """How a status is told to a person: headline, and what to do next."""

    title: str
    advice: str
    icon: str


WORDS: Final = {
    400: Words("Запрос не разобрать", "Вернитесь на страницу и повторите действие.", "alert-circle"),
    403: Words("Нет права", "Если право нужно по работе, обратитесь к администратору системы.", "lock"),
    404: Words("Такой страницы нет", "Проверьте адрес или найдите нужное с главной страницы.", "map-off"),
    405: Words("Так эта страница не открывается", "Вернитесь назад и нажмите кнопку на странице.", "alert-circle"),
    408: Words("Данные не дошли", "Проверьте связь и отправьте ещё раз.", "clock"),
    409: Words("Сейчас так нельзя", "Ничего не записано. Откройте запись: там её нынешнее состояние.", "refresh"),
    410: Words("Файл не открыть", "Ничего не изменено. Сообщите администратору системы.", "file-alert"),
    411: Words("Запрос не разобрать", "Вернитесь на страницу и повторите действие.", "alert-circle"),
    413: Words("Слишком большой запрос", "Разделите данные на части и отправьте по очереди.", "file-alert"),
    415: Words("Запрос не разобрать", "Вернитесь на страницу и повторите действие.", "alert-circle"),
    422: Words("Так нельзя", "Исправьте и повторите: введённое не потеряно, вернитесь назад.", "alert-triangle"),
    429: Words("Слишком часто", "Подождите и повторите.", "clock"),
    500: Words(
        "Ошибка на нашей стороне", "Ничего не записано наполовину. Повторите позже; мы уже знаем.", "alert-octagon"
    ),
    503: Words(
        "Система сейчас недоступна", "Подождите минуту и обновите страницу: введённое не отправлено.", "cloud-off"
    ),
}
OF_KIND: Final[dict[type[Refusal], Words]] = {
    Stale: Words(
        "Пока вы смотрели, всё изменилось",
        "Ничего не записано. Откройте запись заново: там её нынешнее состояние.",
        "refresh",
    ),
    Busy: Words("Запись сейчас занята", "Ничего не записано. Вернитесь и повторите через несколько секунд.", "clock"),
}
"""Refusals of one status that are told apart."""
DOORS: Final = {
    "learning:order": "Открыть приказ",
    "learning:sheet": "Открыть ведомость",
    "learning:cohort": "Открыть группу",
    "learning:correction": "Открыть исправление",
    "learning:record-book": "Открыть зачётную книжку",
    "learning:mark-upload": "Открыть загрузку",
    "imports:card": "Открыть загрузку",
    "people:card": "Открыть карточку",
    "people:employee": "Открыть карточку работника",
    "people:account": "Открыть учётную запись",
    "people:role": "Открыть роль",
    "people:request": "Открыть запрос",
    "programs:version": "Открыть редакцию программы",
    "jobs:job": "Открыть задание",
}
"""Pages of records, by the name of the address: what was asked of a record lies below its page."""
NO_RIGHT_TO_WRITE: Final = "42501"
"""The database refuses the system itself: the trace of a look cannot be written, so nothing is shown."""
LEADS_BACK: Final = frozenset({400, 409, 422, 429})
"""Answers to something that was sent: the way on is the record, or the page it was sent from."""
SAFE: Final = frozenset({"GET", "HEAD"})
TOO_LARGE: Final = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class Refusals:
    """The middleware that turns a refusal of any depth into an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what we know how to answer; leave the rest to be a 500 with its traceback in the log.

        What the policy refused leaves a trace first, in a transaction of its own; without the trace there is no answer.
        """
        try:
            record_refusal(request, exception)
        except DatabaseError as trouble:
            return _database_trouble(request, trouble)
        if isinstance(exception, Forbidden) and exception.hidden:
            return answer(request, 404)
        if isinstance(exception, Refusal):
            return refused(request, exception)
        if isinstance(exception, Http404):
            return answer(request, 404)
        if isinstance(exception, PermissionDenied):
            return answer(request, 403)
        if isinstance(exception, TOO_LARGE):
            return answer(request, 413)
        if isinstance(exception, SuspiciousOperation | MultiPartParserError | UnicodeDecodeError | UnreadablePostError):
            return answer(request, 400)
        if isinstance(exception, OperationalError | InterfaceError) or sqlstate_of(exception) == NO_RIGHT_TO_WRITE:
            return _database_trouble(request, exception)
        if words := guard_words(exception):  # an action let it through, the last defence did not: ours to look at
            logger.error("a guard of the database refused at %s: %s", request.path, words)
            return answer(request, 409, sentence=words)
        return None


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer `refusal` in the form that the asker can show."""
    response = answer(
        request,
        refusal.status,
        sentence=refusal.sentence,
        clause=refusal.clause,
        field=refusal.field,
        words=OF_KIND.get(type(refusal)),
        door=refusal.door,
    )
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after)
    return response


def clause_words(clause: str) -> str:
    """Return how a clause is cited: «Основание: п. 2.5 Положения» or the law as it is."""
    return f"Основание: п. {clause} Положения." if clause.replace(".", "").isdigit() else f"Основание: {clause}."


def answer(
    request: HttpRequest,
    status: int,
    *,
    sentence: str = "",
    clause: str = "",
    field: str = "",
    words: Words | None = None,
    door: Door | None = None,
) -> HttpResponse:
    """Return the page, fragment or JSON for `status`. Touches no database: it must work when nothing else does."""
    words = words or WORDS[status]
    told = {
        "status": status,
        "title": words.title,
        "sentence": sentence,
        "clause": clause_words(clause) if clause else "",
        "advice": words.advice,
        "icon": words.icon,
        "door": door or (door_of(request) if status in LEADS_BACK else None),
    }
    accepts = request.headers.get("Accept", "")
    if accepts.startswith("application/json"):
        return JsonResponse({"error": sentence or words.title, "clause": clause, "field": field}, status=status)
    if request.headers.get("HX-Request") == "true":
        return render(request, "web/_refusal.html", told, status=status)
    return render(request, "web/refusal.html", told, status=status)


def door_of(request: HttpRequest) -> Door | None:
    """Return the page of the record that the address is about, else the page that the person came from.

    To open the address itself would send the form again, so what was refused is never offered anew.
    """
    if request.method in SAFE:
        return None
    above = request.path_info.rstrip("/")
    while above:
        with suppress(Resolver404):
            name = resolve(f"{above}/").view_name
            if name in DOORS:
                return Door(DOORS[name], f"{above}/")
        above = above.rpartition("/")[0]
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return None
    return Door("Вернуться на страницу", came_from.path + (f"?{came_from.query}" if came_from.query else ""))


def _database_trouble(request: HttpRequest, error: Exception) -> HttpResponse:
    if sqlstate_of(error) == LOCK_TIMEOUT:
        return refused(request, Busy("2.1", "Запись сейчас меняет другой человек. Повторите через несколько секунд."))
    logger.error("database trouble at %s: %s", request.path, error)
    response = answer(request, 503)
    response["Retry-After"] = "30"
    return response
