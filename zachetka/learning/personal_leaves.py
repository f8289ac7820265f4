"""What the leaves of a personal file say: card, education, extracts of orders, inventory (п. 2.5, 3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from zachetka.access.policy import FieldClass
from zachetka.core.academy import academy_on
from zachetka.core.russian import (
    Gender,
    Noun,
    count_in_words,
    date_digits,
    grouped,
    in_words,
    plural,
    surname_first,
)
from zachetka.learning.models import Award, Enrolment, Order
from zachetka.learning.order_text import OrderText
from zachetka.people.fields import PERSONAL_FIELDS, paper_shown, value_shown
from zachetka.people.rules.names import FIRST_NAME_FROM
from zachetka.rendering.forms.personal_file import Leaf, Table

if TYPE_CHECKING:
    from zachetka.people.models import EducationDocument, Person, PersonName

DOCUMENT: Final = Noun("документ", "документа", "документов", Gender.MASCULINE)
STUDENTS_POINT: Final = "Документ о квалификации выдать одновременно"
"""Beginning of the point of an order that names people; of an extract only its own person is in it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A document of the file as the inventory tells it.

    Attributes:
        pages: None for a file that is not paper.
    """

    name: str
    title: str
    dated: date
    pages: int | None
    sha256: str


def blank_leaf(enrolment: Enrolment, title: str, day: date) -> Leaf:
    """Return a leaf of the file of `enrolment` that says nothing yet; `day` is that of the paper."""
    person, academy = enrolment.learner.person, academy_on(day)
    return Leaf(
        organization=academy.lines,
        organization_short=academy.short,
        number=str(enrolment),
        holder_short=surname_first(person.last_name, person.first_name, person.patronymic),
        title=title,
    )


def _standing(enrolment: Enrolment, day: date) -> str:
    """Return the state, and of an end that has not come on `day`, what ends it and when."""
    word = enrolment.state_on(day).label
    return f"{word}, {enrolment.end_words}" if enrolment.ends_ahead(day) else word


def card_leaf(
    enrolment: Enrolment,
    *,
    day: date,
    names: Sequence[PersonName],
    opened: frozenset[FieldClass],
    awards: Sequence[Award] = (),
) -> Leaf:
    """Return the personal card: particulars by their class, only of the classes that are opened, the names, the awards."""
    person, version = enrolment.learner.person, enrolment.cohort.program_version
    own = (("Пол", person.get_sex_display()),) if FieldClass.PERSONAL in opened else ()
    return replace(
        blank_leaf(enrolment, "Личная карточка слушателя", day),
        subtitle=person.full_name,
        facts=(
            ("Личное дело", f"№ {enrolment}"),
            ("Группа", enrolment.cohort.code),
            ("Программа", f"«{version.title}», редакция {version.number}"),
            ("Обучение начато", date_digits(enrolment.started_on)),
            ("Обучение", _standing(enrolment, day)),
        ),
        tables=(
            *(
                Table(
                    f"Сведения: {kind.label}",
                    ("Что", "Значение"),
                    (45, 0),
                    (*(own if kind is FieldClass.PERSONAL else ()), *_particulars(person, kind)),
                )
                for kind in (FieldClass.PERSONAL, FieldClass.PERSONAL_DOCUMENTS)
                if kind in opened
            ),
            Table(
                "Имена",
                ("Фамилия, имя, отчество", "С какого дня", "Документ"),
                (0, 26, 62),
                tuple(
                    (str(name), _since(name.valid_from), name.basis if _opens_basis(opened) else "не раскрыт")
                    for name in names
                ),
            ),
            *((_awards(enrolment, awards),) if awards else ()),
        ),
        closing=("Раскрытие сведений карточки записано в журнал событий (п. 3.8 Положения).",),
    )


def _awards(enrolment: Enrolment, awards: Sequence[Award]) -> Table:
    """Awards of the earlier books of a chain, too, each with its number (273-ФЗ ст. 57)."""
    whence = {one.pk: f", книжка № {one.enrolment}" if one.enrolment_id != enrolment.pk else "" for one in awards}
    rows = tuple((f"{one.words}{whence[one.pk]}", date_digits(one.awarded_on), one.basis) for one in awards)
    return Table("Поощрения", ("Поощрение", "День", "Документ"), (0, 26, 62), rows)


def _since(day: date) -> str:
    """Return the first day of a name; the one with which a person came has none that anybody knows."""
    return "" if day == FIRST_NAME_FROM else date_digits(day)


def _opens_basis(opened: frozenset[FieldClass]) -> bool:
    return FieldClass.PERSONAL_DOCUMENTS in opened


def _particulars(person: Person, kind: FieldClass) -> Iterable[tuple[str, str]]:
    return ((one.label, value_shown(person, one.name)) for one in PERSONAL_FIELDS if one.kind is kind)


def education_leaf(enrolment: Enrolment, papers: Sequence[EducationDocument], *, day: date) -> Leaf:
    """Return what is recorded of the documents about the education with which the person came (273-ФЗ ст. 76 ч. 3)."""
    return replace(
        blank_leaf(enrolment, "Документ об образовании", day),
        subtitle=enrolment.learner.person.full_name,
        tables=(
            Table(
                "Сведения о документе",
                ("Уровень образования", "Документ", "Внесён"),
                (56, 0, 26),
                tuple((one.get_level_display(), paper_shown(one), f"{one.recorded_at:%d.%m.%Y}") for one in papers),
            ),
        ),
        closing=("Это сведения о документе, внесённые при зачислении; сам документ остаётся у слушателя.",),
    )


def order_leaf(enrolment: Enrolment, order: Order, said: OrderText, own_names: frozenset[str], *, day: date) -> Leaf:
    """Return the extract of an order: what it says, and of the people it names the holder of the file alone (п. 3.8)."""
    (place, own), *_ = [
        (place, one) for place, one in enumerate(said.people, 1) if one.learner_id == enrolment.learner_id
    ]
    points = [
        point
        for each in said.points
        if each.learner_id in {None, enrolment.learner_id} and (point := _own_point(each.text, own_names))
    ]
    signed = f"Приказ подписал: {said.signed.rstrip('.')}." if said.signed else ""
    return replace(
        blank_leaf(enrolment, "Выписка из приказа", day),
        subtitle=f"№ {order.number} от {order.order_date:%d.%m.%Y}",
        facts=(("О чём", said.headline), ("Основание", said.basis)),
        paragraphs=(
            f"{said.preamble} ПРИКАЗЫВАЮ:",
            f"1. {said.first_point}",
            f"1.{place}. {own.name}{f', зачётная книжка № {own.book}' if own.book else ''}.",
            *(f"{number}. {point}" for number, point in enumerate(points, 2)),
        ),
        closing=(
            *((signed,) if signed else ()),
            "Остальные лица, названные в приказе, в выписке не приведены (п. 3.8). Выписка верна.",
        ),
    )


def _own_point(point: str, own_names: frozenset[str]) -> str:
    """Return `point` without other people; "" when it is of others alone."""
    if not point.startswith(STUDENTS_POINT):
        return point
    head, _, names = point.rpartition(": ")
    own = [name for name in names.split(", ") if name in own_names]
    return f"{head}: {own[0]}" if own else ""


def inventory_leaf(enrolment: Enrolment, pieces: Sequence[Piece], *, made_on: date) -> Leaf:
    """Return the inventory of the file: what is in it, on how many sheets, with the hash of each."""
    pages = sum(piece.pages or 0 for piece in pieces)
    papers = sum(piece.pages is not None for piece in pieces)
    electronic = len(pieces) - papers
    closing = (
        f"В опись {plural(len(pieces), 'внесён', 'внесены', 'внесено')} {count_in_words(len(pieces), DOCUMENT)}; "
        f"листов — {grouped(pages)} ({in_words(pages)})"
    )
    if electronic:
        closing += f"; электронных без бумажного вида — {grouped(electronic)} ({in_words(electronic)})"
    return replace(
        blank_leaf(enrolment, "Внутренняя опись документов личного дела", made_on),
        subtitle=enrolment.learner.person.full_name,
        facts=(("Личное дело", f"№ {enrolment}"), ("Составлена", date_digits(made_on))),
        tables=(
            Table(
                "Документы",
                ("№", "Документ", "Дата", "Файл", "Листов", "SHA-256"),
                (9, 0, 20, 38, 13, 36),
                tuple(
                    (str(place), one.title, date_digits(one.dated), one.name, str(one.pages or ""), one.sha256)
                    for place, one in enumerate(pieces, 1)
                ),
            ),
        ),
        closing=(f"{closing}.",),
    )
