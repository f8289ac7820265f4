"""Forms that are accepted as they stand: only then does a refusal of one spoilt field say anything of that field (security.md c).

Each is sent in a transaction that is undone, so that all meet the same academy.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished
from django.db import close_old_connections, connection, models, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from psycopg import sql

from tests.academy import PASSWORD
from tests.corpus.crawl import unhurried
from tests.corpus.forms import Forms
from tests.corpus.spoiling import TRACES, TYPED
from zachetka.core.clock import legal_date, now
from zachetka.people.models import Person
from zachetka.rendering.meanwhile import TAKE, WAS

REFUSED: Final = 400
DAY: Final = "09.01.2026"
WORDS: Final = "Проверено по документам"
"""What is typed where nothing else is known and something is required: into a field of a day, into any other."""
FITTING: Final = {
    "kind": "служебная записка", "wording": "за помощь группе", "issuer": "Отдел ЗАГС № 1", "text": "61,5",
    "reason": "описка в строке, проверено по бумаге", "kept_because": "договор об обучении",
}  # fmt: skip
"""What fits where a form has rules of its own."""
Written = dict[str, Counter[str]]
"""«table.column» → the values that stand there in the rows that this transaction wrote."""


class Sendable(NamedTuple):
    """A form of a page: where it is sent, and what a browser would send, all filled in."""

    page: str
    target: str
    fields: dict[str, str]
    names: frozenset[str] = frozenset()
    offers: Mapping[str, Sequence[str]] = {}
    typed: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()

    @property
    def route(self) -> str:
        """The name of the address to which it is sent."""
        try:
            return resolve(self.target.partition("?")[0]).view_name
        except Resolver404:
            return ""


def sendables(pages: Iterable[tuple[str, str]]) -> Iterator[Sendable]:
    """Yield the forms of pages, each an address and its content, filled in as by somebody who means it."""
    for address, content in pages:
        forms = Forms(content)
        for place, (action, _) in enumerate(forms.found):
            target = action or address
            if target.startswith("#") or "logout" in target:
                continue
            form = Sendable(
                address, target, _filled(forms, place), frozenset(forms.names[place]),
                forms.choices[place] | forms.boxes[place], frozenset(forms.typed[place]), frozenset(forms.days[place]),
                frozenset(forms.required[place]),
            )  # fmt: skip
            yield form._replace(fields=form.fields | MEANT.get(form.route, lambda _: {})(form))


def _filled(forms: Forms, place: int) -> dict[str, str]:
    """Return the fields of a form: what stands there; where that is nothing, what is needed or known to fit."""
    known, choices, needs = forms.found[place][1], forms.choices[place], forms.required[place]
    chosen = {
        name: one
        for name, options in choices.items()
        if (name in needs or name not in known) and (one := next(filter(None, options), ""))
    }
    needed = {name: DAY if name in forms.days[place] else WORDS for name in needs}
    return {
        name: value or (needed | TYPED | FITTING | chosen).get(name, "")
        for name, value in (dict.fromkeys(choices, "") | known).items()
        if name and name != "csrfmiddlewaretoken"
    }


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Take back whatever the requests of the block did, in the database and in the client."""
    signed_in = client.cookies.output(header="", sep=";")
    request_finished.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        request_finished.connect(close_old_connections)
        client.cookies.clear()
        client.cookies.load(signed_in)


def posted(client: Client, form: Sendable, more: Mapping[str, str] | None = None) -> Any:
    """Send a form as a browser does; return the answer."""
    unhurried()
    told = {"csrfmiddlewaretoken": "x"} | form.fields | dict(more or {})
    if "file" in form.names:
        file = SimpleUploadedFile("Список.csv", "Фамилия;Имя\nПроверкина;Вера\n".encode())
        return client.post(form.target, told | {"file": file})
    body = urlencode(told, errors="surrogatepass")
    return client.post(form.target, body, content_type="application/x-www-form-urlencoded")


# --- What only somebody who means it fills in --------------------------------------------------------------------------

PASSWORD_TO_BE: Final = "шесть ежей, самовар и два кита"


def _emergency(_: Sendable) -> dict[str, str]:
    person = Person.objects.filter(learner__isnull=False, birth_date__isnull=False, employee__isnull=True).order_by(
        "pk"
    )[3]
    assert person.birth_date is not None
    return {"name": person.full_name, "birth_date": f"{person.birth_date:%d.%m.%Y}"}


def _plan(form: Sendable) -> dict[str, str]:
    last = next(name.rpartition("_")[2] for name in reversed(list(form.offers)) if name.startswith("way_"))
    return {f"way_{last}": "apart", f"held_by_{last}": form.fields["ends_on"]}


def _first(name: str) -> Callable[[Sendable], dict[str, str]]:
    return lambda form: {name: next(filter(None, form.offers.get(name, ())), "")}


def _norm(form: Sendable) -> dict[str, str]:
    number = "300" if "/hours-" in form.target else "20"
    return {"number": number, "since": f"{legal_date(now()) + timedelta(days=400):%d.%m.%Y}"}


def _scale(form: Sendable) -> dict[str, str]:
    passing = {name: "on" for name in form.fields if name.endswith("-passes")}
    return {"since": _norm(form)["since"]} | passing


def _today(_: Sendable) -> dict[str, str]:
    today = f"{legal_date(now()):%d.%m.%Y}"
    return {"first_day": today, "last_day": today}


MEANT: Final[dict[str, Callable[[Sendable], dict[str, str]]]] = {
    "account_change_password": lambda _: {"current": PASSWORD, "new": PASSWORD_TO_BE, "again": PASSWORD_TO_BE},
    "learning:cohort-new": _first("teacher"),
    "learning:excuses": _today,
    "learning:order-new": _first("learner"),
    "learning:study-plan-new": _plan,
    "people:correct_name": lambda _: {"last_name": "Исправленный"},
    "people:emergency_open": _emergency,
    "people:employee_move": lambda _: {"position": "старший методист"},
    "people:employee_new": lambda _: {"last_name": "Новенький"},
    "people:new": _first("level"),
    "programs:norm": _norm,
    "programs:scale": _scale,
}
"""Address → what a form of it takes that no page offers and no table of words knows."""


# --- Whether it is accepted, once, and nothing more --------------------------------------------------------------------


class Probe(NamedTuple):
    """What came of a form that was filled in honestly.

    Attributes:
        login: who sent it.
        form: what was sent.
        status: of the answer.
        again: of the answer to the same form sent a second time; 0 when the first was refused.
        twice: tables in which the second sending has written more.
        smuggled: columns that hold something else when the names of all columns are sent along.
        wrong: what was accepted of what cannot be kept.
    """

    login: str
    form: Sendable
    status: int
    again: int = 0
    twice: tuple[str, ...] = ()
    smuggled: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """True when it was done as it was asked."""
        return self.status < REFUSED


def probed(client: Client, login: str, form: Sendable, key: int) -> Probe:
    """Send a form, send it again, send it with every column's name; nothing of it stays."""
    with undone(client):
        status = posted(client, form).status_code
        if status >= REFUSED:
            return Probe(login, form, status)
        once = written()
        again, more = posted(client, form).status_code, written()
    with undone(client):
        answer = posted(client, form, smuggled(form, MARKED, key)).status_code
        with_more = written()
    with undone(client):
        posted(client, form)
        columns = steady(once, written())
    changed = [*differing(once, with_more, columns - VARYING), *sorted(with_more.keys() - once.keys())]
    return Probe(login, form, status, again, grown(once, more), tuple(changed if answer == status else [f"{answer}"]))


MARKED: Final = "e12smuggled"
OF_NO_RECORD: Final = ("is_superuser", "is_staff", "role", "status", "owner_id", "uid", "org", "password", "is_admin")
"""Names that other systems have for what gives power."""
VARYING: Final = frozenset({"files_storedfile.sha256", "files_storedfile.size"})
"""A file that says at which minute it was made."""


def grown(once: Written, more: Written) -> tuple[str, ...]:
    """Return the tables in which more rows were written."""
    told = {
        column.partition(".")[0] for column in once.keys() | more.keys() if sizes(once, column) != sizes(more, column)
    }
    return tuple(sorted(told))


def sizes(found: Written, column: str) -> int:
    """Return how many rows a column was written in."""
    return found[column].total() if column in found else 0


# --- What a request has written ----------------------------------------------------------------------------------------


FRESH: Final = "SELECT {0}, to_jsonb(t)::text FROM {1} t WHERE age(t.xmin) <= age(pg_current_xact_id()::xid)"
TOUCHED: Final = """
SELECT relname FROM pg_stat_xact_user_tables
WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd > 0 AND NOT relname ^@ ANY (%s) ORDER BY 1
"""
"""Tables that this transaction has put rows into, taken back or not: only there can a fresh row be."""


def written() -> Written:
    """Return what the rows hold that this transaction has written, those of the traces apart."""
    with connection.cursor() as cursor:
        cursor.execute(TOUCHED, [list(TRACES)])
        tables = [name for (name,) in cursor.fetchall()]
        if not tables:
            return {}
        cursor.execute(
            sql.SQL(" UNION ALL ").join(
                sql.SQL(FRESH).format(sql.Literal(table), sql.Identifier(table)) for table in tables
            )
        )
        found: Written = {}
        for table, row in cursor.fetchall():
            for column, value in json.loads(row).items():
                found.setdefault(f"{table}.{column}", Counter())[str(value)] += 1
        return found


def steady(one: Written, other: Written) -> set[str]:
    """Return the columns into which the same request writes the same each time: no keys, moments, salts."""
    return {column for column in one.keys() & other.keys() if one[column] == other[column]}


def differing(one: Written, other: Written, columns: Iterable[str]) -> list[str]:
    """Return the columns that hold otherwise."""
    return sorted(column for column in columns if one.get(column) != other.get(column))


def smuggled(form: Sendable, text: str, key: int) -> dict[str, str]:
    """Return a value for the name of every column of every record that the form does not have, and for some of no record.

    Args:
        form: what is sent.
        text: for columns of text.
        key: of an account, a person, a unit: whatever a number may name.
    """
    found = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            for name in {field.name, field.attname} - form.names - {WAS, TAKE}:  # of a shared form, and read as that
                found[name] = _of_kind(field, text, key)
    return dict.fromkeys(set(OF_NO_RECORD) - form.names, text) | found


def _of_kind(field: models.Field[Any, Any], text: str, key: int) -> str:
    kinds: tuple[tuple[type[models.Field[Any, Any]], Callable[[], str]], ...] = (
        (models.BooleanField, lambda: "true"),
        (models.DateTimeField, lambda: "2001-01-01T00:00:00+03:00"),
        (models.DateField, lambda: "01.01.2001"),
        (models.UUIDField, lambda: "00000000-0000-4000-8000-000000000001"),
        (models.ForeignKey, lambda: str(key)),
        (models.IntegerField, lambda: str(key)),
        (models.CharField, lambda: str(field.choices[-1][0]) if field.choices else text),
    )
    return next((value() for kind, value in kinds if isinstance(field, kind)), text)
