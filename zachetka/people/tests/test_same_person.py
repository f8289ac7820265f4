"""One person who works here and learns here: known once, whichever came first (п. 2.1, 3.8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from tests.pages import signed_in, text_of
from zachetka.access.policy import MATRIX, Permission, Role
from zachetka.access.tests.make import make_account, make_unit
from zachetka.core.clock import now
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people.actions.registering import NAMESAKES
from zachetka.people.models import Employee, Learner, Person
from zachetka.people.subject.seen import told as told_of
from zachetka.people.tests.make import make_employee, make_learner

pytestmark = [pytest.mark.clause("2.1"), pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]


def hiring(person: Person, **other: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "last_name": person.last_name,
        "first_name": person.first_name,
        "patronymic": person.patronymic,
        "position": "лаборант",
        "hired_on": "2026-11-02",
        "unit": make_unit().pk,
        "card": str(person.uid),
    } | other


def test_an_employee_becomes_a_learner_on_their_card() -> None:
    employee, methodist = make_employee(), make_account("methodist")
    client, card = signed_in(methodist), f"/people/{employee.person.uid}/"
    assert "Внести в слушатели" in text_of(client.get(card))
    assert client.post(f"{card}learner/").headers["Location"] == card
    learner = Learner.objects.get(person=employee.person)
    assert Event.objects.of(learner).get().type == EventType.LEARNER_REGISTERED
    assert Person.objects.count() == 1
    shown = text_of(client.get(card))
    assert "Внести в слушатели" not in shown
    assert employee.position in shown
    assert employee.person.full_name in text_of(client.get("/people/"))
    assert client.post(f"{card}learner/").status_code == 409


def test_entered_by_hand_a_namesake_among_employees_is_asked_about() -> None:
    employee = make_employee(birth_date=None)
    client = signed_in(make_account("methodist"))
    typed = {
        "key": str(uuid4()),
        "last_name": employee.person.last_name,
        "first_name": employee.person.first_name,
        "patronymic": employee.person.patronymic,
        "birth_date": "1990-03-12",
    }
    answer = client.post("/people/new/", typed)
    assert answer.status_code == 422
    assert str(employee.person.uid) in text_of(answer)
    assert Person.objects.count() == 1
    assert client.post("/people/new/", typed | {"another": "on"}).status_code == 302
    assert Person.objects.count() == 2


def test_a_learner_is_hired_by_the_code_of_their_card() -> None:
    learner = make_learner()
    methodist, admin = signed_in(make_account("methodist")), signed_in(make_account("admin"))
    assert str(learner.person.uid) in text_of(methodist.get(f"/people/{learner.person.uid}/"))
    typed = hiring(learner.person)
    employee_page = admin.post("/employees/new/", typed).headers["Location"]
    employee = Employee.objects.get(person=learner.person)
    assert employee_page == f"/employees/{employee.pk}/"
    assert Event.objects.of(employee).get().type == EventType.EMPLOYEE_REGISTERED
    assert admin.post("/employees/new/", typed).headers["Location"] == employee_page, "a second sending is the same"
    assert Person.objects.count() == 1
    assert "лаборант" in text_of(methodist.get(f"/people/{learner.person.uid}/"))


@pytest.mark.clause("3.8")
def test_whoever_is_known_by_that_name_is_hired_by_their_card_or_said_to_be_another() -> None:
    learner, admin = make_learner(), signed_in(make_account("admin"))
    without = hiring(learner.person, card="", key=str(uuid4()))
    answer = admin.post("/employees/new/", without)
    assert answer.status_code == 422
    assert "код карточки" in text_of(answer)
    assert 'name="another"' in answer.content.decode()
    assert str(learner.person.uid) not in text_of(answer), "whoever hires sees no cards"
    assert (Person.objects.count(), Employee.objects.count()) == (1, 0)
    assert admin.post("/employees/new/", without | {"another": "on"}).status_code == 302
    assert (Person.objects.count(), Employee.objects.count()) == (2, 1)
    nobody = hiring(learner.person, card="", last_name="Иначев", key=str(uuid4()))
    assert admin.post("/employees/new/", nobody).status_code == 302, "the control: nobody has that name"


@pytest.mark.clause("3.8")
def test_that_a_name_is_known_is_a_look_at_its_bearer_and_is_told_a_few_times_an_hour() -> None:
    learner, other, account = make_learner(), make_learner(last_name="Иначев"), make_account("admin")
    admin = signed_in(account)

    def sent(person: Person, **more: Any) -> int:
        return admin.post("/employees/new/", hiring(person, card="", **more)).status_code

    with time_machine.travel(now(), tick=False) as clock:
        for name in ("Первов", "Вторых"):
            assert sent(learner.person, last_name=name) == 302
        assert not Event.objects.filter(type=EventType.PERSON_FOUND).exists(), "the control: nobody has that name"
        for told in range(1, NAMESAKES.tries + 1):
            assert sent(learner.person) == 422
            (*_, look) = looks = list(Event.objects.filter(type=EventType.PERSON_FOUND).order_by("pk"))
            assert len(looks) == told
        assert (look.actor, look.subject_uid) == (account, learner.person.uid)
        assert look.body == {"field": "name", "roles": ["admin"]}
        (seen,) = told_of([look])
        assert "имя" in seen.what
        assert MATRIX[Permission.EMPLOYEE_EDIT][Role.ADMIN].basis in seen.why, "by which line they asked"
        for person, name in ((other.person, "Иначев"), (learner.person, "Третьих")):
            assert sent(person, last_name=name) == 429, "known or not, the answer is the same"
        assert sent(learner.person, another="on") == 302, "whoever has asked the methodist goes on"
        clock.shift(NAMESAKES.window + timedelta(seconds=1))
        assert sent(learner.person, last_name="Третьих") == 302


@pytest.mark.clause("3.8")
def test_a_code_and_a_name_that_disagree_say_the_same_as_no_card() -> None:
    learner, admin = make_learner(), signed_in(make_account("admin"))
    other = admin.post("/employees/new/", hiring(learner.person, last_name="Иначев"))
    none = admin.post("/employees/new/", hiring(learner.person, card=str(uuid4())))
    assert other.status_code == none.status_code == 422
    assert other.context["form"].errors["card"] == none.context["form"].errors["card"]
    assert admin.post("/employees/new/", hiring(learner.person, card="что-то")).status_code == 422
    assert not Employee.objects.exists()


@pytest.mark.clause("3.8")
def test_who_works_here_already_or_has_left_is_not_said_to_be_hired() -> None:
    employee, admin = make_employee(), signed_in(make_account("admin"))
    again = admin.post("/employees/new/", hiring(employee.person, position="начальник отдела"))
    assert again.status_code == 422
    assert "уже внесён в работники" in text_of(again)
    Employee.objects.filter(pk=employee.pk).update(left_on="2026-11-10")
    same = {"position": employee.position, "hired_on": str(employee.hired_on), "unit": employee.unit_id}
    again = admin.post("/employees/new/", hiring(employee.person, **same))
    assert again.status_code == 422
    assert "уволен 10.11.2026" in text_of(again)
    employee.refresh_from_db()
    assert (employee.position, str(employee.left_on)) == (same["position"], "2026-11-10")


@pytest.mark.clause("3.8")
def test_neither_is_done_by_others_or_to_oneself() -> None:
    employee = make_employee()
    for role in ("admin", "security", "teacher", "registrar", "head", "learner"):
        assert signed_in(make_account(role)).post(f"/people/{employee.person.uid}/learner/").status_code == 403
    me = make_account("methodist", person_uid=employee.person.uid)
    assert signed_in(me).post(f"/people/{employee.person.uid}/learner/").status_code == 422
    learner = make_learner()
    self_made = signed_in(make_account("admin", person_uid=learner.person.uid))
    assert self_made.post("/employees/new/", hiring(learner.person)).status_code == 422
    assert signed_in(make_account("methodist")).post("/employees/new/", hiring(learner.person)).status_code == 403
    assert Learner.objects.count() == 1
