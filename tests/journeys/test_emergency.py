"""Emergency access from end to end: opened with a reason, seen at once by the one who answers, looked by, closed, reviewed (п. 3.8)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PASSWORD, sign_in
from zachetka.access.models import EmergencyAccess
from zachetka.access.tests.make import make_account
from zachetka.learning.tests.make import make_mark
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event

REASON = "Слушателю стало плохо на занятии, нужен телефон родных"
CONCLUSION = "Случай подтверждён, смотрели одну карточку и книжку"


@pytest.mark.clause("3.8")
def test_emergency_access_is_opened_seen_at_once_and_reviewed(live_site: str, page: Page) -> None:
    book = make_mark().enrolment
    person = book.learner.person
    make_account("teacher", login="drozdov", name="Дроздов Илья Павлович", password=PASSWORD)
    make_account("privacy", login="zhdanova", name="Жданова Елена Михайловна", password=PASSWORD)

    sign_in(page, "drozdov")
    answer = page.goto(f"/people/{person.uid}/")
    assert answer is not None
    assert answer.status == 404, "his role does not open it"
    page.goto("/emergency/")
    page.get_by_role("link", name="Открыть доступ").click()
    page.get_by_label("Фамилия, имя, отчество").fill(person.full_name)
    page.get_by_label("Дата рождения").fill(f"{person.birth_date:%d.%m.%Y}")
    page.get_by_label("Причина").fill("нужно")
    page.get_by_role("button", name="Открыть доступ под запись").click()
    expect(page.get_by_text("не короче 20 знаков").first).to_be_visible()
    page.get_by_label("Причина").fill(REASON)
    page.get_by_role("button", name="Открыть доступ под запись").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.full_name)
    expect(page.get_by_text("Экстренный доступ до")).to_be_visible()
    page.goto(f"/record-books/{book.pk}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    sign_in(page, "zhdanova")
    expect(page.get_by_text("Экстренный доступ — Дроздов Илья Павлович")).to_be_visible()
    page.get_by_role("link", name=re.compile("Посмотреть")).click()
    expect(page.get_by_text("Просмотрена зачётная книжка")).to_be_visible()
    expect(page.get_by_text("Проверить можно, когда срок кончится")).to_be_visible()

    sign_in(page, "drozdov")
    page.get_by_role("link", name="Закрыть раньше").click()
    page.get_by_role("button", name="Закрыть до срока").click()
    expect(page.get_by_text("Экстренный доступ закрыт.")).to_be_visible()
    again = page.goto(f"/record-books/{book.pk}/")
    assert again is not None
    assert again.status == 404

    sign_in(page, "zhdanova")
    page.get_by_role("link", name=re.compile("Проверить")).click()
    page.get_by_label("Доступ", exact=True).select_option(label="обоснован")
    page.get_by_label("Заключение").fill(CONCLUSION)
    page.get_by_role("button", name="Записать заключение").click()
    expect(page.get_by_text(CONCLUSION)).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("Экстренный доступ — Дроздов")).to_have_count(0)

    opened = EmergencyAccess.objects.get()
    assert opened.verdict == "justified"
    looked = Event.objects.filter(
        type__in=[EventType.PERSON_READ, EventType.RECORD_BOOK_READ], body__emergency=opened.pk
    )
    assert looked.count() >= 2
