"""Pages of programmes, their versions, scales and dated minima (п. 1.3, 2.3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, can, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.lifecycle.hands import has_handled, last_hand, seen_of
from zachetka.lifecycle.steps import allowed
from zachetka.programs import queries
from zachetka.programs.actions.matrix import export_matrix
from zachetka.programs.actions.norms import set_norm
from zachetka.programs.actions.scales import refuse_scale, set_scale
from zachetka.programs.actions.versions import (
    approve_version,
    create_program,
    draft_version,
    retire_version,
    return_version,
    save_version,
    submit_version,
)
from zachetka.programs.forms import ApprovalForm, NewProgramForm, NormForm, PlanPage
from zachetka.programs.lifecycle import VERSION_STEPS, WRITTEN_BY
from zachetka.programs.lists import PROGRAMS
from zachetka.programs.matrix import matrix_of
from zachetka.programs.models import GradingScale, Program, ProgramVersion, ScaleVersion
from zachetka.programs.models.program import Kind
from zachetka.programs.norms import BY_NAME, NORMS, Edition, Norm
from zachetka.programs.overtaken import meet
from zachetka.programs.scale_forms import ScalePage
from zachetka.programs.scale_rules import changes_of, values_of
from zachetka.rendering.acts import Act, Come, RemarkForm, Stage
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.meanwhile import if_overtaken, taken_back
from zachetka.rendering.taken import taken
from zachetka.rendering.xlsx import XLSX


@require_safe
@needs(Permission.PROGRAM_READ)
def programs(request: ActorRequest) -> HttpResponse:
    """Programmes that the person may see (п. 2.3)."""
    page = PROGRAMS.page(request.GET, queries.listed(request.user))
    return render(
        request, "programs/list.html", {"table": page, "may_create": request.user.allowed(Permission.PROGRAM_EDIT)}
    )


@require_safe
@needs(Permission.PROGRAM_READ)
def programs_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, PROGRAMS, queries.listed(request.user), at=now(), clause="3.8")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PROGRAM_EDIT)
def create(request: ActorRequest) -> HttpResponse:
    """A new programme, then the page of its plan (п. 2.3)."""
    kind = request.GET.get("kind", "")
    initial = {"code": queries.suggested_code(kind), "kind": kind} if kind in dict(Kind.choices) else {}
    form = NewProgramForm(request.POST or None, initial=initial, actor=request.user)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            version = create_program(
                typed["unit"], code=typed["code"], kind=typed["kind"], head=form.draft(), actor=request.user, at=now()
            )
            return redirect("programs:edit", version.pk)
    return render(request, "programs/new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs(Permission.PROGRAM_READ)
def card(request: ActorRequest, pk: int) -> HttpResponse:
    """A programme with all its versions (п. 2.3)."""
    program = get_object_or_404(queries.listed(request.user), pk=pk)
    seen = ProgramVersion.objects.visible_to(request.user).filter(program=program)
    versions = seen.select_related("drafted_by", "approved_by").order_by("-number")
    context = {
        "program": program,
        "versions": versions,
        "may_edit": can(request.user, Permission.PROGRAM_EDIT, program),
        "open": next((one for one in versions if one.state in {"draft", "submitted"}), None),
    }
    return render(request, "programs/card.html", context)


@require_POST
@needs(Permission.PROGRAM_EDIT)
def draft(request: ActorRequest, pk: int) -> HttpResponse:
    """Start a new version; a second click opens the same draft (п. 2.3)."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    version = draft_version(program, actor=request.user, at=now())
    return redirect("programs:edit", version.pk)


@require_safe
@needs(Permission.PROGRAM_READ)
def version(request: ActorRequest, pk: int) -> HttpResponse:
    """A version as it is read and approved: plan, results, what speaks against it, who has done what."""
    shown, seen = _read(request, pk)
    return render(request, "programs/version.html", _version_context(request, shown) | _to_approve(seen))


@require_safe
@needs(Permission.PROGRAM_READ)
def matrix(request: ActorRequest, pk: int) -> HttpResponse:
    """Planned results across the controls that prove them, with the gaps named (п. 1.3)."""
    shown = get_object_or_404(queries.version_page(request.user, pk))
    return render(request, "programs/matrix.html", _version_context(request, shown))


@require_safe
@needs(Permission.PROGRAM_READ)
def matrix_export(request: ActorRequest, pk: int) -> HttpResponse:
    """The matrix as a file; who took it is recorded (п. 3.8)."""
    shown = get_object_or_404(queries.version_page(request.user, pk))
    content = export_matrix(shown, matrix_of(shown), actor=request.user, at=now())
    answer = HttpResponse(content, content_type=XLSX)
    name = f"Планируемые результаты {shown.program.code}, ред. {shown.number}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.PROGRAM_EDIT)
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """The one page on which a draft is edited (п. 1.3, 2.3)."""
    drafted = get_object_or_404(queries.version_page(request.user, pk))
    if request.method != "POST" and drafted.state != ProgramVersion.State.DRAFT:
        return redirect("programs:version", drafted.pk)
    if request.method == "POST":
        taken = taken_back(request.POST)
        page = PlanPage(drafted, request.POST if taken is None else taken)
        if taken is None and page.is_valid():
            with at_its_field(page.head), if_overtaken(lambda _: _meet(page, request, pk)):
                save_version(
                    drafted,
                    head=page.head.draft(),
                    modules=page.module_drafts(),
                    results=page.result_drafts(),
                    seen=page.seen,
                    actor=request.user,
                    at=now(),
                )
                messages.success(request, "Черновик сохранён.")
                return redirect("programs:version" if "done" in request.POST else "programs:edit", drafted.pk)
        status = 409 if page.met else 200 if taken is not None else 422
        return render(request, "programs/edit.html", _version_context(request, drafted) | {"page": page}, status=status)
    page = PlanPage(drafted, seen=queries.fingerprint(drafted))
    return render(request, "programs/edit.html", _version_context(request, drafted) | {"page": page})


def _meet(page: PlanPage, request: ActorRequest, pk: int) -> None:
    """Show on `page` what somebody else has saved meanwhile."""
    fresh = get_object_or_404(queries.version_page(request.user, pk))
    meet(page, fresh, request.POST, seen=queries.fingerprint(fresh), who=last_hand(fresh))


ACTS = {
    "submit": Act(submit_version, "Редакция передана руководителю на утверждение."),
    "return": Act(return_version, "Редакция возвращена с замечанием.", RemarkForm),
    "approve": Act(approve_version, "Редакция утверждена: по ней можно набирать группы.", ApprovalForm),
    "retire": Act(retire_version, "Редакция выведена из действия. Кто по ней учится, доучится по ней."),
}


@require_POST
@needs(Permission.PROGRAM_EDIT, Permission.PROGRAM_APPROVE)
def step(request: ActorRequest, pk: int, name: str) -> HttpResponse:
    """Take one step of a version: submit, return, approve, retire (п. 2.3)."""
    if name not in ACTS:
        raise Http404
    act = ACTS[name]
    found, seen = _read(request, pk)
    form = act.form(request.POST)
    if form.is_valid():
        with at_its_field(form):
            act.take(found, **form.cleaned_data, actor=request.user, at=now())
            messages.success(request, act.done)
            return redirect("programs:version", found.pk)
    for error in form.errors.pop("seen", []):
        form.add_error(None, error)
    context = _version_context(request, found) | _to_approve(seen) | {"asked": name, "form": form}
    return render(request, "programs/version.html", context | {f"{name}_form": form}, status=422)


def _read(request: ActorRequest, pk: int) -> tuple[ProgramVersion, str]:
    """Return the version and what shows later that it is still the one that was read."""
    seen = seen_of(ProgramVersion(pk=pk))
    return get_object_or_404(queries.version_page(request.user, pk)), seen


def _to_approve(seen: str) -> dict[str, Any]:
    return {"approve_form": ApprovalForm(initial={"valid_from": legal_date(now()), "seen": seen})}


def _version_context(request: ActorRequest, shown: ProgramVersion) -> dict[str, Any]:
    today = legal_date(now())
    flaws = queries.flaws_of(shown, shown.valid_from or today)
    least = queries.minimum_of(shown.program.kind, shown.valid_from or today)
    modules = sorted(shown.modules.all(), key=lambda module: module.ordinal)
    return {
        "version": shown,
        "program": shown.program,
        "modules": modules,
        "results": shown.results.all(),
        "matrix": matrix_of(shown),
        "total": sum(module.hours for module in modules),
        "least": least,
        "stops": [flaw for flaw in flaws if flaw.stops],
        "gaps": [flaw for flaw in flaws if not flaw.stops],
        "steps": allowed(VERSION_STEPS, shown, request.user),
        "is_author": shown.drafted_by_person == request.user.person_uid or has_handled(shown, WRITTEN_BY, request.user),
        "return_form": RemarkForm(),
        "eyes": _eyes(shown, request.user.person_uid),
    }


def _eyes(shown: ProgramVersion, reader: UUID) -> list[Stage]:
    state = ProgramVersion.State(shown.state)
    mine = " — это вы" if shown.drafted_by_person == reader else ""
    drafting = Stage("Составлена", f"{shown.drafted_by}{mine}", Come.NOW if state == state.DRAFT else Come.DONE)
    if shown.approved_at is None:
        waits = Come.NOW if state == state.SUBMITTED else Come.AHEAD
        return [
            drafting,
            Stage("Утверждает руководитель", "другой человек", waits),
            Stage("Вступает в силу", "", Come.AHEAD),
        ]
    ended = "выведена из действия" if state == state.RETIRED else ""
    return [
        drafting,
        Stage("Утверждена", f"{shown.approved_by}, {legal_date(shown.approved_at):%d.%m.%Y}", Come.DONE),
        Stage(f"Действует с {shown.valid_from:%d.%m.%Y}", ended, Come.DONE),
    ]


@require_safe
@needs(Permission.PROGRAM_READ)
def scales(request: ActorRequest) -> HttpResponse:
    """Grading scales with their dates, basis and conversion (п. 2.3)."""
    day = legal_date(now())
    rows = ScaleVersion.objects.select_related("scale").prefetch_related("grades").order_by("scale", "-valid_from")
    newest = {one.scale_id: one.pk for one in reversed(rows)}
    context = {
        "editions": [(one, one.holds_on(day), newest[one.scale_id] == one.pk) for one in rows],
        "may_set": request.user.allowed(Permission.NORM_SET),
        "day": day,
    }
    return render(request, "programs/scales.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.NORM_SET)
def scale(request: ActorRequest, code: str) -> HttpResponse:
    """Set an edition of a scale from a day ahead by a local act, once what changes has been looked at (п. 2.3)."""
    shown, at = get_object_or_404(GradingScale.objects.all(), code=code), now()
    newest = queries.newest_of(shown)
    page = ScalePage(newest, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"scale": shown, "newest": newest, "page": page}
    if request.method == "POST" and page.is_valid():
        drafts, said = page.drafts(), page.head.cleaned_data
        with at_its_field(page.head):
            if "enter" in request.POST and page.seen == page.seal:
                set_scale(shown, drafts, since=said["since"], basis=said["basis"], actor=request.user, at=at)
                messages.success(request, f"Редакция шкалы «{shown}» введена с {said['since']:%d.%m.%Y}.")
                return redirect("programs:scales")
            refuse_scale(newest, drafts, since=said["since"], today=legal_date(at))
            context["changes"] = changes_of(newest.values(), values_of(drafts))
    status = 200 if request.method != "POST" or "changes" in context else 422
    return render(request, "programs/scale.html", context, status=status)


@require_safe
@needs(Permission.PROGRAM_READ)
def minima(request: ActorRequest) -> HttpResponse:
    """Norms that the law leaves to the academy, with their dates and acts (приказ № 266, п. 18; 273-ФЗ ст. 34, 58)."""
    context = {
        "norms": [(norm, _worded(norm, editions)) for norm, editions in queries.editions_of(*NORMS)],
        "may_set": request.user.allowed(Permission.NORM_SET),
        "day": legal_date(now()),
    }
    return render(request, "programs/minima.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.NORM_SET)
def norm(request: ActorRequest, which: str) -> HttpResponse:
    """Set a norm from a day ahead by a local act (п. 2.3)."""
    if which not in BY_NAME:
        raise Http404
    asked, at = BY_NAME[which], now()
    form = NormForm(request.POST if request.method == "POST" else None, norm=asked)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with at_its_field(form):
            set_norm(asked, given["number"], since=given["since"], basis=given["basis"], actor=request.user, at=at)
            messages.success(request, f"Норма введена: {asked.title.lower()}, с {given['since']:%d.%m.%Y}.")
            return redirect("programs:minima")
    ((_, editions),) = queries.editions_of(asked)
    context = {"norm": asked, "rows": _worded(asked, editions), "form": form, "day": legal_date(at)}
    return render(request, "programs/norm.html", context, status=422 if form.errors else 200)


def _worded(norm: Norm, editions: list[Edition]) -> list[tuple[Edition, str]]:
    return [(one, norm.words(one.number)) for one in editions]
