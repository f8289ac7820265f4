"""A debt from end to end: failed, sat again, failed, taken by a commission, admitted; the book as of a day before (273-ФЗ ст. 58, 59)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.journeys.people import PASSWORD, sign_in
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import LEGAL_ZONE
from zachetka.learning.models import Cohort, Enrolment, MarkSheet
from zachetka.learning.tests.make import make_cohort, make_enrolment
from zachetka.people.tests.make import make_employee, make_learner, make_lecturer, make_teacher
from zachetka.programs.tests.make import make_program_version

HELD, FIRST, SECOND = date(2026, 10, 5), date(2026, 10, 12), date(2026, 10, 19)
FINAL = date(2026, 12, 17)


@dataclass
class Journey:
    """What the steps hand on to each other."""

    page: Page
    clock: time_machine.Traveller
    cohort: Cohort
    book: Enrolment

    def day(self, day: date, hour: int = 12) -> None:
        self.clock.move_to(datetime.combine(day, time(hour), tzinfo=LEGAL_ZONE))

    def sheet(self, attempt: int) -> MarkSheet:
        return MarkSheet.objects.get(cohort=self.cohort, module__ordinal=1, attempt=attempt)


@pytest.fixture
def journey(live_site: str, page: Page) -> Iterator[Journey]:
    """A cohort of one learner with a control and final attestation ahead; a methodist, two teachers, a head."""
    unit = make_unit("Отдел дополнительного образования")
    make_account("methodist", login="belova", name="Белова Ольга Сергеевна", unit=unit, password=PASSWORD)
    make_account("head", login="severtsev", name="Северцев Константин Александрович", password=PASSWORD)
    teacher = make_employee(unit=unit, last_name="Дроздов")
    make_teacher(teacher, login="drozdov", password=PASSWORD)
    make_teacher(make_employee(unit=unit, last_name="Орлова"), login="orlova", password=PASSWORD)
    make_lecturer(unit=unit, last_name="Ким")
    version = make_program_version(unit=unit, scales=("five_point", "five_point"), hours_each=18, final=True)
    learner = make_learner(last_name="Звягина")
    cohort = make_cohort(version, teacher=teacher, held_on=[HELD, FINAL], attestation_on=FINAL)
    book = make_enrolment(cohort, learner)
    person = learner.person
    make_account("learner", login="zvyagina", name=person.full_name, person_uid=person.uid, password=PASSWORD)
    with time_machine.travel(datetime.combine(HELD, time(12), tzinfo=LEGAL_ZONE)) as clock:
        yield Journey(page, clock, cohort, book)


def sat(journey: Journey, login: str, sheet: MarkSheet, grade: str) -> None:
    """Let the teacher of `sheet` give the only learner of it `grade`, and close it."""
    page = journey.page
    sign_in(page, login)
    page.goto(f"/sheets/{sheet.pk}/")
    page.get_by_role("radio", name=grade, exact=True).check(force=True)
    page.get_by_role("button", name="Сохранить оценки").click()
    expect(page.locator(".subtitle")).to_contain_text("внесено 1 из 1")
    page.get_by_role("link", name="Закрыть столбец…").click()
    page.get_by_role("button", name="Закрыть 1 оценку").click()
    page.goto(f"/sheets/{sheet.pk}/")
    expect(page.locator(".subtitle")).to_contain_text("закрыта")


def the_control_is_failed_and_the_learner_reads_until_when(journey: Journey) -> None:
    page = journey.page
    sat(journey, "drozdov", journey.sheet(1), "неудовлетворительно")
    sign_in(page, "zvyagina")
    page.goto("/my/")
    expect(page.locator("#line-1")).to_contain_text("неудовлетворительно")
    expect(page.locator("main")).to_contain_text("05.10.2027")


def nobody_with_a_debt_is_admitted(journey: Journey) -> None:
    page = journey.page
    sign_in(page, "belova")
    page.goto(f"/orders/new/?kind=admission&cohort={journey.cohort.pk}")
    expect(page.get_by_role("checkbox", name=re.compile("Звягина"))).to_have_count(0)
    expect(page.locator(".obstacles")).to_contain_text("задолженность")


def the_first_resit_is_appointed_and_failed(journey: Journey) -> None:
    page = journey.page
    page.goto(f"/cohorts/{journey.cohort.pk}/debts/")
    page.get_by_role("link", name="Назначить: первая пересдача").click()
    page.get_by_label("Преподаватель", exact=True).select_option(label=offered(page, "Дроздов"))
    page.get_by_label("День пересдачи").fill(FIRST.isoformat())
    page.get_by_label("Заполнить ведомость до").fill(FIRST.isoformat())
    page.get_by_role("button", name="Назначить пересдачу").click()
    expect(page.locator("#notices")).to_contain_text("Назначена первая пересдача")
    journey.day(FIRST)
    sat(journey, "drozdov", journey.sheet(2), "неудовлетворительно")


def the_second_is_taken_by_three_different_people(journey: Journey) -> None:
    page = journey.page
    sign_in(page, "belova")
    page.goto(f"/cohorts/{journey.cohort.pk}/debts/")
    expect(page.locator("main")).to_contain_text("нужна комиссия")
    page.get_by_role("link", name="Назначить: вторая пересдача, с комиссией").click()
    page.get_by_label("Председатель комиссии").select_option(label=offered(page, "Орлова"))
    page.get_by_label("День пересдачи").fill(SECOND.isoformat())
    page.get_by_label("Заполнить ведомость до").fill(SECOND.isoformat())
    page.get_by_label("Приказ о комиссии").fill("№ 41-к от 12.10.2026")
    for place, name in enumerate(("Дроздов", "Дроздов"), 1):
        page.get_by_label(f"Член комиссии {place}").select_option(label=offered(page, name))
    page.get_by_role("button", name="Назначить пересдачу").click()
    expect(page.locator("main")).to_contain_text("не меньше трёх разных человек")
    page.get_by_label("Член комиссии 2").select_option(label=offered(page, "Ким"))
    page.get_by_role("button", name="Назначить пересдачу").click()
    expect(page.locator("#notices")).to_contain_text("Назначена вторая пересдача, с комиссией")
    journey.day(SECOND)
    sat(journey, "orlova", journey.sheet(3), "хорошо")


def offered(page: Page, name: str) -> str:
    """Return the words of the choice that names this person."""
    return page.locator("option", has_text=name).first.inner_text()


def the_order_admits_and_the_head_issues_it(journey: Journey) -> None:
    page = journey.page
    sign_in(page, "belova")
    page.goto(f"/cohorts/{journey.cohort.pk}/debts/")
    expect(page.locator("main")).to_contain_text("Долгов нет")
    page.goto(f"/orders/new/?kind=admission&cohort={journey.cohort.pk}")
    expect(page.locator("main")).to_contain_text("план выполнен")
    page.get_by_label("Действует с").fill(SECOND.isoformat())
    page.get_by_label("Документ-основание").fill("ведомость пересдачи от 19.10.2026")
    page.get_by_role("checkbox", name=re.compile("Звягина")).check()
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.locator("article.paper")).to_contain_text("Звягина")
    page.get_by_role("button", name="Передать на подпись").click()
    where = page.url
    sign_in(page, "severtsev")
    page.goto(where)
    page.get_by_role("link", name="Издать приказ").click()
    page.get_by_role("dialog").get_by_role("button", name="Издать приказ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Приказ № 1-д")
    journey.book.refresh_from_db()
    assert journey.book.state == "admitted"


def the_learner_reads_today_and_the_day_before(journey: Journey) -> None:
    page = journey.page
    journey.day(SECOND, 20)
    sign_in(page, "zvyagina")
    page.goto("/my/")
    grade = page.locator("#line-1 .is-grade b")
    expect(grade).to_have_text("хорошо")
    expect(page.locator("main")).not_to_contain_text("05.10.2027")
    page.goto(f"{page.url.partition('?')[0]}?on={date(2026, 10, 18):%Y-%m-%d}")
    expect(page.locator("main")).to_contain_text("Зачётка, как её видели")
    expect(grade).to_have_text("неудовлетворительно")
    expect(page.locator("#line-1")).to_contain_text("потом: хорошо")
    expect(page.locator("main")).to_contain_text("05.10.2027")


@pytest.mark.clause("273-ФЗ ст. 58", "273-ФЗ ст. 58 ч. 5", "273-ФЗ ст. 58 ч. 6", "273-ФЗ ст. 59", "2.5")
@pytest.mark.timeout(300)
def test_from_a_debt_through_two_resits_and_a_commission_to_admission(journey: Journey) -> None:
    the_control_is_failed_and_the_learner_reads_until_when(journey)
    nobody_with_a_debt_is_admitted(journey)
    the_first_resit_is_appointed_and_failed(journey)
    the_second_is_taken_by_three_different_people(journey)
    the_order_admits_and_the_head_issues_it(journey)
    the_learner_reads_today_and_the_day_before(journey)
