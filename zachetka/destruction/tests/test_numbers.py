"""The numbers of the act and of the extract are given by the books, in the action and in the database (п. 2.5; 152-ФЗ ст. 21)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from zachetka.destruction.actions import acts
from zachetka.destruction.actions.acts import ACTS, EXTRACTS
from zachetka.destruction.models import Act
from zachetka.destruction.paper import content_of
from zachetka.destruction.tests.make import make_done, make_withdrawn
from zachetka.registers.actions import Book, enter

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.5", "152-ФЗ ст. 21")]


def entering(written: Callable[[Book, str], str]) -> Callable[..., Sequence[Any]]:
    """Enter a paper into its book, and call it by another number."""

    def instead(book: Book, rows: Sequence[Any], **given: Any) -> Sequence[Any]:
        return [SimpleNamespace(written=written(book, one.written)) for one in enter(book, rows, **given)]

    return instead


def test_both_papers_of_an_act_are_numbered_by_their_own_books():
    act = make_done(make_withdrawn())
    assert (act.number, act.extract_number) == ("АУ-26-0001", "ВЖ-26-0001")
    assert (act.content["number"], act.content["extract_number"]) == ("АУ-26-0001", "ВЖ-26-0001")


@pytest.mark.parametrize(
    "written",
    [
        lambda book, number: "ВЖ-26-9999" if book is EXTRACTS else number,
        lambda book, number: "АУ-26-9999" if book is ACTS else number,
        lambda book, number: number.replace("ВЖ", "АУ").replace("0001", "0002") if book is EXTRACTS else number,
        lambda _book, number: {"АУ-26-0001": "ВЖ-26-0001", "ВЖ-26-0001": "АУ-26-0001"}[number],
    ],
    ids=["a typed number of the extract", "a typed number of the act", "of the like", "of each other"],
)
def test_the_database_takes_no_number_that_no_book_gave(
    written: Callable[[Book, str], str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(acts, "enter", entering(written))
    with pytest.raises(IntegrityError, match="даёт журнал регистрации, каждой бумаге свой"), transaction.atomic():
        make_done(make_withdrawn())
    monkeypatch.setattr(acts, "enter", entering(lambda _book, number: number))
    assert make_done(make_withdrawn("calls", phone="+79001110000")).state == Act.State.APPROVED  # the control


def test_a_paper_does_not_print_another_number_than_the_act_has(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(acts, "content_of", lambda *given: content_of(*given) | {"extract_number": "ВЖ-26-0007"})
    with pytest.raises(IntegrityError, match="даёт журнал регистрации"), transaction.atomic():
        make_done(make_withdrawn())
