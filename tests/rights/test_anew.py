"""What cannot be taken back is asked anew: every such form that a role is shown, in the demo academy (п. 3.8; ASVS 7.5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import count
from typing import Any, Final, NamedTuple

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from pytest_django import Settings

from tests.academy import PASSWORD, Academy
from tests.corpus.crawl import pages
from tests.corpus.forms import Forms
from tests.corpus.spoiling import snapshot
from tests.corpus.test_forms import shape
from tests.rights.descriptions import ASKED_ANEW
from zachetka.access.models import Account
from zachetka.access.policy import ANEW, MATRIX, Permission, Role
from zachetka.access.tests.make import make_account
from zachetka.core.clock import legal_date, now
from zachetka.destruction.tests.make import make_act, make_withdrawn
from zachetka.learning.actions.orders import submit_order
from zachetka.learning.models import Correction, MarkSheet, Order
from zachetka.learning.tests.make import make_cohort, make_order
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.people import actions
from zachetka.people.actions import factors, passwords
from zachetka.people.actions.emergency import Wanted, open_emergency
from zachetka.people.actions.matrix import propose_matrix
from zachetka.people.actions.roles import Basis
from zachetka.people.models import Person
from zachetka.people.tests.make import make_learner
from zachetka.people.tests.test_factors import code, with_app

pytestmark = [pytest.mark.clause("3.8"), pytest.mark.timeout(600)]

DECIDING = ("methodist", "head", "admin", "security", "privacy")
CHOICE = re.compile(r'<input type="(?:radio|checkbox)" name="(?P<name>[\w-]+)" value="(?P<value>[^"]+)"')
DAYS = ("date", "since", "_on", "_day", "valid_from", "valid_to")


class Found(NamedTuple):
    """A form that does what cannot be taken back."""

    permission: Permission
    address: str
    fields: dict[str, str]


@pytest.fixture(autouse=True)
def _five_minutes(academy: Academy, settings: Settings) -> None:
    settings.CONFIRMATION_TERM = timedelta(minutes=5)


def long_ago(client: Client) -> Client:
    """Let it be six minutes since whoever has this session proved who they are."""
    session = client.session
    session["confirmed_at"] = now().timestamp() - 360
    session.save()
    return client


def filled(fields: dict[str, str]) -> dict[str, str]:
    """Fill in what is empty with what such a field takes."""
    day = f"{legal_date(now()):%d.%m.%Y}"
    typed = {name: day if name.endswith(DAYS) else "Проверка" for name in fields} | {
        "birth_date": "14.03.1990",
        "number": "20",
    }
    return {name: value or typed[name] for name, value in fields.items() if name != "csrf"}


def chosen(text: str) -> dict[str, str]:
    """Return the first value of each choice on a page: whoever decides presses something."""
    return {found["name"]: found["value"] for found in reversed([*CHOICE.finditer(text)])}


def permissions_of(address: str) -> tuple[Permission, ...]:
    try:
        return tuple(getattr(resolve(address).func, "permissions", ()))
    except Resolver404:
        return ()


def irreversible(client: Client, held: set[Permission]) -> Iterator[Found]:
    """Yield each form, one of a shape, all of whose permissions that its reader holds are asked anew."""
    seen = set[str]()
    for address, text, _ in pages(client):
        forms = Forms(text)
        for (action, fields), options in zip(forms.found, forms.choices, strict=True):
            target = (action or address).partition("?")[0]
            used = set(permissions_of(target)) & held
            if used and used <= ANEW.keys() and shape(target) not in seen:
                seen.add(shape(target))
                picked = {
                    name: next(filter(None, values), "") for name, values in options.items() if not fields.get(name)
                }
                yield Found(min(used), target, chosen(text) | filled(fields | picked))


def waiting(academy: Academy) -> None:
    """Let something of every kind wait for a decision."""
    at = now()
    admin, teacher = Account.objects.get(login="admin"), Account.objects.get(login="teacher")
    passwords.ask_password(teacher, actor=admin, at=at)
    make_waiting_order()
    make_act(make_withdrawn())
    make_withdrawn("calls", phone="")
    propose_matrix(actor=Account.objects.get(login="security"), at=at)
    basis = Basis("1-к", legal_date(at), legal_date(at))
    actions.propose_role(make_account(), Role.REGISTRAR, unit=None, basis=basis, actor=admin, at=at)


def test_both_pages_name_the_same() -> None:
    assert set(ANEW) == set(map(Permission, ASKED_ANEW.split()))
    assert all(MATRIX[permission] for permission in ANEW)
    assert all(reason and not reason.endswith(".") for reason in ANEW.values())


def test_every_form_that_cannot_be_taken_back_is_asked_anew_and_does_nothing_before(academy: Academy) -> None:
    waiting(academy)
    met = set[Permission]()
    for login in DECIDING:
        account = Account.objects.get(login=login)
        held = {permission for permission in Permission if account.allowed(permission)}
        found = list(irreversible(academy.visitor(login), held))
        client, before = long_ago(academy.visitor(login)), snapshot()
        for one in found:
            answer = client.post(one.address, one.fields)
            told = unescape(answer.content.decode()).replace("\xa0", " ")
            assert answer.status_code in {403, 409, 422}, (login, one, answer.status_code)
            if answer.status_code == 403:
                assert "Подтвердите, что это вы" in told, (login, one)
                met.add(one.permission)
        assert snapshot() == before, login
    left = set(ANEW) - met - {Permission.EMERGENCY_REVIEW}  # its form stands on the page that shows the access
    assert not left, f"no form was met for {sorted(left)}"


def test_an_emergency_access_is_reviewed_only_after_the_proof(academy: Academy) -> None:
    teacher = Account.objects.get(login="teacher")
    looked_at = Person.objects.exclude(uid=teacher.person_uid).filter(birth_date__isnull=False)[0]
    whom = Wanted(looked_at.full_name, looked_at.birth_date or legal_date(now()))
    reason = "Нужен телефон близких: плохо на занятии"
    opened = open_emergency(whom, reason=reason, minutes=15, actor=teacher, at=now() - timedelta(hours=1))
    client, address = long_ago(academy.visitor("security")), f"/emergency/{opened.pk}/"
    typed = {"verdict": "justified", "conclusion": "Случай подтверждён журналом медпункта"}
    page = client.post(address, typed)
    opened.refresh_from_db()
    assert (page.status_code, opened.reviewed_at) == (403, None)
    assert confirmed(client, page, **{"confirm-password": PASSWORD}).status_code == 302
    opened.refresh_from_db()
    assert opened.verdict == "justified"


def test_fresh_from_the_door_nobody_is_asked(academy: Academy) -> None:
    spare = make_account(Role.TEACHER)
    answer = academy.visitor("admin").post(f"/accounts/{spare.pk}/close/")
    assert answer.status_code == 302, "the control: the same kind of form, a moment after signing in"
    assert not Account.objects.get(pk=spare.pk).is_active


def confirmed(client: Client, page: Any, **proof: str) -> Any:
    """Send the page that asks, as a browser would, with what was typed."""
    address, fields = next((a, f) for a, f in Forms(page.content.decode()).found if "confirm-asked" in f)
    return client.post(unescape(address), {k: unescape(v) for k, v in fields.items()} | proof)


CODES: Final = count(1)


def make_waiting_order() -> Order:
    """Make an order that waits for the head."""
    order = make_order(make_cohort(code=f"ТС-26-{next(CODES):02}"), [make_learner()], approved=False, at=now())
    return submit_order(order, actor=order.drafted_by, at=now())


REMARK = "Нет «основания»: <b>допишите</b> & пришлите снова"


def test_what_was_typed_is_done_after_the_password_without_typing_it_again(academy: Academy) -> None:
    client, order = long_ago(academy.visitor("head")), make_waiting_order()
    before = client.session.session_key
    page = client.post(f"/orders/{order.pk}/return/", {"remark": REMARK})
    assert page.status_code == 403
    wrong = confirmed(client, page, **{"confirm-password": "не тот пароль"})
    assert wrong.status_code == 422
    assert "не подошёл" in wrong.content.decode().replace("\xa0", " ")
    done = confirmed(client, wrong, **{"confirm-password": PASSWORD})
    assert done.status_code == 302
    order.refresh_from_db()
    assert order.state == Order.State.DRAFT
    assert order.remark == REMARK
    assert client.session.session_key != before
    event = Event.objects.filter(type=EventType.ACCOUNT_CONFIRMED).newest_first()[0]
    assert (event.actor.login if event.actor else "", event.body) == ("head", {"by": "password"})


def test_whoever_has_a_second_factor_is_asked_for_it_and_not_for_the_password(academy: Academy) -> None:
    account, secret, _ = with_app(make_account(Role.ADMIN), at=now() - timedelta(minutes=2))
    spare, client = make_account(Role.TEACHER), Client()
    client.force_login(account)
    page = long_ago(client).post(f"/accounts/{spare.pk}/close/")
    assert "confirm-password" not in page.content.decode()
    assert confirmed(client, page, **{"confirm-code": ""}).status_code == 422
    assert confirmed(client, page, **{"confirm-password": PASSWORD, "confirm-code": "000000"}).status_code == 422
    assert Account.objects.get(pk=spare.pk).is_active
    assert confirmed(client, page, **{"confirm-code": code(secret, now())}).status_code == 302
    assert not Account.objects.get(pk=spare.pk).is_active
    assert client.session["second_factor"] == factors.APP


def test_guesses_are_counted(academy: Academy) -> None:
    account = make_account(Role.ADMIN, password=PASSWORD)
    client = Client()
    client.force_login(account)
    page = long_ago(client).post(f"/accounts/{make_account(Role.TEACHER).pk}/close/")
    tries = [confirmed(client, page, **{"confirm-password": "мимо"}).status_code for _ in range(6)]
    assert tries == [422] * 5 + [429]
    assert confirmed(client, page, **{"confirm-password": PASSWORD}).status_code == 429


def test_the_proof_is_no_way_around_the_csrf_token_nor_around_the_policy(academy: Academy) -> None:
    spare = make_account(Role.TEACHER)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(Account.objects.get(login="admin"))
    given = {"confirm-asked": "POST", "confirm-password": PASSWORD}
    assert strict.post(f"/accounts/{spare.pk}/close/", given).status_code == 403
    assert Account.objects.get(pk=spare.pk).is_active
    teacher = long_ago(academy.visitor("teacher"))
    assert teacher.post(f"/accounts/{spare.pk}/close/", given).status_code == 403
    assert Account.objects.get(pk=spare.pk).is_active


def test_htmx_and_scripts_get_what_they_can_show(academy: Academy) -> None:
    spare, client = make_account(Role.TEACHER), long_ago(academy.visitor("admin"))
    address = f"/accounts/{spare.pk}/close/"
    fragment = client.post(address, headers={"HX-Request": "true"})
    assert fragment.status_code == 422, "htmx shows 422 and throws a 403 away"
    assert fragment.headers["HX-Retarget"] == "#content"
    assert "<html" not in fragment.content.decode()
    assert f'action="{address}"' in fragment.content.decode()
    told = client.post(address, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["error"][:12]) == (403, "Подтвердите,")
    assert Account.objects.get(pk=spare.pk).is_active


def test_closing_a_sheet_is_not_asked_anew(academy: Academy) -> None:
    assert Permission.SHEET_CLOSE not in ANEW, "it is reopened with a reason"
    assert MarkSheet.objects.exists()
    assert Correction.objects.exists()
