"""Letters: nothing personal, nothing lost, nothing twice, whatever the mail server does (п. 2.4, 3.8; security.md R27, F5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.errors import HeaderParseError
from email.policy import default
from email.utils import formataddr
from smtplib import SMTPServerDisconnected
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail import BadHeaderError, EmailMessage
from django.db import connection, connections, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from tests.at_once import at_once
from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.core.errors import RuleViolation
from zachetka.notices import mailing, work
from zachetka.notices.actions import choose, read_all, tell
from zachetka.notices.kinds import Mail, NoticeKind
from zachetka.notices.models import Letter, Notice

pytestmark = pytest.mark.clause("2.4")

AT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
"""Eleven in the morning in Moscow: the usual hour of digests has come."""
NIGHT = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
ONCE, DAILY = NoticeKind.ORDER_WAITS, NoticeKind.ROLE_GIVEN


@pytest.fixture(autouse=True)
def _server(settings: Settings) -> Iterator[None]:
    settings.MAIL_IS_SET, settings.PUBLIC_URL = True, "https://book.example.org"
    mail.outbox.clear()
    yield
    mail.outbox.clear()


def reader(login: str = "severtsev") -> Account:
    account = make_account("head", login=login)
    account.email = f"{login}@example.ru"
    account.save()
    return account


def told(account: Account, kind: NoticeKind, key: str, title: str = "Приказ ждёт подписи") -> None:
    with transaction.atomic():
        tell(kind, [account], title=title, url="/orders/1/", key=key, at=AT)


@pytest.mark.usefixtures("fresh_database")
def test_a_letter_says_that_there_is_something_new_and_where_and_nothing_else():
    account = reader()
    secret = "Снегирёва Ульяна, «Охрана труда», неудовлетворительно"
    told(account, ONCE, "1", secret)
    told(account, ONCE, "2", secret)
    assert work.turn(AT) == 1
    (letter,) = mail.outbox
    raw = letter.message().as_bytes()
    read = message_from_bytes(raw, policy=default)
    body = read.get_content()
    assert "2 уведомления" in body.replace("\u00a0", " ")
    assert "https://book.example.org/notices/" in body
    for word in ("Снегир", "Охрана", "неудовл", "Приказ", account.display_name, account.login):
        assert word not in body.replace("severtsev@", "")
        assert word not in str(read["Subject"])
    assert letter.to == [account.email]


@pytest.mark.usefixtures("fresh_database")
def test_each_notice_goes_in_one_letter_for_ever():
    account = reader()
    told(account, ONCE, "1")
    assert [work.turn(AT), work.turn(AT), work.turn(AT + timedelta(days=1))] == [1, 0, 0]
    told(account, ONCE, "2")
    assert work.turn(AT) == 1
    assert len(mail.outbox) == 2
    assert len({one.extra_headers["Message-ID"] for one in mail.outbox}) == 2


@pytest.mark.usefixtures("fresh_database")
def test_a_digest_goes_once_a_day_after_its_hour():
    account = reader()
    told(account, DAILY, "1")
    assert work.turn(NIGHT) == 0, "six in the morning in Moscow"
    assert work.turn(AT) == 1
    told(account, DAILY, "2")
    assert work.turn(AT + timedelta(hours=2)) == 0, "the day has had its digest"
    assert work.turn(AT + timedelta(days=1)) == 1
    choose({}, hour=20, email=account.email, actor=account, at=AT)
    told(account, DAILY, "3")
    assert work.turn(AT + timedelta(days=2)) == 0
    assert work.turn(AT + timedelta(days=2, hours=10)) == 1


@pytest.mark.usefixtures("fresh_database")
def test_what_was_read_or_not_to_be_mailed_or_has_no_address_makes_no_letter():
    read, quiet, nowhere = reader("read"), reader("quiet"), make_account("head")
    choose({ONCE: (True, Mail.NONE)}, hour=9, email=quiet.email, actor=quiet, at=AT)
    for account in (read, quiet, nowhere):
        told(account, ONCE, "1")
    read_all(actor=read, at=AT)
    assert work.turn(AT) == 0
    assert not Letter.objects.exists()
    assert Notice.objects.count() == 3, "in the application all of them are there"


@pytest.mark.usefixtures("fresh_database")
def test_without_a_mail_server_nothing_piles_up(settings: Settings):
    settings.MAIL_IS_SET = False
    told(reader(), ONCE, "1")
    assert work.turn(AT) == 0
    assert not Letter.objects.exists()


# --- When the mail server is down (R27) ----------------------------------------------------------------------------------


@pytest.mark.clause("3.9")
@pytest.mark.usefixtures("fresh_database")
def test_a_mail_server_that_is_down_loses_nothing_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch):
    accounts = [reader(f"head-{n}") for n in range(5)]
    for account in accounts:
        told(account, ONCE, "1")
    sends, delivered = iter(range(1000)), list[str]()

    def send(letter: EmailMessage) -> int:
        if next(sends) % 3 != 2:
            raise ConnectionRefusedError
        delivered.append(letter.to[0])
        return 1

    monkeypatch.setattr(EmailMessage, "send", send)
    at = AT
    for _ in range(40):
        work.turn(at)
        at += timedelta(hours=1)
    assert sorted(delivered) == sorted(account.email for account in accounts)
    assert Letter.objects.filter(sent_at__isnull=False).count() == 5


@pytest.mark.usefixtures("fresh_database")
def test_tries_grow_rarer_and_end(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    account = reader()
    told(account, ONCE, "1")

    def refuse(_letter: EmailMessage) -> int:
        raise TimeoutError

    monkeypatch.setattr(EmailMessage, "send", refuse)
    at = AT
    for tries, pause in enumerate(mailing.TRIES, 1):
        work.turn(at)
        letter = Letter.objects.get()
        assert (letter.tries, letter.next_try_at) == (tries, at + pause)
        assert work.turn(at + pause - timedelta(seconds=1)) == 0
        assert Letter.objects.get().tries == tries, "not before its time"
        at += pause
    work.turn(at)
    letter = Letter.objects.get()
    assert letter.given_up_at == at
    assert work.turn(at + timedelta(days=30)) == 0
    assert account.email not in caplog.text


@pytest.mark.usefixtures("fresh_database")
def test_two_workers_send_each_letter_once():
    for n in range(6):
        told(reader(f"head-{n}"), ONCE, "1")
    mailing.gather(AT)
    meeting = Barrier(2, timeout=10)

    def send_all() -> int:
        meeting.wait()
        return mailing.deliver(AT)

    assert sum(int(str(sent)) for sent in at_once(send_all, send_all)) == 6
    assert len({one.to[0] for one in mail.outbox}) == len(mail.outbox) == 6


# --- What is still open (F5) ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("fresh_database")
def test_a_notice_of_a_transaction_that_is_open_is_neither_mailed_nor_left_behind():
    account = reader()
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO notices_notice (account_id, kind, title, url, key, at, mail) "
                "VALUES (%s, 'order.waits', 'x', '/', 'early', now(), 'at_once')",
                [account.pk],
            )
        told(account, ONCE, "late")
        assert Notice.objects.count() == 1, "the early one is not seen yet"
        assert work.turn(AT) == 0, "the late one waits for whatever was before it"
        other.commit()
    finally:
        other.close()
    assert work.turn(AT) == 1
    assert Letter.objects.get().count == 2


# --- Bad input (H13–H15) -------------------------------------------------------------------------------------------------


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "address",
    ["a@example.ru\nBcc: b@example.ru", "a@example.ru\r\nSubject: x", "a@example.ru, b@example.ru", "<>", "@", ":;@b",
     "a@example.ru>\u2028Bcc: b@example.ru", "=?utf-8?q?a=40b=0d=0aBcc:c?="],
)  # fmt: skip
@pytest.mark.usefixtures("fresh_database")
def test_an_address_that_would_add_a_header_sends_nothing_and_holds_up_nobody_h13(address: str):
    account, next_one = reader("a-first"), reader("b-next")
    Account.objects.filter(pk=account.pk).update(email=address)
    told(account, ONCE, "1")
    told(next_one, ONCE, "1")
    assert work.turn(AT) == 1
    (letter,) = mail.outbox
    assert letter.recipients() == [next_one.email]
    assert b"Bcc" not in letter.message().as_bytes()
    assert Letter.objects.get(account=account).tries == 1


@pytest.mark.parametrize(
    "trouble", [SMTPServerDisconnected(), UnicodeError(), HeaderParseError(), BadHeaderError()], ids=repr
)
@pytest.mark.usefixtures("fresh_database")
def test_whatever_stops_one_letter_the_next_one_goes(monkeypatch: pytest.MonkeyPatch, trouble: Exception):
    for name in ("a-first", "b-next"):
        told(reader(name), ONCE, "1")
    sent = list[str]()

    def send(letter: EmailMessage) -> int:
        if "a-first" in letter.to[0]:
            raise trouble
        sent.append(letter.to[0])
        return 1

    monkeypatch.setattr(EmailMessage, "send", send)
    assert work.turn(AT) == 1
    assert sent == ["b-next@example.ru"]


@pytest.mark.clause("3.8")
@pytest.mark.parametrize(
    "typed", ["a@example.ru\r\nBcc: b@example.ru", "a@example.ru, b@example.ru", '"a" <b@example.ru>']
)
@pytest.mark.usefixtures("fresh_database", "collected_statics")
def test_such_an_address_is_refused_at_its_field_and_the_old_one_stays_h13(client: Client, typed: str):
    account = reader()
    client.force_login(account)
    answer = client.post("/notices/settings/", {"hour": "9", "email": typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors["email"] == ["Это не адрес почты: он такой, как имя@example.ru."]
    assert Account.objects.get(pk=account.pk).email == account.email


@pytest.mark.usefixtures("fresh_database")
def test_nothing_in_a_letter_can_be_markup_h15(settings: Settings):
    account = reader()
    Account.objects.filter(pk=account.pk).update(display_name="<b>Имя</b><img src=//evil.example>")
    told(account, ONCE, "1", "<a href=//evil.example>Приказ</a>")
    work.turn(AT)
    (letter,) = mail.outbox
    message = letter.message()
    assert [part.get_content_type() for part in message.walk()] == ["text/plain"]
    assert "<" not in letter.body
    assert "evil.example" not in message.as_string()


@pytest.mark.usefixtures("fresh_database")
def test_a_sender_with_quotes_and_brackets_is_encoded_h14(settings: Settings):
    settings.DEFAULT_FROM_EMAIL = formataddr(('"а" <б>', "no-reply@example.org"))
    told(reader(), ONCE, "1")
    work.turn(AT)
    headers = mail.outbox[0].message().as_bytes().partition(b"\n\n")[0]
    assert headers.isascii()
    assert headers.count(b"From:") == 1


# --- The clock -----------------------------------------------------------------------------------------------------------


def test_a_reminder_that_fails_does_not_silence_the_others(monkeypatch: pytest.MonkeyPatch):
    asked = list[str]()

    def good(_at: datetime) -> int:
        asked.append("good")
        return 2

    def bad(_at: datetime) -> int:
        raise RuleViolation("2.4", "Не вышло.")

    monkeypatch.setattr(work, "REMINDERS", [bad, good])
    with pytest.raises(ExceptionGroup):
        work.remind_of(AT)
    assert asked == ["good"]
    monkeypatch.setattr(work, "REMINDERS", [good, good])
    assert work.remind_of(AT) == 4


def test_the_worker_knows_the_work():
    from procrastinate.contrib.django import app

    assert {"zachetka.notices.work.post", "zachetka.notices.work.remind"} <= set(app.tasks)
    assert connection.alias == "default"
