"""Pages of mark sheets: the list, the grid of a cohort, one column as a plain form, closing (п. 2.2)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import Scopes, needs, reach, scopes_of
from zachetka.access.policy import Permission
from zachetka.core.clock import LEGAL_ZONE, legal_date, now
from zachetka.core.composed import Composed, Given
from zachetka.core.russian import clock, plural
from zachetka.learning.actions.looks import Section, look_at_marks
from zachetka.learning.actions.marks import Cell, Outcome, check_marks, close_sheet, set_marks
from zachetka.learning.actions.sheets import change_sheet
from zachetka.learning.forms.cells import read_cells, read_column
from zachetka.learning.forms.sheets import SheetForm, written_in
from zachetka.learning.models import Cohort, MarkSheet
from zachetka.learning.queries.completeness import without_mark
from zachetka.learning.queries.reopenings import may_ask, reopenings_seen
from zachetka.learning.queries.sheet import Column, Grid, Line, Slot, column_of, mark_text, sheet_of, sums_of
from zachetka.learning.queries.sheet_list import SHEETS, listed
from zachetka.learning.views.sheet_cells import columns_told, drawn_rows
from zachetka.lifecycle.hands import last_hand, seen_of
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.meanwhile import if_overtaken, taken_back
from zachetka.rendering.taken import taken

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zachetka.access.guard import ActorRequest
    from zachetka.access.models import Account


@require_safe
@needs(Permission.SHEET_READ)
def sheet_list(request: ActorRequest) -> HttpResponse:
    """The sheets that the person fills or watches over (п. 2.2)."""
    rows = listed(request.user, legal_date(now()))
    return render(
        request,
        "learning/sheets.html",
        {"table": SHEETS.page(request.GET, rows), "export_url": reverse("learning:sheet-export")},
    )


@require_safe
@needs(Permission.SHEET_READ)
def sheet_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; that it was taken is recorded (п. 3.8)."""
    at = now()
    return taken(request, SHEETS, listed(request.user, legal_date(at)), at=at, clause="3.8")


@require_safe
@needs(Permission.SHEET_READ)
def cohort_sheet(request: ActorRequest, code: str) -> HttpResponse:
    """The grid of a cohort: all modules by all learners, typed from the keyboard (п. 2.2)."""
    cohorts = Cohort.objects.visible_to(request.user, Permission.SHEET_READ).select_related("program_version")
    cohort = get_object_or_404(cohorts, code=code)
    at = now()
    today = legal_date(at)
    look_at_marks(cohort, Section.GRID, reader=request.user, at=at)
    grid = sheet_of(cohort, actor=request.user, today=today)
    current = _current(grid, request.GET.get("column", ""))
    return render(
        request,
        "learning/sheet.html",
        {
            "cohort": cohort,
            "grid": grid,
            "rows": drawn_rows(grid),
            "told": columns_told(grid, today),
            "current": current,
            "mine": [column for column in grid.columns if column.is_open_to_me],
            "corrects": any(column.may_propose for column in grid.columns),
        },
    )


@require_POST
@needs(Permission.SHEET_FILL)
def sheet_marks(request: ActorRequest, pk: int) -> HttpResponse:
    """Write (or only check) the cells that the grid sends; answers with what became of each (п. 2.2)."""
    sheet = _to_fill(scopes_of(request.user, Permission.SHEET_FILL)).first(pk=pk, person_uid=request.user.person_uid)
    if sheet is None:
        raise Http404
    sent = read_cells(request.body)
    at = now()
    act = check_marks if sent.only_check else set_marks
    outcomes = act(sheet, sent.cells, actor=request.user, at=at)
    rows = {} if sent.only_check else sums_of((outcome.enrolment_id for outcome in outcomes), actor=request.user)
    return JsonResponse(
        {
            "outcomes": [_told(outcome, rows.get(outcome.enrolment_id)) for outcome in outcomes],
            "saved_at": clock(at.astimezone(LEGAL_ZONE)),
        }
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SHEET_READ)
def sheet_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One column as a plain form: works without scripts, and on a phone (п. 2.2)."""
    sheets = MarkSheet.objects.visible_to(request.user).select_related("cohort__program_version", "module")
    sheet = get_object_or_404(sheets, pk=pk)
    if sheet.state == MarkSheet.State.CANCELLED:
        return render(request, "learning/sheet_cancelled.html", {"sheet": sheet})
    at = now()
    look_at_marks(sheet.cohort, Section.SHEET, reader=request.user, at=at)
    grid = column_of(sheet, actor=request.user, today=legal_date(at))
    typed: dict[int, str] = {}
    refusals: dict[int, str] = {}
    if request.method == "POST":
        entries = read_column(request.POST, (line.enrolment_id for line in grid.lines))
        standing = {line.enrolment_id: line.slots[0] for line in grid.lines}
        cells = [
            Cell(pk, entry.text, entry.seen)
            for pk, entry in entries.items()
            if entry.text.strip() != _text(standing[pk]) or entry.seen != _mark_id(standing[pk])
        ]
        outcomes = set_marks(sheet, cells, actor=request.user, at=at)
        refusals = {outcome.enrolment_id: outcome.refusal for outcome in outcomes if outcome.refusal}
        written = len(outcomes) - len(refusals)
        if not refusals:
            messages.success(request, f"Сохранено: {written} {plural(written, 'оценка', 'оценки', 'оценок')}.")
            return redirect("learning:sheet", pk=pk)
        typed = {pk: entry.text for pk, entry in entries.items()}
        grid = column_of(sheet, actor=request.user, today=legal_date(at))
    return render(
        request,
        "learning/sheet_form.html",
        {
            "sheet": sheet,
            "column": grid.columns[0],
            "grid": grid,
            "entries": [_entry(line, grid.columns[0], typed, refusals) for line in grid.lines],
            "refused": len(refusals),
            "reopenings": reopenings_seen(request.user).filter(sheet=sheet),
            "asks_reopening": may_ask(sheet, request.user),
        },
        status=422 if refusals else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SHEET_CLOSE)
def sheet_close(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask, saying how many marks there are and who has none; then close the column for good (п. 2.2)."""
    sheets = MarkSheet.objects.visible_to(request.user, Permission.SHEET_CLOSE).held()
    sheet = get_object_or_404(sheets.select_related("cohort", "module"), pk=pk)
    if request.method == "POST":
        close_sheet(sheet, actor=request.user, at=now())
        messages.success(request, f"Столбец «{sheet.module.short_title}» закрыт. Дальше — только исправление вдвоём.")
        return redirect(_grid_url(sheet))
    at = now()
    look_at_marks(sheet.cohort, Section.CLOSING, reader=request.user, at=at)
    grid = column_of(sheet, actor=request.user, today=legal_date(at))
    missing = [row.learner.person.full_name for row in without_mark(sheet, legal_date(at))]
    marks = [line.slots[0] for line in grid.lines if line.slots[0] is not None]
    context = {
        "sheet": sheet,
        "column": grid.columns[0],
        "grid": grid,
        "missing": missing,
        "debts": sum(slot.is_debt for slot in marks),
        "marks": grid.columns[0].filled,
        "back": _grid_url(sheet),
    }
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "learning/_sheet_close.html" if fragment else "learning/sheet_close.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.COHORT_EDIT)
def sheet_change(request: ActorRequest, pk: int) -> HttpResponse:
    """Give an open sheet to another teacher or another day (п. 2.2)."""
    seen = seen_of(MarkSheet(pk=pk))
    sheet = get_object_or_404(_to_change(request.user), pk=pk)
    asked = taken_back(request.POST)
    typed = request.POST if request.method == "POST" else None
    form = SheetForm(asked or typed, sheet=sheet, seen=seen, day=legal_date(now()), actor=request.user)
    if request.method == "POST" and asked is None and form.is_valid():
        with at_its_field(form), if_overtaken(lambda _: _meet(form, request.user, pk)):
            change_sheet(sheet, **form.cleaned_data, actor=request.user, at=now())
            messages.success(request, f"Ведомость «{sheet.module.short_title}»: преподаватель и сроки сохранены.")
            return redirect("learning:cohort", sheet.cohort_id)
    context = {"sheet": sheet, "form": form}
    status = 409 if form.met else 422 if form.errors else 200
    return render(request, "learning/sheet_change.html", context, status=status)


def _to_change(actor: Account) -> QuerySet[MarkSheet]:
    sheets = MarkSheet.objects.visible_to(actor, Permission.COHORT_EDIT)
    return sheets.select_related("cohort", "module", "teacher__person")


def _meet(form: SheetForm, actor: Account, pk: int) -> None:
    """Show in `form` what somebody else has written into the sheet meanwhile."""
    seen = seen_of(MarkSheet(pk=pk))
    sheet = get_object_or_404(_to_change(actor), pk=pk)
    form.offer(sheet)
    form.overtake(written_in(sheet), seen=seen, who=last_hand(sheet))


@cache
def _to_fill(scopes: Scopes) -> Composed[MarkSheet]:
    """Compose the reading of the sheet that each keystroke writes to."""
    return Composed(lambda: MarkSheet.objects.filter(reach(scopes, MarkSheet), pk=Given("pk")))


# --- Pieces -----------------------------------------------------------------------------------------------------------


def _grid_url(sheet: MarkSheet) -> str:
    return f"{reverse('learning:cohort-sheet', args=[sheet.cohort.code])}?{urlencode({'column': sheet.pk})}"


def _current(grid: Grid, asked: str) -> int:
    """Return the sheet where the work starts: the one asked for, else the first of mine that lacks marks."""
    keys = {str(column.sheet.pk): column.sheet.pk for column in grid.columns}
    if asked in keys:
        return keys[asked]
    mine = [column for column in grid.columns if column.is_open_to_me]
    lacking = [column for column in mine if column.filled < grid.learning]
    return next((column.sheet.pk for column in (*lacking, *mine, *grid.columns)), 0)


def _told(outcome: Outcome, sums: tuple[str, int] | None) -> dict[str, Any]:
    mark = outcome.mark
    grade = mark.grade if mark is not None else None
    told: dict[str, Any] = {
        "enrolment": outcome.enrolment_id,
        "mark": mark.pk if mark is not None else None,
        "text": mark_text(grade.symbol, mark.score) if mark is not None and grade is not None else "",
        "label": grade.label if grade is not None else "",
        "debt": grade is not None and not grade.is_passing,
        "refusal": outcome.refusal,
        "stale": outcome.stale,
    }
    if sums is not None:
        told["average"], told["debts"] = sums
    return told


def _text(slot: Slot | None) -> str:
    return slot.text if slot else ""


def _mark_id(slot: Slot | None) -> int | None:
    return slot.mark_id if slot else None


def _entry(line: Line, column: Column, typed: dict[int, str], refusals: dict[int, str]) -> dict[str, Any]:
    slot = line.slots[0]
    return {
        "line": line,
        "slot": slot,
        "is_settled": line.is_admitted and column.reopened_until is not None,
        "text": typed.get(line.enrolment_id, _text(slot)),
        "seen": _mark_id(slot) or "",
        "refusal": refusals.get(line.enrolment_id, ""),
    }
