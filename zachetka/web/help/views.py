"""Pages of help. Only `common` is read without a sign-in: whoever cannot sign in needs it (п. 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.web.help import reading
from zachetka.web.help.guide import COMMON, guides

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest


@require_safe
@needs(Permission.HOME_READ)
def index(request: ActorRequest) -> HttpResponse:
    """One's own guides with their tasks, the others by name, and the search over all of them."""
    text = request.GET.get("q", "").strip()[: reading.LONGEST]
    roles = request.user.roles_given
    context = {
        "text": text,
        "hits": reading.find(text, roles),
        "own": reading.own(roles),
        "others": reading.others(roles),
    }
    return render(request, "help/index.html", context)


@require_safe
@needs(Permission.HOME_READ)
def guide(request: ActorRequest, name: str) -> HttpResponse:
    """The guide of one role; no secrets are in it, so everybody who works or learns here may read each."""
    if name == COMMON or name not in guides():
        raise Http404
    return render(request, "help/guide.html", {"guide": guides()[name]})


@require_safe
def common(request: HttpRequest) -> HttpResponse:
    """Sign-in, second factor, lists, keyboard, notices: for everybody, and for whoever is still outside."""
    return render(
        request, "help/guide.html", {"guide": guides()[COMMON], "is_outside": not request.user.is_authenticated}
    )
