"""Pages of names in time: another name by a document, a mistaken entry corrected (п. 2.1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.people import actions
from zachetka.people.forms import CorrectNameForm, NameForm, RenameForm
from zachetka.people.models import Person, PersonName
from zachetka.rendering.fields import at_its_field

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(FORM_METHODS)
@needs(Permission.PERSON_EDIT)
def rename(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Another name from a date by a document; papers issued before keep the earlier one (п. 2.1)."""
    person = _editable(request, uid)
    form = RenameForm(request.POST or None, initial=_parts(person))
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            actions.change_name(person, **form.change(), actor=request.user, at=now())
            messages.success(request, "Имя изменено. Выданные раньше документы сохраняют прежнее.")
            return redirect("people:card", person.uid)
    return _form(request, "people/rename.html", form, person=person)


@require_http_methods(FORM_METHODS)
@needs(Permission.PERSON_EDIT)
def correct(request: ActorRequest, uid: UUID, pk: int) -> HttpResponse:
    """A mistaken entry of a name: another row counts instead of it, the mistaken one stays (п. 2.1)."""
    person = _editable(request, uid)
    name = get_object_or_404(person.names.select_related("person"), pk=pk)
    form = CorrectNameForm(request.POST or None, initial=_parts(name))
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            actions.correct_name(name, **form.cleaned_data, actor=request.user, at=now())
            messages.success(request, "Запись исправлена. Ошибочная осталась в истории.")
            return redirect("people:card", person.uid)
    return _form(request, "people/correct_name.html", form, person=person, name=name)


def _parts(named: Person | PersonName) -> dict[str, str]:
    return {part: getattr(named, part) for part in NameForm.base_fields}


def _editable(request: ActorRequest, uid: UUID) -> Person:
    return get_object_or_404(Person.objects.visible_to(request.user, Permission.PERSON_EDIT), uid=uid)


def _form(request: ActorRequest, template: str, form: Any, **told: Any) -> HttpResponse:
    return render(request, template, {"form": form, **told}, status=422 if form.errors else 200)
