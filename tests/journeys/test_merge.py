"""A learner entered twice, from end to end: suggested, compared, merged, both books read by the one account, parted (п. 2.1)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.people import PASSWORD, sign_in
from zachetka.access.tests.make import make_account
from zachetka.learning.tests.make import NOON, make_enrolment, make_mark, make_order
from zachetka.people.actions import Schooling
from zachetka.people.actions.resemblances import look_through
from zachetka.people.models import Merge
from zachetka.people.tests.make import make_learner

PAPER = (Schooling("higher", "1", "7654321"),)


@pytest.mark.clause("2.1")
def test_a_learner_entered_twice_reads_both_books_until_the_cards_are_parted(live_site: str, page: Page) -> None:
    told = {"first_name": "Анна", "patronymic": "Петровна", "education": PAPER}
    before = make_learner(last_name="Двойнекова", **told)
    now = make_learner(last_name="Двойникова", birth_date=before.person.birth_date, **told)
    old = make_mark(make_enrolment(learner=before)).enrolment
    make_order(old.cohort, [before], kind="withdrawal", ground="own_wish", at=NOON, effective_on=NOON.date())
    new = make_enrolment(learner=now)
    make_account("learner", login="dvoinikova", person_uid=now.person.uid, password=PASSWORD)
    make_account("methodist", login="sokolova", name="Соколова Мария Ильинична", password=PASSWORD)
    make_account("methodist", login="lebedev", name="Лебедев Олег Иванович", password=PASSWORD)
    look_through(NOON, batches=9)

    sign_in(page, "sokolova")
    page.goto("/doubles/")
    page.get_by_role("table").get_by_role("link").filter(has_text="Двойн").first.click()
    expect(page.get_by_text(old.cohort.code).first).to_be_visible()
    page.get_by_label("Двойнекова Анна Петровна, внесена").check()
    page.get_by_label("По чему видно, что это один человек").fill("сверены паспорта")
    page.get_by_role("button", name="Это один человек").click()
    expect(page.get_by_text("ещё учатся: сделайте её главной").first).to_be_visible()
    page.get_by_label("Двойникова Анна Петровна, внесена").check()
    page.get_by_role("button", name="Это один человек").click()
    expect(page.get_by_text("Карточки объединены")).to_be_visible()
    page.goto(f"/people/{before.person.uid}/")
    expect(page).to_have_url(f"{live_site}/people/{now.person.uid}/")
    for book in (old, new):
        expect(
            page.get_by_role("link", name=str(book.number)).or_(page.get_by_text(book.cohort.code)).first
        ).to_be_visible()

    sign_in(page, "dvoinikova")
    for book in (old, new):
        answer = page.goto(f"/record-books/{book.pk}/")
        assert answer is not None
        assert answer.status == 200

    sign_in(page, "lebedev")
    page.goto(f"/merges/{Merge.objects.get().pk}/")
    page.get_by_label("По чему видно").fill("паспорта разные")
    page.get_by_role("button", name="Разъединить карточки").click()
    expect(page.get_by_text("Карточки разъединены")).to_be_visible()

    sign_in(page, "dvoinikova")
    seen = [answer.status for book in (old, new) if (answer := page.goto(f"/record-books/{book.pk}/"))]
    assert seen == [404, 200]
