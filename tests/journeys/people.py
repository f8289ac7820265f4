"""Those who walk through the system in a browser: each signs in by the form, as everybody does."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect

PASSWORD: Final = "long-enough-for-tests"


def sign_in(page: Page, login: str) -> None:
    """Leave whoever is here and sign in as `login`; the page of today opens."""
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль").fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
