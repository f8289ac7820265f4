"""Notices: told with their cause or not at all, once, to whom they concern; read and chosen by their readers (п. 2.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from tests.at_once import at_once
from tests.pages import signed_in, words_of
from zachetka.access.models import Account
from zachetka.access.policy import Role
from zachetka.access.tests.make import give_role, make_account, make_unit
from zachetka.core.clock import legal_date, now
from zachetka.core.errors import Forbidden, RuleViolation
from zachetka.ledger.events import EventType
from zachetka.ledger.models import Event
from zachetka.notices import queries
from zachetka.notices.actions import choose, read_all, read_notice, tell
from zachetka.notices.kinds import KINDS, Mail, NoticeKind, kinds_for
from zachetka.notices.models import Notice

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.usefixtures("collected_statics")]

K = NoticeKind


def told(*accounts: Account, key: str = "cause", kind: NoticeKind = K.ROLE_GIVEN, title: str = "Вам дана роль") -> int:
    with transaction.atomic():
        return tell(kind, accounts, title=title, url="/roles/", key=key, at=now())


def test_every_kind_has_a_line_with_somebody_it_can_come_to():
    assert KINDS.keys() == set(NoticeKind)
    for kind, line in KINDS.items():
        assert line.roles, kind
        assert line.sentence == line.sentence.strip(".")
    assert all(kinds_for(frozenset({role})) for role in Role)


@pytest.mark.usefixtures("fresh_database")
def test_a_notice_is_told_with_its_cause_or_not_at_all():
    account = make_account("teacher")
    with pytest.raises(transaction.TransactionManagementError):
        tell(K.ROLE_GIVEN, [account], title="без причины", url="/", key="1", at=now())

    def fail() -> None:
        with transaction.atomic():
            tell(K.ROLE_GIVEN, [account], title="причины не стало", url="/", key="1", at=now())
            raise RuleViolation("2.4", "Передумали.")

    with pytest.raises(RuleViolation, match="Передумали"):
        fail()
    assert not Notice.objects.exists()
    assert told(account) == 1


def test_a_cause_is_told_once_to_each_and_not_to_whoever_caused_it(db: None):
    one, other, closed = make_account("teacher"), make_account("teacher"), make_account("teacher")
    closed.is_active, closed.closed_at = False, now()
    closed.save()
    twin = make_account("head", person_uid=one.person_uid)
    for _ in range(2):
        with transaction.atomic():
            tell(K.ROLE_GIVEN, [one, other, closed, twin], title="роль", url="/", key="cause", at=now(), but=one)
    assert [notice.account for notice in Notice.objects.all()] == [other]


@pytest.mark.usefixtures("fresh_database")
def test_told_by_two_at_once_it_is_one():
    account = make_account("teacher")
    at_once(lambda: told(account), lambda: told(account))
    assert Notice.objects.count() == 1


def test_holders_are_those_of_the_day_and_of_the_unit(db: None):
    unit, other = make_unit(), make_unit()
    whole, mine, theirs = (
        make_account("methodist"),
        make_account("methodist", unit=unit),
        make_account("methodist", unit=other),
    )
    today = legal_date(now())
    give_role(make_account(), "methodist", unit=unit, valid_to=today - timedelta(days=1))
    assert set(queries.holding(Role.METHODIST, day=today, unit_id=unit.pk)) == {whole, mine}
    assert set(queries.holding(Role.METHODIST, day=today)) == {whole, mine, theirs}


# --- Reading -------------------------------------------------------------------------------------------------------------


def test_the_bell_counts_what_is_not_read_and_the_page_shows_it(db: None):
    reader = make_account("teacher")
    told(reader, key="1", title="Первое дело")
    told(reader, key="2", title="Второе дело", kind=K.EMERGENCY_REVIEWED)
    told(make_account("teacher"), key="1", title="Чужое дело")
    client = signed_in(reader)
    page = words_of(client.get("/notices/"))
    assert "Уведомления: 2 непрочитанных" in page
    assert "Первое дело" in page
    assert "Второе дело" in page
    assert "Чужое" not in page
    assert "Первое" not in words_of(client.get("/notices/?kind=emergency.reviewed"))
    first = Notice.objects.get(account=reader, key="1")
    answer = client.post(f"/notices/{first.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, "/roles/")
    assert "Первое" not in words_of(client.get("/notices/"))
    assert "Первое" in words_of(client.get("/notices/?show=all"))
    assert client.post("/notices/read/").status_code == 302
    assert "Всё прочитано" in words_of(client.get("/notices/"))
    assert "новых нет" in words_of(client.get("/notices/"))


def test_one_reads_ones_own_and_the_first_moment_stays(db: None):
    reader, stranger = make_account("teacher"), make_account("teacher")
    told(reader)
    notice, at = Notice.objects.get(), now()
    with pytest.raises(Forbidden):
        read_notice(notice, actor=stranger, at=at)
    assert signed_in(stranger).post(f"/notices/{notice.pk}/open/").status_code == 404
    read_notice(notice, actor=reader, at=at)
    read_notice(notice, actor=reader, at=at + timedelta(hours=1))
    notice.refresh_from_db()
    assert notice.read_at == at
    assert read_all(actor=stranger, at=now()) == 0


def test_the_bell_is_counted_with_the_account_however_many_there_are(
    db: None, django_assert_max_num_queries: DjangoAssertNumQueries
):
    reader = make_account("teacher")
    client, costs = signed_in(reader), set()
    client.get("/notices/")
    for more in (1, 60):
        for n in range(more):
            told(reader, key=f"{more}-{n}")
        with django_assert_max_num_queries(7) as counted:
            client.get("/notices/")
        costs.add(len(counted))
    assert len(costs) == 1
    with django_assert_max_num_queries(1):
        assert queries.unread(reader) == 61


def test_names_in_a_title_are_text_and_no_markup(db: None):
    """H15: whatever a title holds is escaped."""
    reader = make_account("teacher")
    told(reader, title="<script>alert(1)</script> «группа» & Ко")
    page = signed_in(reader).get("/notices/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# --- Choosing ------------------------------------------------------------------------------------------------------------


def test_what_one_hides_is_not_told_and_what_one_mails_is_as_chosen(db: None):
    reader = make_account("teacher")
    chosen = {K.ROLE_GIVEN: (False, Mail.DIGEST), K.EMERGENCY_REVIEWED: (True, Mail.AT_ONCE)}
    choose(chosen, hour=18, email="drozdov@example.ru", actor=reader, at=now())
    told(reader, key="1")
    told(reader, key="2", kind=K.EMERGENCY_REVIEWED)
    told(reader, key="3", kind=K.ROLE_ENDS)
    assert {(one.key, one.mail) for one in Notice.objects.all()} == {("2", "at_once"), ("3", "digest")}
    assert queries.digest_hour(reader) == 18
    assert queries.chosen(reader, [K.ROLE_GIVEN, K.SHEET_OVERDUE]) == {
        K.ROLE_GIVEN: (False, Mail.NONE),
        K.SHEET_OVERDUE: (True, Mail.DIGEST),
    }


def test_an_address_changes_under_a_trace_without_the_address(db: None):
    reader = make_account("teacher")
    for _ in range(2):
        choose({}, hour=9, email="drozdov@example.ru", actor=Account.objects.get(pk=reader.pk), at=now())
    event = Event.objects.get(type=EventType.ACCOUNT_EMAIL_CHANGED)
    assert "drozdov" not in str(event.body)
    reader.refresh_from_db()
    assert reader.email == "drozdov@example.ru"


def test_the_way_of_the_settings_through_the_page(db: None):
    reader = make_account("teacher")
    client = signed_in(reader)
    page = words_of(client.get("/notices/settings/"))
    assert "Почтовый сервер не настроен" in page
    assert "Ведомость не закрыта в срок" in page
    assert "Приказ ждёт подписи" not in page, "no head, no such notice"
    kinds = kinds_for(frozenset({Role.TEACHER}))
    typed = {kind.value.replace(".", "-"): "digest" for kind in kinds} | {"email": "a@example.ru", "hour": "7"}
    assert client.post("/notices/settings/", typed | {"role-given": "hidden"}).status_code == 302
    assert queries.chosen(reader, [K.ROLE_GIVEN]) == {K.ROLE_GIVEN: (False, Mail.NONE)}
    for wrong in (
        {"hour": "24"},
        {"role-given": "shout"},
        {"email": "не адрес"},
        {"email": "a@example.ru\r\nBcc: b@example.ru"},
    ):
        assert client.post("/notices/settings/", typed | wrong).status_code == 422, wrong
    reader.refresh_from_db()
    assert reader.email == "a@example.ru"


def test_an_hour_that_there_is_not_is_refused_by_the_database_too(db: None):
    reader = make_account("teacher")
    with pytest.raises(RuleViolation, match="Час сводки"):
        choose({}, hour=24, email="", actor=reader, at=now())
    with pytest.raises(Exception, match="digest_hour_is_an_hour"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO notices_digesthour (account_id, hour) VALUES (%s, 24)", [reader.pk])
