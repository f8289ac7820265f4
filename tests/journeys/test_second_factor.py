"""A real academy's first day, a lost telephone, an access key: the whole way through the browser (п. 3.8; ASVS 6.3–6.6, 7.5)."""

from __future__ import annotations

import re
import urllib.parse
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, expect
from pytest_django import Settings

from tests.journeys.people import PASSWORD, sign_in
from tests.journeys.test_every_page import AXE
from zachetka.access.models import Account, Session
from zachetka.access.policy import Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.people.actions import factors
from zachetka.people.tests.test_factors import code
from zachetka.web.assets import TEST_ONLY

HOME = re.compile(r"^https?://[^/]+/$")
"""The page «Сегодня»: every other address ends with a stroke too, that of the second step as well."""

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(240)]


@pytest.fixture
def methodist(live_site: str, settings: Settings) -> Account:
    """Somebody who works here, on the first day: a password and nothing else."""
    settings.MFA_REQUIRED = True
    return make_account(Role.METHODIST, login="belova", password=PASSWORD)


def knock(page: Page, login: str = "belova") -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()


def tidy_for_everybody(page: Page) -> None:
    """No fault of accessibility, nothing wider than the screen."""
    page.evaluate(TEST_ONLY.read_text(encoding="utf-8"))
    assert page.evaluate(AXE) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url


def present_code(secret: str, later: int = 0) -> str:
    return code(secret, now() + timedelta(seconds=30 * later))


def virtual_key(page: Page) -> CDPSession:
    """Give the browser an authenticator of its own that says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
    return session


def test_the_first_day_then_a_lost_telephone(page: Page, methodist: Account, tmp_path: Path) -> None:
    knock(page)
    page.wait_for_url("**/accounts/security/app/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Добавьте второй фактор")
    tidy_for_everybody(page)
    page.goto("/people/")
    page.wait_for_url("**/accounts/security/app/")  # nothing else opens
    page.get_by_text("Нет камеры").click()
    secret = page.locator(".secret-key").inner_text().replace(" ", "")
    page.get_by_label("Код из приложения").fill("000000")
    page.get_by_role("button", name="Добавить приложение").click()
    expect(page.get_by_text("Код не подошёл")).to_be_visible()
    page.get_by_label("Код из приложения").fill(present_code(secret, later=-1))
    page.get_by_role("button", name="Добавить приложение").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Коды восстановления")
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    tidy_for_everybody(page)
    with page.expect_download() as saving:
        page.get_by_role("link", name="Скачать").click()
    saving.value.save_as(tmp_path / "codes.txt")
    assert all(one in (tmp_path / "codes.txt").read_text() for one in codes)
    page.get_by_role("link", name="Коды сохранены").click()
    expect(page.get_by_text("Осталось 10 из 10")).to_be_visible()
    tidy_for_everybody(page)

    knock(page)  # with the telephone
    page.wait_for_url("**/accounts/login/second/")
    tidy_for_everybody(page)
    page.get_by_label("Код из приложения").fill(present_code(secret))
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(HOME)

    knock(page)  # without it
    page.get_by_label("Код из приложения").fill(codes[0].upper())
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url("**/accounts/security/")
    expect(page.get_by_text("осталось: 9 кодов")).to_be_visible()
    page.get_by_role("link", name="Добавить приложение").click()
    page.get_by_text("Нет камеры").click()
    fresh = page.locator(".secret-key").inner_text().replace(" ", "")
    page.get_by_label("Название").fill("Новый телефон")
    page.get_by_label("Код из приложения").fill(present_code(fresh))
    page.get_by_role("button", name="Добавить приложение").click()
    page.wait_for_url("**/accounts/security/")
    page.get_by_role("button", name="Отключить: Телефон").click()
    expect(page.get_by_text("больше не открывает вход")).to_be_visible()
    assert [one.name for one in factors.factors_of(methodist)] == ["Новый телефон"]

    knock(page)
    page.get_by_label("Код из приложения").fill(present_code(secret, later=1))
    page.get_by_role("button", name="Войти", exact=True).click()
    expect(page.get_by_text("Код не подошёл")).to_be_visible()
    page.get_by_label("Код из приложения").fill(codes[0])
    page.get_by_role("button", name="Войти", exact=True).click()
    expect(page.get_by_text("Код не подошёл")).to_be_visible()
    page.get_by_label("Код из приложения").fill(present_code(fresh, later=1))
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(HOME)


def test_an_access_key_is_made_and_comes_in_under_our_csp(page: Page, methodist: Account) -> None:
    virtual_key(page)
    knock(page)
    page.get_by_role("link", name="добавить ключ доступа").click()
    tidy_for_everybody(page)
    page.get_by_role("button", name="Создать ключ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Коды восстановления")
    (key,) = factors.factors_of(methodist)
    assert key.kind == "key"

    knock(page)
    tidy_for_everybody(page)
    page.get_by_role("button", name="Подтвердить ключом доступа").click()
    page.wait_for_url(HOME)
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_what_cannot_be_taken_back_is_confirmed_by_the_key_and_done(page: Page, live_site: str) -> None:
    virtual_key(page)
    make_account(Role.ADMIN, login="rybakov", password=PASSWORD)
    spare = make_account(Role.TEACHER)
    sign_in(page, "rybakov")
    page.goto("/accounts/security/key/")
    page.get_by_role("button", name="Создать ключ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Коды восстановления")
    long_ago()
    page.goto(f"/accounts/{spare.pk}/")
    page.get_by_role("button", name="Закрыть учётную запись").click()
    expect(page.get_by_role("heading", name="Подтвердите, что это вы")).to_be_visible()
    tidy_for_everybody(page)
    page.get_by_role("button", name="Подтвердить ключом доступа").click()
    expect(page.get_by_text("Учётная запись закрыта")).to_be_visible()
    spare.refresh_from_db()
    assert not spare.is_active


def test_the_confirmation_is_reached_and_sent_from_the_keyboard(page: Page, live_site: str) -> None:
    make_account(Role.ADMIN, login="rybakov", password=PASSWORD)
    spare = make_account(Role.TEACHER)
    sign_in(page, "rybakov")
    long_ago()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/accounts/{spare.pk}/")
    page.get_by_role("button", name="Закрыть учётную запись").press("Enter")
    expect(page.get_by_role("heading", name="Подтвердите, что это вы")).to_be_visible()
    tidy_for_everybody(page)
    field = page.get_by_label("Пароль")
    for _ in range(30):
        if field.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Учётная запись закрыта")).to_be_visible()


def long_ago() -> None:
    """Let it be six minutes since whoever is signed in proved who they are."""
    for row in Session.objects.exclude(account=None):
        store = Session.get_session_store_class()(row.session_key)
        store["confirmed_at"] -= 360
        store.save()


def test_what_is_scanned_is_what_is_written(page: Page, methodist: Account) -> None:
    knock(page)
    page.wait_for_url("**/accounts/security/app/")
    box = page.locator(".qr svg").bounding_box()
    assert box is not None
    assert 180 <= box["width"] <= 220, "large enough for a camera"
    assert urllib.parse.quote("Зачётка:belova") not in page.content(), "what is scanned is drawn, never written out"
