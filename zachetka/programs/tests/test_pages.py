"""Pages of programmes: who sees them, what a plain form does, at what cost (п. 2.3, 3.8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.pages import signed_in
from zachetka.access.models import Unit
from zachetka.access.tests.make import make_account, make_unit
from zachetka.lifecycle.hands import seen_of
from zachetka.programs.models import ProgramVersion
from zachetka.programs.tests.make import make_program_version, make_scale

pytestmark = pytest.mark.usefixtures("collected_statics")


@pytest.fixture
def unit(db: None) -> Unit:
    make_scale()
    return make_unit()


@pytest.fixture
def methodist(unit: Unit) -> Client:
    return signed_in(make_account("methodist", unit=unit))


def plan_form(version: ProgramVersion, page: Any, **given: str) -> dict[str, str]:
    """What the browser sends from the page of a plan with two lines and one result."""
    scale = str(make_scale().pk)
    line = {"short_title": "", "sort": "subject", "control": "exam", "scale": scale}
    rows = [
        line | {"title": "Закупки", "hours": "12", "ORDER": "1"},
        line | {"title": "Итог", "hours": "4", "sort": "final", "ORDER": "2"},
    ]
    form = {f"m-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    form |= {"r-0-code": "Р1", "r-0-text": "Умеет закупать", "r-0-proved_by": "0"}
    form |= {"m-TOTAL_FORMS": "3", "m-INITIAL_FORMS": "0", "r-TOTAL_FORMS": "2", "r-INITIAL_FORMS": "0"}
    form |= {"m-2-sort": "subject", "m-2-control": "exam", "m-2-scale": scale}
    head = {"title": version.title, "hours": "16", "study_form": "mixed", "seen": page.context["page"].seen}
    return form | head | given


def empty_draft(methodist: Client, unit: Unit) -> ProgramVersion:
    form = {
        "unit": unit.pk,
        "kind": "professional_development",
        "code": "ПК-901",
        "title": "Закупки",
        "hours": "16",
        "study_form": "mixed",
    }
    assert methodist.post("/programs/new/", form).status_code == 302
    return ProgramVersion.objects.get(program__code="ПК-901")


@pytest.mark.clause("2.3")
def test_a_plan_is_saved_by_a_plain_form_and_read_back(methodist: Client, unit: Unit) -> None:
    version = empty_draft(methodist, unit)
    where = f"/programs/versions/{version.pk}/edit/"
    assert methodist.post(where, plan_form(version, methodist.get(where))).status_code == 302
    assert [(m.title, m.hours, m.short_title) for m in version.modules.all()] == [
        ("Закупки", 12, "Закупки"),
        ("Итог", 4, "Итог"),
    ]
    assert [m.title for m in version.results.get().modules.all()] == ["Закупки"]
    assert methodist.post(f"/programs/versions/{version.pk}/submit/").status_code == 302
    version.refresh_from_db()
    assert version.state == "submitted"
    assert methodist.get(where).status_code == 302


@pytest.mark.clause("2.3")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", "0"), ("hours", "-16"), ("hours", "1e400"), ("hours", "NaN"), ("hours", "Infinity"), ("hours", "१६"),
        ("hours", str(2**63)), ("hours", "16.0"), ("m-0-hours", "0"), ("m-0-hours", "९"), ("m-0-hours", "99999"),
        ("m-0-scale", "999999"), ("m-0-sort", "чужое"), ("m-0-pk", "x"), ("title", "\u202eтекст"), ("title", "а" * 256),
        ("title", "нуль\x00"), ("r-0-proved_by", "200"), ("m-TOTAL_FORMS", "x"), ("m-TOTAL_FORMS", "100000"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_plan_is_refused_at_its_field_and_nothing_is_written(
    methodist: Client, unit: Unit, field: str, value: str
) -> None:
    version = empty_draft(methodist, unit)
    where = f"/programs/versions/{version.pk}/edit/"
    form = plan_form(version, methodist.get(where)) | {field: value}
    answer = methodist.post(where, form)
    assert answer.status_code == 422
    assert not version.modules.exists()


@pytest.mark.clause("2.3")
def test_leading_zeros_are_a_number(methodist: Client, unit: Unit) -> None:
    version = empty_draft(methodist, unit)
    where = f"/programs/versions/{version.pk}/edit/"
    assert methodist.post(where, plan_form(version, methodist.get(where), hours="016")).status_code == 302


@pytest.mark.clause("2.3")
def test_the_draft_is_approved_by_the_head_on_its_page(methodist: Client, unit: Unit) -> None:
    version = empty_draft(methodist, unit)
    where = f"/programs/versions/{version.pk}"
    methodist.post(f"{where}/edit/", plan_form(version, methodist.get(f"{where}/edit/")))
    methodist.post(f"{where}/submit/")
    head, read = signed_in(make_account("head")), {"seen": seen_of(version)}
    assert "Утвердить редакцию 1" in head.get(f"{where}/").content.decode()
    assert head.post(f"{where}/approve/", read | {"valid_from": "2020-01-01"}).status_code == 422
    assert head.post(f"{where}/approve/", read | {"valid_from": "2026-11-24T00:00+14"}).status_code == 422
    assert head.post(f"{where}/return/", {"remark": ""}).status_code == 422
    assert head.post(f"{where}/approve/", read | {"valid_from": date(2098, 1, 1).isoformat()}).status_code == 302
    assert head.post(f"{where}/approve/", read | {"valid_from": date(2098, 1, 1).isoformat()}).status_code == 409
    assert methodist.post(f"{where}/approve/", read | {"valid_from": "2098-01-01"}).status_code == 403


@pytest.mark.clause("3.8")
def test_a_programme_of_another_unit_looks_like_no_programme(methodist: Client) -> None:
    foreign = make_program_version()
    for where in (
        f"/programs/{foreign.program_id}/",
        f"/programs/versions/{foreign.pk}/",
        f"/programs/versions/{foreign.pk}/edit/",
    ):
        assert methodist.get(where).status_code == 404
    assert foreign.program.code not in methodist.get("/programs/").content.decode()
    assert methodist.post(f"/programs/{foreign.program_id}/draft/").status_code == 404
    assert methodist.post(f"/programs/versions/{foreign.pk}/submit/").status_code == 404


@pytest.mark.clause("2.4")
def test_pages_cost_the_same_whatever_they_show(
    methodist: Client, unit: Unit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    versions = [make_program_version(unit=unit) for _ in range(6)]
    wide = make_program_version(unit=unit, scales=("five_point",) * 20)
    with django_assert_max_num_queries(8):
        methodist.get("/programs/")
    costs = set()
    for version in (versions[0], wide):
        with django_assert_max_num_queries(16) as counted:
            methodist.get(f"/programs/versions/{version.pk}/")
        costs.add(len(counted))
    assert len(costs) == 1
