"""Pages on which a file of marks becomes marks (п. 2.2)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import IllegalStep
from zachetka.files.actions import contents
from zachetka.intake.cells import Sheet
from zachetka.intake.handed_in import table_of
from zachetka.intake.pages import page_asked, refuse_large, refused_answer, sheet_asked
from zachetka.intake.preview import tabs
from zachetka.learning import mark_preview
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.actions.mark_review import fingerprint, review, unpacked
from zachetka.learning.actions.mark_uploads import (
    cancel_marks,
    confirm_marks,
    correct_marks,
    take_refused_marks,
    upload_marks,
)
from zachetka.learning.forms.mark_uploads import MarkFileForm, MarkSheetForm
from zachetka.learning.gradebook.checking import Result, Verdict
from zachetka.learning.gradebook.layout import Correction
from zachetka.learning.gradebook.refused import refused_xlsx
from zachetka.learning.lifecycle import MARK_UPLOAD_STEPS
from zachetka.learning.models import Cohort, MarkSheet, MarkUpload
from zachetka.learning.queries.gradebooks import fillable, targets_of
from zachetka.lifecycle.steps import allowed
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import count_taking


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SHEET_FILL)
def sheet_file(request: ActorRequest, pk: int) -> HttpResponse:
    """Hand in a file for one sheet (п. 2.2)."""
    sheets = MarkSheet.objects.visible_to(request.user, Permission.SHEET_FILL)
    sheet = get_object_or_404(sheets.select_related("cohort", "module"), pk=pk)
    return _hand_in(request, sheet.cohort, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SHEET_FILL)
def cohort_file(request: ActorRequest, code: str) -> HttpResponse:
    """Hand in a gradebook of a cohort: a column for each of one's open sheets (п. 2.2)."""
    cohort = get_object_or_404(Cohort.objects.visible_to(request.user, Permission.SHEET_FILL), code=code)
    return _hand_in(request, cohort, None)


@require_safe
@needs(Permission.SHEET_FILL)
def mark_upload(request: ActorRequest, pk: int) -> HttpResponse:
    """An open file with the verdict on every mark, or what became of it (п. 2.2)."""
    found = _found(request, pk)
    if found.state != MarkUpload.State.UPLOADED:
        return render(request, "learning/mark_upload_result.html", {"upload": found, "back": _back(found)})
    sheet, place = sheet_asked(table_of(found), request.GET.get("sheet", ""))
    chosen = request.GET.get("show", "")
    if chosen not in mark_preview.FILTERS:
        raise BadRequest(f"no such filter: {chosen!r}")
    context = _context(request, found, sheet, place, chosen)
    look_at_marks(found.cohort, Section.FILE, reader=request.user, at=now())
    return render(request, "learning/mark_upload.html", context)


@require_POST
@needs(Permission.SHEET_FILL)
def mark_upload_columns(request: ActorRequest, pk: int) -> HttpResponse:
    """Say what the columns of one sheet of the file are (п. 2.2)."""
    found, at = _found(request, pk), now()
    sheet, place = sheet_asked(table_of(found), request.POST.get("sheet", ""))
    before = unpacked(found.corrections).get(sheet.name, Correction())
    targets = targets_of(fillable(found.cohort, found.sheet, actor=request.user, today=legal_date(at)))
    form = MarkSheetForm(request.POST, sheet=sheet, targets=targets, before=before)
    if not form.is_valid():
        raise BadRequest("no such column, sheet, reading or header")
    correct_marks(found, {sheet.name: form.correction()}, actor=request.user, at=at)
    return redirect(f"{reverse('learning:mark-upload', args=[pk])}?sheet={place}")


@require_POST
@needs(Permission.SHEET_FILL)
def mark_upload_confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter the marks of the file (п. 2.2)."""
    found = _found(request, pk)
    confirm_marks(found, seen=request.POST.get("seen", ""), actor=request.user, at=now())
    return redirect("learning:mark-upload", pk)


@require_POST
@needs(Permission.SHEET_FILL)
def mark_upload_cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Put the file aside (п. 2.2)."""
    return redirect(_back(cancel_marks(_found(request, pk), actor=request.user, at=now())))


@require_safe
@needs(Permission.SHEET_FILL)
def mark_upload_refused(request: ActorRequest, pk: int) -> HttpResponse:
    """Rows that do not enter, with reasons, as they stand now or stood at confirmation; recorded (п. 3.8)."""
    found, at = _found(request, pk), now()
    count_taking(request.user, at)
    with transaction.atomic():
        if found.refused_file is not None:
            rows, content = found.refused, contents(found.refused_file)
        elif found.state == MarkUpload.State.UPLOADED:
            result = review(found, actor=request.user, at=at)
            rows = len(result.having(Verdict.WRONG))
            if not rows:
                raise Http404
            content = refused_xlsx(result)
        else:
            raise Http404
        take_refused_marks(found, rows=rows, actor=request.user, at=at)
    return refused_answer(found, content)


# --- Pieces -----------------------------------------------------------------------------------------------------------


def _hand_in(request: ActorRequest, cohort: Cohort, sheet: MarkSheet | None) -> HttpResponse:
    at = now()
    form = MarkFileForm(request.POST or None, request.FILES or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            file = form.cleaned_data["file"]
            refuse_large(file.size, "одну таблицу")
            upload = upload_marks(
                file.read(), cohort, sheet, name=file.name, key=form.cleaned_data["key"], actor=request.user, at=at
            )
            return redirect("learning:mark-upload", upload.pk)
    mine = MarkUpload.objects.visible_to(request.user).filter(cohort=cohort, sheet=sheet)
    context = {
        "form": form,
        "cohort": cohort,
        "sheet": sheet,
        "sheets": fillable(cohort, sheet, actor=request.user, today=legal_date(at)),
        "uploads": mine.select_related("file")[:10],
        "back": _place(cohort, sheet),
    }
    return render(request, "learning/mark_file.html", context, status=422 if form.errors else 200)


def _found(request: ActorRequest, pk: int) -> MarkUpload:
    rows = MarkUpload.objects.visible_to(request.user).select_related(
        "file__destroyed",
        "cohort",
        "sheet__module",
        "sheet__cohort",
        "uploaded_by",
        "ended_by",
        "refused_file__destroyed",
    )
    return get_object_or_404(rows, pk=pk)


def _context(request: ActorRequest, found: MarkUpload, sheet: Sheet, place: int, chosen: str) -> dict[str, Any]:
    result = review(found, actor=request.user, at=now())
    if not result.targets:
        raise IllegalStep("2.2", "Вносить больше некуда: ведомость закрыта или передана другому преподавателю.")
    number = page_asked(request.GET.get("page", ""))
    layout = next((one for one in result.layouts if one.sheet is sheet), None)
    told = unpacked(found.corrections).get(sheet.name, Correction())
    return {
        "upload": found,
        "words": mark_preview.WORDS,
        "doors": {
            name: reverse(f"learning:mark-upload-{name}", args=[found.pk]) for name in ("columns", "confirm", "refused")
        },
        "back": _back(found),
        "sheet": sheet,
        "place": place,
        "tabs": tabs(table_of(found), result.layouts, place),
        "shown": mark_preview.show(result, layout, chosen=chosen, number=number) if layout else None,
        "chosen": chosen,
        "told": told,
        "header_choices": mark_preview.header_rows(sheet, layout, told.header_row),
        "header_row": "" if told.header_row is None else str(told.header_row),
        "absent": mark_preview.absent(result),
        "notes": result.notes,
        "seen": fingerprint(result),
        "steps": allowed(MARK_UPLOAD_STEPS, found, request.user),
    } | _counts(result)


def _counts(result: Result) -> dict[str, int]:
    counts = {verdict.value: len(result.having(verdict)) for verdict in Verdict}
    return counts | {
        "marks": len(result.entries),
        "entering": counts[Verdict.NEW] + counts[Verdict.REPLACED],
        "missing": len(result.missing),
    }


def _back(found: MarkUpload) -> str:
    return _place(found.cohort, found.sheet)


def _place(cohort: Cohort, sheet: MarkSheet | None) -> str:
    return reverse("learning:cohort-sheet", args=[cohort.code]) if sheet is None else reverse(
        "learning:sheet", args=[sheet.pk]
    )  # fmt: skip
