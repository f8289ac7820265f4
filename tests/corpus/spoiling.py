"""A form that would be accepted, with one field spoilt at a time: what is refused must have changed nothing (security.md c)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from psycopg import sql

from tests.corpus.crawl import unhurried
from tests.corpus.forms import Forms

TRACES: Final = (
    "learning_verificationtoken", "django_session", "access_session", "access_refusaltally", "access_signinthrottle", "ledger_opening", "procrastinate_",
)  # fmt: skip
"""Tables that whoever asks may touch: the session, the counters, the address on a printed paper, the queue of jobs."""
TYPED: Final = {
    "last_name": "Проверкина", "first_name": "Вера", "patronymic": "Ивановна", "surname": "Проверкина",
    "birth_date": "01.02.1990", "issued_on": "01.07.2012", "order_date": "09.01.2026", "valid_from": "09.01.2026",
    "valid_to": "31.12.2026", "hired_on": "09.01.2026", "since": "09.01.2026", "left_on": "09.01.2026",
    "organisation": "Институт проверок", "series": "АБ", "number": "1234567", "position": "преподаватель",
    "order_number": "15-к", "login": "proverkina", "basis": "служебная записка", "reason": "описка в строке",
    "why": "оценка верна", "remark": "часы не сходятся", "text": "4", "code": "ПРОВЕРКА-1", "title": "Проверка знаний",
    "hours": "36", "final_form": "зачёт", "qualification": "специалист",
}  # fmt: skip
"""What a person types into a field that the page leaves empty."""


def filled(address: str, content: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each form of a page is sent and its fields, all filled in."""
    forms = Forms(content)
    for (action, known), choices in zip(forms.found, forms.choices, strict=True):
        target = action or address
        if target.startswith("#") or "logout" in target:
            continue
        chosen = {name: next(filter(None, options), "") for name, options in choices.items()}
        yield (
            target,
            {
                name: value or chosen.get(name, "") or TYPED.get(name, "")
                for name, value in known.items()
                if name and name != "csrfmiddlewaretoken"
            },
        )


def send(client: Client, target: str, fields: dict[str, str]) -> int:
    """Post as a browser does, lone surrogates and all; return the status."""
    unhurried()
    body = urlencode(fields, errors="surrogatepass")
    return client.post(target, body, content_type="application/x-www-form-urlencoded").status_code


def rows() -> dict[str, str]:
    """Return a digest of every table whose rows mean something, and of the events that state a fact."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(TRACES)]
        digests = []
        for table in tables:
            told = "FROM {1} t WHERE t.commitment IS NOT NULL" if table == "ledger_event" else "FROM {1} t"
            digest = (
                "SELECT {0}, count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0) " + told
            )
            digests.append(sql.SQL(digest).format(sql.Literal(table), sql.Identifier(table)))
        cursor.execute(sql.SQL(" UNION ALL ").join(digests))
        return {table: f"{count}:{total}" for table, count, total in cursor.fetchall()}
