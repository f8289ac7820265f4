"""The summary sheet of a cohort: the page, the paper, the workbook; what it proves of the plan (п. 1.3, 2.2, 2.5)."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import RuleViolation
from zachetka.core.russian import counted, decimal, plural
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.actions.summaries import FORMED, LARGE, ask_for_paper, export_summary, is_large, print_summary
from zachetka.learning.as_of import moment_of
from zachetka.learning.models import Cohort, Enrolment
from zachetka.learning.queries.planned_results import BANDS, cohort_matrix
from zachetka.learning.queries.summary import MARK, Summary, summary_of
from zachetka.learning.views.summary_cells import drawn_lines
from zachetka.rendering.xlsx import XLSX

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest

READ: Final = Permission.SUMMARY_READ
_LEFT: Final = {Enrolment.State.WITHDRAWN: "отчислений", Enrolment.State.MOVED: "переводов"}


@require_safe
@needs(READ)
def summary(request: ActorRequest, pk: int) -> HttpResponse:
    """Everybody by everything, as of today or of the day in `?on=`."""
    context = _shown(request, pk, "learning:summary", Section.SUMMARY)
    shown: Summary = context["shown"]
    context |= {
        "lines": drawn_lines(shown, opens_books=request.user.allowed(Permission.RECORD_BOOK_READ)),
        "by_module": [
            {"total": total, "counts": [(grade, total.by_grade.get(grade.label, 0)) for grade in shown.grades]}
            for total in shown.totals
        ],
        "figures": _figures(shown) if shown.lines else [],
        "is_large": len(shown.lines) * len(shown.modules) > LARGE,
    }
    return render(request, "learning/summary.html", context, status=422 if context["wrong"] else 200)


@require_safe
@needs(READ)
def cohort_planned(request: ActorRequest, pk: int) -> HttpResponse:
    """How many of the cohort proved each planned result, as of today or of the day in `?on=` (п. 1.3)."""
    context = _shown(request, pk, "learning:cohort-planned", Section.PLANNED)
    context |= {"matrix": cohort_matrix(context["shown"]), "bands": BANDS}
    return render(request, "learning/cohort_planned.html", context, status=422 if context["wrong"] else 200)


@require_safe
@needs(READ)
def summary_pdf(request: ActorRequest, pk: int) -> HttpResponse:
    """The sheet on paper; it is stated in the ledger and that it was taken is recorded. A large one is asked for by its button."""
    cohort, at = _found(request, pk), now()
    if is_large(cohort):
        messages.info(request, "Ведомость большая: её PDF собирают в фоне — кнопка «Собрать PDF».")
        return redirect("learning:summary", cohort.pk)
    seen_at = _moment(request, cohort, at)
    pdf = print_summary(cohort, actor=request.user, at=at, seen_at=seen_at)
    return _file(pdf.content, "application/pdf", cohort, seen_at, "pdf")


@require_POST
@needs(READ)
def summary_paper(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for the paper of a large sheet and go to its progress (п. 3.9)."""
    job = ask_for_paper(_found(request, pk), request.GET.get("on", ""), actor=request.user, at=now())
    return redirect("jobs:job", job.pk)


@require_safe
@needs(READ)
def summary_export(request: ActorRequest, pk: int) -> HttpResponse:
    """The sheet as a workbook; who took it is recorded (п. 3.8)."""
    if request.GET.get("file", "xlsx") != "xlsx":
        raise BadRequest("A summary sheet is taken as xlsx.")
    cohort, at = _found(request, pk), now()
    seen_at = _moment(request, cohort, at)
    content = export_summary(cohort, actor=request.user, at=at, seen_at=seen_at)
    return _file(content, XLSX, cohort, seen_at, "xlsx")


def _shown(request: ActorRequest, pk: int, page: str, section: Section) -> dict[str, Any]:
    """Return the sheet of the day that was asked for, and what a page of it needs to ask for another day."""
    cohort, at = _found(request, pk), now()
    wrong = ""
    try:
        seen_at = _moment(request, cohort, at)
    except RuleViolation as refusal:  # the page itself is where the day is chosen, so it says what is wrong with it
        seen_at, wrong = at, refusal.sentence
    look_at_marks(cohort, section, reader=request.user, at=at)
    shown = summary_of(cohort, at=at, seen_at=seen_at)
    query = f"?{urlencode({'on': f'{shown.day:%Y-%m-%d}'})}" if shown.is_past else ""
    return {
        "cohort": cohort,
        "version": cohort.program_version,
        "shown": shown,
        "here": reverse(page, args=[pk]),
        "query": query,
        "export_query": f"{query}&file=xlsx" if query else "?file=xlsx",
        "first": _first(cohort),
        "wrong": wrong,
    }


def _found(request: ActorRequest, pk: int) -> Cohort:
    cohorts = Cohort.objects.visible_to(request.user, READ).select_related("program_version__program")
    return get_object_or_404(cohorts, pk=pk)


def _first(cohort: Cohort) -> date:
    return legal_date(cohort.created_at)


def _moment(request: ActorRequest, cohort: Cohort, at: datetime) -> datetime:
    return moment_of(request.GET.get("on", ""), first=_first(cohort), at=at, opened=FORMED)


def _file(content: bytes, kind: str, cohort: Cohort, seen_at: datetime, ending: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    name = f"Сводная ведомость {cohort.code} {legal_date(seen_at):%Y-%m-%d}.{ending}"
    answer["Content-Disposition"] = (
        content_disposition_header(as_attachment=ending == "xlsx", filename=name) or "inline"
    )
    return answer


def _left_words(shown: Summary) -> str:
    """Say who is not counted and why: «отчислений 2, переводов 1»."""
    left = Counter(line.state for line in shown.lines if not line.counts)
    return ", ".join(f"{what} {left[state]}" for state, what in _LEFT.items() if left[state])


def _figures(shown: Summary) -> list[dict[str, Any]]:
    rates, debts = shown.rates, shown.debts
    left = len(shown.lines) - len(shown.counted)
    of = f"{{}} из {rates.whole}"
    return [
        {
            "label": "Слушатели", "figure": str(len(shown.counted)),
            "base": f"из {len(shown.lines)}" if left else "",
            "note": f"{_left_words(shown)}, в итогах не учтены" if left else f"с оценками {rates.whole}",
        },
        {
            "label": "Средний балл", "figure": "—" if shown.average is None else decimal(shown.average, 2),
            "base": f"по {counted(sum(len(one.points) for one in shown.counted), _BY)}" if shown.average else "",
            "note": f"предварительных {counted(shown.preliminary, MARK)}" if shown.preliminary else "",
        },
        {
            "label": "Успеваемость", "figure": _percent(rates.success),
            "base": of.format(rates.passed) if rates.whole else "", "bar": rates.passed, "whole": rates.whole,
            "note": f"{debts} {plural(debts, 'долг', 'долга', 'долгов')} у {shown.debtors}" if debts else "",
            "note_tone": "bad" if debts else "",
        },
        {
            "label": "Качество", "figure": _percent(rates.quality),
            "base": of.format(rates.good) if rates.quality is not None else "",
            "bar": rates.good, "whole": rates.whole if rates.quality is not None else 0,
            "note": "только «хорошо» и «отлично»" if rates.quality is not None else "",
        },
    ]  # fmt: skip


_BY: Final = MARK._replace(one="оценке", few="оценкам", many="оценкам")


def _percent(value: Any) -> str:
    return "—" if value is None else f"{decimal(value)} %"
