"""Pages on which a list of learners becomes learners (п. 2.1)."""

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
from zachetka.files.actions import contents
from zachetka.intake.cells import Sheet
from zachetka.intake.handed_in import table_of
from zachetka.intake.layout import header_choices
from zachetka.intake.pages import page_asked, refuse_large, refused_answer, sheet_asked
from zachetka.intake.preview import tabs
from zachetka.lifecycle.steps import allowed
from zachetka.people import preview
from zachetka.people.actions import cancel_upload, confirm_upload, correct_upload, looks, upload_list
from zachetka.people.corrections import unpacked
from zachetka.people.intake.header import Correction
from zachetka.people.intake.people import Result, Verdict
from zachetka.people.intake.refused import refused_xlsx
from zachetka.people.lifecycle import UPLOAD_STEPS
from zachetka.people.models import Upload
from zachetka.people.review import entered, fingerprint, review
from zachetka.people.upload_forms import LEVELS, SheetForm, UploadForm
from zachetka.people.upload_table import UPLOADS, uploads_seen
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import count_taking, taken


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PERSON_IMPORT)
def uploads(request: ActorRequest) -> HttpResponse:
    """Lists handed in so far, and the form for another."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            file = form.cleaned_data["file"]
            refuse_large(file.size, "один список")
            upload = upload_list(
                file.read(), name=file.name, key=form.cleaned_data["key"], actor=request.user, at=now()
            )
            return redirect("imports:card", upload.pk)
    context = {"form": form, "table": UPLOADS.page(request.GET, uploads_seen(request.user))}
    return render(request, "people/uploads/list.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.PERSON_IMPORT)
def export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, UPLOADS, uploads_seen(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.PERSON_IMPORT)
def upload(request: ActorRequest, pk: int) -> HttpResponse:
    """An open list with the verdict on every row, which is recorded as a look (п. 3.8), or what became of it."""
    found = _found(request, pk)
    if found.state != Upload.State.UPLOADED:
        can_be_read = found.state == Upload.State.CONFIRMED and found.gone is None
        sheets = entered(found, legal_date(now())) if can_be_read else []
        people = {one.key: one for sheet in sheets for one in sheet.people}
        unschooled = sum(not one.papers for one in people.values())
        counted = {"entered": len(people), "unschooled": unschooled}
        return render(request, "people/uploads/result.html", {"upload": found, "sheets": sheets} | counted)
    sheet, place = sheet_asked(table_of(found), request.GET.get("sheet", ""))
    chosen = request.GET.get("show", "")
    if chosen not in preview.FILTERS:
        raise BadRequest(f"no such filter: {chosen!r}")
    with transaction.atomic():
        context = _context(request, found, sheet, place, chosen)
        looks.look_through(found, rows=context["people"], actor=request.user, at=now())
        return render(request, "people/uploads/preview.html", context)


@require_POST
@needs(Permission.PERSON_IMPORT)
def columns(request: ActorRequest, pk: int) -> HttpResponse:
    """Say what the columns of one sheet are."""
    found = _found(request, pk)
    sheet, place = sheet_asked(table_of(found), request.POST.get("sheet", ""))
    before = unpacked(found.corrections).get(sheet.name, Correction())
    form = SheetForm(request.POST, sheet=sheet, before=before)
    if not form.is_valid():
        raise BadRequest("no such column, header or level")
    correct_upload(found, {sheet.name: form.correction()}, actor=request.user, at=now())
    return redirect(f"{reverse('imports:card', args=[pk])}?sheet={place}")


@require_POST
@needs(Permission.PERSON_IMPORT)
def confirm(request: ActorRequest, pk: int) -> HttpResponse:
    """Enter the people of the list."""
    found = _found(request, pk)
    confirm_upload(found, seen=request.POST.get("seen", ""), actor=request.user, at=now())
    return redirect("imports:card", pk)


@require_POST
@needs(Permission.PERSON_IMPORT)
def cancel(request: ActorRequest, pk: int) -> HttpResponse:
    """Put the list aside."""
    cancel_upload(_found(request, pk), actor=request.user, at=now())
    return redirect("imports:list")


@require_safe
@needs(Permission.PERSON_IMPORT)
def refused(request: ActorRequest, pk: int) -> HttpResponse:
    """Rows that do not enter, with reasons, as they stand now or stood at confirmation; recorded, or it stays (п. 3.8)."""
    found, at = _found(request, pk), now()
    count_taking(request.user, at)
    if found.refused_file is not None:
        rows, content = found.refused, contents(found.refused_file)
    elif found.state == Upload.State.UPLOADED:
        result = review(found, legal_date(at), reader=request.user)
        rows = len(result.having(Verdict.WRONG))
        if not rows:
            raise Http404
        content = refused_xlsx(result)
    else:
        raise Http404
    looks.take_refused(found, rows=rows, actor=request.user, at=at)
    return refused_answer(found, content)


def _found(request: ActorRequest, pk: int) -> Upload:
    files = ("file__destroyed", "refused_file__destroyed")
    rows = Upload.objects.visible_to(request.user).select_related("uploaded_by", "ended_by", *files)
    return get_object_or_404(rows, pk=pk)


def _context(request: ActorRequest, found: Upload, sheet: Sheet, place: int, chosen: str) -> dict[str, Any]:
    result = review(found, legal_date(now()), reader=request.user)
    number = page_asked(request.GET.get("page", ""))
    layout = next((one for one in result.layouts if one.sheet is sheet), None)
    told = unpacked(found.corrections).get(sheet.name, Correction())
    return {
        "upload": found,
        "words": preview.WORDS,
        "doors": {name: reverse(f"imports:{name}", args=[found.pk]) for name in ("columns", "confirm", "refused")},
        "sheet": sheet,
        "place": place,
        "tabs": tabs(table_of(found), result.layouts, place),
        "shown": preview.show(result, layout, chosen=chosen, number=number) if layout else None,
        "chosen": chosen,
        "told": told,
        "header_choices": header_choices(sheet, layout.header_row if layout and told.header_row is None else 0),
        "header_row": "" if told.header_row is None else str(told.header_row),
        "levels": LEVELS,
        "asks_level": preview.asks_level(layout),
        "notes": result.notes,
        "seen": fingerprint(result),
        "steps": allowed(UPLOAD_STEPS, found, request.user),
    } | _counts(result)


def _counts(result: Result) -> dict[str, int]:
    wrong = len(result.having(Verdict.WRONG))
    return {
        "people": len(result.rows),
        "entering": len(result.rows) - wrong,
        "new": len(result.having(Verdict.NEW)),
        "known": len(result.having(Verdict.KNOWN, Verdict.CHANGED)),
        "changed": len(result.having(Verdict.CHANGED)),
        "wrong": wrong,
    }
