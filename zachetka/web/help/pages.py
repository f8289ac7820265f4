"""Where «?» leads from a page: to the section of the guide about it, or to what a refusal means (п. 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse

from zachetka.web.help.about import ABOUT, PARTS
from zachetka.web.help.guide import COMMON, address_of, anchor_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from zachetka.access.policy import Role

WITHOUT: Final = {
    "healthz": "отвечает программам",
    "readyz": "отвечает программам",
    "web:theme": "возвращает туда, где выбрали оформление",
    "help:index": "это и есть справка",
    "help:guide": "это и есть справка",
    "help:common": "это и есть справка",
}
"""Addresses that no help is about, and why."""

REFUSED: Final = "common#Система отказала"
"""Whoever stands where their role has no business has been refused."""


def place_of(name: str, roles: Iterable[Role], part: str = "") -> str:
    """Return the «file#heading» about the page `name`, or its `part`, for somebody with these roles; "" when there is none."""
    held = {COMMON, *(role.value for role in roles)}
    places = (*PARTS.get(name, {}).get(part, ()), *ABOUT.get(name, ()))
    return next((place for place in places if place.partition("#")[0] in held), "")


def help_for(request: HttpRequest, roles: Iterable[Role] = ()) -> str:
    """Return where «?» leads from this page: to its own section, or to what a refusal means. Asks the database nothing."""
    match = request.resolver_match
    name, part = (match.view_name, match.kwargs.get("section", "")) if match else ("", "")
    if name in WITHOUT and roles:
        return reverse("help:index")
    place = place_of(name, roles, part) or REFUSED
    file, _, heading = place.partition("#")
    return f"{address_of(file)}#{anchor_of(heading)}"
