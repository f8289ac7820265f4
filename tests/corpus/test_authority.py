"""Group E of the bad-input corpus: asking for what is not yours, and sending more than the form has (п. 3.8)."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import connection
from psycopg import sql

from tests.academy import Academy
from tests.corpus.canaries import Cage, plant
from tests.corpus.crawl import pages
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

EXTRA = (
    "is_superuser", "is_staff", "role", "status", "number", "order_number", "owner_id", "person_uid", "uid", "org", "unit",
    "drafted_by", "approved_by", "approved_by_person", "confirmed_by", "recorded_by", "login", "password", "display_name",
    "last_name", "name_key", "code", "title", "remark", "refusal", "symbol", "label", "basis", "reason",
)  # fmt: skip
"""Names of columns that some form or other does not have."""
MARKED = "e12smuggled"
CHOICES = {"checkbox", "radio", "file"}
ELSEWHERE = ("django_session", "procrastinate_")


@pytest.fixture(scope="module", autouse=True)
def cage(academy: Academy) -> Cage:
    """A record book of the other unit, taught by nobody of the demo accounts; there before forms are posted, which end roles."""
    return plant("foreign", now() - timedelta(hours=2))


class Forms(HTMLParser):
    """The forms of a page that post, each with its address and its fields as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._open: dict[str, str] | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or put a field of it down."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {} if given.get("method", "").lower() == "post" else None
            if self._open is not None:
                self.found.append((given.get("action", ""), self._open))
        elif self._open is None:
            return
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._open):
            self._open[self._select] = given.get("value", "")
        elif tag in {"input", "textarea"} and (given.get("type") not in CHOICES or "checked" in given):
            self._open[given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """End a form or a choice."""
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


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


@pytest.mark.parametrize("login", ["teacher", "methodist", "head", "admin", "security"])
def test_fields_that_a_form_does_not_have_are_not_written_e12(academy: Academy, login: str) -> None:
    client, sent, spared = academy.visitor(login), set[str](), endings()
    for address, content, _ in pages(client):
        for action, known in Forms(content).found:
            target = (action or address).partition("?")[0]
            shape = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "#", target)
            if shape in sent or "logout" in target or "password" in target:
                continue
            sent.add(shape)
            smuggled = {
                name: MARKED for name in EXTRA if name not in known and not re.search(rf"_{name}$|{name}", str(known))
            }
            assert client.post(spared.get(shape, target), known | smuggled).status_code < 500, target
    assert len(sent) >= 2, sent
    assert tables_with(MARKED) == []


def test_a_smuggled_field_would_be_found(academy: Academy) -> None:
    from zachetka.access.models import Unit

    unit = Unit.objects.create(name=f"Отдел {MARKED}")
    assert tables_with(MARKED) == ["access_unit"]
    unit.delete()


def test_a_draft_stays_a_draft_whatever_state_the_form_claims_e12(academy: Academy) -> None:
    from zachetka.access.models import RoleAssignment
    from zachetka.learning.models import Cohort, Order

    methodist, cohort = academy.visitor("methodist"), Cohort.objects.filter(enrolments__state="active").first()
    assert cohort is not None
    before = Order.objects.filter(state="approved").count(), RoleAssignment.objects.filter(state="active").count()
    claims = {"state": "approved", "number": "1", "order_date": "2026-01-01", "approved_by": "1", "is_active": "1"}
    for kind in ("enrolment", "admission", "withdrawal"):
        address = f"/orders/new/?kind={kind}&cohort={cohort.pk}"
        page = methodist.get(address).content.decode()
        for _, known in Forms(page).found:
            if "request_key" in known:
                methodist.post(address, known | claims | {"basis": "проверка", "ground": "own_wish"})
    for _, known in Forms(academy.visitor("admin").get("/roles/propose/").content.decode()).found:
        academy.visitor("admin").post("/roles/propose/", known | claims)
    assert (
        Order.objects.filter(state="approved").count(),
        RoleAssignment.objects.filter(state="active").count(),
    ) == before
    assert not Order.objects.exclude(number="").exclude(state="approved").exists()


@pytest.mark.parametrize("login", ["learner", "teacher", "secretary", "methodist"])
def test_the_neighbours_record_looks_like_none_e1_e2_e17_e18(academy: Academy, cage: Cage, login: str) -> None:
    from zachetka.learning.models import Enrolment

    client, foreign = academy.visitor(login), Enrolment.objects.get(pk=cage.addresses["record-books/"][0])
    nobody = client.get("/record-books/999999999/")
    assert nobody.status_code == 404
    for address in (
        f"/record-books/{foreign.pk}/",
        f"/record-books/0{foreign.pk}/",
        f"/record-books/{foreign.pk}/orders/",
    ):
        for method in ("get", "head"):
            response = getattr(client, method)(address)
            assert response.status_code == 404, (method, address)
            assert str(foreign) not in response.content.decode()
        assert client.options(address).status_code == 405
        assert client.post(address, headers={"x-http-method-override": "GET"}).status_code == 405
    for spelt in (
        f"/record-books/{foreign.pk};jsessionid=1/",
        f"/RECORD-BOOKS/{foreign.pk}/",
        f"/x/../record-books/{foreign.pk}/",
    ):
        assert client.get(spelt).status_code == 404
    assert client.get(f"/record-books/{foreign.pk}").status_code in {301, 404}
    said = [client.get(f"/record-books/{pk}/").content.decode().partition("<main")[2] for pk in (foreign.pk, 999999999)]
    assert said[0].replace(str(foreign.pk), "") == said[1].replace("999999999", ""), "a refusal confirms no existence"
