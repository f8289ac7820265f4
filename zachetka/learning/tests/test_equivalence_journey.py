"""A transfer to another programme in a real browser: drafted, matched, issued, read in the new book, proved offline (273-ФЗ ст. 57)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import now
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.tests.make import make_cohort, make_enrolments
from zachetka.learning.tests.make_equivalences import make_plan_like
from zachetka.learning.tests.make_transfers import typed
from zachetka.learning.tests.test_order_journey import sign_in
from zachetka.learning.tests.test_record_book_export import bundle, verified
from zachetka.learning.tests.test_record_book_tasks import owner_of
from zachetka.ledger.sealer import seal
from zachetka.programs.tests.make import make_program_version


@pytest.mark.clause("273-ФЗ ст. 34 ч. 1 п. 7", "273-ФЗ ст. 57")
def test_a_transfer_to_another_programme_goes_from_the_draft_over_the_match_to_a_bundle_that_a_stranger_accepts(
    page: Page, live_site: str, tmp_path: Path
) -> None:
    unit, today = make_unit(), timezone.localdate()
    version = make_program_version(unit=unit, scales=("five_point",) * 3)
    days = [today - timedelta(days=20), today + timedelta(days=10), today + timedelta(days=11)]
    dates: dict[str, Any] = {
        "starts_on": today - timedelta(days=40),
        "ends_on": today + timedelta(days=90),
        "attestation_on": None,
    }
    at = timezone.now() - timedelta(days=41)
    learner = make_enrolments(make_cohort(version, held_on=days, at=at, **dates), 1)[0]
    ahead = [today + timedelta(days=20 + place) for place in range(3)]
    other = make_plan_like(version, scales=("pass_fail",) * 3)
    target = make_cohort(other, held_on=ahead, at=at, **dates)
    typed(learner, 1, "5", at=timezone.now() - timedelta(days=15))
    sign_in(page, live_site, make_account("methodist", unit=unit))
    page.goto(f"/record-books/{learner.pk}/orders/")
    page.get_by_role("link", name="Перевести…").click()
    page.get_by_label("В какую группу").select_option(str(target.pk))
    page.get_by_label("Документ-основание").fill("заявление № 4 от сегодня")
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.get_by_text("Сначала подтвердите соответствие")).to_be_visible()
    order = Order.objects.get(kind=Order.Kind.TRANSFER)
    page.get_by_role("link", name=learner.learner.person.short_name).click()
    expect(page.get_by_text("Ниже — предложение программы.")).to_be_visible()
    expect(page.get_by_text("то же название")).to_be_visible()
    page.get_by_role("button", name="Подтвердить соответствие").click()
    expect(page.get_by_text("Зачесть:")).to_contain_text("по шкале «зачтено — не зачтено» — зачтено")
    page.get_by_role("button", name="Передать на подпись").click()
    expect(page.get_by_text("Издаёт руководитель").first).to_be_visible()
    sign_in(page, live_site, make_account("head"))
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Издать приказ…").click()
    page.locator("#issue").get_by_role("button", name="Издать приказ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1-п")
    new = Enrolment.objects.get(continues=learner)
    sign_in(page, live_site, owner_of(learner))
    page.goto(f"/record-books/{new.pk}/")
    expect(page.locator("#line-1")).to_contain_text(f"зачтено из № {learner.number}")
    expect(page.locator("#line-1")).to_contain_text("приказ № 1-п")
    seal(now())
    file = tmp_path / "book.json"
    file.write_bytes(bundle(new))
    assert verified(file).returncode == 0
    spoiled = bytearray(file.read_bytes())
    place = spoiled.index("отлично".encode())
    spoiled[place] ^= 1
    file.write_bytes(spoiled)
    assert verified(file).returncode != 0
