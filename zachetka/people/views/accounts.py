"""Pages of accounts: who can come in, with which roles, since when not (п. 3.8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.people import lists, queries
from zachetka.people.actions import factor_resets, passwords, registering
from zachetka.people.forms import StaffOrderForm
from zachetka.people.models import Employee
from zachetka.rendering.fields import at_its_field
from zachetka.rendering.taken import taken


@require_safe
@needs(Permission.ACCOUNT_READ)
def accounts(request: ActorRequest) -> HttpResponse:
    """Accounts with the roles in force and the last sign-in."""
    table = lists.ACCOUNTS.page(request.GET, queries.accounts(request.user))
    may_add = request.user.allowed(Permission.EMPLOYEE_EDIT)
    return render(request, "people/accounts.html", {"table": table, "may_add": may_add})


@require_safe
@needs(Permission.ACCOUNT_READ)
def accounts_export(request: ActorRequest) -> HttpResponse:
    """The same list as a file; who took it is recorded (п. 3.8)."""
    return taken(request, lists.ACCOUNTS, queries.accounts(request.user), at=now(), clause="3.8")


@require_safe
@needs(Permission.ACCOUNT_READ)
def account(request: ActorRequest, pk: int) -> HttpResponse:
    """One account: its roles in time and what may be done with it."""
    return _page(request, pk, StaffOrderForm())


def _page(request: ActorRequest, pk: int, reset_form: StaffOrderForm) -> HttpResponse:
    found: Any = get_object_or_404(queries.accounts(request.user), pk=pk)
    allowed = request.user.allowed
    own = found.person_uid == request.user.person_uid
    may_act = found.is_active and not own
    nameless = found.shown_name != found.display_name
    asked = found.is_active and passwords.is_asked(found, now())
    mine = asked and found.initial_asked_by_person == request.user.person_uid
    reset = queries.waiting_reset(found, now())
    works = Employee.objects.visible_to(request.user).select_related("unit").filter(person__uid=found.person_uid)
    return render(
        request,
        "people/account.html",
        {
            "account": found,
            "state": lists.account_state(found),
            "roles": [
                (role, lists.role_name(role), lists.role_badge(role))
                for role in sorted(found.all_roles, key=lambda role: (role.valid_from, role.pk), reverse=True)
            ],
            "employee": works.first(),
            "own": own,
            "may_propose": allowed(Permission.ROLE_PROPOSE) and may_act and not nameless,
            "may_close": allowed(Permission.ACCOUNT_CLOSE) and may_act,
            "may_give": allowed(Permission.ACCOUNT_CREATE) and may_act and not asked,
            "needs_two": passwords.needs_two(found),
            "waits_for_two": found.is_active and not found.has_usable_password() and passwords.needs_two(found),
            "asked": asked,
            "may_release": allowed(Permission.ACCOUNT_RESTORE) and may_act and asked and not mine,
            "sees_journal": allowed(Permission.EVENT_READ),
            "factors": found.factors.live().count(),
            "reset": reset,
            "reset_form": reset_form,
            "may_ask_reset": allowed(Permission.ACCOUNT_CREATE) and may_act and reset is None,
            "may_reset": allowed(Permission.ACCOUNT_RESTORE)
            and may_act
            and reset is not None
            and reset.asked_by_person != request.user.person_uid,
        },
        status=422 if reset_form.errors else 200,
    )


@require_POST
@needs(Permission.ACCOUNT_CLOSE)
def close(request: ActorRequest, pk: int) -> HttpResponse:
    """Close an account; its sessions end at their next request."""
    found = get_object_or_404(queries.accounts_for(request.user, Permission.ACCOUNT_CLOSE), pk=pk)
    registering.close_account(found, actor=request.user, at=now())
    messages.success(request, "Учётная запись закрыта. Открытые сеансы прекратятся при следующем запросе.")
    return redirect("people:account", pk)


@require_POST
@needs(Permission.ACCOUNT_CREATE)
def give_password(request: ActorRequest, pk: int) -> HttpResponse:
    """A first password instead of a forgotten one, shown once; for an account with a role, a request for one."""
    found = get_object_or_404(queries.accounts_for(request.user, Permission.ACCOUNT_CREATE), pk=pk)
    if passwords.needs_two(found):
        passwords.ask_password(found, actor=request.user, at=now())
        messages.success(request, "Пароль запрошен. Выдаст администратор безопасности, до того действует прежний.")
        return redirect("people:account", pk)
    password = passwords.give_password(found, actor=request.user, at=now())
    return render(request, "people/password.html", _handed(found) | {"password": password, "roleless": True})


@require_POST
@needs(Permission.ACCOUNT_RESTORE)
def release_password(request: ActorRequest, pk: int) -> HttpResponse:
    """The password that another person asked for, shown once to whoever hands it over (п. 3.8)."""
    found = get_object_or_404(queries.accounts_for(request.user, Permission.ACCOUNT_RESTORE), pk=pk)
    password = passwords.release_password(found, actor=request.user, at=now())
    return render(request, "people/password.html", _handed(found) | {"password": password})


@require_POST
@needs(Permission.ACCOUNT_CREATE)
def ask_reset(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask by an order to end somebody's second factors; another person does it (п. 3.8)."""
    found = get_object_or_404(queries.accounts_for(request.user, Permission.ACCOUNT_CREATE), pk=pk)
    form = StaffOrderForm(request.POST)
    if form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            factor_resets.ask_reset(
                found,
                order_number=typed["order_number"],
                order_date=typed["order_date"],
                actor=request.user,
                at=now(),
            )
            messages.success(request, "Сброс запрошен. Выполнит администратор безопасности, до того всё по-прежнему.")
            return redirect("people:account", pk)
    return _page(request, pk, form)


@require_POST
@needs(Permission.ACCOUNT_RESTORE)
def give_reset(request: ActorRequest, pk: int) -> HttpResponse:
    """End the second factors as another person has asked; the new password is shown once (п. 3.8)."""
    found = get_object_or_404(queries.accounts_for(request.user, Permission.ACCOUNT_RESTORE), pk=pk)
    password = factor_resets.give_reset(found, actor=request.user, at=now())
    return render(request, "people/password.html", _handed(found) | {"password": password, "reset": True})


def _handed(found: Any) -> dict[str, object]:
    return {"account": found, "name": found.shown_name}
