"""Pages that belong to no room: today, search, look, the design sheet, the public check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from zachetka.access.guard import needs
from zachetka.access.policy import Permission
from zachetka.core.clock import LEGAL_ZONE, legal_date, now
from zachetka.people.actions import looks
from zachetka.web import design, home, home_sections, search
from zachetka.web.navigation import THEME_COOKIE, THEMES

if TYPE_CHECKING:
    from zachetka.access.guard import ActorRequest

YEAR = 365 * 24 * 60 * 60


@require_safe
@needs(Permission.HOME_READ)
def today(request: ActorRequest) -> HttpResponse:
    """«Сегодня»: what waits for this person, then what is worth knowing (п. 2.4)."""
    at = now()
    day = legal_date(at)
    tasks = home.tasks_of(request.user, at)
    home.remember_count(request.user, len(tasks))
    return render(
        request,
        "web/home.html",
        {
            "greeting": home.greeting(at.astimezone(LEGAL_ZONE).hour),
            "sentence": home.sentence(tasks, day),
            "rows": home.rows(tasks, day),
            "count": len(tasks),
            "acts": home.acts_of(request.user),
            "sections": home_sections.sections_of(request.user, at),
            "notices": home.notices_of(request.user, at),
        },
    )


@require_safe
@needs(Permission.HOME_READ)
def find(request: ActorRequest) -> HttpResponse:
    """Search over everything; asked by htmx or the suggestion list, answers with the list alone."""
    text = request.GET.get("q", "")
    short = request.GET.get("suggest") == "1"
    looks.find_by_number(text, actor=request.user, at=now())
    if short:
        return render(request, "web/_suggestions.html", {"hits": search.suggest(request.user, text), "text": text})
    found = search.find(request.user, text)
    told = {"hits": found.hits, "is_cut": found.is_cut, "text": text[: search.LONGEST]}
    return render(request, "web/search.html", told)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the chosen look in a cookie for a year and go back to where the choice was made."""
    chosen = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = "/"
    answer = HttpResponseRedirect(back)
    if chosen in {key for key, _, _ in THEMES if key}:
        answer.set_cookie(
            THEME_COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    return answer


@require_safe
@needs(Permission.DESIGN_READ)
def design_sheet(request: ActorRequest) -> HttpResponse:
    """Every component on one page: the bar that new pages are held to (п. 2.4)."""
    return render(request, "web/design.html", design.specimens(legal_date(now())))
