"""The one mechanism of lists (security.md E4–E6)."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from zachetka.access.models import Account
from zachetka.access.policy import FieldClass
from zachetka.access.tests.make import make_account
from zachetka.rendering.tables import Column, Filter, Page, Table
from zachetka.rendering.tests.test_xlsx import _read

OPEN = frozenset({FieldClass.PUBLIC, FieldClass.SERVICE})


def _by_state(rows: QuerySet[Account], value: str) -> QuerySet[Account]:
    return rows.filter(is_active=value == "open")


def _by_name(rows: QuerySet[Account], text: str) -> QuerySet[Account]:
    return rows.filter(display_name__icontains=text)


ACCOUNTS = Table(
    name="accounts",
    label="Учётные записи",
    columns=(
        Column[Account](
            "login", "Логин", lambda row: row.login, sort=("login",), link=lambda row: f"/accounts/{row.pk}/"
        ),
        Column[Account]("name", "Имя", lambda row: row.display_name, sort=("display_name",)),
        Column[Account]("email", "Почта", lambda row: row.email, sort=("email",), field_class=FieldClass.PERSONAL),
        Column[Account]("made", "Создана", lambda row: row.created_at),
    ),
    sort="login",
    noun="запись,записи,записей",
    filters=(Filter[Account]("state", "Все", (("open", "действуют"), ("closed", "закрыты")), _by_state),),
    search=_by_name,
    parameters=frozenset({"tab"}),
)


@pytest.fixture
def accounts(db: None) -> QuerySet[Account]:
    for n in range(60):
        make_account(login=f"user-{n:02}", name=f"Пробный Семён {n:02}")
    return Account.objects.all()


def _page(query: str, rows: QuerySet[Account], opened: frozenset[FieldClass] = OPEN) -> Page[Account]:
    return ACCOUNTS.page(QueryDict(query), rows, opened)


def _logins(page: Page[Account]) -> list[str]:
    return [row.login for row, _ in page.rows]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "query",
    [
        "sort=password",
        "sort=display_name__icontains",
        "sort=email",
        "sort=-email",
        "sort=made",
        "sort=--login",
        "password__startswith=a",
        "is_active=1",
        "state=deleted",
        "state__in=open",
        "page=0",
        "page=-1",
        "page=x",
        "page=١",
        "page=1e9",
        "size=1000",
        "file=xlsx",
    ],
)
def test_an_address_that_names_what_the_table_does_not_show_is_refused(accounts: QuerySet[Account], query: str) -> None:
    with pytest.raises(BadRequest):
        _page(query, accounts)


@pytest.mark.clause("3.8")
def test_a_column_of_a_closed_class_is_neither_shown_nor_exported(accounts: QuerySet[Account]) -> None:
    accounts.update(email="secret@example.test")
    assert "secret" not in repr(_page("", accounts))
    assert b"secret" not in ACCOUNTS.export(QueryDict("file=csv"), accounts, "csv", OPEN).content
    assert b"secret" in ACCOUNTS.export(QueryDict(""), accounts, "csv").content


def test_rows_come_in_the_asked_order_and_ties_never_change_places(accounts: QuerySet[Account]) -> None:
    assert _logins(_page("sort=-login&size=25", accounts))[:2] == ["user-59", "user-58"]
    accounts.update(display_name="Одинаков Иван")
    seen = [login for n in (1, 2, 3) for login in _logins(_page(f"sort=name&size=25&page={n}", accounts))]
    assert sorted(seen) == sorted(set(seen)) and len(seen) == 60  # noqa: PT018 — one statement: each row once


def test_a_page_costs_two_queries_whatever_it_holds(
    accounts: QuerySet[Account], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        _page("size=100&q=Пробный&state=open", accounts)
    with django_assert_num_queries(2):
        _page("size=25", accounts)


def test_search_filter_and_links_keep_each_other(accounts: QuerySet[Account]) -> None:
    page = _page("q=Семён 1&state=open&sort=-name&tab=all&size=25", accounts)
    assert page.count == 10
    assert page.heads[1].direction == "descending"
    assert "state=open" in page.heads[0].sort_url and "tab=all" in page.heads[0].sort_url  # noqa: PT018
    assert dict(page.kept) == {"tab": "all", "sort": "-name", "size": "25"}


def test_a_page_past_the_end_is_the_last_one(accounts: QuerySet[Account]) -> None:
    page = _page("page=900&size=25", accounts)
    assert (page.number, page.first_shown, page.last_shown) == (3, 51, 60)
    assert [word for word, _, current in page.links if current] == ["3"]


def test_an_empty_list_says_so_and_asks_for_no_rows(
    accounts: QuerySet[Account], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        page = _page("q=никого", accounts)
    assert page.narrowed
    assert page.rows == []


def test_an_export_holds_the_narrowed_list_in_the_order_of_the_page(accounts: QuerySet[Account]) -> None:
    answer = ACCOUNTS.export(QueryDict("q=Семён 0&sort=-login&file=xlsx"), accounts, "xlsx", OPEN)
    rows = _read(answer.content)
    assert [row[0] for row in rows] == ["Логин", *(f"user-0{n}" for n in range(9, -1, -1))]
    assert "attachment" in answer["Content-Disposition"]


def test_an_export_of_an_unknown_kind_is_refused(accounts: QuerySet[Account]) -> None:
    with pytest.raises(BadRequest):
        ACCOUNTS.export(QueryDict(""), accounts, "exe")


@pytest.mark.clause("3.8")
def test_text_of_people_never_becomes_markup(db: None) -> None:
    make_account(login="mark", name="<script>alert(1)</script>")
    (cells,) = (cells for _, cells in _page("q=script", Account.objects.all()).rows)
    assert cells[1].html == "&lt;script&gt;alert(1)&lt;/script&gt;"
