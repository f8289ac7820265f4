"""A notice whose cause is settled is new to nobody; a letter sent again is known again (п. 2.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from zachetka.access.models import Account
from zachetka.access.tests.make import make_account
from zachetka.notices.actions import close_cause, tell
from zachetka.notices.kinds import NoticeKind
from zachetka.notices.mailing import message_of
from zachetka.notices.models import Letter, Notice
from zachetka.notices.queries import unread

pytestmark = [pytest.mark.clause("2.4"), pytest.mark.django_db]

AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def told(account: Account, key: str) -> Notice:
    with transaction.atomic():
        tell(NoticeKind.ORDER_WAITS, [account], title="Приказ ждёт подписи", url="/", key=key, at=AT)
    return Notice.objects.get(account=account, key=key)


def test_what_is_settled_is_new_to_nobody_and_stays() -> None:
    one, other = make_account("head"), make_account("head")
    waits, elsewhere = told(one, "order-1-waits-5"), told(one, "order-11-waits-5")
    told(other, "order-1-waits-5")
    assert close_cause("order-1-waits-", at=AT) == 2
    assert (unread(one), unread(other)) == (1, 0), "the control: another order still waits"
    waits.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (waits.closed_at, waits.read_at, elsewhere.closed_at) == (AT, AT, None)


def test_who_had_read_it_had_read_it_then_and_the_first_moment_stays() -> None:
    account = make_account("head")
    notice = told(account, "order-1-waits-5")
    Notice.objects.filter(pk=notice.pk).update(read_at=AT - timedelta(hours=1))
    assert close_cause("order-1-waits-", at=AT) == 1
    assert close_cause("order-1-waits-", at=AT + timedelta(hours=1)) == 0
    notice.refresh_from_db()
    assert (notice.read_at, notice.closed_at) == (AT - timedelta(hours=1), AT)


def test_of_some_it_is_settled_for_them_alone() -> None:
    one, other = make_account("learner"), make_account("learner")
    told(one, "sheet-1-debt")
    told(other, "sheet-1-debt")
    assert close_cause("sheet-1-debt", at=AT, accounts=[one]) == 1
    assert (unread(one), unread(other)) == (0, 1)


def test_the_database_takes_no_closed_notice_that_is_new() -> None:
    notice = told(make_account("head"), "order-1-waits-5")
    with pytest.raises(IntegrityError, match="notice_closed_is_not_new"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(closed_at=AT)


def test_a_letter_sent_again_is_the_same_message_and_two_letters_are_two() -> None:
    account = make_account("head")
    account.email = "head@example.ru"
    account.save(update_fields=["email"])
    letters = [
        Letter.objects.create(account=account, key=f"{account.pk}-digest-{day}", count=1, made_at=AT, next_try_at=AT)
        for day in (1, 2)
    ]
    first, again, other = (
        message_of(Letter.objects.get(pk=pk)).extra_headers["Message-ID"]
        for pk in (letters[0].pk, letters[0].pk, letters[1].pk)
    )
    assert first == again != other
    assert str(letters[0].identity) in first
