"""The whole way of a cohort: a messy list, an order, marks, a correction, the book as of a past day, proof in hand."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import time_machine
import xlsxwriter
from django.db import connections
from playwright.sync_api import Page, expect

from tests.journeys.people import PASSWORD, sign_in
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.learning.models import Cohort, Enrolment, Mark, Order
from zachetka.ledger import verify_bundle
from zachetka.ledger.sealer import seal
from zachetka.people.intake.tests.make import make_snils
from zachetka.people.models import Learner, Person
from zachetka.people.tests.make import make_employee, make_teacher
from zachetka.programs.tests.make import make_program_version
from zachetka.rendering import gate
from zachetka.rendering.tests.read import seen, text

CODE = "ПК-77-01"


def messy_list() -> bytes:
    """Return a list as people keep them: a title, mixed dates, СНИЛС as a number, one twice, an impossible day, a total."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet, day = book.add_worksheet("Лист1"), book.add_format({"num_format": "dd.mm.yyyy"})
    sheet.merge_range("A1:G1", "Список на обучение, ООО «Пример»")
    titles = ("№ п/п", "Фамилия, имя, отчество", "Д.р.", "СНИЛС", "Образование", "Диплом серия и №", "Почта")
    first = (
        "Антонова Вера Павловна",
        date(1990, 3, 14),
        make_snils(501),
        "высшее",
        "107704 0031822",
        "vera@example.ru",
    )
    second = ("борисов глеб ильич", "05.07.1985", int(re.sub(r"\D", "", make_snils(502))), "СПО", "117704 0031823", "")
    third = ("ВЛАСОВА  ДИНА ОЛЕГОВНА", "1.2.1979", make_snils(503), "высшее", "107704 0031824", "")
    wrong = ("Громов Егор Павлович", "31.02.1990", make_snils(504), "высшее", "107704 0031825", "")
    for column, title in enumerate(titles):
        sheet.write(2, column, title)
    for row, person in enumerate((first, second, third, second, wrong), 1):
        for column, value in enumerate((row, *person)):
            if isinstance(value, date):
                sheet.write_datetime(row + 2, column, value, day)
            else:
                sheet.write(row + 2, column, value)
    sheet.write(9, 1, "Итого: 5 человек")
    book.close()
    return target.getvalue()


@dataclass
class Journey:
    """What the steps hand on to each other."""

    page: Page
    clock: time_machine.Traveller
    today: date
    folder: Path


@pytest.fixture
def journey(live_site: str, page: Page, tmp_path: Path) -> Iterator[Journey]:
    """A unit with its methodist, teacher and head, and a programme of two modules; it is two days ago."""
    unit = make_unit("Отдел дополнительного образования")
    make_account("methodist", login="belova", name="Белова Ольга Сергеевна", unit=unit, password=PASSWORD)
    make_account("head", login="severtsev", name="Северцев Константин Александрович", password=PASSWORD)
    make_teacher(make_employee(unit=unit, last_name="Дроздов"), login="drozdov", password=PASSWORD)
    make_program_version(
        unit=unit, scales=("five_point", "pass_fail"), title="Кадровое делопроизводство", hours_each=18
    )
    with time_machine.travel(now() - timedelta(days=2)) as clock:
        yield Journey(page, clock, legal_date(now()), tmp_path)


@contextmanager
def sealer_at_work() -> Iterator[None]:
    """Seal the ledger five times a second, as the worker of a running system does."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.2):
            seal(now())
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def the_list_is_taken_in(journey: Journey) -> None:
    page = journey.page
    sign_in(page, "belova")
    page.goto("/imports/")
    page.locator("input[type=file]").set_input_files(
        {"name": "Заявка ООО Пример.xlsx", "mimeType": "application/octet-stream", "buffer": messy_list()}
    )
    page.get_by_role("button", name="Проверить список").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Проверьте перед загрузкой")
    rows = page.locator(".intake-table tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("Антонова")
    expect(rows.nth(2)).to_contain_text("Запишем «Власова")
    expect(rows.nth(4)).to_contain_text("Такой даты нет")
    expect(page.locator(".intake-sum")).to_contain_text("Войдут 3 строки из 5")
    assert not Learner.objects.exists(), "nothing is written before it is confirmed"
    page.get_by_role("button", name="Загрузить 3 строки").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Список загружен")
    assert [str(one) for one in Person.objects.filter(learner__isnull=False)] == [
        "Антонова Вера Павловна", "Борисов Глеб Ильич", "Власова Дина Олеговна",
    ]  # fmt: skip


def the_cohort_is_formed(journey: Journey) -> None:
    page, today = journey.page, journey.today
    page.goto("/cohorts/new/")
    page.get_by_label("Программа").select_option(label=page.locator("option", has_text="Кадровое").inner_text())
    page.get_by_role("button", name="Дальше").click()
    page.get_by_label("Шифр группы").fill(CODE)
    days = {
        "Начало": today - timedelta(days=20),
        "Окончание": today + timedelta(days=20),
        "Контроль: Правовые": today - timedelta(days=1),
        "Контроль: Планирование": today + timedelta(days=15),
    }
    for label, day in days.items():
        page.get_by_label(label).fill(day.isoformat())
    page.get_by_label("Итоговая аттестация").fill("")
    page.get_by_label("Преподаватель", exact=True).select_option(
        label=page.locator("option", has_text="Дроздов").first.inner_text()
    )
    page.get_by_role("button", name="Сформировать группу").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(CODE)
    expect(page.locator("main")).to_contain_text("В группе пока никого")


def the_order_is_drafted_and_submitted(journey: Journey) -> None:
    page = journey.page
    cohort = Cohort.objects.get(code=CODE)
    page.goto(f"/orders/new/?kind=enrolment&cohort={cohort.pk}")
    page.get_by_label("Зачислить с").fill(cohort.starts_on.isoformat())
    page.get_by_label("Основание").fill("договор от 02.09.2026 № 14")
    for place, part in enumerate(("антон", "Борисов", "дина власова"), 1):
        page.get_by_label("Найти человека").press_sequentially(part)
        expect(page.locator("[data-option]")).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator("[data-count]")).to_have_text(str(place))
    page.get_by_role("button", name="Подготовить проект").click()
    expect(page.locator("article.paper")).to_contain_text("ПРИКАЗЫВАЮ")
    expect(page.locator(".paper-people li")).to_have_count(3)
    page.get_by_role("button", name="Передать на подпись").click()
    expect(page.locator("#notices")).to_contain_text("передан руководителю на подпись")
    assert not Enrolment.objects.exclude(state="planned").exists()


def the_head_issues_it(journey: Journey) -> None:
    page = journey.page
    sign_in(page, "severtsev")
    order = Order.objects.get()
    expect(page.locator(f"main a[href='/orders/{order.pk}/']").first).to_be_visible()  # waits for me today
    page.goto(f"/orders/{order.pk}/")
    page.get_by_role("link", name="Издать приказ").click()
    page.get_by_role("dialog").get_by_role("button", name="Издать приказ").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Приказ № 1")
    expect(page.locator(".paper-book").first).to_contain_text("ЗК-")
    assert Enrolment.objects.filter(state="active").count() == 3


def the_teacher_types_and_closes(journey: Journey) -> None:
    page = journey.page
    sign_in(page, "drozdov")
    page.goto(f"/cohorts/{CODE}/sheet/")
    expect(page.locator("#sheet tbody tr")).to_have_count(3)
    for key in ("Digit3", "Enter", "Digit5", "Enter", "Digit4", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#status")).to_contain_text("сохранено в")
    page.click("#close-open")
    dialog = page.locator("#close-dialog")
    expect(dialog).to_contain_text("3 из 3")
    dialog.locator(".btn-danger").click()
    expect(page.locator("#sheet thead th").nth(1)).to_contain_text("закрыт")


def a_mark_is_corrected_by_two(journey: Journey) -> None:
    page = journey.page
    mark = Mark.objects.in_force().get(enrolment__learner__person__last_name="Антонова")
    sign_in(page, "drozdov")
    page.goto(f"/marks/{mark.pk}/correct/")
    page.get_by_label("отлично").check()
    page.get_by_label("Причина").fill("не учтён ответ на вопрос 14")
    page.get_by_label("Документ-основание").fill("служебная записка № 41")
    page.get_by_role("button", name="Предложить исправление").click()
    expect(page.locator("[aria-disabled=true]")).to_contain_text("Подтвердить")
    where = page.url
    sign_in(page, "belova")
    page.goto(where)
    page.get_by_role("button", name="Подтвердить «отлично»").click()
    expect(page.locator("main")).to_contain_text("подтверждено")


def the_learner_reads_their_book(journey: Journey) -> None:
    page, yesterday = journey.page, journey.today + timedelta(days=1)
    learner = Person.objects.get(last_name="Антонова")
    make_account("learner", login="antonova", name=str(learner), person_uid=learner.uid, password=PASSWORD)
    sign_in(page, "antonova")
    page.goto("/my/")
    grade = page.locator("#line-1 .is-grade b")
    expect(grade).to_have_text("отлично")
    expect(page.locator("#line-1")).to_contain_text("исправлена")
    page.goto(f"{page.url}?on={yesterday:%Y-%m-%d}")
    expect(page.locator("main")).to_contain_text("Зачётка, как её видели")
    expect(grade).to_have_text("удовлетворительно")
    expect(page.locator("#line-1")).to_contain_text("потом: отлично")
    page.goto(f"{page.url.partition('?')[0]}?on={journey.today - timedelta(days=300):%Y-%m-%d}")
    expect(page.locator(".strip-bad").first).to_contain_text("сегодняшнее состояние")


def the_pdf_is_fit_for_issue(journey: Journey) -> None:
    page = journey.page
    page.goto("/my/")
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    answer = page.context.request.get(str(address))
    assert answer.headers["content-type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.body())) as pdf:
        assert len(pdf.pages) >= 1
    gate.admit(answer.body())
    printed = text(answer.body())
    assert seen("Антонова Вера Павловна") in printed
    assert "отлично" in printed


def the_proof_convinces_a_stranger_and_one_byte_spoils_it(journey: Journey) -> None:
    page = journey.page
    page.goto(f"{page.url}evidence/")
    with page.expect_download(timeout=30_000) as coming:
        page.get_by_role("button", name="Скачать файл доказательств").click()
    bundle = journey.folder / "книжка.json"
    coming.value.save_as(bundle)
    program = journey.folder / "verify_bundle.py"
    program.write_bytes(page.context.request.get("/verify/verify_bundle.py").body())
    assert program.read_bytes() == Path(verify_bundle.__file__).read_bytes()
    said = judged(program, bundle)
    assert (said.returncode, "ПОДТВЕРЖДЕНО" in said.stdout) == (0, True), said.stdout + said.stderr
    assert "отлично" in said.stdout
    content = bundle.read_bytes()
    place = content.index("отлично".encode())
    bundle.write_bytes(content[: place + 1] + bytes([content[place + 1] ^ 1]) + content[place + 2 :])
    said = judged(program, bundle)
    assert (said.returncode, said.stdout.startswith("НЕ ПОДТВЕРЖДЕНО")) == (1, True)


def judged(program: Path, bundle: Path) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a stranger would: isolated, with nothing of the system beside it."""
    return subprocess.run(
        [sys.executable, "-I", str(program), str(bundle)],
        capture_output=True,
        text=True,
        check=False,
        cwd=bundle.parent,
    )


@pytest.mark.clause("2.5")
@pytest.mark.clause("2.1")
@pytest.mark.timeout(300)
def test_from_a_messy_list_to_a_book_that_a_stranger_can_verify(journey: Journey) -> None:
    the_list_is_taken_in(journey)
    the_cohort_is_formed(journey)
    the_order_is_drafted_and_submitted(journey)
    the_head_issues_it(journey)
    the_teacher_types_and_closes(journey)
    journey.clock.shift(timedelta(days=2))
    a_mark_is_corrected_by_two(journey)
    with sealer_at_work():
        the_learner_reads_their_book(journey)
        the_pdf_is_fit_for_issue(journey)
        the_proof_convinces_a_stranger_and_one_byte_spoils_it(journey)
