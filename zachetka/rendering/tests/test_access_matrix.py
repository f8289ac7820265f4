"""The «Матрица доступа» on paper: what it must say (п. 3.8; ПП РФ № 1119, п. 13)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from zachetka.rendering.forms import TEMPLATES
from zachetka.rendering.forms.access_matrix import FORM, AccessMatrixSheet, printed
from zachetka.rendering.tests import make, read

if TYPE_CHECKING:
    from zachetka.rendering.press import Press

pytestmark = pytest.mark.clause("3.8")


def said(press: Press, sheet: AccessMatrixSheet) -> str:
    return read.text(press.render(FORM, printed(sheet), make.AT).content)


def test_the_sample_is_a_sheet_of_today() -> None:
    sample = json.loads((TEMPLATES / FORM.slug / "sample.json").read_text("utf-8"))
    assert sample == printed(make.make_matrix_sheet())


def test_every_field_of_the_sheet_is_printed(press: Press) -> None:
    text = said(press, make.make_matrix_sheet())
    for words in (
        "МАТРИЦА ДОСТУПА к сведениям",
        "УТВЕРЖДАЮ",
        "К. А. Северцев",
        "24 июня 2026",
        "Редакция № 3, утверждена в системе",
        "7" * 64,
        "Ведомости и оценки",
        "ЧВ2",
        "Ёлкин-Щеглов Семён Артёмович",
        "№ 3-к от 09.01.2026",
        "с 09.01.2026 по 31.12.2026",
        "вносить оценки в свою ведомость",
        "ДИ преподавателя, п. 2.2",
        "администратор системы",
        "Отличия от утверждённой: редакция № 2",
        "добавлено",
        "А. С. Громова",
        "страница 1 из",
    ):
        assert read.seen(words) in text, words


def test_what_is_not_approved_says_so_and_leaves_the_place_for_a_pen(press: Press) -> None:
    project = make.make_matrix_sheet(
        approval=None, standing="Проект: «Матрицу доступа» ещё не утверждали.", proposed_by=None
    )
    text = said(press, project)
    assert read.seen("Проект: «Матрицу доступа» ещё не утверждали.") in text
    assert "утвержденавсистеме" not in text
    assert "7" * 64 not in text


def test_what_was_typed_is_printed_and_never_computed(press: Press) -> None:
    """A name is data: H1–H4 of the corpus on this form too."""
    sheet = make.make_matrix_sheet()
    holder = replace(sheet.holders[0], name='#read("secret") $x$ *_<', position="[= #panic()")
    text = said(press, make.make_matrix_sheet(holders=(holder,)))
    assert read.seen('#read("secret") $x$ *_<') in text
    assert read.seen("[= #panic()") in text


def test_a_right_without_a_place_is_not_left_out_silently() -> None:
    sheet = make.make_matrix_sheet()
    stray: Any = replace(sheet.grants[0], permission="blank:read")
    with pytest.raises(KeyError, match="blank"):
        printed(replace(sheet, grants=(*sheet.grants, stray)))


def test_a_head_of_rows_never_stands_alone_at_the_foot(press: Press) -> None:
    """However many rows stand before it: rights are taken away one after another, so each head comes by the foot."""
    sheet = make.make_matrix_sheet()
    told = printed(sheet)
    titles = [read.seen(group["title"]) for group in told["groups"]]
    ends = []
    for more in range(12):
        longer = told["groups"][0] | {"rows": told["groups"][0]["rows"] + told["groups"][1]["rows"][:1] * (8 + more)}
        paper = press.render(FORM, told | {"groups": [longer, *told["groups"][1:]]}, make.AT).content
        first = read.pages(paper)[0].partition("ФормаМД")[0]
        ends.append(first)
    assert not [title for title in titles for first in ends if first.endswith(title)]
    assert len({first[-20:] for first in ends}) > 1, "the foot of the page wandered over the rows"
