"""What a walk by eye has found, held by a browser: paper keeps its columns, dots their line, cards their edge (п. 2.2, 2.5)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Page

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.learning.actions.marks import close_sheet, confirm_correction
from zachetka.learning.models import Mark, MarkSheet
from zachetka.learning.tests.make import (
    NOON,
    fill_sheet,
    make_cohort,
    make_correction,
    make_order,
    make_sheet,
    teacher_of,
)
from zachetka.people.tests.make import employee_of, make_learner, make_teacher
from zachetka.programs.tests.make import make_program_version
from zachetka.rendering.tests.read import pages

PAPER = {"width": 1047, "height": 718}
"""A4 across less the margins of 10 mm, in pixels of CSS."""
PHONE = {"width": 390, "height": 844}


def sign_in(page: Page, account: Account, site: str) -> None:
    client = Client()
    client.force_login(account)
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": site}])


@pytest.mark.clause("2.2")
def test_a_printed_sheet_of_fourteen_columns_fits_across_the_paper(page: Page, live_site: str) -> None:
    teacher = make_teacher()
    cohort = make_cohort(
        make_program_version(scales=("five_point",) * 14, hours_each=8), teacher=employee_of(teacher), learners=3,
        held_on=[date(2026, 10, 5)] * 14,
    )  # fmt: skip
    sign_in(page, teacher, live_site)
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    page.goto(f"{live_site}/cohorts/{cohort.code}/sheet/")
    width = "document.querySelector('#sheet').getBoundingClientRect().right"
    assert page.evaluate(width) > PAPER["width"], "on the screen it scrolls: the test would see a cut"
    page.emulate_media(media="print")
    assert page.evaluate(width) <= PAPER["width"]
    assert page.locator("#sheet thead th").count() == 17


@pytest.mark.clause("2.5")
def test_dots_of_the_path_stand_on_one_line_when_a_label_wraps(page: Page, live_site: str) -> None:
    sheet = MarkSheet.objects.get(
        pk=fill_sheet(make_cohort(learners=1).sheets.order_by("module__ordinal")[0])[0].sheet_id
    )
    sign_in(page, teacher_of(sheet), live_site)
    page.set_viewport_size({"width": 1000, "height": 900})
    page.goto(f"{live_site}/record-books/{sheet.cohort.enrolments.get().pk}/")
    tops = page.evaluate(
        "[...document.querySelectorAll('.path .dot')].map(dot => Math.round(dot.getBoundingClientRect().top))"
    )
    heights = page.evaluate("[...document.querySelectorAll('.path li > span:last-child')].map(one => one.offsetHeight)")
    assert len(set(heights)) > 1, "no label wraps, so nothing is tried"
    assert len(set(tops)) == 1


@pytest.mark.clause("2.1")
def test_a_correction_stays_within_its_card_on_a_phone(page: Page, live_site: str) -> None:
    correction = make_correction()
    sign_in(page, teacher_of(correction.mark.sheet), live_site)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{live_site}/corrections/")
    cell = page.locator("td[data-label='Исправление'] > span")
    assert cell.count() == 1
    box = cell.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"] - 28


@pytest.mark.clause("2.4")
def test_on_a_phone_the_code_of_a_group_never_breaks_in_the_list_of_orders(page: Page, live_site: str) -> None:
    version = make_program_version(
        title="Контрактная система в сфере закупок товаров, работ и услуг для государственных нужд"
    )
    cohort = make_cohort(version, learners=1)
    sign_in(page, make_account("head"), live_site)
    page.set_viewport_size({"width": 320, "height": 844})
    page.goto(f"{live_site}/orders/")
    code = page.locator("td .code").filter(has_text=cohort.code)
    assert code.count() == 1
    lines = code.evaluate("one => new Set([...one.getClientRects()].map(box => box.top)).size")
    broken = code.evaluate(
        "one => (one.classList.remove('code'), one.style.width = '5ch', one.style.display = 'inline-block', one.offsetHeight)"
    )
    assert lines == 1
    assert broken > 30, "a narrow place would break it: the test would see two lines"


@pytest.mark.clause("2.5")
def test_a_printed_order_never_leaves_its_signature_alone_and_numbers_its_pages(page: Page, live_site: str) -> None:
    order = make_order(make_cohort(learners=0), [make_learner()])
    sign_in(page, make_account("head"), live_site)
    page.goto(f"{live_site}/orders/{order.pk}/")
    longer = """() => { const point = document.querySelector('.paper-end li'); for (let n = 0; n < 3; n++) document.querySelector('.paper-points').append(point.cloneNode(true)); }"""

    def ends() -> list[tuple[str, bool]]:
        """Print the order longer by three points at a time: the number of the last page, and whether a point stands on it."""
        page.reload()
        found = []
        for _ in range(20):
            page.evaluate(longer)
            last = pages(page.pdf(prefer_css_page_size=True))[-1]
            found.append((last[:1], "Контрользаисполнением" in last and "подпись" in last))
        return found

    by_rule = ends()
    assert {number for number, _ in by_rule} >= {"2", "3"}, "the paper grew over two ends of a page"
    assert all(whole for number, whole in by_rule)
    page.add_init_script(
        """addEventListener('load', () => { const sheet = new CSSStyleSheet();
        sheet.replaceSync('.paper-end { break-inside: auto !important; }');
        document.adoptedStyleSheets = [sheet]; })"""
    )
    assert not all(whole for _, whole in ends()), (
        "without the rule a signature would stand alone: the test would see it"
    )


@pytest.mark.clause("2.2")
def test_on_a_phone_a_corrected_mark_stands_below_the_others(page: Page, live_site: str) -> None:
    sheet = make_sheet(learners=2)
    fill_sheet(sheet, "4")
    close_sheet(sheet, actor=teacher_of(sheet), at=NOON)
    correction = make_correction(Mark.objects.filter(sheet=sheet)[0])
    confirm_correction(
        correction, actor=make_account("methodist", unit=sheet.cohort.program_version.program.unit), at=NOON
    )
    sign_in(page, teacher_of(sheet), live_site)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{live_site}/sheets/{sheet.pk}/")
    assert page.locator(".column-line .badge").count() == 1
    edges = "[...document.querySelectorAll('.column-mark')].map(one => Math.round(one.getBoundingClientRect().right))"
    assert len(set(page.evaluate(edges))) == 1
    page.locator(".column-name + span").evaluate_all(
        "all => all.forEach(one => { one.style.display = 'inline'; one.style.margin = '0'; })"
    )
    assert len(set(page.evaluate(edges))) == 2, "the test would see it at another edge"
