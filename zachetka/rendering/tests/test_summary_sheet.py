"""The summary sheet on paper: what it must say, whatever its size (п. 2.2, 2.5)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pikepdf
import pytest

from zachetka.core.russian import NBSP
from zachetka.rendering.forms import TEMPLATES
from zachetka.rendering.forms.summary_sheet import FORM, Mark, SummarySheet, printed
from zachetka.rendering.tests import read
from zachetka.rendering.tests.make import AT
from zachetka.rendering.tests.make_summary import NAMES, make_column, make_person, make_rich_summary, make_summary

if TYPE_CHECKING:
    from zachetka.rendering.press import Press

pytestmark = pytest.mark.clause("2.5")


def said(press: Press, sheet: SummarySheet) -> list[str]:
    return read.pages(press.render(FORM, printed(sheet, AT), AT).content)


def test_the_sample_is_a_sheet_of_today() -> None:
    sample = json.loads((TEMPLATES / FORM.slug / "sample.json").read_text("utf-8"))
    assert sample == printed(make_rich_summary(), AT)


@pytest.mark.clause("1.3", "2.2")
def test_a_transfer_is_counted_as_a_transfer(press: Press) -> None:
    sheet = make_rich_summary()
    moved = replace(sheet.people[1], standing="перевод", is_moved=True)
    text = "".join(said(press, replace(sheet, people=(sheet.people[0], moved, *sheet.people[2:]))))
    assert read.seen("из них переведены в другую группу: 1 (один), в итогах не учтены") in text
    assert read.seen("отчислены") not in text


@pytest.mark.clause("2.2")
def test_every_field_of_the_sheet_is_printed(press: Press) -> None:
    text = "".join(said(press, make_rich_summary()))
    for words in (
        "СВОДНАЯ ВЕДОМОСТЬ УСПЕВАЕМОСТИ ГРУППЫ",
        "«25» июня 2026 г.",
        "г. Санкт-Петербург",
        "№ 48 113",
        "профессиональная переподготовка, 576 (пятьсот семьдесят шесть) часов",
        "12.01.2026 — 26.06.2026",
        "Всего слушателей: 20 (двадцать)",
        "из них отчислены до завершения обучения: 1 (один)",
        "допуск к итоговой аттестации есть у 18 (восемнадцать)",
        "академическую задолженность имеют 1 (один), долгов 2 (два)",
        "Успеваемость — 90 %, качество — 61,5 % (из 19 слушателей с оценками)",
        "5 — отлично, 4 — хорошо",
        "2 — вторая попытка; 3 — третья попытка; и — оценка исправлена двумя лицами",
        "Предварительных оценок, ведомости которых ещё не закрыты: 7",
        "Сверено с журналом записей: 1240, ещё не закреплены оценок: 7",
        "Состояние журнала: 61 007 записей",
        "Методист учебного отдела",
        "М. Д. Снегирёва",
    ):
        assert read.seen(words) in text, words


def test_the_signs_above_a_mark_are_explained_only_when_there_are_any() -> None:
    assert not [note for note in printed(make_summary(), AT)["legend"] if "Знак над оценкой" in note]
    corrected = make_person(marks=(Mark("5", is_corrected=True),))
    (note,) = [n for n in printed(replace(make_summary(1, 1), people=(corrected,)), AT)["legend"] if "Знак" in n]
    assert note == "Знак над оценкой: и — оценка исправлена двумя лицами, прежняя запись сохраняется."


@pytest.mark.parametrize("people", [0, 1, 16, 17, 18, 19, 20, 60])
def test_the_head_is_on_every_page_of_the_sheet_and_the_signatures_are_never_alone(press: Press, people: int) -> None:
    pages = said(press, make_summary(people))
    assert [f"страница{page}из{len(pages)}" in text for page, text in enumerate(pages, 1)] == [True] * len(pages)
    for text in pages[1:]:
        assert "Своднаяведомость№48113,группаПП-ОТ-26-1" in text.replace("\u2060", "")
    with_rows = [text for text in pages if any(read.seen(name) in text for name in NAMES)]
    assert all("Фамилия,имя,отчество" in text for text in with_rows)
    assert "подпись" in pages[-1]
    assert "Всегослушателей" in pages[-1]


@pytest.mark.parametrize("columns", [1, 20, 21, 45])
def test_more_modules_than_fit_across_go_on_below(press: Press, columns: int) -> None:
    sheet = make_summary(3, columns)
    blocks = printed(sheet, AT)["blocks"]
    assert [len(block["short"]) for block in blocks] == {1: [1], 20: [20], 21: [20, 1], 45: [20, 20, 5]}[columns]
    assert [block["is_last"] for block in blocks] == [False] * (len(blocks) - 1) + [True]
    text = "".join(said(press, sheet))
    assert text.count("Допуск") >= 1
    assert ("Дисциплины21" in text) == (columns > 20)


def test_a_thousand_by_twenty_is_printed_with_its_head_on_every_page(press: Press) -> None:
    pdf = press.render(FORM, printed(make_summary(1000, 20), AT), AT)
    assert 40 <= pdf.pages <= 60
    with pikepdf.open(io.BytesIO(pdf.content)) as opened:
        assert len(opened.pages) == pdf.pages


def test_the_longest_names_and_titles_fit_together(press: Press) -> None:
    long = ("Разработка и внедрение системы управления профессиональными рисками " * 4)[:255].strip()
    columns = tuple(
        make_column(index, title=long, short="Электробезопасность и пожаробезопасность"[:40]) for index in range(20)
    )
    text = "".join(said(press, make_summary(5, 20, columns=columns, programme=f"{long} «ё»", as_of=date(2026, 6, 1))))
    assert read.seen(long) in text
    assert "Константинопольская" in text
    assert "Состояниена01.06.2026" in text


def test_the_same_sheet_gives_the_same_bytes_and_names_nobody_in_its_title(press: Press) -> None:
    first, again = (press.render(FORM, printed(make_rich_summary(), AT), AT).content for _ in range(2))
    assert first == again
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert str(pdf.docinfo.Title) == "Сводная ведомость группы ПП-ОТ-26-1"


def test_percents_have_a_comma_and_what_there_is_none_of_has_a_dash() -> None:
    sheet = printed(make_summary(modules=1), AT)
    assert sheet["by_module"][0]["success"] == f"90{NBSP}%"
    none = printed(make_summary(0, 1, success=None, quality=None, average=None), AT)
    assert "Успеваемость — —" in none["total"][1]


@pytest.mark.clause("2.2")
def test_a_mark_of_an_open_sheet_is_marked_and_explained_as_preliminary() -> None:
    person = make_person(modules=1, marks=(Mark("2", is_debt=True, is_preliminary=True),))
    sheet = printed(replace(make_summary(1, 1), people=(person,), preliminary=1), AT)
    assert sheet["blocks"][0]["rows"][0]["cells"] == [{"text": "2", "above": "п", "is_debt": True}]
    assert "Знак над оценкой: п — предварительно, ведомость ещё не закрыта." in sheet["legend"]
