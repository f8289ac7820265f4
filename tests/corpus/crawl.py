"""Walking the system as somebody: every address that exists, filled in with records that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from django.db import connection
from django.test import Client
from psycopg import sql

from tests.architecture.routes import Route, routes
from tests.corpus.texts import CAMPAIGN
from zachetka.access.models import RefusalTally, SignInThrottle

HREF = re.compile(r"""(?:href|hx-get)=["'](/[^"'#]*)["']""")
STATIC = ("/static/", "/accounts/logout/", "/theme/")
OF_A_SHAPE = 3 if CAMPAIGN else 2
"""How many addresses of one shape are opened."""
LISTING = re.compile(r"[?&](sort|page|file|q|state|stated|show|on|column|from|to|since|until|open)=")
"""Links to the same list in another order, cut or file: the forms there are those of the list."""


def pages(client: Client, start: str = "/") -> Iterator[tuple[str, str, int]]:
    """Follow links from `start` like a person who looks for what can be done: address, content, status.

    Few addresses of one shape are opened, so that a list of a thousand people is not a thousand pages.
    """
    waiting, seen, shapes = [start], {start}, dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        unhurried()
        response = client.get(address)
        kind = response.headers.get("Content-Type", "")
        content = response.getvalue()
        text = content.decode() if kind.startswith("text/") or "json" in kind else ""
        yield address, text, response.status_code
        if response.status_code in (301, 302):
            text = f'href="{response.headers["Location"]}"'
        for found in HREF.findall(text):
            link = found.replace("&amp;", "&")
            shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", link)
            if link in seen or link.startswith(STATIC) or LISTING.search(link) or shapes.get(shape, 0) >= OF_A_SHAPE:
                continue
            shapes[shape] = shapes.get(shape, 0) + 1
            seen.add(link)
            waiting.append(link)


def unhurried() -> None:
    """Forget how much was taken away lately: who clicks everything does so in days, not in seconds.

    Asked before each of tens of thousands of requests, so it is one statement.
    """
    counters = [model._meta.db_table for model in (SignInThrottle, RefusalTally)]
    forget = sql.SQL("WITH first AS (DELETE FROM {}) DELETE FROM {}").format(*map(sql.Identifier, counters))
    with connection.cursor() as cursor:
        cursor.execute(forget)


@cache
def parameters() -> dict[str, tuple[str, ...]]:
    """Return, for each name of a URL parameter, values that look right: of records that exist, and of none."""
    from zachetka.learning.models import Cohort, Enrolment
    from zachetka.people.models import Person

    uids = tuple(str(uid) for uid in Person.objects.values_list("uid", flat=True)[:3])
    return {
        "uid": (*uids, "00000000-0000-4000-8000-000000000000"),
        "code": (*Cohort.objects.values_list("code", flat=True)[:2], "НЕТ-00-00"),
        "number": (*(str(number) for number in Enrolment.objects.values_list("number", flat=True)[:2]), "ЗК-00-0000"),
        "token": ("0" * 26, "ZZZZ"),
        "field": ("snils", "password"),
        "name": ("teacher", "nobody"),
        "": ("1", "2", "999999999"),
    }


def addresses(route: Route) -> list[str]:
    """Return a few addresses of `route` with its parameters filled in."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
    if not names:
        return [f"/{route.pattern}"]
    values = [parameters().get(name, parameters()[""]) for name in names]
    filled = []
    for place in range(max(len(row) for row in values)):
        address = route.pattern
        for name, row in zip(names, values, strict=True):
            address = re.sub(rf"<(?:\w+:)?{name}>", row[place % len(row)], address, count=1)
        filled.append(f"/{address}")
    return filled


def all_addresses() -> list[tuple[Route, str]]:
    """Return every route with addresses of it."""
    return [(route, address) for route in routes() for address in addresses(route)]
