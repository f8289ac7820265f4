"""What an order says on paper (273-ФЗ ст. 53, 59, 61)."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from zachetka.access.tests.make import make_account
from zachetka.learning.models import Enrolment, Order
from zachetka.learning.order_text import OrderText, order_text
from zachetka.learning.queries.orders import order_page
from zachetka.learning.tests.make import NOON, make_cohort, make_order
from zachetka.people.actions import Schooling, add_education, change_name
from zachetka.people.tests.make import make_learner
from zachetka.programs.tests.make import make_program_version


def read(order: Order) -> OrderText:
    shown = order_page(make_account("head"), order.pk).get()
    return order_text(
        shown, {one.learner_id: one for one in Enrolment.objects.filter(cohort=order.cohort)}, today=NOON.date()
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.clause("273-ФЗ ст. 53")
def test_an_order_of_enrolment_names_the_programme_the_term_and_the_record_books(db: None) -> None:
    order = make_order(make_cohort(code="ПК-26-77"), [make_learner()], basis="договор № 5")
    text = read(order)
    assert text.headline == "О зачислении слушателей"
    assert "частью 1 статьи 53" in text.preamble
    assert plain(text.first_point).startswith(
        "Зачислить с 7 сентября 2026 г. в группу ПК-26-77 для обучения по программе повышения квалификации "
        "«Специалист в сфере закупок» объёмом 36 (тридцать шесть) часов"
    )
    assert [one.book for one in text.people] == ["ЗК-26-0001"]
    assert text.basis == "договор № 5"
    assert text.signed


@pytest.mark.clause("2.1")
def test_an_issued_order_keeps_the_name_of_its_day(db: None) -> None:
    learner = make_learner(last_name="Соколова", first_name="Анна", patronymic="Дмитриевна")
    order = make_order(make_cohort(), [learner])
    change_name(
        learner.person, last_name="Белова", first_name="Анна", patronymic="Дмитриевна", valid_from=date(2026, 10, 1),
        basis="свидетельство о браке", actor=make_account("methodist"), at=NOON,
    )  # fmt: skip
    assert [one.name for one in read(order).people] == ["Соколова Анна Дмитриевна"]


@pytest.mark.clause("273-ФЗ ст. 76 ч. 16")
def test_students_are_named_in_a_point_of_their_own(db: None) -> None:
    student = make_learner(last_name="Зимин", first_name="Пётр", patronymic="", education=(Schooling(level="student"),))
    text = read(make_order(make_cohort(), [student, make_learner()]))
    assert plain(text.points[1].text).endswith("(часть 16 статьи 76): Зимин П.")
    everybody = make_program_version(kind="general_development")
    assert len(read(make_order(make_cohort(everybody), [student])).points) == 2


@pytest.mark.clause("273-ФЗ ст. 61")
def test_an_order_of_withdrawal_says_its_ground(db: None) -> None:
    cohort, learner = make_cohort(), make_learner()
    make_order(cohort, [learner])
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    order = make_order(cohort, [learner], kind="withdrawal", ground="own_wish", effective_on=date(2026, 11, 23), at=at)
    text = read(order)
    assert plain(text.first_point).startswith(
        "Отчислить с 23 ноября 2026 г. по инициативе обучающегося (пункт 1 части 2 статьи 61) из группы"
    )
    assert len(text.points) == 1


@pytest.mark.clause("273-ФЗ ст. 76 ч. 16")
def test_an_issued_order_says_later_what_it_said_when_issued(db: None) -> None:
    student = make_learner(last_name="Зимин", first_name="Пётр", patronymic="", education=(Schooling(level="student"),))
    order = make_order(make_cohort(), [student])
    before = read(order)
    methodist = make_account("methodist")
    add_education(student.person, Schooling("higher", "АБ", "1", "Зимин"), actor=methodist, at=NOON)
    change_name(
        student.person, last_name="Летов", first_name="Пётр", patronymic="", valid_from=order.effective_on,
        basis="свидетельство", actor=methodist, at=NOON,
    )  # fmt: skip
    assert read(order) == before
    assert "Зимин" in before.points[1].text


@pytest.mark.clause("2.1")
def test_the_hash_of_an_issued_text_is_proved_and_kept_by_the_database(db: None) -> None:
    order = Order.objects.get(pk=make_order(make_cohort(), [make_learner()]).pk)
    assert hashlib.sha256(order.text.encode()).hexdigest() == order.text_hash == order.proven()["text_hash"]
    draft = make_order(make_cohort(), [make_learner()], approved=False)
    assert (draft.text, draft.text_hash) == ("", "")
    for text, written in (("иное", "0" * 64), ("", "0" * 64), ("иное", "")):
        with pytest.raises(DatabaseError, match="order_text_is"), transaction.atomic():
            Order.objects.filter(pk=draft.pk).update(text=text, text_hash=written)
