"""Builders of filled sheets; all people are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from zachetka.core.hashing import sha256
from zachetka.rendering.forms.access_matrix import AccessMatrixSheet, Approval, Difference, Holder
from zachetka.rendering.forms.access_matrix import Grant as MatrixGrant
from zachetka.rendering.forms.mentions import Name, Record, Reference, Signer, reference
from zachetka.rendering.forms.record_book import (
    Attempt,
    Award,
    Correction,
    Debt,
    FinalAttestation,
    IssuedDocument,
    Module,
    Proof,
    RecordBookSheet,
)

AT: Final = datetime(2026, 6, 25, 13, 42, tzinfo=UTC)
TOKEN: Final = "4K7W2M9XQ3T8RVB6HN5C1DJEFA"
ADDRESS: Final = f"https://check.example.org/verify/{TOKEN}"
TEACHERS: Final = (
    Name("Котов", "Андрей", "Львович"),
    Name("Снегирёва", "Мария", "Дмитриевна"),
    Name("Алиев", "Рашад", "Вели оглы"),
)
PLAN: Final = (
    ("Правовые основы охраны труда в Российской Федерации", 64, "экзамен"),
    ("Система управления охраной труда и оценка профессиональных рисков", 72, "экзамен"),
    ("Специальная оценка условий труда", 40, "зачёт"),
    ("Производственная санитария и гигиена труда", 48, "зачёт"),
    ("Обучение и инструктирование работников, проверка знаний требований охраны труда", 36, "зачёт"),
    ("Расследование и учёт несчастных случаев и профессиональных заболеваний", 56, "экзамен"),
    ("Электробезопасность, пожарная безопасность и действия персонала в чрезвычайных ситуациях", 60, "экзамен"),
    ("Обеспечение работников средствами индивидуальной защиты и смывающими средствами", 24, "зачёт"),
    ("Документооборот и отчётность службы охраны труда", 32, "зачёт"),
    ("Экономика охраны труда. Финансирование предупредительных мер", 28, "зачёт"),
    ("Психология безопасности и культура труда", 20, "зачёт"),
    ("Надзор и контроль в сфере охраны труда", 12, "зачёт"),
    ("Организация безопасного производства работ повышенной опасности", 20, "зачёт"),
    ("Информационные системы в охране труда", 8, "зачёт"),
    ("Медицинские осмотры и психиатрические освидетельствования работников", 8, "зачёт"),
    ("Обязательное социальное страхование от несчастных случаев на производстве", 8, "зачёт"),
    ("Практика на предприятии", 30, "зачёт"),
)


def make_record(number: int) -> Record:
    return Record(number, sha256(str(number).encode()).hex())


def make_attempt(index: int = 0, **given: Any) -> Attempt:
    score = 60 + 7 * index % 40
    minimal: dict[str, Any] = {
        "number": 1,
        "day": date(2026, 2, 1) + timedelta(days=9 * index % 140),
        "grade": "отлично" if score > 84 else "хорошо",
        "is_pass": True,
        "record": make_record(48_113 + 17 * index),
        "teacher": TEACHERS[index % len(TEACHERS)],
        "score": Decimal(score),
        "score_limit": 100,
    }
    return Attempt(**{**minimal, **given})


def make_module(index: int = 0, **given: Any) -> Module:
    title, hours, control = PLAN[index % len(PLAN)]
    passed = {"grade": "зачтено", "score": None} if control == "зачёт" else {}
    minimal: dict[str, Any] = {
        "title": title,
        "hours": hours,
        "control": control,
        "attempts": (make_attempt(index, **passed),),
    }
    return Module(**{**minimal, **given})


def make_sheet(module_count: int = 1, **given: Any) -> RecordBookSheet:
    """Return a minimal sheet with so many modules and nothing that is optional."""
    minimal: dict[str, Any] = {
        "organization": (
            "Автономная некоммерческая организация дополнительного профессионального образования",
            "«Северо-Западная Академия дополнительного профессионального образования и профессионального обучения»",
        ),
        "organization_short": "АНО ДПО «СЗА ДПО и ПО»",
        "number": "ЗК-26-0418",
        "holder": Name("Ёлкин-Щеглов", "Семён", "Артёмович"),
        "programme": "Специалист по охране труда",
        "programme_kind": "профессиональная переподготовка",
        "hours": 576,
        "form_of_study": "очно-заочная, с применением дистанционных образовательных технологий",
        "cohort": "ПП-ОТ-26-1",
        "enrolment": Reference("4-з", date(2026, 1, 12)),
        "first_day": date(2026, 1, 12),
        "last_day": date(2026, 6, 26),
        "standing": "обучается",
        "as_of": date(2026, 6, 25),
        "modules": tuple(make_module(index) for index in range(module_count)),
        "proof": Proof(ADDRESS, 1284, 48_402, sha256(b"root").hex(), AT - timedelta(minutes=3)),
    }
    return RecordBookSheet(**{**minimal, **given})


def make_rich_sheet(**given: Any) -> RecordBookSheet:
    """Return a sheet with every section: retake, credit, correction, debt, final, document, award."""
    modules = [make_module(index) for index in range(len(PLAN))]
    failed = make_attempt(
        1, grade="неудовлетворительно", score=Decimal(48), is_pass=False, teacher=TEACHERS[1], day=date(2026, 2, 10)
    )
    again = make_attempt(2, number=2, grade="хорошо", score=Decimal("77.5"), correction=1, day=date(2026, 3, 10))
    modules[1] = replace(modules[1], attempts=(failed, again))
    credit = make_attempt(
        3, number=None, grade="зачтено ранее", score=None, credited_by=Reference("ЗР-26-007", date(2026, 1, 19))
    )
    modules[3] = replace(modules[3], attempts=(credit,))
    absent = make_attempt(9, grade="неявка", score=None, is_pass=False)
    modules[9] = replace(modules[9], attempts=(absent,))
    modules[16] = replace(modules[16], attempts=())
    full: dict[str, Any] = {
        "holder_birth_date": date(1988, 3, 4),
        "modules": tuple(modules),
        "corrections": (
            Correction(
                subject="Строка 2, попытка 2",
                before="68 / 100, удовлетворительно",
                after="77,5 / 100, хорошо",
                basis="Ошибка при переносе балла из ведомости № 26-118 от 10.03.2026; служебная записка № 31",
                entered_by=TEACHERS[1],
                confirmed_by=TEACHERS[0],
                at=datetime(2026, 3, 11, 7, 14, tzinfo=UTC),
                old_record=make_record(48_201),
                new_record=make_record(48_233),
            ),
        ),
        "debts": (Debt(PLAN[9][0], "неявка без уважительной причины", date(2026, 4, 26), date(2027, 4, 26), 0),),
        "final": (
            FinalAttestation(
                "Итоговая аттестационная работа",
                "защита",
                10,
                make_attempt(5, grade="отлично", score=None, day=date(2026, 6, 24)),
                "Разработка системы управления профессиональными рисками на предприятии пищевой промышленности",
                Reference("ИАК-26-014", date(2026, 6, 24)),
            ),
        ),
        "documents": (
            IssuedDocument(
                "Диплом о профессиональной переподготовке",
                "СЗА-ПП",
                "000031",
                "ПП-26-0031",
                date(2026, 6, 25),
                "выдан",
                make_record(48_401),
            ),
        ),
        "awards": (
            Award(
                "Благодарность за разработку плана занятий", f"приказ {reference(Reference('17-у', date(2026, 5, 20)))}"
            ),
        ),
        "signer": Signer("Методист учебного отдела", Name("Охтинская", "Жанна", "Игоревна")),
    }
    return make_sheet(**{**full, **given})


def make_matrix_sheet(**given: Any) -> AccessMatrixSheet:
    """Return a small matrix with everything a matrix may print."""
    head, teacher = ("head", "руководитель"), ("teacher", "преподаватель")
    known: dict[str, Any] = {
        "organization": ("АНО ДПО", "«Северо-Западная Академия»"),
        "organization_short": "Северо-Западная академия ДПО",
        "as_of": date(2026, 6, 25),
        "roles": (teacher, head),
        "grants": (
            MatrixGrant(
                "teacher", "sheet:read", "видеть ведомости", "taught", "группы, в которых преподаёт", (), "",
                "ДИ преподавателя, п. 2.2",
            ),
            MatrixGrant(
                "teacher", "sheet:fill", "вносить оценки в свою ведомость", "taught", "группы, в которых преподаёт", (), "",
                "ДИ преподавателя, п. 2.2",
            ),
            MatrixGrant(
                "teacher", "home:read", "видеть свою страницу «Сегодня»", "own", "только о себе", (), "", "Положение, п. 2.4"
            ),
            MatrixGrant(
                "head", "person:read", "видеть карточку человека", "all", "вся академия", ("personal",), "персональные",
                "ДИ руководителя, п. 2.1",
            ),
        ),
        "emergency": (
            MatrixGrant(
                "emergency",
                "person:read",
                "видеть карточку человека",
                "one",
                "один названный слушатель, не больше часа",
                ("personal",),
                "персональные",
                "Порядок экстренного доступа, п. 2",
            ),
        ),
        "holders": (
            Holder(
                "преподаватель", "Ёлкин-Щеглов Семён Артёмович", "доцент", "вся академия", "№ 3-к от 09.01.2026",
                "с 09.01.2026 по 31.12.2026",
            ),
        ),
        "pairs": (("администратор системы", "руководитель"),),
        "differences": (Difference("добавлено", "Преподаватель: Ёлкин-Щеглов Семён Артёмович", "—", "доцент"),),
        "compared": "от утверждённой: редакция № 2",
        "approval": Approval("Директор", "К. А. Северцев", date(2026, 6, 24), 3, "7" * 64),
        "proposed_by": ("Администратор безопасности", "А. С. Громова"),
    }  # fmt: skip
    return AccessMatrixSheet(**(known | given))
