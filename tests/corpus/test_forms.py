"""Every link and every form that a role is shown: it opens, it bears bad input, it writes no more than it has (п. 3.8).

Each role is walked once. What posts does so in a copy of the academy of its own, so that no form is spoilt by another
test, nor by another role.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

import pytest
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.academy import ROLES, Academy, opened
from tests.corpus.canaries import Met
from tests.corpus.cases import CASES
from tests.corpus.crawl import unhurried
from tests.corpus.foreign import Foreign, about, belongings
from tests.corpus.forms import Forms
from tests.corpus.spoiling import Rows, filled, rows, send
from tests.corpus.texts import CAMPAIGN, TEXTS, dealt
from tests.corpus.walks import Caged, Walks
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.learning.models import MarkSheet
from zachetka.postgres.address import Place

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

SHARES = 24
"""Into how many shares the cases are dealt: each field of each form gets one of them in a run, all of them in `make corpus`."""
FREE = {("/theme/", "next")}
"""Fields in which a value that leads nowhere is passed over: the page of today opens instead."""
COMPARED: Final = re.compile(r"^seen(-\d+)?$")
"""Fingerprints of what somebody read: compared where something would be written, kept nowhere."""
OTHERS = {"/sheets/#/": "teacher"}
"""Forms that are spoilt as somebody else than the first of `ROLES` who is shown them."""
EXTRA = (
    "is_superuser", "is_staff", "role", "status", "number", "order_number", "owner_id", "person_uid", "uid", "org", "unit",
    "drafted_by", "approved_by", "approved_by_person", "confirmed_by", "recorded_by", "login", "password", "display_name",
    "last_name", "name_key", "code", "title", "remark", "refusal", "symbol", "label", "basis", "reason",
)  # fmt: skip
"""Names of columns that some form or other does not have."""
MARKED = "e12smuggled"
UNNAMED = {"csrfmiddlewaretoken", "request_key", "key", "seen", "theme", "next"}
"""Fields that name no record."""
NAMING = (
    "enrolment",
    "learner",
    "learners",
    "cohort",
    "sheet",
    "mark",
    "person",
    "people",
    "order",
    "module",
    "version",
    "pk",
    "id",
)
"""Names of fields that a form may listen to without showing them."""
ALONE = {"/theme/", "/accounts/password/change/", "/accounts/security/sessions/end/", "/notices/read/"}
"""Forms that are about oneself alone."""
ELSEWHERE = ("access_session", "procrastinate_")


@pytest.fixture
def untouched(database_server: Place, caged: Caged, django_db_blocker: DjangoDbBlocker) -> Iterator[Academy]:
    """A copy of the walked academy for this test alone: the same records under the same numbers."""
    with opened(database_server, caged.template, django_db_blocker) as copy:
        yield copy


def shape(address: str) -> str:
    """Return an address with «#» for what varies."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", address)


@pytest.fixture(scope="module")
def shown(walks: Walks) -> Callable[[str], list[Met]]:
    """What links lead a role to."""
    return lambda login: [one for one in walks(login).met if one.is_shown]


Shown = Callable[[str], list[Met]]


@pytest.mark.parametrize("login", ROLES)
def test_every_link_that_a_role_is_shown_opens(shown: Shown, login: str) -> None:
    met = shown(login)
    assert len(met) >= 3
    assert [(one.address, one.status) for one in met if one.status >= 400] == []


def spoilt(field: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the cases for a field: number, value, and whether it has to be refused there."""
    for number, value in TEXTS.items():
        case = CASES.get(number)
        kept = case and case.fields and re.search(case.fields, field) and not COMPARED.match(field)
        yield number, value, bool(kept)


@pytest.fixture(scope="module")
def first(shown: Shown) -> dict[str, str]:
    """The shape of each form and the role that spoils it in a run: each form is one role's, in `make corpus` everybody's."""
    forms = {
        role: {shape(target) for one in shown(role) for target, _ in filled(one.address, one.text)} for role in ROLES
    }
    return {form: role for role in reversed(ROLES) for form in forms[role]} | OTHERS


@pytest.mark.parametrize("login", ROLES)
def test_one_spoilt_field_is_refused_and_nothing_is_written(
    shown: Shown, first: dict[str, str], untouched: Academy, login: str
) -> None:
    client, spared, seen, place = untouched.visitor(login), endings(), set[str](), ROLES.index(login)
    watched, others = Rows(), set() if CAMPAIGN else {form for form, role in first.items() if role != login}
    for one in shown(login):
        for target, fields in filled(one.address, one.text):
            form = shape(target)
            if form in seen or not fields or form in others:
                continue
            seen.add(form)
            before, refused = watched.now(), list[str]()
            for field in fields:
                place += 1
                for number, value, strict in dealt(place, tuple(spoilt(field)), SHARES):
                    status = send(client, spared.get(form, target), fields | {field: value})
                    assert status < 500, (target, field, number)
                    if status >= 400:
                        refused.append(f"{field} {number}")
                        continue
                    assert not strict or (form, field) in FREE, (target, field, number, status)
                    before = watched.now()
            assert not refused or watched.now() == before, (target, refused)
    assert watched.now() == rows(), "a table was written to that PostgreSQL did not count"


def test_half_a_write_would_be_noticed(untouched: Academy) -> None:
    """The negative control: one row of any table is another digest."""
    from zachetka.access.models import Unit

    watched = Rows()
    before = watched.now()
    Unit.objects.create(name="Наполовину")
    assert {table for table, digest in watched.now().items() if digest != before[table]} == {"access_unit"}
    assert watched.now() == rows()


def endings() -> dict[str, str]:
    """Return where what ends an account or a role is sent: to a spare one, for by the others tests sign in."""
    spare = make_account(Role.TEACHER)
    return {
        "/accounts/#/close/": f"/accounts/{spare.pk}/close/",
        "/roles/#/end/": f"/roles/{spare.roles.get().pk}/end/",
    }


def tables_with(word: str) -> list[str]:
    """Return the tables in which some row holds `word`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        found = []
        for (table,) in cursor.fetchall():
            if not table.startswith(ELSEWHERE):
                query = sql.SQL("SELECT count(*) FROM {} t WHERE strpos(lower(t::text), %s) > 0")
                cursor.execute(query.format(sql.Identifier(table)), [word])
                if cursor.fetchone()[0]:
                    found.append(table)
    return found


DRAFT: Final = re.compile(r"/orders/\d+/(edit|match)/")
"""Pages of a draft: they are gone once a form of its order has submitted it, so they come first."""


def addressed(address: str, content: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the forms of a page that a smuggler would try: the shape of its address, the address, its fields."""
    for action, known in Forms(content).found:
        target = (action or address).partition("?")[0]
        if "logout" not in target and "password" not in target:
            yield shape(target), target, known


@pytest.mark.skipif(not CAMPAIGN, reason="a part of `make corpus`; every form takes every name in test_accepted.py")
@pytest.mark.parametrize("login", ["teacher", "methodist", "head", "admin", "security"])
def test_fields_that_a_form_does_not_have_are_not_written_e12(shown: Shown, untouched: Academy, login: str) -> None:
    met = shown(login)
    client, sent, spared = untouched.visitor(login), set[str](), endings()
    contents = {one.address: one.text for one in met}
    waiting = sorted(contents, key=lambda address: (not DRAFT.match(address), "/file/" not in contents[address]))
    for address in waiting:  # a file is taken by what is still open
        if {form for form, _, _ in addressed(address, contents.get(address, ""))} <= sent and address in contents:
            continue
        page = client.get(address)  # as it is now, after what has been sent
        for form, target, known in addressed(address, page.getvalue().decode("utf-8", "replace")):
            if form in sent:
                continue
            sent.add(form)
            smuggled = {
                name: MARKED for name in EXTRA if name not in known and not re.search(rf"_{name}$|{name}", str(known))
            }
            answer = client.post(spared.get(form, target), known | smuggled)
            assert answer.status_code < 500, target
            if (leads := answer.headers.get("Location", "")).startswith("/"):
                waiting.append(leads)  # to what the form has made
    assert len(sent) >= 2, sent
    assert {form for one in met for form, _, _ in addressed(one.address, one.text)} - sent == set()
    assert tables_with(MARKED) == []


def misnamed(fields: dict[str, str], foreign: Foreign, place: int) -> Iterator[list[tuple[str, str]]]:
    """Yield a form in which something of another unit is named: instead of a field's own value, beside it, in its name."""
    theirs = [str(key) for keys in foreign.keys.values() for key in keys] + [foreign.person]
    enrolment = str(foreign.keys["learning_enrolment"][0])
    plain = list(fields.items())
    for number, field in enumerate(name for name in fields if name not in UNNAMED):
        for value in dealt(place + number, theirs, SHARES):
            yield [(name, value if name == field else known) for name, known in plain]
            yield [*plain, (field, value)]
        if re.search(r"\d+", field):
            renamed = re.sub(r"\d+", enrolment, field, count=1)
            yield [(renamed if name == field else name, known) for name, known in plain]
            yield [*plain, (renamed, fields[field])]
    for name in dealt(place, NAMING, SHARES):
        yield [*plain, *((name, value) for value in dealt(place, theirs, SHARES))]


@pytest.mark.parametrize("login", ["learner", "teacher", "methodist", "secretary", "chair"])
def test_what_is_anothers_is_touched_by_no_form_that_names_it_e13_e14_e15(
    shown: Shown, untouched: Academy, caged: Caged, login: str
) -> None:
    client, spared, seen = untouched.visitor(login), endings(), set[str]()
    foreign = belongings(now() - timedelta(hours=2), caged.cages[-1])
    before, sent = about(foreign), 0
    for one in shown(login):
        for target, fields in filled(one.address, one.text):
            form = shape(target)
            if form in seen or not fields or form in ALONE:
                continue
            seen.add(form)
            for pairs in misnamed(fields, foreign, len(seen)):
                unhurried()
                answer = client.post(
                    spared.get(form, target), urlencode(pairs), content_type="application/x-www-form-urlencoded"
                )
                assert answer.status_code < 500, (target, pairs)
                sent += 1
            assert about(foreign) == before, target
    assert sent >= 5 or login == "learner", sent


def test_marks_of_a_stranger_among_ones_own_are_refused_whole_e13_e15(untouched: Academy, caged: Caged) -> None:
    """The click of a script, which sends no form: one foreign cell among one's own, in every place."""
    foreign, mine = belongings(now() - timedelta(hours=2), caged.cages[-1]), caged.cages[0].addresses
    enrolment = foreign.keys["learning_enrolment"][0]
    closed, own = mine["sheets/"][0], int(mine["record-books/"][0])
    sheet = MarkSheet.objects.filter(cohort_id=mine["cohorts/<int"][0]).exclude(pk=closed).order_by("pk")[0]
    client, before = untouched.visitor("teacher"), rows()
    for place, named in enumerate(((own, enrolment), (enrolment, own), (enrolment,))):
        cells = [{"enrolment": one, "text": "зач", "seen": None} for one in named]
        answer = client.post(f"/sheets/{sheet.pk}/marks/", {"cells": cells}, content_type="application/json")
        assert answer.status_code == 404, answer.content.decode()
        assert rows() == before, place
    theirs = client.post(
        f"/sheets/{foreign.keys['learning_marksheet'][0]}/marks/", {"cells": [{"enrolment": enrolment, "text": "4", "seen": None}]},
        content_type="application/json",
    )  # fmt: skip
    assert theirs.status_code == 404
    assert rows() == before


def test_a_smuggled_field_would_be_found(untouched: Academy) -> None:
    from zachetka.access.models import Unit

    unit = Unit.objects.create(name=f"Отдел {MARKED}")
    assert tables_with(MARKED) == ["access_unit"]
    unit.delete()
