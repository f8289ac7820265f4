"""From a plan to an issued order in a real browser, by the keyboard (п. 2.3, 2.4; 273-ФЗ ст. 53)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account, make_unit
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.tests.make import make_cohort
from zachetka.people.tests.make import make_learner
from zachetka.programs.actions.versions import draft_version
from zachetka.programs.tests.make import AT, make_program_version


def sign_in(page: Page, site: str, account: Account) -> None:
    visitor = Client()
    visitor.force_login(account)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": visitor.cookies["session"].value, "url": site}])


@pytest.mark.clause("2.3")
def test_a_plan_is_edited_from_the_keyboard(page: Page, live_site: str) -> None:
    unit = make_unit()
    methodist = make_account("methodist", unit=unit)
    version = draft_version(make_program_version(unit=unit).program, actor=methodist, at=AT)
    sign_in(page, live_site, methodist)
    page.goto(f"/programs/versions/{version.pk}/edit/")
    expect(page.locator("[data-sum]")).to_have_text("36 из 36\u00a0ч")
    last = page.locator("[data-rows=m] [data-row]").nth(2).locator("[name$='-title']")
    last.press("Alt+ArrowUp")
    expect(page.locator("[data-rows=m] [data-row]").nth(1).locator("[name$='-title']")).to_be_focused()
    page.locator("[data-rows=m] [data-row]").nth(3).locator("[name$='-title']").fill("Итоговая аттестация")
    page.keyboard.press("Tab")
    page.keyboard.type("Итог")
    page.locator("[data-rows=m] [data-row]").nth(3).locator("[name$='-hours']").fill("4")
    expect(page.locator("[data-sum]")).to_have_text("40 из 36\u00a0ч, лишние 4\u00a0ч")
    page.locator("[data-rows=m] [data-row]").nth(3).locator("[name$='-sort']").select_option("final")
    page.get_by_label("Объём, ч").fill("40")
    expect(page.locator("[data-sum]")).to_have_class("t-ok")
    page.locator("[data-rows=r] [data-row]").first.locator("[name$='-code']").fill("Р1")
    page.locator("[data-rows=r] [data-row]").first.locator("[name$='-text']").fill("Готовит закупку")
    page.locator("[data-proofs='r-0-proved_by']").get_by_label("Итог").check()
    page.get_by_role("button", name="Сохранить и посмотреть").click()
    expect(page.get_by_role("button", name="Передать на утверждение")).to_be_visible()
    titles = list(version.modules.order_by("ordinal").values_list("title", flat=True))
    assert titles == [
        "Правовые основы контрактной системы",
        "Начальная (максимальная) цена контракта",
        "Планирование и обоснование закупок",
        "Итоговая аттестация",
    ]
    assert [module.title for module in version.results.get().modules.all()] == ["Итоговая аттестация"]


@pytest.mark.clause("273-ФЗ ст. 53")
def test_people_are_found_by_enter_and_the_head_issues_the_order(page: Page, live_site: str) -> None:
    unit = make_unit()
    cohort = make_cohort(make_program_version(unit=unit), ends_on=date(2030, 12, 25))
    one, two = make_learner(last_name="Ковалёв"), make_learner(last_name="Ковалёва")
    sign_in(page, live_site, make_account("methodist", unit=unit))
    page.goto(f"/orders/new/?kind=enrolment&cohort={cohort.pk}")
    search = page.get_by_label("Найти человека")
    for _ in range(2):
        search.press_sequentially("ковалев")
        expect(page.locator("[data-option]").first).to_be_visible()
        search.press("Enter")
    expect(page.locator("[data-count]")).to_have_text("2")
    search.press_sequentially("ковалев")
    expect(page.get_by_text("Никого не нашлось")).to_be_visible()
    search.press("Escape")
    page.get_by_role("button", name=f"Убрать из приказа: {two.person.full_name}").click()
    expect(page.locator("[data-count]")).to_have_text("1")
    page.get_by_label("Документ-основание").fill("договор № 5")
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.get_by_text("ПРИКАЗЫВАЮ:")).to_be_visible()
    page.get_by_role("button", name="Передать на подпись").click()
    expect(page.get_by_text("Издаёт руководитель").first).to_be_visible()
    order = Order.objects.get()
    sign_in(page, live_site, make_account("head"))
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Издать приказ…").click()
    expect(page.get_by_role("button", name="Не издавать")).to_be_focused()
    page.locator("#issue").get_by_role("button", name="Издать приказ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1-з")
    assert [enrolment.learner for enrolment in Enrolment.objects.all()] == [one]
