"""Titles are found whatever the letter, the hyphen or the case (п. 2.4)."""

from __future__ import annotations

import pytest

from zachetka.access.models import Unit
from zachetka.core.text import search_key

pytestmark = [pytest.mark.django_db, pytest.mark.clause("2.4")]


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Бухгалтерский учёт рабочего времени", "учет рабочего"),
        ("Бухгалтерский учет", "УЧЁТ"),
        ("ЭЛЕКТРОМОНТЁР", "электромонтер"),
        ("Д’Артаньян — мастер", "д'артаньян - мастер"),
    ],
)
def test_the_database_folds_a_title_as_the_search_folds_a_query(title: str, typed: str) -> None:
    Unit.objects.create(name=title)
    assert Unit.objects.filter(name__folded__contains=search_key(typed)).exists()
    assert not Unit.objects.filter(name__contains=typed).exists()  # negative control


def test_signs_of_a_pattern_in_a_query_are_only_signs() -> None:
    Unit.objects.create(name="Сто процентов")
    assert not Unit.objects.filter(name__folded__contains=search_key("с%ов")).exists()
    assert not Unit.objects.filter(name__folded__contains=search_key("ст_")).exists()
