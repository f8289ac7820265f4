"""The public check: anybody with the code of a paper, nobody's personal data (п. 2.5, 3.8)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zachetka.access.throttle import address_of
from zachetka.core.clock import LEGAL_ZONE, legal_date, now
from zachetka.core.russian import clock, date_words, grouped, moment_digits, surname_first
from zachetka.learning.actions.record_books import count_check
from zachetka.learning.queries.public_check import Checked, CheckedSummary, Trust, checked, checked_summary
from zachetka.ledger import verify_bundle

VERIFIER: Final = Path(verify_bundle.__file__)
ON_SUMMARY: Final = {
    Trust.PROVEN: {"word": "Сводная ведомость подтверждена"},
    Trust.UNSEALED: {
        "word": "Сводная ведомость найдена, подпись журнала ещё не готова",
        "detail": "Запись о ней ещё не в подписанном журнале. Обычно это минута: проверьте ещё раз позже.",
    },
    Trust.DIFFERS: {"word": "Сводная ведомость не подтверждена"},
}
"""What a summary sheet's page says otherwise than a book's."""
VERDICTS: Final = {
    Trust.PROVEN: {"tone": "ok", "icon": "rosette-discount-check", "word": "Зачётная книжка подтверждена"},
    Trust.UNSEALED: {
        "tone": "warn",
        "icon": "clock-pause",
        "word": "Зачётная книжка найдена, подпись журнала ещё не готова",
        "detail": "Последняя запись о книжке ещё не в подписанном журнале. Обычно это минута: проверьте ещё раз позже.",
    },
    Trust.DIFFERS: {
        "tone": "bad",
        "icon": "shield-x",
        "word": "Зачётная книжка не подтверждена",
        "detail": "Сведения о ней не совпадают с подписанным журналом академии, поэтому мы их не показываем. "
        "Не полагайтесь на бумагу и сообщите академии.",
    },
}
"""What the page says first, by what the ledger says of the rows."""
MISS: Final = {
    "tone": "none",
    "icon": "shield-question",
    "word": "Такой бумаги академия не выдавала",
    "detail": "Под этим адресом ничего нет. Сверьте его с бумагой до последнего знака; если он тот же, "
    "не полагайтесь на бумагу и сообщите академии.",
}


@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the token stands for now; every miss is the same 404 (corpus K)."""
    at = now()
    count_check(address_of(request), at)
    told = _told_of(token, at)
    answer = render(request, "web/verify.html", told or {"verdict": MISS}, status=200 if told else 404)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """The program that checks a bundle without us: one file, for anybody."""
    answer = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="verify_bundle.py"'
    return answer


def _told_of(token: str, at: datetime) -> dict[str, Any] | None:
    if book := checked(token, at):
        return _told(book, at)
    sheet = checked_summary(token)
    return _told_summary(sheet, at) if sheet else None


def _checked_on(at: datetime) -> dict[str, str]:
    return {"detail": f"Проверено {date_words(legal_date(at))} в {clock(at.astimezone(LEGAL_ZONE))}"}


def _told_summary(found: CheckedSummary, at: datetime) -> dict[str, Any]:
    facts = [
        {"label": "Группа", "value": found.cohort, "strong": True},
        {"label": "Номер ведомости", "value": f"№ {grouped(found.event)}", "strong": True},
        {"label": "Состояние на", "value": date_words(found.as_of)},
        {"label": "Слушателей", "value": str(found.learners)},
        {"label": "Дисциплин", "value": str(found.modules)},
        {
            "label": "Содержание закреплено",
            "value": f"{found.commitment[:16]}… — сверьте с рамкой на последней странице",
        },
        {"label": "Составлена", "value": moment_digits(found.stated_at.astimezone(LEGAL_ZONE))},
    ]
    return {
        "verdict": _checked_on(at) | VERDICTS[found.trust] | ON_SUMMARY[found.trust],
        "facts": [] if found.trust is Trust.DIFFERS else facts,
        "proof": {"number": found.event, "moment": found.sealed_at} if found.trust is Trust.PROVEN else None,
    }


def _told(found: Checked, at: datetime) -> dict[str, Any]:
    return {
        "verdict": _checked_on(at) | VERDICTS[found.trust],
        "facts": [] if found.trust is Trust.DIFFERS else _facts(found),
        "proof": found.event
        and {"number": found.event, "moment": found.sealed_at, "url": reverse("learning:verifier")},
    }


def _facts(found: Checked) -> list[dict[str, Any]]:
    holder = surname_first(found.holder.surname, found.holder.given, found.holder.patronymic)
    return [
        {"label": "Владелец", "value": holder, "strong": True},
        {"label": "Зачётная книжка", "value": f"№ {found.number}", "strong": True},
        {"label": "Программа", "value": f"«{found.programme}», {found.hours} ч"},
        {"label": "Сейчас", "value": found.standing},
        {"label": "Оценки", "value": "сверьте по файлу доказательств: его даёт владелец книжки"},
    ]
