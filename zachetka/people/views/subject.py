"""Pages of the data subject: what is kept, who looked, where it went; requests and answers (152-ФЗ ст. 14, 20)."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, is_own, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.files.actions import contents
from zachetka.lifecycle.steps import allowed
from zachetka.people.actions import looks, subject_requests
from zachetka.people.lifecycle import SUBJECT_REQUEST_STEPS
from zachetka.people.models import Person, SubjectRequest
from zachetka.people.subject.page import kept_page, running_on
from zachetka.people.subject.table import REQUESTS
from zachetka.people.subject_forms import AskForm, HandOverForm, RequestForm
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import count_taking

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@needs(Permission.SUBJECT_READ)
def kept_of_oneself(request: ActorRequest) -> HttpResponse:
    """What is kept about me: the page without an address to know (152-ФЗ ст. 14)."""
    return redirect("people:kept", request.user.person_uid)


@require_safe
@needs(Permission.SUBJECT_READ)
def kept(request: ActorRequest, uid: UUID) -> HttpResponse:
    """What is kept about a person; looking at somebody else's is recorded before anything is shown (п. 3.8)."""
    with transaction.atomic():
        person = _person(request, uid)
        looks.read_kept(person, actor=request.user, at=now())
        context = kept_page(person, request.user) | {"form": AskForm(initial={"key": uuid4()})}
        return render(request, "people/subject/kept.html", context)


@require_POST
@needs(Permission.SUBJECT_EXPORT)
def ask(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Everything about oneself as a file: asked and made in the background (152-ФЗ ст. 14; п. 3.9)."""
    form = AskForm(request.POST)
    if not form.is_valid():
        raise BadRequest("no key of the form")
    person = _person(request, uid)
    job = subject_requests.ask_for_own(person, key=form.cleaned_data["key"], actor=request.user, at=now())
    return redirect("jobs:job", job.pk)


def _person(request: ActorRequest, uid: UUID) -> Person:
    found = Person.objects.visible_to(request.user, Permission.SUBJECT_READ)
    return get_object_or_404(found.select_related("learner", "employee"), uid=uid)


# --- Requests -----------------------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.REQUEST_READ)
def requests(request: ActorRequest) -> HttpResponse:
    """The book of requests: asked, due, answered, by whom (152-ФЗ ст. 20)."""
    rows = SubjectRequest.objects.visible_to(request.user).select_related("person", "answered_by", "recorded_by")
    return render(request, "people/subject/requests.html", {"table": REQUESTS.page(request.GET, rows)})


@require_http_methods(FORM_METHODS)
@needs(Permission.REQUEST_ANSWER)
def register(request: ActorRequest, uid: UUID) -> HttpResponse:
    """A request that came in writing (152-ФЗ ст. 20 ч. 1)."""
    at, person = now(), _person(request, uid)
    form = RequestForm(request.POST or None, initial={"key": uuid4(), "asked_on": legal_date(at)})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            made = subject_requests.register_request(person, **form.cleaned_data, actor=request.user, at=at)
            messages.success(request, f"Запрос внесён. Ответить до {made.due_on:%d.%m.%Y}.")
            return redirect("people:request", made.pk)
    context = {"form": form, "person": person}
    return render(request, "people/subject/request_new.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.REQUEST_READ)
def request_page(request: ActorRequest, pk: int) -> HttpResponse:
    """One request: its term, its answer, what is to be done."""
    form = HandOverForm(initial={"answered_on": legal_date(now())})
    return _request_page(request, _request(request, pk), form)


def _request_page(request: ActorRequest, found: SubjectRequest, form: HandOverForm) -> HttpResponse:
    context = {
        "asked": found,
        "form": form,
        "is_own": is_own(found.person.human_uid, request.user),
        "steps": allowed(SUBJECT_REQUEST_STEPS, found, request.user),
        "job": running_on([found], request.user),
        "may_take": found.file_id and request.user.allowed(Permission.SUBJECT_EXPORT),
        "sees_kept": request.user.allowed(Permission.SUBJECT_READ),
    }
    return render(request, "people/subject/request.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Permission.REQUEST_ANSWER)
def prepare(request: ActorRequest, pk: int) -> HttpResponse:
    """Make the file of the answer in the background (п. 3.9)."""
    job = subject_requests.prepare_answer(_request(request, pk), actor=request.user, at=now())
    return redirect("jobs:job", job.pk)


@require_POST
@needs(Permission.REQUEST_ANSWER)
def hand_over(request: ActorRequest, pk: int) -> HttpResponse:
    """The answer was handed to the person: how and when (152-ФЗ ст. 20 ч. 1)."""
    found = _request(request, pk)
    form = HandOverForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            subject_requests.hand_answer_over(found, **form.cleaned_data, actor=request.user, at=now())
            messages.success(request, "Ответ передан, запрос закрыт.")
            return redirect("people:request", pk)
    return _request_page(request, found, form)


@require_safe
@needs(Permission.SUBJECT_EXPORT)
def answer_file(request: ActorRequest, pk: int) -> HttpResponse:
    """The file of the answer; taking somebody else's is recorded before it is given (п. 3.8)."""
    asked = SubjectRequest.objects.visible_to(request.user, Permission.SUBJECT_EXPORT)
    found = get_object_or_404(asked.select_related("person", "file"), pk=pk)
    if found.file is None:
        raise Http404
    count_taking(request.user, now())
    with transaction.atomic():
        looks.take_answer(found, actor=request.user, at=now())
        answer = HttpResponse(contents(found.file), content_type=found.file.media_type)
    named = content_disposition_header(as_attachment=True, filename=found.file.name)
    answer["Content-Disposition"] = named or "attachment"
    return answer


def _request(request: ActorRequest, pk: int) -> SubjectRequest:
    asked = SubjectRequest.objects.visible_to(request.user)
    return get_object_or_404(asked.select_related("person", "file", "recorded_by", "answered_by"), pk=pk)
