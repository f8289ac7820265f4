"""Pages of the journal of events and of the ledger that proves it (п. 3.3, 3.8)."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import ActorRequest, grants_of, needs
from zachetka.access.policy import Permission, Scope
from zachetka.core.clock import legal_date, now
from zachetka.jobs.actions import ask_for
from zachetka.ledger.models import Event
from zachetka.people.models import Person
from zachetka.web.events import proof, reading, words
from zachetka.web.events.export import journal_file
from zachetka.web.events.own_names import asked_of

CHECKS_SHOWN: Final = 10
EMPTY: Final = {
    "looks": ("Никто не смотрел", "Здесь появится каждый чужой взгляд: кто, когда, в какой роли и на что смотрел."),
    "records": ("Ничего не записано", "Здесь появится всё, что система записывает о человеке."),
}
"""What is said where there is nothing yet."""


@require_safe
@needs(Permission.EVENT_READ)
def journal(request: ActorRequest) -> HttpResponse:
    """What happened, newest first, as far as the reader may know it (п. 2.1, 3.8)."""
    if _sees_own_alone(request):
        return redirect("events:person", request.user.person_uid)
    asked = request.GET.dict()
    rows, form = reading.narrowed(reading.events_of(request.user), asked)
    feed = reading.feed(rows, request.user, today=legal_date(now()), address=asked)
    may_check = request.user.allowed(Permission.LEDGER_CHECK)
    taken = urlencode({name: value for name, value in asked.items() if value and name != "before"})
    context = {"feed": feed, "form": form, "may_check": may_check, "address": taken}
    return render(request, "events/journal.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Permission.EVENT_READ)
def export(request: ActorRequest) -> HttpResponse:
    """The journal as a file, narrowed as on the page; that it was taken is recorded (п. 3.8)."""
    asked = request.GET.dict()
    kind = asked.pop("file", "")
    rows, form = reading.narrowed(reading.events_of(request.user), asked)
    if form.errors:
        raise BadRequest(f"No such day: {sorted(form.errors)}.")
    return journal_file(rows, kind, actor=request.user, at=now())


@require_safe
@needs(Permission.EVENT_READ)
def of_person(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Who looked at a person and what is recorded about them (152-ФЗ ст. 14)."""
    person = get_object_or_404(Person.objects.visible_to(request.user), uid=uid)
    asked = request.GET.dict()
    show = asked.pop("show", "looks")
    if show not in EMPTY:
        raise Http404
    about = reading.events_about(person, request.user, looks=show == "looks")
    rows, form = reading.narrowed(about, asked)
    if form.errors:
        raise BadRequest(f"No such day: {sorted(form.errors)}.")
    address = asked | {"show": show}
    return render(
        request,
        "events/person.html",
        {
            "person": person,
            "is_own": uid == request.user.person_uid,
            "sees_refused": not _sees_own_alone(request),
            "feed": reading.feed(rows, request.user, today=legal_date(now()), address=address),
            "empty": EMPTY[show],
            "tabs": [
                {"label": "Кто смотрел", "url": "?show=looks", "count": None, "current": show == "looks"},
                {"label": "Что записано", "url": "?show=records", "count": None, "current": show == "records"},
            ],
        },
    )


@require_safe
@needs(Permission.EVENT_READ)
def event(request: ActorRequest, pk: int) -> HttpResponse:
    """One event with its place in the tree."""
    found = _event(request, pk)
    (line,) = reading.lines_of([found], request.user)
    checkpoint = reading.newest_checkpoint()
    return render(
        request,
        "events/event.html",
        {
            "event": found,
            "title": f"Событие № {pk}",
            "line": line,
            "detail": words.particulars(found.object_type, found.body),
            "refused_key": ":".join(filter(None, asked_of(found))),
            "capacity": words.capacity(found.body),
            "record": line.record,
            "record_key": f"{found.object_type}:{found.object_id}" if found.object_id else "",
            "body": json.dumps(found.body, ensure_ascii=False, indent=2) if found.body else "",
            "checkpoint": checkpoint if checkpoint and line.index is not None else None,
        },
    )


@require_safe
@needs(Permission.EVENT_READ)
def event_proof(request: ActorRequest, pk: int) -> HttpResponse:
    """The proof that the event stands in the signed tree, as a file."""
    answer = HttpResponse(proof.inclusion_file(_event(request, pk)), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="event-{pk}-proof.json"'
    return answer


def _sees_own_alone(request: ActorRequest) -> bool:
    return all(held.grant.scope is Scope.OWN for held in grants_of(request.user, Permission.EVENT_READ))


def _event(request: ActorRequest, pk: int) -> Event:
    return get_object_or_404(reading.events_of(request.user), pk=pk)


# --- The ledger as a whole ----------------------------------------------------------------------------------------------


@require_safe
@needs(Permission.LEDGER_CHECK)
def ledger(request: ActorRequest) -> HttpResponse:
    """The state of the ledger: size, last checkpoint, key, checks (п. 3.3)."""
    at = now()
    today = legal_date(at)
    newest = reading.newest_checkpoint()
    checks = list(reading.checks()[:CHECKS_SHOWN])
    job = reading.running_check(request.user)
    return render(
        request,
        "events/ledger.html",
        {
            "checkpoint": newest,
            "root": bytes(newest.root).hex() if newest else "",
            "keys": reading.keys(),
            "unsealed": reading.unsealed(),
            "backlog": reading.BACKLOG,
            "checks": [_check(one) for one in checks],
            "last": _check(checks[0]) if checks else None,
            "last_words": reading.moment_words(checks[0].at, today) if checks else "",
            "job": job,
        },
    )


def _check(found: Event) -> dict[str, Any]:
    body = found.body
    return {
        "event": found,
        "ok": body.get("ok") is True,
        "events": body.get("events"),
        "rows": body.get("rows"),
        "found": body.get("found", 0),
        "first": words.record(str(body.get("first_type", "")), str(body.get("first_id", ""))),
    }


@require_POST
@needs(Permission.LEDGER_CHECK)
def check(request: ActorRequest) -> HttpResponse:
    """Check the whole ledger in the background; a second click opens the check that runs already (п. 3.9)."""
    job = ask_for(reading.CHECK, "Проверка журнала событий", actor=request.user, at=now())
    return redirect("jobs:job", job.pk)
