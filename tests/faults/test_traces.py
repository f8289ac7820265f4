"""A look at somebody's personal data leaves a trace, or there is no look (п. 3.8; 152-ФЗ ст. 19; G30)."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.academy import Academy
from tests.databases import connected_to, copied
from zachetka.ledger.models import Event
from zachetka.postgres.address import MIGRATE, Place

pytestmark = pytest.mark.clause("3.8")


@pytest.fixture
def own_academy(
    database_server: Place, academy_template: str, collected_statics: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Academy]:
    """An academy of this test alone: what the test does to its tables hurts nobody."""
    with (
        copied(database_server, academy_template) as name,
        connected_to(name, django_db_blocker),
        django_db_blocker.unblock(),
    ):
        yield Academy(Place(database_server.data_dir, database=name))


def looks() -> dict[str, tuple[str, str]]:
    """Return page → who opens it and what the ledger says then."""
    from zachetka.learning.models import Enrolment

    book = Enrolment.objects.filter(cohort__program_version__program__unit_id=1, state="active").first()
    book = book or Enrolment.objects.select_related("learner__person").order_by("pk")[0]
    person = book.learner.person
    return {
        f"/people/{person.uid}/": ("methodist", "person.read"),
        f"/people/{person.uid}/edit/": ("methodist", "personal_data.revealed"),
        f"/record-books/{book.pk}/": ("head", "record_book.read"),
        f"/record-books/{book.pk}/orders/": ("inspector", "record_book.read"),
        f"/record-books/{book.pk}/pdf/": ("registrar", "record_book.exported"),
        "/people/export/?file=csv": ("privacy", "list.exported"),
    }


def body_of(client: Client, address: str) -> tuple[int, bytes]:
    response = client.get(address)
    return response.status_code, response.getvalue()


def test_every_look_at_somebody_else_leaves_one_event(own_academy: Academy) -> None:
    for address, (login, kind) in looks().items():
        before = set(Event.objects.filter(type=kind).values_list("pk", flat=True))
        status, _ = body_of(own_academy.visitor(login), address)
        assert status == 200, address
        (said,) = Event.objects.filter(type=kind).exclude(pk__in=before)
        assert said.actor is not None
        assert said.actor.login == login, address


@pytest.mark.clause("152-ФЗ ст. 14")
def test_a_learner_sees_who_looked_and_their_own_look_leaves_nothing(own_academy: Academy) -> None:
    from zachetka.access.models import Account
    from zachetka.learning.models import Enrolment

    learner = Account.objects.get(login="learner")
    book = Enrolment.objects.get(learner__person__uid=learner.person_uid)
    assert body_of(own_academy.visitor("registrar"), f"/record-books/{book.pk}/")[0] == 200
    client = own_academy.visitor("learner")
    before = Event.objects.count()
    status, body = body_of(client, f"/record-books/{book.pk}/readers/")
    assert status == 200
    assert "Мельникова" in body.decode()
    assert body_of(client, f"/people/{learner.person_uid}/")[0] == 200
    assert Event.objects.count() == before


def test_what_cannot_be_recorded_is_not_shown(own_academy: Academy) -> None:
    from zachetka.learning.models import Enrolment

    pages = looks()
    clients = {login: own_academy.visitor(login) for login, _ in pages.values()}
    names = {str(name) for name in Enrolment.objects.values_list("learner__person__last_name", flat=True)}
    with psycopg.connect(own_academy.place.conninfo(MIGRATE), autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON ledger_event FROM zachetka_app")
    for address, (login, _) in pages.items():
        status, body = body_of(clients[login], address)
        assert status == 503, address
        shown = body.decode("utf-8", "replace")
        assert not [name for name in names if name in shown], address
        assert not body.startswith(b"%PDF"), address


def test_a_refusal_that_cannot_be_recorded_is_not_answered_either(own_academy: Academy) -> None:
    """A look at somebody else's, by an account that has no right: the trace first, then «no such page»."""
    from zachetka.learning.models import MarkSheet

    sheet = f"/sheets/{MarkSheet.objects.order_by('pk')[0].pk}/"
    client = own_academy.visitor("admin")
    assert body_of(client, sheet)[0] == 403
    with psycopg.connect(own_academy.place.conninfo(MIGRATE), autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON ledger_event FROM zachetka_app")
    assert body_of(client, sheet)[0] == 503
    assert body_of(client, "/sheets/987654321/")[0] == 503
