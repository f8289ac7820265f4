"""Group E of the bad-input corpus: asking for what is not yours, and claiming what is not so (п. 3.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.academy import Academy
from tests.corpus.canaries import Cage, plant
from tests.corpus.forms import Forms
from zachetka.core.clock import now

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module", autouse=True)
def cage(academy: Academy) -> Cage:
    """A record book of the other unit, taught by nobody of the demo accounts."""
    return plant("foreign", now() - timedelta(hours=2))


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
def test_the_neighbours_record_looks_like_none_e1_e2_e16_e17_e18(academy: Academy, cage: Cage, login: str) -> None:
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
    said = [
        client.get(f"/record-books/{pk}/").content.decode().partition("<main")[2].replace(f"/record-books/{pk}/", "")
        for pk in (foreign.pk, 999999999)
    ]
    assert said[0] == said[1], "a refusal confirms no existence"


def test_there_is_no_other_way_to_the_records_than_the_pages_e26(academy: Academy) -> None:
    admin = academy.visitor("admin")
    for address in ("/admin/", "/admin/people/person/", "/admin/login/", "/django-admin/", "/__debug__/", "/metrics"):
        assert admin.get(address).status_code == 404, address
