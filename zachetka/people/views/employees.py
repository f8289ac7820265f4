"""Pages of employees: service particulars and the way to an account (п. 3.8)."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import legal_date, now
from zachetka.people import lists, queries
from zachetka.people.actions import employment, registering, same_person
from zachetka.people.forms import AccountForm, DismissalForm, EmployeeForm, MoveForm, StaffOrderForm
from zachetka.people.models import Employee
from zachetka.people.sections import left_behind
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.EMPLOYEE_READ)
def employees(request: ActorRequest) -> HttpResponse:
    """Everybody who works here."""
    table = lists.EMPLOYEES.page(request.GET, queries.employees(request.user))
    may_add = request.user.allowed(Permission.EMPLOYEE_EDIT)
    return render(request, "people/employees.html", {"table": table, "may_add": may_add})


@require_safe
@needs(Permission.EMPLOYEE_READ)
def export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, lists.EMPLOYEES, queries.employees(request.user), at=now(), clause="3.8")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EMPLOYEE_EDIT)
def new(request: ActorRequest) -> HttpResponse:
    """An employee by service particulars alone (п. 3.8)."""
    at = now()
    form = EmployeeForm(request.POST or None, initial={"key": uuid4(), "hired_on": legal_date(at)})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            card, given, place = form.cleaned_data["card"], form.given(), form.place()
            if card is not None:
                employee = same_person.hire_known(card, given, place, actor=request.user, at=at)
            else:
                employee = registering.hire(
                    given,
                    place,
                    key=form.cleaned_data["key"],
                    is_another=form.cleaned_data["another"],
                    actor=request.user,
                    at=at,
                )
            messages.success(request, f"{employee.person.full_name} — внесено. Теперь можно завести учётную запись.")
            return redirect("people:employee", employee.pk)
    return render(request, "people/employee_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs(Permission.EMPLOYEE_READ)
def employee(request: ActorRequest, pk: int) -> HttpResponse:
    """One employee, their service and their accounts."""
    found = get_object_or_404(queries.employees(request.user), pk=pk)
    return _page(request, found, AccountForm())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EMPLOYEE_EDIT)
def move(request: ActorRequest, pk: int) -> HttpResponse:
    """Another position or unit, by an order (п. 3.8)."""
    at, found = now(), get_object_or_404(queries.employees(request.user), pk=pk)
    given = {"unit": found.unit_id, "position": found.position, "since": legal_date(at)}
    form = MoveForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            employment.move(
                found,
                unit=typed["unit"],
                position=typed["position"],
                since=typed["since"],
                order=form.order(),
                actor=request.user,
                at=at,
            )
            messages.success(request, "Перевод записан.")
            return redirect("people:employee", pk)
    return _ordered(request, "people/employee_move.html", found, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EMPLOYEE_EDIT)
def dismiss(request: ActorRequest, pk: int) -> HttpResponse:
    """The last day of work, by an order; roles end with it, and accounts close (п. 3.8)."""
    at, found = now(), get_object_or_404(queries.employees(request.user), pk=pk)
    form = DismissalForm(request.POST or None, initial={"left_on": legal_date(at)})
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            left_on = form.cleaned_data["left_on"]
            employment.dismiss(found, left_on=left_on, order=form.order(), actor=request.user, at=at)
            messages.success(
                request, "Увольнение записано: роли работника прекращены, записи без роли слушателя закрыты."
            )
            return redirect("people:employee", pk)
    return _ordered(request, "people/employee_dismiss.html", found, form, left=left_behind(found, request.user))


def _ordered(
    request: ActorRequest, template: str, found: Employee, form: StaffOrderForm, **more: object
) -> HttpResponse:
    return render(request, template, {"employee": found, "form": form} | more, status=422 if form.errors else 200)


@require_POST
@needs(Permission.ACCOUNT_CREATE)
def open_account(request: ActorRequest, pk: int) -> HttpResponse:
    """An account for an employee; its first password is shown once, on the answer itself (ASVS 6.4.1)."""
    found = get_object_or_404(queries.employees(request.user), pk=pk)
    form = AccountForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            account, password = registering.open_account(
                found, form.cleaned_data["login"], actor=request.user, at=now()
            )
            return render(
                request,
                "people/password.html",
                {"account": account, "name": account.display_name, "password": password, "roleless": True},
            )
    return _page(request, found, form)


def _page(request: ActorRequest, found: Employee, form: AccountForm) -> HttpResponse:
    sees = request.user.allowed(Permission.ACCOUNT_READ)
    context = {
        "employee": found,
        "service": queries.service(found),
        "form": form,
        "may_open": request.user.allowed(Permission.ACCOUNT_CREATE) and found.left_on is None,
        "accounts": queries.accounts(request.user).filter(person_uid=found.person.uid) if sees else [],
        "sees_accounts": sees,
        "may_edit": request.user.allowed(Permission.EMPLOYEE_EDIT)
        and found.left_on is None
        and found.person.uid != request.user.person_uid,
        "may_read_card": request.user.allowed(Permission.PERSON_READ),
    }
    return render(request, "people/employee.html", context, status=422 if form.errors else 200)
