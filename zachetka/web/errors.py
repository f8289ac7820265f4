"""Pages of faults: what happened, why, under which clause, what to do (look.md, «Avoid»: never «Произошла ошибка»).

`fault_page` is the one place that draws them, for `refusals.py`, for Django's handlers and for answers that came out empty.
The page of a 500 asks the database nothing and depends on nobody being signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from zachetka.web.navigation import theme_of


@dataclass(frozen=True, slots=True)
class Fault:
    """What a status says to a person."""

    title: str
    sentence: str
    advice: str
    icon: str = "alert-circle"
    clause: str = ""


FAULTS: Final = {
    400: Fault(
        "Запрос не понят",
        "В адресе или в присланном есть то, чего эта страница не знает.",
        "Вернитесь и повторите действие кнопками страницы, а не правкой адреса.",
        "help-circle",
    ),
    403: Fault(
        "Нет права",
        "Ваша роль не даёт этого действия.",
        "Если оно входит в ваши обязанности, обратитесь к администратору системы: роль даётся приказом.",
        "lock",
        "3.8",
    ),
    404: Fault(
        "Такой страницы нет",
        "Записи нет, она удалена по сроку или открыта не вам.",
        "Проверьте адрес или найдите запись поиском.",
        "search-off",
    ),
    405: Fault("Так сюда не обращаются", "Этот адрес отвечает на другое действие.", "Вернитесь на страницу и нажмите кнопку."),
    409: Fault(
        "Запись изменилась",
        "Пока страница была открыта, запись изменил другой человек.",
        "Откройте её заново и сравните.",
        "arrows-exchange",
    ),
    413: Fault(
        "Файл слишком велик",
        "Присланное больше того, что мы принимаем.",
        "Уменьшите файл или разделите список на части.",
        "file-alert",
    ),
    415: Fault("Не тот вид файла", "Такие файлы здесь не читаем.", "Сохраните список как XLSX или CSV.", "file-alert"),
    422: Fault("Так нельзя", "Присланное нарушает правило.", "Исправьте отмеченное и отправьте снова.", "ban"),
    429: Fault("Слишком часто", "Попыток больше, чем разрешено.", "Подождите и повторите.", "clock-pause", "3.8"),
    500: Fault(
        "Сбой на нашей стороне",
        "Действие не выполнено: записано либо всё, либо ничего.",
        "Повторите через минуту. Если не помогло — сообщите администратору время сбоя.",
        "tool",
    ),
    503: Fault("Система занята", "Сейчас идут работы или не отвечает база.", "Повторите через минуту.", "tool"),
}
"""Status → page. A refusal replaces the sentence and the clause with its own."""


def fault_page(  # noqa: PLR0913 — keywords of one page
    request: HttpRequest,
    status: int,
    *,
    sentence: str = "",
    clause: str = "",
    advice: str = "",
    retry_after: int | None = None,
) -> HttpResponse:
    """Return the page of a fault, or, for htmx, the strip that is put beside what was asked.

    Args:
        request: what was asked; `request.user` need not exist.
        status: a key of `FAULTS`; an unknown one looks like 400 or 500 by its hundred.
        sentence: the words of the refusal instead of those of the table.
        clause: clause of the regulation or law, as in `Refusal.clause`.
        advice: what to do, instead of the table's.
        retry_after: whole seconds, for 429 and 503.
    """
    fault = FAULTS.get(status) or FAULTS[500 if status >= 500 else 400]
    clause = clause or fault.clause
    context: dict[str, Any] = {
        "status": status,
        "title": fault.title,
        "sentence": sentence or fault.sentence,
        "clause": clause,
        "clause_words": clause_in_words(clause),
        "advice": advice or ("" if sentence and status == 422 else fault.advice),
        "icon_name": fault.icon,
        "theme": theme_of(request),
    }
    actor = getattr(request, "user", None)
    if request.headers.get("HX-Request") == "true" and status < 500:
        answer = HttpResponse(render_to_string("web/_refusal.html", context), status=status)
        answer["X-Refusal"] = quote(clause)
    elif status < 500 and actor is not None and actor.is_authenticated:
        context["layout"] = "web/base.html"
        answer = HttpResponse(render_to_string("web/error.html", context, request=request), status=status)
    else:
        context["layout"] = "web/plain.html"
        answer = HttpResponse(render_to_string("web/error.html", context), status=status)
    if retry_after is not None:
        answer["Retry-After"] = str(retry_after)
    return answer


def clause_in_words(clause: str) -> str:
    """Return «п. 3.8 Положения», «ст. 58 ч. 5 Закона № 273-ФЗ», or the clause as it is."""
    if not clause:
        return ""
    act, _, article = clause.partition(" ")
    if act.endswith("-ФЗ"):
        return f"{article} Закона № {act}".strip()
    return f"п. {clause} Положения" if clause[0].isdigit() and " " not in clause else clause


# --- Handlers: named in urls.py and in settings --------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 — Django's signature
    """400: the address or the data cannot be understood."""
    return fault_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """403: the role does not grant it (п. 3.8)."""
    return fault_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """404: no such record, or not for this person: the words are the same (п. 3.8)."""
    return fault_page(request, 404)


def fault(request: HttpRequest) -> HttpResponse:
    """500: ours. The details are in the log, never on the page."""
    return fault_page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form was not ours or has grown old."""
    return fault_page(
        request,
        403,
        sentence="Форма устарела или отправлена не с нашей страницы.",
        advice="Обновите страницу и отправьте ещё раз; введённое скопируйте заранее.",
    )


class FaultPages:
    """Gives a page to an answer that came out as a bare number: 405 of a decorator, 413, 503."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a bare status from the table gets words, its own headers stay."""
        answer = self.get_response(request)
        if answer.status_code not in FAULTS or answer.streaming or getattr(answer, "content", b"") or request.method == "HEAD":
            return answer
        page = fault_page(request, answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in {"content-type", "content-length"}:
                page.headers[name] = value
        return page
