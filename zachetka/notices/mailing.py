"""From notices to letters, from letters to the mail server: nothing personal leaves the system (п. 3.8; 152-ФЗ ст. 19).

`gather` makes letters of what is to be mailed and has settled (F5), each notice in one letter for ever; `deliver` sends them, with
tries that grow rarer. A mail server that is down stops nothing else, loses nothing and doubles nothing: a letter is locked while it
is sent, marked in the same transaction, and carries an identity of its own by which a mail server knows it again.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from email.errors import MessageError
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Min
from django.urls import reverse

from zachetka.core.clock import LEGAL_ZONE, legal_date
from zachetka.core.russian import Gender, Noun, counted
from zachetka.notices.kinds import Mail
from zachetka.notices.models import USUAL_HOUR, DigestHour, Letter, Notice

logger = logging.getLogger(__name__)

NOTICES: Final = Noun("уведомление", "уведомления", "уведомлений", Gender.NEUTER)
SUBJECT: Final = "Новое в «Зачётке»"
TRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long after each failed try the next one is; after the last the letter is given up and said so."""
AT_ONCE: Final = 100
"""Letters of one turn: the next turn is a minute later."""


def gather(at: datetime) -> int:
    """Make a letter of each account's notices that are to be mailed now; return how many letters were made."""
    return _at_once(at) + _digests(at)


def _waiting(mail: Mail) -> list[tuple[int, int]]:
    """Return the accounts with notices to be mailed so, each with its first notice; one query."""
    rows = Notice.objects.settled().unread().filter(letter__isnull=True, mail=mail.value, account__is_active=True)
    found = rows.exclude(account__email="").values("account").annotate(first=Min("pk")).order_by("account")
    return list(found.values_list("account", "first"))


def _at_once(at: datetime) -> int:
    return sum(
        _make(account, f"{account}-at-once-{first}", Mail.AT_ONCE, at) for account, first in _waiting(Mail.AT_ONCE)
    )


def _digests(at: datetime) -> int:
    """Make the digest of the day for everybody whose hour has come; the day and the hour are Moscow's."""
    hour, day = at.astimezone(LEGAL_ZONE).hour, legal_date(at)
    hours = dict(DigestHour.objects.values_list("account", "hour"))
    due = [account for account, _ in _waiting(Mail.DIGEST) if hours.get(account, USUAL_HOUR) <= hour]
    return sum(_make(account, f"{account}-digest-{day:%Y-%m-%d}", Mail.DIGEST, at) for account in due)


def _make(account: int, key: str, mail: Mail, at: datetime) -> int:
    with transaction.atomic():
        rows = Notice.objects.settled().unread().filter(account=account, letter__isnull=True, mail=mail.value)
        found = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
        if not found or Letter.objects.filter(key=key).exists():
            return 0
        letter = Letter.objects.create(account_id=account, key=key, count=len(found), made_at=at, next_try_at=at)
        Notice.objects.filter(pk__in=found).update(letter=letter)
    return 1


def deliver(at: datetime) -> int:
    """Send the letters whose time has come; return how many were sent."""
    sent = 0
    for _ in range(AT_ONCE):
        with transaction.atomic():
            waiting = Letter.objects.filter(sent_at__isnull=True, given_up_at__isnull=True, next_try_at__lte=at)
            letter = (
                waiting.select_for_update(of=("self",), skip_locked=True)
                .select_related("account")
                .order_by("next_try_at", "pk")
                .first()
            )
            if letter is None:
                return sent
            sent += _send(letter, at)
    return sent


def _send(letter: Letter, at: datetime) -> int:
    """Try once; whatever stops it is a line of the log without the address, and a later try."""
    letter.tries += 1
    try:
        message_of(letter).send()
    except (OSError, ValueError, MessageError) as trouble:  # of the mail server; of a header that cannot be written
        if letter.tries > len(TRIES):
            letter.given_up_at = at
            logger.error("letter %s is given up after %s tries: %s", letter.pk, letter.tries, type(trouble).__name__)
        else:
            letter.next_try_at = at + TRIES[letter.tries - 1]
            logger.warning("letter %s was not sent (%s), try %s", letter.pk, type(trouble).__name__, letter.tries)
        letter.save(update_fields=["tries", "next_try_at", "given_up_at"])
        return 0
    letter.sent_at = at
    letter.save(update_fields=["tries", "sent_at"])
    return 1


def message_of(letter: Letter) -> EmailMessage:
    """Return the letter: how many, and where to read them; no names, no marks, no titles.

    Raises:
        ValueError, MessageError: its address is none, however it came into the row; the letters behind it go on.
    """
    try:
        validate_email(letter.account.email)
    except ValidationError as none:
        raise ValueError("not one address") from none
    address = f"{settings.PUBLIC_URL}{reverse('notices:list')}"
    body = (
        f"В системе «Зачётка» для вас есть новое: {counted(letter.count, NOTICES)}.\n\n"
        f"Откройте, чтобы прочитать: {address}\n\n"
        f"Что присылать и когда, выбирают здесь: {settings.PUBLIC_URL}{reverse('notices:settings')}\n"
    )
    headers = {"Message-ID": f"<{letter.identity}@zachetka.invalid>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(SUBJECT, body, to=[letter.account.email], headers=headers)
