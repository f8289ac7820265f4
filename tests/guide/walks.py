"""The tasks of the guide, walked in its own words. Read beside `docs/guide/*.md`: a step there is a line here."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from playwright.sync_api import Page, expect

from tests.guide.stage import walk
from zachetka.access.models import Account, RoleAssignment
from zachetka.core.clock import legal_date, now
from zachetka.learning.models import Cohort, Correction, Enrolment, Mark, MarkSheet, Order
from zachetka.people.models import Person
from zachetka.programs.models import Module

LIST = (
    "Список на обучение;;;\nФамилия;Имя;Отчество;Дата рождения\nАистов;Пётр;Петрович;01.02.1990\n"
    "Грачёв;Егор;Павлович;31.02.1990\nДятлова;Инна;Львовна;17.08.1987\n"
)
MARKS_MISSING = 2


# --- Everybody ------------------------------------------------------------------------------------------------------


@walk("common-login", "")
def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Логин").fill("belova")
    page.get_by_label("Пароль").fill("не показывайте никому")
    expect(page.get_by_role("button", name="Войти")).to_be_visible()


@walk("common-today", "methodist")
def today(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Ждёт меня")).to_be_visible()


@walk("common-search", "methodist")
def search(page: Page) -> None:
    page.goto("/people/")
    page.keyboard.press("Control+K")
    page.locator("#search").press_sequentially("ив")
    expect(page.locator(".suggestion").first).to_be_visible()


# --- The learner ----------------------------------------------------------------------------------------------------


def learner_with_marks() -> Enrolment:
    """The newest record book of the demo learner."""
    uid = Account.objects.get(login="learner").person_uid
    return Enrolment.objects.filter(learner__person__uid=uid).exclude(number="").order_by("-started_on")[0]


@walk("learner-book", "learner", phone=True)
def read_ones_book(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Зачётка").click()
    page.goto(f"/record-books/{learner_with_marks().pk}/")
    expect(page.locator("h1")).to_be_visible()


@walk("learner-proof", "learner", phone=True)
def ask_for_the_proof(page: Page) -> None:
    page.goto(f"/record-books/{learner_with_marks().pk}/")
    page.get_by_role("link", name="Доказательство", exact=True).click()
    expect(page.get_by_role("button", name="Скачать файл доказательств")).to_be_visible()


@walk("learner-kept", "learner", phone=True)
def see_what_is_kept(page: Page) -> None:
    page.goto("/kept/")
    expect(page.get_by_role("button", name="Получить всё одним файлом")).to_be_visible()


# --- The teacher ----------------------------------------------------------------------------------------------------


def open_sheet() -> MarkSheet:
    """An open sheet of a group whose day of control has come, with people in it; final attestation waits for its order."""
    here = Enrolment.objects.filter(cohort=OuterRef("cohort"), state="active")
    rows = MarkSheet.objects.filter(Exists(here), state=MarkSheet.State.OPEN, held_on__lte=legal_date(now()), attempt=1)
    rows = (
        rows.filter(module__scale__code="five_point", serial=1)
        .exclude(module__sort=Module.Sort.FINAL)
        .select_related("teacher__person", "cohort")
    )
    return rows.order_by(Exists(Mark.objects.filter(sheet=OuterRef("pk"))), "pk")[0]


def closed_mark() -> Mark:
    """A mark in a closed sheet whose correction nobody has asked for; that of final attestation asks for a protocol."""
    rows = Mark.objects.in_force().filter(
        ~Exists(Correction.objects.filter(mark=OuterRef("pk"))), sheet__state=MarkSheet.State.CLOSED,
        sheet__module__scale__code="five_point", grade__symbol="4",
    )  # fmt: skip
    rows = rows.exclude(sheet__module__sort=Module.Sort.FINAL)
    return rows.select_related("sheet__teacher__person").order_by("pk")[0]


def login_of(sheet: MarkSheet) -> str:
    return Account.objects.get(person_uid=sheet.teacher.person.uid, is_active=True).login


@walk("teacher-sheet", lambda: login_of(open_sheet()))
def enter_marks(page: Page) -> None:
    page.goto(f"/cohorts/{open_sheet().cohort.code}/sheet/")
    for key in ("Digit4", "Enter", "Digit5", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#status")).to_contain_text("сохранено")


@walk("teacher-phone", lambda: login_of(open_sheet()), phone=True)
def enter_marks_on_a_phone(page: Page) -> None:
    page.goto(f"/sheets/{open_sheet().pk}/")
    lines = page.locator("fieldset.column-line")
    for place in range(MARKS_MISSING):
        lines.nth(place).locator("label", has_text="хорошо").click()
    expect(page.get_by_role("button", name="Сохранить оценки")).to_be_visible()


@walk("teacher-file", lambda: login_of(open_sheet()))
def load_marks_from_a_file(page: Page) -> None:
    sheet = open_sheet()
    names = [
        one.learner.person.full_name
        for one in Enrolment.objects.filter(cohort=sheet.cohort, state="active").select_related("learner__person")[2:7]
    ]
    text = (
        "Слушатель;Оценка\n"
        + "".join(f"{name};{4 + place % 2}\n" for place, name in enumerate(names))
        + "Никто Такой;5\n"
    )
    page.goto(f"/sheets/{sheet.pk}/")
    page.get_by_role("link", name="Загрузить из файла").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "Оценки.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Проверить файл").click()
    expect(page.get_by_role("button", name="Внести")).to_be_visible()


@walk("teacher-close", lambda: login_of(open_sheet()))
def see_why_a_sheet_does_not_close(page: Page) -> None:
    page.goto(f"/sheets/{open_sheet().pk}/")
    page.get_by_role("link", name="Закрыть столбец…").click()
    expect(page.get_by_role("heading", name="Закрыть столбец", exact=True)).to_be_visible()


@walk("teacher-correct", lambda: login_of(closed_mark().sheet))
def propose_a_correction(page: Page) -> None:
    page.goto(f"/marks/{closed_mark().pk}/correct/")
    page.get_by_label("отлично").check()
    page.get_by_label("Причина").fill("не учтён ответ на вопрос 14")
    page.get_by_label("Документ-основание").fill("служебная записка от 24.11.2026 № 41")
    expect(page.get_by_role("button", name="Предложить исправление")).to_be_enabled()


# --- The methodist --------------------------------------------------------------------------------------------------


def cohort_at_work() -> Cohort:
    """A cohort of the methodist's unit that studies now."""
    held = RoleAssignment.objects.filter(account__login="methodist", unit__isnull=False).values("unit")
    rows = Cohort.objects.filter(program_version__program__unit__in=held, starts_on__lte=legal_date(now()))
    learning = Enrolment.objects.filter(cohort=OuterRef("pk"), state="active")
    return rows.filter(Exists(learning)).order_by("starts_on", "pk")[0]


@walk("methodist-list", "methodist")
def take_in_a_list(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Загрузка списков").click()
    page.get_by_label("Файл списка").set_input_files(
        {"name": "Заявка.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    page.get_by_role("button", name="Проверить список").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Проверьте перед загрузкой")
    expect(page.get_by_role("button", name="Загрузить")).to_be_visible()


@walk("methodist-cohort", "methodist")
def see_a_cohort(page: Page) -> None:
    page.goto("/cohorts/")
    page.goto(f"/cohorts/{cohort_at_work().pk}/")
    page.locator("summary", has_text="Приказ…").click()
    expect(page.get_by_text("Об отчислении")).to_be_visible()


@walk("methodist-order", "methodist")
def draft_an_order(page: Page) -> None:
    page.goto(f"/cohorts/{cohort_at_work().pk}/")
    page.locator("summary", has_text="Приказ…").click()
    page.get_by_role("link", name="Об отчислении").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Документ-основание").fill("заявление от 23.11.2026")
    page.get_by_label("Почему отчисляем").select_option(label="по инициативе обучающегося")
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.get_by_role("button", name="Передать на подпись")).to_be_visible()


@walk("methodist-submitted", "methodist")
def submit_an_order(page: Page) -> None:
    order = Order.objects.filter(state="draft").order_by("-pk")[0]
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("button", name="Передать на подпись").click()
    expect(page.locator(".is-locked", has_text="Издаёт руководитель")).to_be_visible()


@walk("methodist-debts", "methodist")
def see_debts(page: Page) -> None:
    page.goto(f"/cohorts/{cohort_at_work().pk}/")
    page.get_by_role("link", name="Задолженности").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Задолженности")


@walk("methodist-summary", "methodist")
def see_the_summary(page: Page) -> None:
    page.goto(f"/cohorts/{cohort_at_work().pk}/")
    page.get_by_role("link", name="Сводная ведомость").click()
    expect(page.get_by_role("link", name="XLSX")).to_be_visible()


# --- The others -----------------------------------------------------------------------------------------------------


@walk("head-order", "head")
def issue_an_order(page: Page) -> None:
    order = Order.objects.filter(state="submitted").order_by("pk")[0]
    page.goto("/")
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Издать приказ…").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Издать приказ")).to_be_visible()


@walk("admin-role", "admin")
def propose_a_role(page: Page) -> None:
    page.goto("/roles/")
    page.get_by_role("link", name="Предложить роль").click()
    page.get_by_label("Номер приказа").fill("43-к")
    page.get_by_label("Дата приказа").fill(f"{legal_date(now()):%d.%m.%Y}")
    page.get_by_label("Действует по").fill(f"{legal_date(now()) + timedelta(days=60):%d.%m.%Y}")
    expect(page.get_by_role("button", name="Предложить роль")).to_be_visible()


@walk("security-role", "security")
def decide_on_a_role(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Решить").first.click()
    expect(page.get_by_role("button", name="Утвердить роль")).to_be_visible()


@walk("privacy-request", "privacy")
def answer_a_request(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Ответить").first.click()
    expect(page.get_by_role("button", name="Подготовить ответ")).to_be_visible()


@walk("inspector-journal", "inspector")
def read_the_journal(page: Page) -> None:
    page.goto("/events/")
    expect(page.locator(".feed").first).to_be_visible()


@walk("inspector-integrity", "inspector")
def see_integrity(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Целостность").click()
    expect(page.get_by_role("button", name="Проверить журнал")).to_be_visible()


@walk("registrar-books", "registrar")
def see_the_register_books(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Книги регистрации").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Книги регистрации")


def anybody() -> Person:
    """Somebody who learns and works nowhere here."""
    return Person.objects.filter(learner__isnull=False, employee__isnull=True).order_by("last_name", "pk")[0]


@walk("methodist-card", "methodist")
def see_a_card(page: Page) -> None:
    page.goto(f"/people/{anybody().uid}/")
    expect(page.get_by_role("link", name="Править сведения")).to_be_visible()
