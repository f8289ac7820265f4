"""The pages of the record book: tabs, paper, proof; and the learner's own way to it (п. 2.5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import Scopes, can, fields, is_own, needs, reach, scopes_of
from zachetka.access.policy import FieldClass, Permission
from zachetka.core.clock import legal_date, now
from zachetka.core.composed import Composed, Given
from zachetka.core.errors import RuleViolation
from zachetka.core.traces import Trace
from zachetka.learning import record_page
from zachetka.learning.actions.personal_files import ask_for_file
from zachetka.learning.actions.record_books import (
    Stated,
    print_record_book,
    read_record_book,
    record_reading,
    sealed_bundle,
    state_bundle,
    stated_before,
    stated_last,
)
from zachetka.learning.as_of import moment_of
from zachetka.learning.kept_books import answer_of, keep_book, kept_book, key_of
from zachetka.learning.models import Enrolment
from zachetka.learning.queries.path import path
from zachetka.learning.queries.planned_results import planned_results
from zachetka.learning.queries.readers import readings, sees_readers
from zachetka.learning.queries.record_book import RecordBook, opened_on
from zachetka.learning.queries.record_proof import disagreements, evidence, proof_of
from zachetka.learning.queries.record_rows import PAPERS
from zachetka.ledger.signing import key_id
from zachetka.people.actions import reveal_field
from zachetka.people.fields import value_masked, value_shown

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest
    from zachetka.access.models import Account

SOON: Final = timedelta(seconds=15)
"""The sealer works once a second: a file that has waited this long will wait longer."""
LATER: Final = 30
"""Seconds between two refreshes of the page of such a file."""
DIGITS: Final = 19
"""Fewer digits than these fit into the number of an event."""
NOT_ASKED: Final = (
    "Файла доказательств на сегодня ещё нет. Нажмите «Скачать файл доказательств»: он будет готов через секунду."
)
READ, EXPORT = Permission.RECORD_BOOK_READ, Permission.RECORD_BOOK_EXPORT


@require_safe
@needs(READ)
def my_record_books(request: ActorRequest) -> HttpResponse:
    """The learner's own books: straight to the only one, or a choice of several."""
    own = Enrolment.objects.filter(learner__person__human_uid=request.user.person_uid).visible_to(request.user)
    found = list(own.select_related("cohort__program_version").order_by("-started_on", "-pk"))
    if len(found) == 1:
        return redirect("learning:record-book", pk=found[0].pk)
    day = legal_date(now())
    own_books = [(one, one.words_on(day)) for one in found]
    return render(request, "learning/record_book_choice.html", {"enrolments": own_books})


@require_safe
@needs(READ)
def record_book(request: ActorRequest, pk: int, section: str = "") -> HttpResponse:
    """One tab of a record book, as of today or of the day in `?on=`."""
    if section not in record_page.SECTIONS:
        raise Http404
    at, key = now(), key_of(request, section)
    if kept := kept_book(key, at):
        record_reading(pk, kept.whose, reader=request.user, section=section, at=at, seen_at=kept.seen_at or at)
        return answer_of(request, kept)
    trace, token = Trace(at), get_token(request)
    with trace.open():
        enrolment = _found(request.user, pk)
    answer, seen_at = _page(request, enrolment, section, trace, token=token)
    keep_book(key, trace, answer, token, whose=enrolment.whose, seen_at=seen_at)
    return answer


@require_POST
@needs(READ)
def birth_date(request: ActorRequest, pk: int) -> HttpResponse:
    """Show the date of birth, recording who asked (п. 3.8)."""
    enrolment = _found(request.user, pk)
    person = enrolment.learner.person
    shown = reveal_field(person, "birth_date", actor=request.user, at=now())
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(shown, content_type="text/plain; charset=utf-8")
    return _page(request, enrolment, "orders", Trace(now()), birth_date=shown)[0]


@require_POST
@needs(Permission.PERSONAL_FILE_EXPORT)
def personal_file(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask for the personal file as one package; the answer is its progress."""
    files = Enrolment.objects.visible_to(request.user, Permission.PERSONAL_FILE_EXPORT)
    job = ask_for_file(get_object_or_404(files, pk=pk), actor=request.user, at=now())
    return redirect("jobs:job", job.pk)


@require_safe
@needs(EXPORT)
def record_book_pdf(request: ActorRequest, pk: int) -> HttpResponse:
    """The extract on paper, as of today or of the day in `?on=`; printing is recorded."""
    enrolment, at = _found(request.user, pk, EXPORT), now()
    seen_at = moment_of(request.GET.get("on", ""), first=opened_on(enrolment), at=at)
    pdf = print_record_book(enrolment, actor=request.user, at=at, seen_at=seen_at)
    answer = HttpResponse(pdf.content, content_type="application/pdf")
    return _named(answer, f"Зачётка {enrolment} {legal_date(seen_at):%Y-%m-%d}.pdf", "inline")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(EXPORT)
def record_book_proof(request: ActorRequest, pk: int) -> HttpResponse:
    """The bundle that anybody checks offline; asking for it is recorded, fetching what was asked for states nothing.

    POST promises it and leads to `?stated=`, which a page asks again until the sealer has been there, about a second.
    Without `?stated=` it is the last one while the book has not changed since, else the section with the button, and words that say so.
    """
    enrolment, at = _found(request.user, pk, EXPORT), now()
    if request.method == "POST":
        promised = state_bundle(enrolment, actor=request.user, at=at)
        return redirect(_address_of(enrolment, promised))
    stated = _stated(request, enrolment, at)
    if stated is None:
        messages.info(request, NOT_ASKED)
        return redirect("learning:record-book-section", pk=enrolment.pk, section="evidence")
    bundle = sealed_bundle(stated)
    if bundle is None:
        return _being_sealed(request, enrolment, stated, at)
    answer = HttpResponse(bundle, content_type="application/json")
    return _named(answer, f"Зачётка {enrolment} {legal_date(stated.at):%Y-%m-%d}.json", "attachment")


def _stated(request: ActorRequest, enrolment: Enrolment, at: datetime) -> Stated | None:
    asked = request.GET.get("stated")
    if asked is None:
        return stated_last(enrolment, actor=request.user, at=at)
    known = asked.isascii() and asked.isdecimal() and len(asked) < DIGITS
    stated = stated_before(enrolment, int(asked), actor=request.user) if known else None
    if stated is None:
        raise Http404
    return stated


def _address_of(enrolment: Enrolment, stated: Stated) -> str:
    return f"{reverse('learning:record-book-proof', args=[enrolment.pk])}?{urlencode({'stated': stated.event})}"


def _being_sealed(request: ActorRequest, enrolment: Enrolment, stated: Stated, at: datetime) -> HttpResponse:
    """A page that refreshes itself, without scripts too; the last refresh brings the file."""
    again = _address_of(enrolment, stated)
    is_late = at - stated.at > SOON
    told = {"enrolment": enrolment, "again": again, "is_late": is_late}
    answer = render(request, "learning/record_book_sealing.html", told, status=202)
    answer["Refresh"] = f"{LATER if is_late else 1}; url={again}"
    return answer


def _found(actor: Account, pk: int, permission: Permission = READ) -> Enrolment:
    books = _books(scopes_of(actor, permission), scopes_of(actor, EXPORT))
    found = books.first(pk=pk, person_uid=actor.person_uid)
    if found is None:
        raise Http404
    return found


@cache
def _books(readable: Scopes, exportable: Scopes) -> Composed[Enrolment]:
    """Compose the reading of one book for all who may read and take it equally far."""
    books = Enrolment.objects.filter(reach(readable, Enrolment), pk=Given("pk")).select_related(*PAPERS)
    may_export = ExpressionWrapper(reach(exportable, Enrolment), output_field=BooleanField())
    return Composed(lambda: books.annotate(may_export=may_export))


def _page(
    request: ActorRequest, enrolment: Enrolment, section: str, trace: Trace, *, token: str = "", birth_date: str = ""
) -> tuple[HttpResponse, datetime]:
    """Return the page and the moment that it shows; what is read for it stands in `trace`."""
    at, first = trace.at, opened_on(enrolment)
    wrong = ""
    try:
        seen_at = moment_of(request.GET.get("on", ""), first=first, at=at)
    except RuleViolation as refusal:  # the page itself is where the day is chosen, so it says what is wrong with it
        seen_at, wrong = at, refusal.sentence
    book = read_record_book(enrolment, reader=request.user, section=section, seen_at=seen_at, trace=trace)
    address = reverse("learning:record-book", args=[enrolment.pk])
    query = f"?{urlencode({'on': f'{book.day:%Y-%m-%d}'})}" if book.is_past else ""
    context = {
        "book": book,
        "enrolment": enrolment,
        "section": section,
        "title": record_page.title_of(enrolment),
        "is_own": is_own(enrolment.human_uid, request.user),
        "may_export": enrolment.may_export,  # type: ignore[attr-defined] # annotated by `_found`
        "figures": record_page.figures(book),
        "tabs": record_page.tabs(
            book, section, address, query=query, sees_readers=sees_readers(enrolment, request.user)
        ),
        "groups_url": reverse("learning:cohort-list") if request.user.allowed(Permission.COHORT_READ) else "",
        "cohort_url": _cohort_address(enrolment, request.user),
        "here": f"{address}{f'{section}/' if section else ''}",
        "evidence_url": f"{address}evidence/{query}",
        "query": query,
        "first": first,
        "asked": request.GET.get("on", "")[:20],
        "wrong": wrong,
        "open": request.GET.get("open", ""),
    }
    if token:
        context["csrf_token"] = token
    with trace.open():
        context |= _section(section, book, request.user, at)
        if section == "orders":
            context |= _particulars(enrolment, book, request.user, birth_date)
        return render(request, "learning/record_book.html", context, status=422 if wrong else 200), seen_at


def _cohort_address(enrolment: Enrolment, actor: Account) -> str:
    """Whoever reads books of a scope reads its cohorts too; an emergency access opens one book and no cohort.

    The cohort's page asks the policy again.
    """
    one_book = actor.emergency is not None and actor.emergency.person_uid == enrolment.human_uid
    if one_book or not actor.allowed(Permission.COHORT_READ):
        return ""
    return reverse("learning:cohort", args=[enrolment.cohort_id])


def _section(section: str, book: RecordBook, actor: Account, at: datetime) -> dict[str, Any]:
    """Return what one tab needs beyond the book itself."""
    if section == "":
        return {"path": path(book)}
    if section == "attestation":
        return {"admission_words": record_page.admission_words(book), "needs": record_page.needs(book)}
    if section == "planned":
        return {"reaching": planned_results(book)}
    if section == "awards":
        return {"may_award": can(actor, Permission.AWARD_EDIT, book.enrolment)}
    if section == "readers":
        if not sees_readers(book.enrolment, actor):
            raise Http404
        return {"readings": readings(book.enrolment, reader=actor, seen_at=book.seen_at)}
    if section == "evidence":
        proven = proof_of(book)
        key = bytes(proven.checkpoint.key.public_key) if proven.checkpoint else b""
        fingerprint = record_page.in_fours(key_id(key)) if key else ""
        return {
            "proven": proven,
            "disagreements": disagreements(book, proven),
            "evidence": evidence(book, proven),
            "fingerprint": fingerprint,
            "checked_at": at,
        }
    return {}


def _sees_moved(book: RecordBook, actor: Account) -> bool:
    """True when `actor` may open the book before or after this one; no query for who was never transferred."""
    others = [one.pk for one in (book.moved_from, book.moved_to) if one]
    return bool(others) and Enrolment.objects.visible_to(actor).filter(pk__in=others).count() == len(others)


def _particulars(enrolment: Enrolment, book: RecordBook, actor: Account, birth_date: str) -> dict[str, Any]:
    person = enrolment.learner.person
    own = is_own(person.human_uid, actor)
    opened = FieldClass.PERSONAL in fields(actor, enrolment, READ)
    return {
        "facts": record_page.facts(book),
        "plan_words": record_page.plan_words(book.plan) if book.plan else "",
        "birth_date": birth_date or (value_shown(person, "birth_date") if own else ""),
        "birth_date_masked": value_masked(person, "birth_date") if opened else "",
        "may_plan": enrolment.state == Enrolment.State.ACTIVE and can(actor, Permission.ORDER_DRAFT, enrolment),
        "sees_moved": _sees_moved(book, actor),
        "may_transfer": enrolment.state == Enrolment.State.ACTIVE and can(actor, Permission.ORDER_DRAFT, enrolment),
        "gathers_file": can(actor, Permission.PERSONAL_FILE_EXPORT, enrolment),
    }


def _named(answer: HttpResponse, name: str, disposition: str) -> HttpResponse:
    """Name the file in both spellings of RFC 6266: plain for old programs, UTF-8 for the rest."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    answer["Content-Disposition"] = f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return answer
