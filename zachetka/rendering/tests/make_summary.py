"""Builders of summary sheets; all people are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from zachetka.core.hashing import sha256
from zachetka.rendering.forms.mentions import Name, Signer
from zachetka.rendering.forms.summary_sheet import Column, Mark, Person, Proof, SummarySheet
from zachetka.rendering.tests.make import ADDRESS, AT, PLAN

GRADES: Final = (
    ("5", "отлично"), ("4", "хорошо"), ("3", "удовлетворительно"), ("2", "неудовлетворительно"), ("зач", "зачтено"),
    ("нз", "не зачтено"), ("н", "неявка"),
)  # fmt: skip
NAMES: Final = (
    "Алексеев Артём Артёмович",
    "Ёлкина-Щеглова Анна Сергеевна",
    "Константинопольская-Преображенская Александра-Виктория Святославовна",
    "Амир-заде Рустам Эльдар оглы",
    "О’Коннор Мария",
)


def make_column(index: int = 0, **given: Any) -> Column:
    title, _, control = PLAN[index % len(PLAN)]
    minimal: dict[str, Any] = {
        "title": title,
        "short": " ".join(title.split()[:2])[:40],
        "control": control,
        "marked": 20,
        "counts": (8, 7, 3, 1, 0, 0, 1),
        "average": Decimal("4.21"),
        "success": Decimal("90.0"),
        "quality": Decimal("75.0"),
    }
    return Column(**{**minimal, **given})


def make_person(index: int = 0, modules: int = 10, **given: Any) -> Person:
    marks = tuple(Mark("5432"[(index + place) % 3]) for place in range(modules))
    minimal: dict[str, Any] = {
        "name": NAMES[index % len(NAMES)],
        "marks": marks,
        "average": Decimal("4.00"),
        "debts": 0,
        "standing": "есть",
    }
    return Person(**{**minimal, **given})


def make_summary(learners: int = 20, modules: int = 10, **given: Any) -> SummarySheet:
    minimal: dict[str, Any] = {
        "organization": (
            "Автономная некоммерческая организация дополнительного профессионального образования",
            "«Северо-Западная Академия дополнительного профессионального образования и профессионального обучения»",
        ),
        "organization_short": "Северо-Западная академия ДПО",
        "city": "Санкт-Петербург",
        "cohort": "ПП-ОТ-26-1",
        "programme": "Специалист по охране труда",
        "programme_kind": "профессиональная переподготовка",
        "hours": 576,
        "form_of_study": "очно-заочная",
        "first_day": date(2026, 1, 12),
        "last_day": date(2026, 6, 26),
        "as_of": date(2026, 6, 25),
        "grades": GRADES,
        "columns": tuple(make_column(index) for index in range(modules)),
        "people": tuple(make_person(index, modules) for index in range(learners)),
        "counted": learners,
        "marked": learners,
        "admitted": learners,
        "debts": 0,
        "debtors": 0,
        "preliminary": 0,
        "average": Decimal("4.21"),
        "success": Decimal("90.0"),
        "quality": Decimal("61.5"),
        "proof": Proof(
            address=ADDRESS,
            number=48_113,
            commitment=sha256(b"content").hex(),
            compared=1_240,
            unsealed=0,
            tree_size=61_007,
            root=sha256(b"root").hex(),
            checked_at=AT,
        ),
        "signers": (
            Signer("Методист учебного отдела", Name("Охтинская", "Жанна", "Игоревна")),
            Signer("Руководитель учебного отдела", Name("Снегирёва", "Мария", "Дмитриевна")),
        ),
    }
    return SummarySheet(**{**minimal, **given})


def make_rich_summary(**given: Any) -> SummarySheet:
    """A sheet with everything: debts, attempts, a correction, a gap, somebody withdrawn."""
    sheet = make_summary()
    debtor = make_person(
        3,
        marks=(Mark("2", is_debt=True), Mark("4", attempt=2), Mark("5", is_corrected=True), None,
               Mark("3", attempt=3, is_corrected=True), Mark("нз", is_debt=True), *[Mark("зач")] * 4),
        average=Decimal("3.50"), debts=2, standing="долг",
    )  # fmt: skip
    left = make_person(4, standing="отчисление", is_left=True)
    known: dict[str, Any] = {
        "people": (debtor, left, *sheet.people[2:]),
        "counted": 19, "marked": 19, "admitted": 18, "debts": 2, "debtors": 1, "preliminary": 7,
        "proof": replace(sheet.proof, unsealed=7),
    }  # fmt: skip
    return replace(sheet, **(known | given))
