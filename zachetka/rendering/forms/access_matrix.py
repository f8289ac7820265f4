"""The «Матрица доступа» on paper: what the caller fills in, and the words it becomes (п. 3.8; ПП РФ № 1119, п. 13).

First the table that is read at a glance: kinds of information across roles, a letter for what is done with them. Then every
right with the line it rests on, who holds each role by which order, the roles kept apart, and what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from zachetka.core import russian
from zachetka.rendering.forms import FORMS

if TYPE_CHECKING:
    from datetime import date

    from zachetka.rendering.forms import Form

FORM: Final[Form] = FORMS["access_matrix"]
ABSENT: Final = "—"

LETTERS: Final = {
    "read": "Ч", "check": "Ч",
    "reveal": "О",
    "create": "В", "edit": "В", "import": "В", "fill": "В", "draft": "В", "admit": "В",
    "appoint": "В", "hand_over": "В",
    "answer": "В", "withdraw": "В", "settle": "З", "lift": "З", "merge": "В",
    "propose": "П", "ask": "П",
    "approve": "У", "confirm": "У", "decide": "У", "set": "У", "restore": "У", "close": "З", "review": "К",
    "open": "Э",
    "export": "Ф",
}  # fmt: skip
"""What is done → its letter in the table."""
LEGEND: Final = (
    ("Ч", "чтение"),
    ("О", "открытие скрытого под запись"),
    ("В", "ведение"),
    ("П", "предложение, представление"),
    ("У", "утверждение предложенного другим"),
    ("З", "закрытие"),
    ("К", "проверка сделанного другим"),
    ("Э", "экстренный доступ"),
    ("Ф", "выгрузка файлом"),
)
KINDS: Final = {
    "record_book": ("Результаты обучения", "Зачётная книжка"),
    "cohort_books": ("Результаты обучения", "Зачётные книжки группы разом"),
    "personal_file": ("Результаты обучения", "Личное дело слушателя"),
    "sheet": ("Результаты обучения", "Ведомости и оценки"),
    "summary": ("Результаты обучения", "Сводная ведомость группы"),
    "resit": ("Результаты обучения", "Пересдачи"),
    "excuse": ("Результаты обучения", "Уважительные причины"),
    "reopening": ("Результаты обучения", "Повторное открытие ведомостей"),
    "award": ("Результаты обучения", "Поощрения"),
    "correction": ("Результаты обучения", "Исправления оценок"),
    "cohort": ("Обучение", "Группы"),
    "order": ("Обучение", "Приказы"),
    "program": ("Обучение", "Программы и учебные планы"),
    "norm": ("Обучение", "Нормы академии"),
    "register": ("Обучение", "Книги регистрации"),
    "person": ("Люди", "Карточка человека, личные данные"),
    "subject": ("Люди", "Всё, что хранится о человеке"),
    "request": ("Люди", "Запросы субъектов данных"),
    "consent": ("Люди", "Согласия и их отзыв"),
    "destruction": ("Люди", "Уничтожение данных по актам"),
    "hold": ("Люди", "Запреты на уничтожение"),
    "double": ("Люди", "Похожие карточки"),
    "learner": ("Люди", "Вход слушателей"),
    "employee": ("Люди", "Работники"),
    "account": ("Доступ и контроль", "Учётные записи, пароли"),
    "role": ("Доступ и контроль", "Роли"),
    "emergency": ("Доступ и контроль", "Экстренный доступ"),
    "matrix": ("Доступ и контроль", "Матрица доступа"),
    "event": ("Доступ и контроль", "Журнал событий"),
    "ledger": ("Доступ и контроль", "Целостность журнала"),
    "job": ("Рабочее место", "Свои фоновые задания"),
    "notice": ("Рабочее место", "Свои уведомления"),
    "home": ("Рабочее место", "Своя страница «Сегодня»"),
    "design": ("Рабочее место", "Лист оформления"),
}
"""Noun of a permission → group and line of the table. A test in tests/architecture holds that none is forgotten."""
LIMITS: Final = {"own": "1", "taught": "2", "one": "4", "unit": "3", "all": ""}
"""How far a right reaches → its footnote."""
WIDE: Final = {"personal": "п", "personal_documents": "д"}
"""Class of fields → its letter, small beside the others."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One right of a role: `noun:verb`, its sentence, how far it reaches, what it opens, on what it rests."""

    role: str
    permission: str
    sentence: str
    scope: str
    reach: str
    fields: tuple[str, ...]
    opens: str
    basis: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a role, and by which order."""

    role: str
    name: str
    position: str
    unit: str
    order: str
    term: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since the approved edition, in words."""

    change: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved it and when; the day in the words of a paper."""

    position: str
    name: str
    day: date
    edition: int
    sha256: str


@dataclass(frozen=True, slots=True)
class AccessMatrixSheet:
    """Everything the matrix prints.

    Attributes:
        roles: (code, name) in the order of the columns.
        approval: None while nobody has approved this content: then the place is left for a pen.
        standing: a sentence for the strip when it is not the approved one, "" otherwise.
        compared: with what `differences` compare, «с редакцией № 3», "" when there is nothing to compare with.
        proposed_by: position and name of who put it, None for the matrix of now.
    """

    organization: tuple[str, ...]
    organization_short: str
    as_of: date
    roles: tuple[tuple[str, str], ...]
    grants: tuple[Grant, ...]
    emergency: tuple[Grant, ...]
    holders: tuple[Holder, ...]
    pairs: tuple[tuple[str, str], ...]
    differences: tuple[Difference, ...] = ()
    compared: str = ""
    approval: Approval | None = None
    standing: str = ""
    head: tuple[str, str] | None = None
    proposed_by: tuple[str, str] | None = None


def printed(sheet: AccessMatrixSheet) -> dict[str, Any]:
    """Return the words of the sheet, ready for `Press.render`.

    Raises:
        KeyError: a right whose noun or verb has no place in the table.
    """
    names = dict(sheet.roles) | {grant.role: "экстренный доступ" for grant in sheet.emergency}
    return {
        "organization": list(sheet.organization),
        "organization_short": sheet.organization_short,
        "as_of": russian.date_digits(sheet.as_of),
        "standing": sheet.standing,
        "approval": _approval(sheet),
        "roles": [name for _, name in sheet.roles],
        "groups": _groups(sheet),
        "legend": [{"letter": letter, "words": words} for letter, words in LEGEND],
        "rights": [
            {
                "role": names[role][:1].upper() + names[role][1:],
                "rows": [[one.sentence, one.reach, one.opens or ABSENT, one.basis] for one in rows],
            }
            for role, rows in (
                (role, list(rows)) for role, rows in groupby((*sheet.grants, *sheet.emergency), lambda one: one.role)
            )
        ],
        "holders": [
            [one.role, one.name, one.position or ABSENT, one.unit, one.order, one.term] for one in sheet.holders
        ],
        "pairs": [list(pair) for pair in sheet.pairs],
        "compared": sheet.compared,
        "differences": [[one.change, one.what, one.before, one.after] for one in sheet.differences],
        "proposed_by": sheet.proposed_by and {"position": sheet.proposed_by[0], "name": sheet.proposed_by[1]},
    }


def _approval(sheet: AccessMatrixSheet) -> dict[str, Any]:
    given = sheet.approval
    if given is None:
        position, name = sheet.head or ("Руководитель", "")
        return {"position": position, "name": name, "day": "", "edition": "", "sha256": ""}
    return {
        "position": given.position,
        "name": given.name,
        "day": russian.date_words(given.day),
        "edition": f"Редакция № {given.edition}, утверждена в системе",
        "sha256": given.sha256,
    }


def _groups(sheet: AccessMatrixSheet) -> list[dict[str, Any]]:
    by_cell: dict[tuple[str, str], list[Grant]] = {}
    for grant in sheet.grants:
        by_cell.setdefault((grant.permission.partition(":")[0], grant.role), []).append(grant)
    known = {noun for noun, _ in by_cell}
    lines = [(group, title, noun) for noun, (group, title) in KINDS.items() if noun in known]
    if missing := known - KINDS.keys():
        raise KeyError(f"no line of the matrix for {sorted(missing)}")
    return [
        {
            "title": group,
            "rows": [
                {"title": title, "cells": [_cell(by_cell.get((noun, role), ())) for role, _ in sheet.roles]}
                for _, title, noun in rows
            ],
        }
        for group, rows in groupby(lines, lambda line: line[0])
    ]


def _cell(grants: Sequence[Grant]) -> dict[str, Any]:
    """Return the letters of a cell by how far they reach, in the order of the legend, and the widest class of fields."""
    order = [letter for letter, _ in LEGEND]
    reached: dict[str, set[str]] = {}
    for one in grants:
        reached.setdefault(LIMITS[one.scope], set()).add(LETTERS[one.permission.partition(":")[2]])
    opened = {kind for one in grants for kind in one.fields}
    widest = next((letter for kind, letter in reversed(WIDE.items()) if kind in opened), "")
    parts = [
        {"letters": "".join(sorted(letters, key=order.index)), "limit": limit} for limit, letters in reached.items()
    ]
    return {"parts": parts, "opens": widest}
