"""A teacher at the keyboard, in a real browser: typing, pasting, a lost network, closing, correcting (п. 2.1, 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pytest
from django.test import Client
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from zachetka.access.models import Account
from zachetka.learning.actions.marks import Cell, close_sheet, set_marks
from zachetka.learning.models import Correction, Mark, MarkSheet
from zachetka.learning.tests.make import NOON, enrolments_of, fill_sheet, make_cohort
from zachetka.people.tests.make import employee_of, make_teacher
from zachetka.programs.tests.make import make_program_version
from zachetka.settings import ROOT

AXE_SOURCE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
AXE = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false})).violations
  .map(one => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 160)])"""
PASTE = """
(text) => {
  const carried = new DataTransfer();
  carried.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}
"""


@dataclass
class Desk:
    """A teacher before the grid of their cohort: a five-point column, a pass column, one that lies ahead."""

    page: Page
    teacher: Account
    sheets: list[MarkSheet]
    address: str
    refused: list[str] = field(default_factory=list)

    @property
    def rows(self) -> list[int]:
        return [row.pk for row in enrolments_of(self.sheets[0])]

    def cell(self, row: int, column: int = 0) -> Locator:
        return self.page.locator(f"#sheet tbody tr:nth-child({row + 1}) td").nth(column)

    def marks(self, column: int = 0) -> list[str]:
        """What is in force in the database, by the order of the lines; «» where nothing is."""
        holding = {mark.enrolment_id: mark for mark in Mark.objects.in_force().filter(sheet=self.sheets[column])}
        return [str(holding[pk].grade or "") if pk in holding else "" for pk in self.rows]

    def saved(self) -> None:
        expect(self.page.locator("#status")).to_contain_text("сохранено в")
        expect(self.page.locator("#status .badge-warn")).to_have_count(0)


Seated = Callable[..., Desk]


@pytest.fixture
def seat(page: Page, live_site: str) -> Seated:
    """Sign a teacher in, without the form, and open the grid."""

    def sit(*, learners: int = 5, filled: str = "") -> Desk:
        teacher = make_teacher()
        cohort = make_cohort(
            make_program_version(scales=("five_point", "pass_fail", "hundred_point")),
            teacher=employee_of(teacher),
            learners=learners,
            held_on=[date(2026, 10, 5), date(2026, 10, 6), date(2030, 1, 1)],
            ends_on=date(2030, 12, 25),
        )
        sheets = list(cohort.sheets.order_by("module__ordinal").select_related("module", "teacher__person", "cohort"))
        if filled:
            fill_sheet(sheets[0], list(filled))
        visitor = Client()
        visitor.force_login(teacher)
        page.context.add_cookies([{"name": "session", "value": visitor.cookies["session"].value, "url": live_site}])
        desk = Desk(page, teacher, sheets, f"/cohorts/{cohort.code}/sheet/")
        page.goto(desk.address)
        return desk

    return sit


@pytest.mark.clause("2.2")
def test_a_column_is_typed_with_one_hand_in_any_layout(seat: Seated):
    desk = seat(filled="3")
    keyboard = desk.page.keyboard
    expect(desk.cell(1)).to_be_focused()  # the first empty cell of the first column that lacks marks
    for key in ("Digit5", "Enter", "Digit4", "Enter", "KeyY", "Enter"):  # the third is «н» in a Latin layout
        keyboard.press(key)
    desk.saved()
    assert desk.marks() == ["удовлетворительно", "отлично", "хорошо", "неявка", ""]
    expect(desk.page.locator("#sheet tbody tr:nth-child(4) .sum").last).to_have_text("1")
    expect(desk.page.locator("#sheet thead th").nth(1)).to_contain_text("4 из 5")

    keyboard.press("Digit6")
    keyboard.press("Enter")
    expect(desk.page.locator("#status")).to_contain_text("1 не принята")
    expect(desk.cell(4)).to_have_text("6")  # what was typed stays
    expect(desk.cell(4)).to_have_attribute("aria-invalid", "true")
    expect(desk.page.locator("#sheet-where")).to_contain_text("Оценки «6» нет в шкале")
    keyboard.press("Escape")
    expect(desk.cell(4)).to_have_text("")

    keyboard.press("Control+z")  # the last entry was «н» in the fourth line
    desk.page.wait_for_function("() => document.querySelector('#sheet tbody tr:nth-child(4) td').textContent === ''")
    desk.saved()
    assert desk.marks()[3] == ""

    keyboard.press("Control+Home")
    keyboard.press("Delete")
    expect(desk.cell(0)).to_have_text("")
    desk.saved()
    assert desk.marks()[0] == ""

    keyboard.press("Tab")  # the pass column: «з» by its key, «нз» by two
    for key in ("KeyP", "Enter", "KeyY", "KeyP", "Enter"):
        keyboard.press(key)
    desk.saved()
    assert desk.marks(1)[:2] == ["зачтено", "не зачтено"]
    keyboard.press("End")
    keyboard.press("Digit5")  # its control lies ahead
    expect(desk.page.locator("#sheet input")).to_have_count(0)
    assert desk.page.locator("#sheet td[tabindex='0']").count() == 1
    keyboard.press("Control+ArrowLeft")
    keyboard.press("?")
    expect(desk.page.locator("#keys")).to_contain_text("история клетки")


@pytest.mark.clause("2.2")
def test_a_pasted_column_is_shown_and_counted_before_it_is_written(seat: Seated):
    desk = seat(filled="3")
    keyboard = desk.page.keyboard
    keyboard.press("Control+Home")
    desk.page.evaluate(PASTE, "4\r\n5\r\n\r\nхор+\r\nотлично\r\n2\r\n")
    box = desk.page.locator(".sheet-panel")
    expect(box).to_contain_text("Из Excel: 4 значения")
    for words in (
        "2 новые оценки",
        "1 заменит набранное",
        "3 → 4",
        "1 не подходит",
        "«хор+»",
        "1 ниже последней строки",
    ):
        expect(box).to_contain_text(words)
    expect(desk.cell(1)).to_have_text("5")
    assert desk.marks() == ["удовлетворительно", "", "", "", ""]
    keyboard.press("Escape")
    expect(desk.cell(1)).to_have_text("")
    expect(desk.cell(0)).to_have_text("3")

    desk.page.evaluate(PASTE, "4\n5\n\nхор+\nотлично")
    expect(box).to_contain_text("Записать 3")
    assert "1 ниже" not in box.inner_text()
    keyboard.press("Enter")
    expect(desk.page.locator("#status")).to_contain_text("1 не принята")
    desk.saved()
    assert desk.marks() == ["хорошо", "отлично", "", "", "отлично"]
    desk.page.evaluate(PASTE, "Никто\t5")
    expect(desk.page.locator("#sheet-where")).to_contain_text("Никто не найден по фамилии")


@pytest.mark.clause("2.2")
def test_one_undo_takes_back_the_whole_paste_and_nothing_that_was_typed_before_it(seat: Seated):
    desk = seat()
    keyboard = desk.page.keyboard
    keyboard.press("Control+Home")
    keyboard.press("Digit3")
    keyboard.press("Enter")
    desk.saved()
    desk.page.evaluate(PASTE, "4\n5")
    expect(desk.page.locator(".sheet-panel")).to_contain_text("Записать 2")
    keyboard.press("Enter")
    expect(desk.page.locator("#sheet thead th").nth(1)).to_contain_text("3 из 5")
    desk.saved()
    assert desk.marks()[:3] == ["удовлетворительно", "хорошо", "отлично"]
    keyboard.press("Control+z")
    expect(desk.page.locator("#sheet thead th").nth(1)).to_contain_text("1 из 5")
    desk.saved()
    assert desk.marks()[:3] == ["удовлетворительно", "", ""]
    keyboard.press("Control+z")
    expect(desk.page.locator("#sheet thead th").nth(1)).to_contain_text("0 из 5")
    desk.saved()
    assert set(desk.marks()) == {""}


@pytest.mark.clause("2.2")
def test_names_pasted_beside_marks_find_their_lines_and_whoever_is_not_found_is_named(seat: Seated):
    desk = seat()
    people = [row.learner.person for row in enrolments_of(desk.sheets[0])]
    whole = [person.full_name.upper().replace("Ё", "Е") for person in people]
    desk.page.keyboard.press("Control+Home")
    desk.page.evaluate(
        PASTE,
        f"1\t{whole[3]}\t4\n2\t{people[1].short_name}\t5\n3\tНезнакомцев И. И.\t2\n4\t{whole[0]}\t3\n5\t{whole[0]}\t5\n6\t{whole[2]}\t",
    )
    box = desk.page.locator(".sheet-panel")
    for words in ("Из Excel: 2 значения", "2 не найдены", "Незнакомцев И. И. (нет в списке)", "(стоит дважды)"):
        expect(box).to_contain_text(words)
    expect(desk.page.locator("#sheet-where")).to_contain_text("по фамилиям")
    desk.page.keyboard.press("Enter")
    desk.saved()
    assert desk.marks() == ["", "отлично", "", "хорошо", ""]


@pytest.mark.clause("3.3")
def test_what_was_typed_without_a_network_waits_and_is_written_once(seat: Seated):
    desk = seat()
    desk.page.route("**/marks/", lambda route: route.abort())
    desk.page.keyboard.press("Digit5")
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Digit4")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#status")).to_contain_text("2 ждут связи")
    expect(desk.cell(0)).to_have_text("5")
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    desk.page.once("dialog", stay)
    desk.page.evaluate("() => { setTimeout(() => location.reload()) }")
    desk.page.wait_for_timeout(300)
    assert questions == ["beforeunload"]
    assert desk.marks() == [""] * 5
    desk.page.unroute("**/marks/")
    desk.saved()
    assert desk.marks()[:2] == ["отлично", "хорошо"]
    assert Mark.objects.count() == 2


@pytest.mark.clause("3.3")
def test_an_answer_lost_on_the_way_does_not_write_twice(seat: Seated):
    desk = seat()
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().text())  # the server has written it; the browser never hears
        route.abort()

    desk.page.route("**/marks/", lose_the_first)
    desk.page.keyboard.press("Digit5")
    desk.page.keyboard.press("Enter")
    desk.saved()
    assert (len(lost), Mark.objects.count()) == (1, 1)


@pytest.mark.clause("2.1")
def test_a_cell_changed_by_another_shows_what_stands_there_and_enter_overrides(seat: Seated):
    desk = seat(filled="3")
    seen = Mark.objects.get()
    set_marks(desk.sheets[0], [Cell(desk.rows[0], "4", seen.pk)], actor=desk.teacher, at=seen.recorded_at)
    desk.page.keyboard.press("Control+Home")
    desk.page.keyboard.press("Digit5")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#sheet-where")).to_contain_text("сейчас «хорошо»")
    expect(desk.cell(0)).to_have_text("5")
    desk.page.keyboard.press("ArrowUp")
    desk.page.keyboard.press("Enter")
    desk.saved()
    assert (desk.marks()[0], Mark.objects.count()) == ("отлично", 3)


@pytest.mark.clause("2.1")
def test_closing_asks_then_greys_the_column_and_a_correction_takes_two(seat: Seated):
    desk = seat(learners=2, filled="5")
    page = desk.page
    page.click("#close-open")
    dialog = page.locator("#close-dialog")
    expect(dialog).to_contain_text("Без оценки: 1")
    page.keyboard.press("Escape")
    page.keyboard.press("Digit4")
    page.keyboard.press("Enter")
    desk.saved()
    page.click("#close-open")
    expect(dialog).to_contain_text("2 из 2")
    expect(page.locator("#close-dialog [data-close]")).to_be_focused()  # on the safe button
    page.click("#close-dialog .btn-danger")
    expect(page.locator("#sheet thead th").nth(1)).to_contain_text("закрыт")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Digit2")
    expect(desk.cell(0)).to_have_text("5")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".sheet-panel")).to_contain_text("действует с")
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    page.wait_for_url("**/correct/")
    page.get_by_label("хорошо").check()
    page.get_by_label("Причина").fill("не учтён ответ на вопрос 14")
    page.get_by_label("Документ-основание").fill("служебная записка от 18.11.2026 № 41")
    page.get_by_role("button", name="Предложить исправление").click()
    expect(page.locator("[aria-disabled=true]")).to_contain_text("Подтвердить")
    assert str(Correction.objects.waiting().get()) == "отлично → хорошо"


@pytest.mark.clause("2.1", "2.4")
def test_on_a_phone_a_closed_cell_leads_to_its_history_and_to_a_correction_by_touch_alone(seat: Seated):
    desk = seat(learners=2, filled="54")
    close_sheet(desk.sheets[0], actor=desk.teacher, at=NOON)
    page = desk.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(desk.address)
    desk.cell(1).click()
    line = page.locator("#sheet-where")
    expect(line).to_contain_text("закрыто")
    assert "F2" not in line.inner_text(), "a phone has no such key"
    heights = line.locator("a").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) >= 44
    line.get_by_role("link", name="история").click()
    expect(page.locator(".sheet-panel")).to_contain_text("действует с")
    assert page.url.endswith("/sheet/"), "the history opens in the grid"
    line.get_by_role("link", name="исправить…").click()
    page.wait_for_url("**/correct/")
    mark = Mark.objects.get(sheet=desk.sheets[0], enrolment=desk.rows[1])
    assert f"/{mark.pk}/" in page.url


@pytest.mark.clause("2.4")
def test_the_pages_of_a_sheet_are_accessible_and_never_scroll_sideways(seat: Seated):
    desk = seat(filled="32")
    page = desk.page
    addresses = [
        desk.address,
        f"/sheets/{desk.sheets[0].pk}/",
        f"/sheets/{desk.sheets[0].pk}/close/",
        "/sheets/",
        "/corrections/",
    ]
    found = {}
    looks: tuple[tuple[Literal["light", "dark"], int, int], ...] = (("light", 1280, 800), ("dark", 390, 844))
    for look, width, height in looks:
        page.emulate_media(color_scheme=look)
        page.set_viewport_size({"width": width, "height": height})
        for address in addresses:
            page.goto(address)
            page.evaluate(AXE_SOURCE.read_text(encoding="utf-8"))
            found[address, look] = page.evaluate(AXE)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found[address, look].append("scrolls sideways")
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.clause("2.2")
def test_one_column_is_marked_with_a_thumb_and_without_scripts(seat: Seated, live_site: str):
    desk = seat()
    browser = desk.page.context.browser
    assert browser is not None
    plain = browser.new_context(
        base_url=live_site, java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="ru-RU"
    )
    plain.add_cookies(desk.page.context.cookies())  # type: ignore[arg-type] # what it gives it also takes
    page = plain.new_page()
    page.goto(desk.address)
    page.click(".sheet-mine a >> nth=0")
    page.locator("#column fieldset").nth(0).get_by_label("отлично").check()
    page.locator("#column fieldset").nth(2).get_by_label("неявка").check()
    page.click("text=Сохранить оценки")
    expect(page.locator("#notices")).to_contain_text("Сохранено")
    assert desk.marks() == ["отлично", "", "неявка", "", ""]
    heights = page.locator(".column-key").evaluate_all("keys => keys.map((key) => key.offsetHeight)")
    assert min(heights) >= 44
    plain.close()
