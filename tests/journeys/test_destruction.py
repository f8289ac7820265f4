"""A consent is taken back: a case with its term, an act by two people, what stays in the book, and nothing amiss (152-ФЗ ст. 21; T15)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from tests.journeys.people import PASSWORD, sign_in
from zachetka.access.tests.make import make_account
from zachetka.core.clock import now
from zachetka.destruction.models import Act
from zachetka.learning.models import Enrolment
from zachetka.learning.tests.make import NOON, make_enrolment, make_mark, make_order
from zachetka.ledger.sealer import seal
from zachetka.ledger.verification import verify
from zachetka.people.tests.make import make_learner
from zachetka.programs.actions.norms import record_minima
from zachetka.rendering import gate
from zachetka.rendering.tests.read import seen, text

EMAIL, PHONE = "zvyagina@example.ru", "+79001230099"
UNTOLD = ("access.account", "access.roleassignment", "access.unit", "people.employee", "programs.", "learning.cohort")
"""Kinds of records that builders of tests make past the ledger."""


def found() -> list[str]:
    """Return what the check of everything finds."""
    seal(now())
    return [one.sentence for one in verify().findings if not one.object_type.startswith(UNTOLD)]


def a_graduate() -> Enrolment:
    """Make a learner with a mark who learns no more, and whoever deals with the withdrawal."""
    learner = make_learner(last_name="Звягина", first_name="Ольга", email=EMAIL, phone=PHONE)
    enrolment = make_mark(make_enrolment(learner=learner), closed=True).enrolment
    make_order(enrolment.cohort, [learner], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date())
    make_account("learner", login="zvyagina", password=PASSWORD, person_uid=learner.person.uid, name="Звягина Ольга")
    for role, login, name in (
        ("methodist", "sokolova", "Соколова Мария Ильинична"),
        ("privacy", "zhdanova", "Жданова Елена Михайловна"),
        ("head", "morozov", "Морозов Иван Петрович"),
        ("teacher", "drozdov", "Дроздов Илья Павлович"),
    ):
        make_account(role, login=login, name=name, password=PASSWORD)
    return Enrolment.objects.select_related("learner__person").get(pk=enrolment.pk)


@pytest.mark.clause("152-ФЗ ст. 21")
@pytest.mark.clause("152-ФЗ ст. 21 ч. 5")
@pytest.mark.timeout(240)
def test_from_the_withdrawal_of_a_consent_to_the_act_and_what_stays(
    live_site: str, page: Page, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR, settings.KEYS_DIR = tmp_path, tmp_path / "keys"
    record_minima(now())
    book = a_graduate()
    person = book.learner.person
    assert found() == []

    sign_in(page, "sokolova")
    page.goto(f"/people/{person.uid}/consents/new/")
    page.get_by_label("На что согласие").select_option("mailing")
    page.get_by_label("Когда дано").fill("01.09.2026")
    page.get_by_label("Документ", exact=True).fill(f"Письмо с адреса {EMAIL}")
    page.get_by_role("button", name="Внести согласие").click()
    expect(page.get_by_text("пишут только в карточке").first).to_be_visible()
    page.get_by_label("Документ", exact=True).fill("Согласие № 12 от 01.09.2026")
    page.get_by_role("button", name="Внести согласие").click()
    expect(page.get_by_role("heading", name="Согласие", exact=True)).to_be_visible()
    consent = page.url

    sign_in(page, "zvyagina")
    page.goto(consent)
    page.get_by_role("button", name="Отозвать согласие").click()
    expect(page.get_by_text("Отзыв ждёт")).to_be_visible()

    sign_in(page, "zhdanova")
    task = page.get_by_role("listitem").filter(has_text="Разобрать отзыв согласия — Звягина О.")
    expect(task).to_be_visible()
    task.get_by_role("link", name="Разобрать").click()
    expect(page.get_by_text(f"исполнить до {now() + timedelta(days=30):%d.%m.%Y}")).to_be_visible()
    case = page.url
    goes = page.get_by_role("region", name="Данные под согласием")
    expect(goes).to_contain_text("Почта — уничтожается: иного основания нет")
    expect(page.get_by_role("region", name="Что остаётся и почему")).to_contain_text(
        "Зачётная книжка, оценки, ведомости"
    )
    page.get_by_role("button", name="Составить акт").click()
    expect(page.get_by_text("Акт составлен")).to_be_visible()
    act = page.url
    expect(page.get_by_role("button", name="Утвердить и уничтожить")).to_have_count(0)

    sign_in(page, "drozdov")
    assert [answer.status for where in (case, act) if (answer := page.goto(where))] == [403, 403]

    sign_in(page, "morozov")
    task = page.get_by_role("listitem").filter(has_text="Утвердить акт об уничтожении")
    task.get_by_role("link", name="Проверить").click()
    expect(page.get_by_role("region", name="Уничтожится")).to_contain_text("карточка человека, поле «почта»")
    page.get_by_role("button", name="Утвердить и уничтожить").click()
    expect(page.get_by_text("утверждён и исполнен: данных больше нет")).to_be_visible()
    expect(page.get_by_role("region", name="Уничтожено")).to_contain_text("солей уничтожено", ignore_case=True)
    number = str(Act.objects.get().number)
    for kind in ("act", "extract"):
        taken = page.context.request.get(f"{act}pdf/{kind}/").body()
        gate.admit(taken)
        assert seen("Звягина Ольга") in text(taken)

    sign_in(page, "zvyagina")
    page.goto("/kept/")
    expect(page.get_by_role("region", name="Уничтожено по актам")).to_contain_text(number)
    expect(page.locator("main")).not_to_contain_text(EMAIL)
    page.goto(act)
    expect(page.get_by_role("region", name="Что остаётся и почему")).to_contain_text("Зачётная книжка")
    answer = page.goto(f"/record-books/{book.pk}/")
    assert answer is not None
    assert answer.status == 200
    expect(page.locator("main")).to_contain_text("хорошо")

    person.refresh_from_db()
    assert (person.email, person.phone) == ("", PHONE)
    assert found() == []
