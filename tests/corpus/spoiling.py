"""A form that would be accepted, with one field spoilt at a time: what is refused must have changed nothing (security.md c)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
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


COUNTED: Final = """
SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables
WHERE schemaname = 'public' AND NOT relname ^@ ANY (%s)
"""


class Rows:
    """What stands in the database, asked again and again: only tables that were written to meanwhile are read anew.

    PostgreSQL counts each row that is written, taken back or not; this connection's counts are told before they are read.
    """

    def __init__(self) -> None:
        self._counts = _counts()
        self._digests = rows()

    def now(self) -> dict[str, str]:
        """Return the digests of `rows`."""
        counts = _counts()
        written = [table for table, count in counts.items() if self._counts.get(table) != count]
        if written:
            self._digests = self._digests | rows(written)
            self._counts = counts
        return self._digests


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(COUNTED, [list(TRACES)])
        return dict(cursor.fetchall())


def rows(among: Collection[str] = ()) -> dict[str, str]:
    """Return a digest of every table whose rows mean something, and of the events that state a fact; or of tables `among` them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(TRACES)]
        digests = []
        for table in [name for name in tables if not among or name in among]:
            told = "FROM {1} t WHERE t.commitment IS NOT NULL" if table == "ledger_event" else "FROM {1} t"
            digest = (
                "SELECT {0}, count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint), 0) " + told
            )
            digests.append(sql.SQL(digest).format(sql.Literal(table), sql.Identifier(table)))
        cursor.execute(sql.SQL(" UNION ALL ").join(digests))
        return {table: f"{count}:{total}" for table, count, total in cursor.fetchall()}


KEPT: Final = (
    "learning_verificationtoken",
    "access_session",
    "access_refusaltally",
    "access_signinthrottle",
    "ledger_event",
    "ledger_opening",
    "procrastinate_",
)
"""Tables that a look may touch: the session, the counters, the trace of who looked or was refused, the address
on a printed paper; and the word to those who answer for security when it was often."""


def snapshot() -> dict[str, str]:
    """Return a digest of every table whose rows mean something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(KEPT)]
        found = {}
        for table in tables:
            told = " WHERE t.kind <> 'access.refused'" if table == "notices_notice" else ""
            row = sql.SQL("SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t{}")
            cursor.execute(row.format(sql.Identifier(table), sql.SQL(told)))
            rows, digest = cursor.fetchone()
            found[table] = f"{rows}:{digest}"
    return found
