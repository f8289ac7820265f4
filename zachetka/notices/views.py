"""Pages of notices: what is new, what was, what to tell and how (п. 2.4)."""

from __future__ import annotations

from django.conf import settings as configured
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zachetka.access.guard import ActorRequest, needs
from zachetka.access.policy import Permission
from zachetka.core.clock import now
from zachetka.notices import queries
from zachetka.notices.actions import choose, read_all, read_notice
from zachetka.notices.forms import SettingsForm
from zachetka.notices.kinds import KINDS, NoticeKind, kinds_for
from zachetka.rendering.fields import at_its_field

SHOWN = 50
"""Notices of one page."""


@require_safe
@needs(Permission.NOTICE_READ)
def listed(request: ActorRequest) -> HttpResponse:
    """One's notices, the newest first: the unread ones, or all, or those of one kind."""
    kinds = [(kind.value, KINDS[kind].sentence) for kind in kinds_for(request.user.roles_given)]
    kind = request.GET.get("kind", "")
    shows_all = request.GET.get("show") == "all"
    rows = queries.notices(request.user)
    if kind in dict(kinds):
        rows = rows.filter(kind=kind)
    if not shows_all:
        rows = rows.unread()
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "kinds": kinds,
        "kind": kind,
        "shows_all": shows_all,
        "unread": queries.unread(request.user),
    }
    return render(request, "notices/list.html", context)


@require_POST
@needs(Permission.NOTICE_READ)
def open_one(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go where it is seen; that page asks the policy itself."""
    notice = get_object_or_404(queries.notices(request.user), pk=pk)
    read_notice(notice, actor=request.user, at=now())
    return redirect(notice.url)


@require_POST
@needs(Permission.NOTICE_READ)
def read(request: ActorRequest) -> HttpResponse:
    """Mark every notice as read."""
    read_all(actor=request.user, at=now())
    return redirect("notices:list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.NOTICE_READ)
def settings(request: ActorRequest) -> HttpResponse:
    """What is shown, what is mailed, when and where to."""
    kinds: list[NoticeKind] = kinds_for(request.user.roles_given)
    initial = {"email": request.user.email, "hour": queries.digest_hour(request.user)}
    form = SettingsForm(request.POST or None, initial=initial, chosen=queries.chosen(request.user, kinds))
    if request.method == "POST" and form.is_valid():
        with at_its_field(form):
            typed = form.cleaned_data
            choose(form.choices(), hour=typed["hour"], email=typed["email"], actor=request.user, at=now())
            messages.success(request, "Настройки записаны.")
            return redirect("notices:settings")
    context = {"form": form, "mail_is_set": configured.MAIL_IS_SET}
    return render(request, "notices/settings.html", context, status=422 if form.errors else 200)
