"""Leaves of a personal file on paper (п. 2.5)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from zachetka.rendering import gate
from zachetka.rendering.forms import TEMPLATES
from zachetka.rendering.forms.mentions import Name, Signer
from zachetka.rendering.forms.personal_file import FORM, Leaf, Table, printed
from zachetka.rendering.tests import read
from zachetka.rendering.tests.make import AT

if TYPE_CHECKING:
    from zachetka.rendering.press import Press

pytestmark = pytest.mark.clause("2.5")

LEAF: Final = Leaf(
    organization=("Автономная некоммерческая организация", "«Северо-Западная Академия»"),
    organization_short="Северо-Западная академия ДПО",
    number="ЗК-26-0418",
    holder_short="Ёлкин-Щеглов С. А.",
    title="Внутренняя опись документов личного дела",
    subtitle="Ёлкин-Щеглов Семён Артёмович",
    facts=(("Личное дело", "№ ЗК-26-0418"), ("Составлена", "25.06.2026")),
    paragraphs=("В соответствии с частью 1 статьи 53 ПРИКАЗЫВАЮ:", "1. Зачислить с 12 января 2026 г."),
    tables=(
        Table(
            "Документы",
            ("№", "Документ", "Дата", "Файл", "Листов", "SHA-256"),
            (9, 0, 20, 38, 13, 36),
            tuple(
                (str(n), f"Выписка из приказа № {n}", "25.06.2026", f"{n:02} Приказ {n}-з.pdf", "", "a1" * 32)
                for n in range(1, 6)
            ),
        ),
        Table("Пусто", ("Что",), (0,), ()),
    ),
    closing=("В опись внесено 5 (пять) документов.",),
    signers=(Signer("Методист учебного отдела", Name("Охтинская", "Жанна", "Игоревна")),),
)


def test_the_sample_is_a_leaf_of_today() -> None:
    assert json.loads((TEMPLATES / FORM.slug / "sample.json").read_text("utf-8")) == printed(LEAF)


def test_every_field_is_printed_an_empty_cell_is_a_dash_and_an_empty_table_is_left_out(press: Press) -> None:
    pdf = press.render(FORM, printed(LEAF), AT)
    text = read.text(pdf.content)
    for words in ("ВНУТРЕННЯЯ ОПИСЬ", "Ёлкин-Щеглов Семён Артёмович", "ПРИКАЗЫВАЮ", "01 Приказ 1-з.pdf", "a1" * 32,
                  "В опись внесено 5 (пять) документов.", "Ж. И. Охтинская", "—"):  # fmt: skip
        assert read.seen(words) in text.replace("\u2060", ""), words
    assert "Пусто" not in text
    assert gate.flaws(pdf.content) == ()


@pytest.mark.parametrize("rows", [0, 1, 20, 60])
def test_any_number_of_rows_keeps_the_signature_with_the_closing_record(press: Press, rows: int) -> None:
    table = Table("Документы", ("№", "Документ"), (9, 0), tuple((str(n), "Выписка") for n in range(rows)))
    pages = read.pages(press.render(FORM, printed(replace(LEAF, tables=(table,))), AT).content)
    assert "Вописьвнесено" in pages[-1]
    assert "подпись" in pages[-1]
    assert all("Личноедело№ЗК-26-0418" in page.replace("\u2060", "") for page in pages[1:])
