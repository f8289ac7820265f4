"""What a walk by eye has found on the pages of people and rights, held by a browser (п. 2.4, 3.8)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page

from zachetka.access.models import Account
from zachetka.access.policy import MATRIX, Permission
from zachetka.access.tests.make import make_account
from zachetka.intake.tests.make import HEADER, make_xlsx
from zachetka.people.intake.tests.make import make_person as make_row
from zachetka.people.tests.make import make_person

PHONE = {"width": 390, "height": 844}


def sign_in(page: Page, account: Account, site: str) -> None:
    client = Client()
    client.force_login(account)
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])


@pytest.mark.clause("3.8")
def test_on_a_phone_a_right_names_the_roles_that_have_it_and_nothing_is_beyond_the_edge(page: Page, live_site: str):
    sign_in(page, make_account("security"), live_site)
    page.goto(f"{live_site}/roles/matrix/")
    beyond = "(() => { const box = document.querySelector('.matrix').parentElement; return box.scrollWidth - box.clientWidth; })()"
    row = page.locator(".matrix tbody tr").filter(has_text=Permission.MATRIX_PROPOSE.sentence)
    assert row.locator("td").count() > len(MATRIX[Permission.MATRIX_PROPOSE]) == 1
    page.set_viewport_size({"width": 800, "height": 844})
    assert page.evaluate(beyond) > 0, "wider than the screen as a grid: the test would see it"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate(beyond) <= 0
    shown = [cell for cell in row.locator("td").all() if cell.is_visible()]
    assert [cell.get_attribute("data-label") for cell in shown] == ["администратор безопасности"]


@pytest.mark.clause("2.4")
def test_on_a_phone_what_stands_in_a_field_of_a_card_is_seen_whole(page: Page, live_site: str):
    person = make_person(email="konstantin.belousov@example.ru")
    sign_in(page, make_account("methodist"), live_site)
    page.goto(f"{live_site}/people/{person.uid}/edit/")
    cut = "[...document.querySelectorAll('.form input:not([type=hidden])')].filter(one => one.name && one.scrollWidth > one.clientWidth).map(one => one.name)"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate(cut) == []
    page.locator(".form-row").evaluate_all(
        "rows => rows.forEach(row => { row.style.gridTemplateColumns = '1fr 1fr'; })"
    )
    assert page.evaluate(cut) == ["email"], "two beside each other would cut it: the test would see it"


@pytest.mark.clause("2.1")
def test_in_a_wide_list_a_row_says_in_which_column_its_fault_is_and_leads_there(page: Page, live_site: str):
    methodist = make_account("methodist")
    client = Client()
    client.force_login(methodist)
    head = [f"Примечание {place}" for place in range(12)]
    rows: list[list[Any]] = [[*head, *HEADER]]
    rows += [[*[""] * 12, *make_row(1)], [*[""] * 12, *make_row(2, birth_date="31.02.1990")]]
    file = SimpleUploadedFile("Широкий.xlsx", make_xlsx({"Лист1": rows}))
    address = client.post("/imports/", {"file": file, "key": str(uuid4())}).headers["Location"]
    sign_in(page, methodist, live_site)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_site}{address}")
    fault, leads = page.locator(".finding"), page.locator(".intake-where")
    within = "one => { const box = one.getBoundingClientRect(), wide = one.closest('.table-wrap').getBoundingClientRect(); return box.left >= wide.left && box.right <= wide.right; }"
    assert not fault.evaluate(within), "beyond the edge: the test would see it"
    assert [leads.count(), leads.inner_text()] == [1, "Дата рождения"]
    leads.click()
    assert fault.evaluate(within)
    assert leads.evaluate(within), "what becomes of the row stays in sight"
