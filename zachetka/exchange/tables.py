"""What another system tells → a table as a person would hand it in: the same bytes for the same data (п. 2.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from zachetka.exchange.moodle import Grades, Item, User
from zachetka.people.intake.columns import TITLES, Field, by_title
from zachetka.rendering.xlsx import Head, csv_file

CENT: Final = Decimal("0.01")


def people_table(users: Sequence[User]) -> bytes:
    """Return a list of learners: names, address, phone, and every field of the site that a list may have.

    Moodle itself keeps neither a date of birth nor a СНИЛС: a site that needs them has fields of its own, and these are
    known by their titles, «СНИЛС», «Дата рождения», «Отчество».
    """
    titles = list(dict.fromkeys(title for user in users for title in user.more if by_title(title) is not None))
    has_patronymic = any(by_title(title) is Field.PATRONYMIC for title in titles)
    first = TITLES[Field.FIRST_NAME if has_patronymic else Field.GIVEN_NAMES]
    heads = [TITLES[Field.LAST_NAME], first, TITLES[Field.EMAIL], TITLES[Field.PHONE], *titles]
    rows = (
        [user.last_name, user.first_name, user.email, user.phone, *(user.more.get(title, "") for title in titles)]
        for user in users
    )
    return csv_file([Head(title) for title in heads], rows)


def marks_table(grades: Grades) -> bytes:
    """Return a gradebook: who, then a column for each graded item with its maximum in the title."""
    people = ("Имя", "Фамилия", "Индивидуальный номер", "Адрес электронной почты")
    heads = [*people, *(_title(item) for item in grades.items)]
    rows = (
        [user.first_name, user.last_name, user.id_number, user.email, *_points(grades.items, given)]
        for user, given in grades.rows
    )
    return csv_file([Head(title) for title in heads], rows)


def _title(item: Item) -> str:
    return item.title if item.most is None else f"{item.title} (из {_written(item.most)})"


def _points(items: Iterable[Item], given: object) -> list[str]:
    told = given if isinstance(given, dict) else {}
    return [_written(value) if (value := told.get(item.number)) is not None else "-" for item in items]


def _written(number: Decimal) -> str:
    rounded = number.quantize(CENT, rounding=ROUND_HALF_UP).normalize()
    return f"{rounded:f}".replace(".", ",")
