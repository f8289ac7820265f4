"""The record book on paper: what it must say and what it must never say (п. 2.4, 2.5)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

from zachetka.core.russian import NBSP
from zachetka.rendering import gate
from zachetka.rendering.forms import FORMS, TEMPLATES
from zachetka.rendering.forms.mentions import Name, in_quotes
from zachetka.rendering.forms.record_book import FORM, Debt, RecordBookSheet, printed
from zachetka.rendering.tests import make, read

if TYPE_CHECKING:
    from zachetka.rendering.press import Press

pytestmark = pytest.mark.clause("2.5")

LONG_TITLE = ("Разработка и внедрение системы управления профессиональными рисками " * 4)[:255].strip()


def said(press: Press, sheet: RecordBookSheet) -> str:
    return read.text(press.render(FORM, printed(sheet, make.AT), make.AT).content)


@pytest.mark.parametrize("slug", sorted(FORMS))
def test_every_form_prints_its_sample_and_passes_the_gate(press: Press, slug: str) -> None:
    sample = json.loads((TEMPLATES / slug / "sample.json").read_text("utf-8"))
    pdf = press.render(FORMS[slug], sample, make.AT)
    assert gate.flaws(pdf.content) == ()


def test_the_sample_is_a_sheet_of_today() -> None:
    """The sample has exactly the fields that the contract gives."""
    sample = json.loads((TEMPLATES / FORM.slug / "sample.json").read_text("utf-8"))
    assert sample == printed(make.make_rich_sheet(), make.AT)


def test_every_field_of_the_sheet_is_printed(press: Press) -> None:
    text = said(press, make.make_rich_sheet())
    for words in (
        "ЗАЧЁТНАЯ КНИЖКА № ЗК-26-0418",
        "Ёлкин-Щеглов Семён Артёмович",
        "04.03.1988",
        "«Специалист по охране труда»",
        "профессиональная переподготовка, 576 (пятьсот семьдесят шесть) часов",
        "ПП-ОТ-26-1",
        "приказ от 12.01.2026 № 4-з",
        "12.01.2026 — 26.06.2026",
        "обучается",
        "77,5 / 100",
        "48 113 · ",
        "исправление 1",
        "Ошибка при переносе балла из ведомости № 26-118 от 10.03.2026",
        "ИАК-26-014",
        "СЗА-ПП № 000031",
        "ПП-26-0031",
        "Благодарность за разработку плана занятий",
        "Выписка верна. Методист учебного отдела",
        "Ж. И. Охтинская",
        "Подлинник зачётной книжки ведётся в электронном виде",
        "освоено 518 ч; закрыто модулей: 15 из 17",
        "страница 1 из",
    ):
        assert read.seen(words) in text, words


def test_the_birth_date_is_printed_only_when_it_is_given(press: Press) -> None:
    """п. 3.8: what the reader may not see is not on the sheet at all."""
    text = said(press, make.make_rich_sheet(holder_birth_date=None))
    assert "Датарождения" not in text
    assert "04.03.1988" not in text


@pytest.mark.clause("2.4")
def test_the_sheet_says_that_it_is_an_extract(press: Press) -> None:
    text = said(press, make.make_sheet())
    assert "выпискаизэлектроннойзачётнойкнижкипосостояниюна25.06.2026" in text
    assert "(п.2.4Положения" in text
    assert "этавыпискаегонезаменяет" in text


def test_the_past_is_announced_by_a_strip(press: Press) -> None:
    strip = "Состояниена24.06.2026.Записей,внесённыхпослеэтогодня,ввыпискенет."
    assert strip in said(press, make.make_sheet(as_of=date(2026, 6, 24)))
    assert "Записей,внесённых" not in said(press, make.make_sheet())


def test_a_credited_result_names_the_protocol_instead_of_a_teacher(press: Press) -> None:
    text = said(press, make.make_rich_sheet())
    assert "зачтеноранееперезачёткомиссия,протоколот19.01.2026№ЗР-26-007" in text


def test_a_correction_shows_both_marks_both_people_and_both_records(press: Press) -> None:
    sheet = make.make_rich_sheet()
    text = said(press, sheet)
    one = sheet.corrections[0]
    for record in (one.old_record, one.new_record):
        assert record
        assert f"{record.number // 1000}{record.number % 1000}·{record.sha256[:8]}" in text
    assert "68/100,удовлетворительно77,5/100,хорошо" in text
    assert "СнегирёваМ.Д.КотовА.Л.11.03.202610:14МСК" in text


def test_every_attempt_stands_on_a_line_of_its_own(press: Press) -> None:
    text = said(press, make.make_rich_sheet())
    assert "неудовлетворительноСнегирёваМ.Д." in text
    assert "210.03.202677,5/100хорошоисправление1" in text


def test_what_does_not_exist_is_said_in_words(press: Press) -> None:
    text = said(press, make.make_sheet())
    assert (
        "На25.06.2026неимеется:академическихзадолженностей,исправлений,результатовитоговойаттестации,выданныхдокументов."
    ) in text
    assert "Поощрения" not in text


def test_a_module_still_ahead_has_dashes_and_no_empty_cells(press: Press) -> None:
    text = said(press, make.make_sheet(modules=(make.make_module(attempts=()),)))
    assert "64экзамен" + "—" * 6 + "Всего" in text


@pytest.mark.parametrize("modules", [1, 12, 200])
def test_any_number_of_modules_has_as_many_rows_and_a_number_on_each_page(press: Press, modules: int) -> None:
    """H9; and no empty rows at the end, into which something could be written."""
    pdf = press.render(FORM, printed(make.make_sheet(modules), make.AT), make.AT)
    sheets = read.pages(pdf.content)
    assert [f"страница{page}из{len(sheets)}" in text for page, text in enumerate(sheets, 1)] == [True] * pdf.pages
    assert all("ЗачётнаякнижкаЗК-26-0418·Ёлкин-ЩегловС.А." in text.replace("№", "") for text in sheets[1:])
    assert all("Дисциплина,модуль,практика" in text for text in sheets[:-1])
    assert read.tags(pdf.content).count("/TR") == modules + 2  # the head and the total


def test_the_longest_names_and_titles_fit_together(press: Press) -> None:
    modules = [make.make_module(index, title=LONG_TITLE) for index in range(3)]
    sheet = make.make_rich_sheet(
        holder=Name("Константинопольская-Преображенская", "Александра-Виктория", "Вели-Мухаммед оглы"),
        programme=f"{LONG_TITLE} «ё» О’Коннор",
        modules=tuple(modules),
        as_of=date(2026, 6, 24),
    )
    text = said(press, sheet)
    assert read.seen(LONG_TITLE) in text
    assert "Константинопольская-ПреображенскаяАлександра-ВикторияВели-Мухаммедоглы" in text
    assert "„ё“О’Коннор»" in text


def test_the_signature_never_stands_alone_on_a_page(press: Press) -> None:
    """Whatever the number of rows, the last table or the note is on its page."""
    for modules in range(8, 15):
        sheet = make.make_rich_sheet(modules=tuple(make.make_module(index) for index in range(modules)))
        last = read.pages(press.render(FORM, printed(sheet, make.AT), make.AT).content)[-1]
        assert "Выписка" in last
        assert "Выданныйдокумент" in last
        assert "Подлинник" in last


def test_the_reader_of_a_screen_gets_headings_table_heads_and_a_described_code(press: Press) -> None:
    tags = read.tags(press.render(FORM, printed(make.make_rich_sheet(), make.AT), make.AT).content)
    assert tags.count("/H1") == 1
    assert tags.count("/H2") == tags.count("/Table") == tags.count("/THead") == 6
    assert tags.count("/TH") == 41
    assert tags.count("/Figure") == 1


def test_the_title_of_the_file_holds_no_personal_data(press: Press) -> None:
    content = press.render(FORM, printed(make.make_rich_sheet(), make.AT), make.AT).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.docinfo.Title) == "Зачётная книжка № ЗК-26-0418, выписка"


@pytest.mark.parametrize(
    ("title", "quoted"),
    [
        ("Охрана труда", "«Охрана труда»"),
        ("«Охрана труда»", "«Охрана труда»"),
        ("Основы «Контракта»", "«Основы „Контракта“»"),
        ("«А» и «Б»", "«„А“ и „Б“»"),
    ],
)
def test_quotes_inside_quotes_are_of_the_other_kind(title: str, quoted: str) -> None:
    assert in_quotes(title) == quoted


def test_scores_have_a_comma_and_the_whole_beside_them() -> None:
    def score(**given: Any) -> str:
        module = replace(make.make_module(), attempts=(make.make_attempt(**given),))
        attempt: dict[str, str] = printed(make.make_sheet(modules=(module,)), make.AT)["modules"][0]["attempts"][0]
        return attempt["score"]

    assert score(score=Decimal("77.50")) == f"77,5{NBSP}/{NBSP}100"
    assert score(score=Decimal(5), score_limit=None) == "5"
    assert score(score=None) == "—"


@pytest.mark.clause("2.5", "3.8")
@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:8000", "https://check.example.org", f"https://{'a' * 60}.example.org"]
)
def test_the_address_of_the_check_is_copied_and_clicked_as_it_is(press: Press, host: str) -> None:
    address = f"{host}/verify/{make.TOKEN}"
    sheet = make.make_sheet(proof=replace(make.make_sheet().proof, address=address))
    content = press.render(FORM, printed(sheet, make.AT), make.AT).content
    assert address in read.copied(content)
    assert sheet.proof.root in read.copied(content)
    assert read.links(content) == [address]


@pytest.mark.clause("2.2", "2.5")
def test_a_mark_of_an_open_sheet_and_its_debt_are_printed_as_preliminary(press: Press) -> None:
    word = "предварительно"
    settled = make.make_sheet(modules=(make.make_module(attempts=(make.make_attempt(grade="не зачтено"),)),))
    assert word not in said(press, settled).lower()
    attempt = make.make_attempt(grade="не зачтено", is_preliminary=True)
    debt = Debt("Право", "не зачтено", make.AT.date(), make.AT.date(), 0, is_preliminary=True)
    text = said(press, make.make_sheet(modules=(make.make_module(attempts=(attempt,)),), debts=(debt,)))
    assert text.count(f"незачтено{word}") == 1
    assert f"незачтено({word})" in text
    assert read.seen("Предварительно — ведомость ещё не закрыта") in text
