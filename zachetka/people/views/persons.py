"""Pages of people: the list, the card, what is revealed, what is entered by hand (п. 2.1, 3.8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.lifecycle.hands import last_hand
from zachetka.people import actions, lists, queries
from zachetka.people.actions import looks, registering, same_person
from zachetka.people.alike import Like
from zachetka.people.card import card_of, surname_hint
from zachetka.people.fields import BASIS_MASKED, PERSONAL_FIELDS, paper_masked, value_masked, value_shown
from zachetka.people.forms import DetailsForm, EditForm, LearnerForm, PaperForm
from zachetka.people.models import Person
from zachetka.people.rules.likeness import SUGGESTED_FROM
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.meanwhile import if_overtaken, taken_back
from zachetka.rendering.taken import count_taking

if TYPE_CHECKING:
    from zachetka.access.models import Account

LIKES_SHOWN = 5
FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@needs(Permission.PERSON_READ)
def learners(request: ActorRequest) -> HttpResponse:
    """Learners whom the person may see (п. 2.1)."""
    if queries.sees_only_self(request.user):
        return redirect("people:card", request.user.person_uid)
    looks.find_by_number(request.GET.get("q", ""), actor=request.user, at=now())
    opened = queries.opened_to(request.user)
    table = lists.learners_table(opened).page(request.GET, queries.learners(request.user), opened)
    return render(
        request,
        "people/learners.html",
        {
            "table": table,
            "may_add": request.user.allowed(Permission.PERSON_EDIT),
            "may_import": request.user.allowed(Permission.PERSON_IMPORT),
            "export_url": reverse("people:export") if request.user.allowed(Permission.PERSON_EXPORT) else "",
        },
    )


@require_safe
@needs(Permission.PERSON_EXPORT)
def export(request: ActorRequest) -> HttpResponse:
    """The list as a file; that it left the system is recorded, or it does not leave (п. 3.8)."""
    opened = queries.opened_to(request.user, Permission.PERSON_EXPORT)
    rows = queries.learners(request.user).visible_to(request.user, Permission.PERSON_EXPORT)
    asked = request.GET.dict()
    kind = asked.pop("file", "")
    count_taking(request.user, now())
    with transaction.atomic():
        answer, written = lists.LEARNERS_FILE.export_counted(asked, rows, kind, opened)
        looks.export_list(
            lists.LEARNERS_FILE,
            kind=kind,
            rows=written,
            opened=opened,
            actor=request.user,
            at=now(),
        )
        return answer


@require_safe
@needs(Permission.PERSON_READ)
def card(request: ActorRequest, uid: UUID) -> HttpResponse:
    """A person's card; opening somebody else's is recorded before anything is shown (п. 3.8)."""
    with transaction.atomic():
        person = get_object_or_404(queries.card(request.user, uid))
        if person.merged_into is not None:
            return redirect("people:card", person.merged_into.uid)
        looks.read_card(person, actor=request.user, at=now())
        return render(request, "people/card.html", card_of(person, request.user))


@require_POST
@needs(Permission.PERSON_REVEAL)
def reveal(request: ActorRequest, uid: UUID, field: str) -> HttpResponse:
    """One particular in the clear, recorded (п. 3.8; 152-ФЗ ст. 19)."""
    if field not in {one.name for one in PERSONAL_FIELDS}:
        raise Http404
    person = get_object_or_404(queries.card(request.user, uid))
    value = actions.reveal_field(person, field, actor=request.user, at=now())
    return _revealed(request, person, field, value, value_masked(person, field))


@require_POST
@needs(Permission.PERSON_REVEAL)
def reveal_paper(request: ActorRequest, uid: UUID, pk: int) -> HttpResponse:
    """An education document in the clear, recorded (п. 3.8; 152-ФЗ ст. 19)."""
    person = get_object_or_404(queries.card(request.user, uid))
    paper = get_object_or_404(person.education.select_related("person"), pk=pk)
    value = looks.reveal_paper(paper, actor=request.user, at=now())
    return _revealed(request, person, f"paper-{pk}", value, paper_masked(paper))


@require_POST
@needs(Permission.PERSON_REVEAL)
def reveal_basis(request: ActorRequest, uid: UUID, pk: int) -> HttpResponse:
    """The document behind a change of name in the clear, recorded (п. 3.8; 152-ФЗ ст. 19)."""
    person = get_object_or_404(queries.card(request.user, uid))
    name = get_object_or_404(person.names.select_related("person").exclude(basis=""), pk=pk)
    value = looks.reveal_basis(name, actor=request.user, at=now())
    return _revealed(request, person, f"name-{pk}", value, BASIS_MASKED)


def _revealed(request: ActorRequest, person: Person, name: str, value: str, masked: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return render(request, "people/_revealed.html", {"value": value, "masked": masked})
    return render(request, "people/card.html", card_of(person, request.user, {name: value}))


# --- Entered by hand ----------------------------------------------------------------------------------------------------


@require_http_methods(FORM_METHODS)
@needs(Permission.PERSON_EDIT)
def new(request: ActorRequest) -> HttpResponse:
    """One learner entered by hand (п. 2.1; 273-ФЗ ст. 76 ч. 3)."""
    at = now()
    form = LearnerForm(request.POST or None, today=legal_date(at), initial={"key": uuid4(), "citizenship": "643"})
    likes: list[Like] = []
    if request.method == "POST" and form.is_valid():
        given = form.given()
        with at_its_field(form):
            learner = registering.register_once(
                given,
                key=form.cleaned_data["key"],
                is_another=form.cleaned_data["another"],
                actor=request.user,
                at=at,
            )
            messages.success(request, f"{learner.person.full_name} — внесено.")
            return redirect("people:card", learner.person.uid)
        if "another" in form.errors:
            likes = _likes(request, given)
    return _form(request, "people/new.html", form, likes=likes)


def _likes(request: ActorRequest, given: actions.Particulars) -> list[Like]:
    """Return whom somebody about to be entered looks like, of those whom the reader may see, with the reasons."""
    found = registering.doubles_like(given, at_least=SUGGESTED_FROM)
    seen = set(
        Person.objects.visible_to(request.user)
        .filter(pk__in=[one.person.pk for one in found])
        .values_list("pk", flat=True)
    )
    return [one for one in found if one.person.pk in seen][:LIKES_SHOWN]


@require_http_methods(FORM_METHODS)
@needs(Permission.PERSON_EDIT)
def edit(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Particulars; the open form shows them in the clear, and that is recorded (п. 2.1, 3.8)."""
    at, person = now(), _editable(request, uid)
    if request.method == "POST":
        taken = taken_back(request.POST)
        form = EditForm(request.POST if taken is None else taken, today=legal_date(at))
        if taken is None and form.is_valid():
            with at_its_field(form), if_overtaken(lambda _: _meet(form, person, request.user, at)):
                seen = form.cleaned_data["seen"]
                registering.edit_person(person, form.particulars(), seen=seen, actor=request.user, at=at)
                messages.success(request, "Сведения сохранены.")
                return redirect("people:card", person.uid)
        return _form(request, "people/edit.html", form, person=person)
    looks.open_for_editing(person, actor=request.user, at=at)
    form = EditForm(initial=_initial(person), today=legal_date(at))
    return _form(request, "people/edit.html", form, person=person)


def _meet(form: EditForm, person: Person, actor: Account, at: datetime) -> None:
    """Show in `form` what somebody else has written meanwhile; seeing it is recorded as opening the form was (п. 3.8)."""
    person.refresh_from_db()
    looks.open_for_editing(person, actor=actor, at=at)
    now_written = _initial(person)
    form.overtake(now_written, seen=str(now_written.pop("seen")), who=last_hand(person))


def _initial(person: Person) -> dict[str, object]:
    written = {name: getattr(person, name) for name in DetailsForm.base_fields}
    return written | {
        "snils": value_shown(person, "snils"),
        "seen": registering.last_change(person),
    }


@require_POST
@needs(Permission.PERSON_EDIT)
def begin_to_learn(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Somebody known already, an employee as a rule, becomes a learner too (п. 2.1)."""
    person = _editable(request, uid)
    same_person.begin_to_learn(person, actor=request.user, at=now())
    messages.success(request, f"{person.full_name} — теперь и слушатель. Проверьте, все ли сведения внесены.")
    return redirect("people:card", person.uid)


@require_http_methods(FORM_METHODS)
@needs(Permission.PERSON_EDIT)
def add_paper(request: ActorRequest, uid: UUID) -> HttpResponse:
    """An education document more; those known stay (273-ФЗ ст. 76 ч. 3)."""
    person = _editable(request, uid)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            paper = actions.add_education(person, form.schooling(), actor=request.user, at=now())
            messages.success(request, "Документ об образовании внесён.")
            if hint := surname_hint(paper, person.names.all()):
                messages.warning(request, hint)
            return redirect("people:card", person.uid)
    return _form(request, "people/paper.html", form, person=person)


def _editable(request: ActorRequest, uid: UUID) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user, Permission.PERSON_EDIT), uid=uid)


def _form(request: HttpRequest, template: str, form: Any, **told: Any) -> HttpResponse:
    status = 409 if getattr(form, "met", "") else 422 if form.errors else 200
    return render(request, template, {"form": form, **told}, status=status)
