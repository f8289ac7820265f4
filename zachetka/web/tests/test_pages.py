"""Pages that belong to no room, over the whole stack: rights, headers, words of refusals, the chosen look."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.policy import MATRIX, Permission, Role
from zachetka.access.tests.make import make_account
from zachetka.web import navigation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collected_statics")]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _signed_in(*roles: Role) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make_account(*roles, name="Белова Ольга Сергеевна"))
    return client


@pytest.mark.clause("2.4")
@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_page_of_today(role: Role) -> None:
    page = _signed_in(role).get("/")
    assert page.status_code == 200
    assert "Ждёт меня" in page.content.decode()


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("entry", navigation.ENTRIES, ids=lambda entry: entry.label)
def test_an_entry_of_the_sidebar_opens_for_those_who_see_it(entry: navigation.Entry) -> None:
    for role in MATRIX[entry.permission].keys() & entry.roles:
        client = _signed_in(role)
        answer = client.get(reverse(entry.url_name))
        own = Account.objects.get(pk=client.session["_auth_user_id"]).person_uid
        assert answer.status_code == 200 or str(own) in answer.headers["Location"]


@pytest.mark.clause("3.8")
def test_the_sidebar_shows_only_what_the_role_may_open() -> None:
    learner, methodist = _signed_in(Role.LEARNER), _signed_in(Role.METHODIST)
    assert reverse("web:design") not in learner.get("/").content.decode()
    assert reverse("web:design") in methodist.get("/").content.decode()
    assert learner.get(reverse("web:design")).status_code == 403


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("path", ["/", "/search/", "/design/"])
def test_a_stranger_is_sent_to_sign_in(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/no-such-page/", 404), ("/theme/", 405), ("/design/", 200)])
def test_every_answer_carries_the_headers(path: str, status: int) -> None:
    answer = _signed_in(Role.METHODIST).get(path)
    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers.items()).items()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(
    ("path", "status", "words"), [("/no-such-page/", 404, "Такой страницы нет"), ("/theme/", 405, "не открывается")]
)
def test_a_refusal_says_what_and_what_to_do(path: str, status: int, words: str) -> None:
    for client in (_signed_in(Role.LEARNER), Client()):
        answer = client.get(path)
        assert answer.status_code == status
        assert words in answer.content.decode()
    assert _signed_in(Role.LEARNER).get("/theme/")["Allow"] == "POST"


def test_a_fault_of_ours_asks_the_database_nothing(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from zachetka.web import errors

    with django_assert_num_queries(0):
        answer = errors.server_error(_request())
    assert answer.status_code == 500
    assert "на нашей стороне" in answer.content.decode()


def _request() -> HttpRequest:
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize(
    ("chosen", "kept"), [("dark", "dark"), ("light", "light"), ("", ""), ("<script>", ""), ("pink", "")]
)
def test_the_chosen_look_is_kept_and_nothing_else_is(chosen: str, kept: str) -> None:
    client = _signed_in(Role.LEARNER)
    client.post("/theme/", {"theme": chosen, "next": "/search/"})
    page = client.get("/").content.decode()
    assert (f'data-bs-theme="{kept}"' in page) is bool(kept)


@pytest.mark.parametrize(
    "back", ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)", "\t//evil.test"]
)
def test_the_look_leads_nowhere_else(back: str) -> None:
    assert _signed_in(Role.LEARNER).post("/theme/", {"theme": "dark", "next": back})["Location"] == "/"


@pytest.mark.clause("3.8")
@pytest.mark.parametrize("text", ["", "нет такого", "%", "_", "'\"<script>", "\x00", "а" * 5000, "=1+1"])
def test_the_search_takes_any_text(text: str) -> None:
    client = _signed_in(Role.METHODIST)
    for extra in ({}, {"suggest": "1"}):
        answer = client.get("/search/", {"q": text, **extra})
        assert answer.status_code == 200
        assert "<script>" not in answer.content.decode().replace('<script type="module"', "").replace("<script src", "")


@pytest.mark.clause("2.4")
def test_the_shell_costs_no_query_of_its_own(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = _signed_in(Role.METHODIST)
    client.get("/search/")
    with django_assert_num_queries(3):  # session, account with what the bell says, roles
        client.get("/search/")


def test_the_phone_bar_holds_four() -> None:
    shown = navigation.entries_for(make_account(Role.METHODIST), "/", {"tasks": 3})
    in_bar, rest = navigation.for_phone(shown * 3)
    assert (len(in_bar), len(rest)) == (3, len(shown) * 3 - 3)
    assert navigation.for_phone(shown[:2]) == (shown[:2], [])
    assert shown[0].current
    assert shown[0].count == 3


@pytest.mark.parametrize(
    ("role", "path", "label"),
    [
        (Role.TEACHER, "/cohorts/ПП-26-01/sheet/", "Ведомости"),
        (Role.TEACHER, "/cohorts/7/", "Группы"),
        (Role.LEARNER, "/awards/1/", "Моя зачётка"),
        (Role.LEARNER, "/people/030c3d41-8778-4671-a039-a687a56be836/events/", "Кто смотрел"),
        (Role.LEARNER, "/people/030c3d41-8778-4671-a039-a687a56be836/", "Мои данные"),
        (Role.METHODIST, "/people/030c3d41-8778-4671-a039-a687a56be836/events/", "Слушатели"),
    ],
)
def test_the_sidebar_shows_where_one_stands(role: Role, path: str, label: str) -> None:
    shown = navigation.entries_for(make_account(role), path, {})
    assert [entry.label for entry in shown if entry.current] == [label]


def test_the_permission_of_the_design_sheet_is_one_of_the_matrix() -> None:
    assert set(MATRIX[Permission.DESIGN_READ]) == set(Role) - {Role.LEARNER}


@pytest.mark.clause("2.4")
@pytest.mark.parametrize(("role", "most"), [(Role.METHODIST, 20), (Role.LEARNER, 10), (Role.INSPECTOR, 14)])
def test_the_page_of_today_costs_the_same_however_much_it_shows(
    role: Role, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    from zachetka.learning.tests.make import make_enrolments, make_sheet

    client = _signed_in(role)
    costs = []
    for _ in range(2):
        for _ in range(3):
            make_enrolments(make_sheet().cohort, 2)
        with django_assert_max_num_queries(most) as counted:
            client.get("/")
        costs.append(len(counted))
    assert costs[0] == costs[1]


def test_a_learner_finds_the_record_book_on_the_page_of_today() -> None:
    from zachetka.learning.tests.make import make_enrolment

    enrolment = make_enrolment()
    client = Client()
    client.force_login(make_account(Role.LEARNER, person_uid=enrolment.learner.person.uid))
    page = client.get("/").content.decode()
    assert reverse("learning:record-book", args=[enrolment.pk]) in page
    assert enrolment.cohort.program_version.title.split()[0] in page


@pytest.mark.clause("3.8")
def test_what_is_drawn_once_in_a_process_knows_nothing_of_who_looks() -> None:
    """The control: a name inside would be blank from the first drawing on, for its holder too."""
    page = engines["django"].from_string("{{ name }}|{% fixed %}<{{ name }}>{% icon 'lock' %}{% endfixed %}")
    first, second = (page.render({"name": name}) for name in ("Белова", "Климова"))
    assert first.startswith("Белова|<><svg")
    assert second == first.replace("Белова", "Климова")
